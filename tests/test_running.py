"""The running service as docs/running.md tells of it: settings, proxies, logs and figures, over HTTP."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

import pytest

from exposed import samples

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs/running.md"
PATIENCE = 30
ASKED = "SELECT ?o { ?s ?p ?o FILTER(?o != 'Anna Muster') }"


@dataclass(frozen=True)
class Running:
    """A service, where it answers and where it writes."""

    process: subprocess.Popen[str]
    root: str
    folder: Path


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A service with settings from everywhere, which is ended by the last test."""
    folder = tmp_path_factory.mktemp("running")
    (folder / "a.nq").write_text("<http://a/s> <http://a/p> <http://a/o> <http://a/g> .\n", encoding="utf-8")
    (folder / "iqgraph.toml").write_text(
        f'port = 1\nbase-path = "/kg"\ntrusted-proxies = ["127.0.0.1"]\nquery-log = "{folder}/queries"\nbudget = 600\n',
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "iqgraph", "serve", "--config", str(folder / "iqgraph.toml"), "--port", "0"]
    environment = {**os.environ, "IQGRAPH_ACCESS_LOG": str(folder / "access.log")}
    with subprocess.Popen(
        [*command, str(folder / "a.nq")], stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        found = re.search(r"http://[\d.:]+/", process.stdout.readline() if process.stdout else "")
        try:
            assert found
            yield Running(process, found[0], folder)
        finally:
            process.kill()


def ask(service: Running, path: str, **headers: str) -> tuple[int, dict[str, str], str]:
    """Status, headers and text of an answer."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = Request(f"{service.root}{path}", headers=named)  # noqa: S310 - loopback
    try:
        with urlopen(request, timeout=PATIENCE) as response:  # noqa: S310 - loopback
            return response.status, {k.lower(): v for k, v in response.headers.items()}, response.read().decode()
    except HTTPError as error:
        with error:
            return error.code, {k.lower(): v for k, v in error.headers.items()}, error.read().decode()


def test_links_are_below_the_base_path(service: Running) -> None:
    """Whether the proxy has cut it off or not."""
    for path in ("", "kg/"):
        status, _, text = ask(service, path, Accept="text/html")
        assert status == 200
        assert not re.findall(r'(?:href|src)="/(?!kg/)', text)


def test_what_the_proxy_says(service: Running) -> None:
    """Scheme and host of the client are in what the endpoint tells of itself; its id comes back."""
    status, headers, text = ask(
        service,
        "sparql",
        Accept="text/turtle",
        X_Forwarded_For="203.0.113.7",
        X_Forwarded_Proto="https",
        X_Forwarded_Host="kg.example",
        X_Request_ID="asked-by-a-test",
    )

    assert status == 200
    assert "<https://kg.example/kg/sparql>" in text
    assert headers["x-request-id"] == "asked-by-a-test"


def test_budget_is_told(service: Running) -> None:
    """With an answer that was computed, and not with the same again."""
    path = f"sparql?format=csv&query={quote('SELECT * { ?s ?p ?o }')}"
    first, again = ask(service, path)[1], ask(service, path)[1]

    assert re.fullmatch('"work";r=599;t=[0-9]+', first["ratelimit"])
    assert "ratelimit" not in again
    assert first["x-request-id"] != again["x-request-id"]


def test_figures(service: Running) -> None:
    """Prometheus would read them."""
    found = samples(ask(service, "metrics")[2])

    assert found["iqgraph_statements"] == 1
    assert found["iqgraph_server_restarts_total"] == 0
    assert found["iqgraph_workers_made_total"] > 0


@pytest.fixture
def nginx(service: Running, tmp_path: Path) -> Iterator[str]:
    """The address of nginx with the lines that the page shows, before the service."""
    block = re.search(r"```nginx\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert block
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    lines = block[1].replace("http://127.0.0.1:8000", service.root.rstrip("/"))
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{kind}_temp_path {tmp_path}/{kind};\n" for kind in kinds)
    (tmp_path / "nginx.conf").write_text(
        f"daemon off;\nmaster_process off;\npid {tmp_path}/pid;\nerror_log {tmp_path}/error.log;\nevents {{}}\n"
        f"http {{ access_log off;\n{temporary}server {{ listen 127.0.0.1:{port};\n{lines}}} }}\n",
        encoding="utf-8",
    )
    command = ["nginx", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf"), "-e", str(tmp_path / "error.log")]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            for _ in range(1000):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                process.poll()
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


@pytest.mark.repository
@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is missing: apt-get install nginx")
def test_behind_nginx(service: Running, nginx: str) -> None:
    """With the lines of the page nobody can pass as another, links lead back, and the figures stay inside."""
    here = Running(service.process, f"{nginx}/", service.folder)
    spoofed = {"X_Forwarded_For": "1.1.1.1", "X_Forwarded_Host": "evil.example", "X_Forwarded_Prefix": "/evil"}
    forwarded = {"Forwarded": "for=1.1.1.1;host=evil.example", "X_Request_ID": "evil"}
    for headers in (spoofed, forwarded):
        status, given, text = ask(here, "kg/", Accept="text/html", **headers)
        assert status == 200
        assert "evil" not in text + str(given)
        assert not re.findall(r'(?:href|src)="/(?!kg/)', text)
    assert ask(here, "kg/metrics")[0] == 403
    assert f"<{nginx.rpartition(':')[0]}/kg/sparql>" in ask(here, "kg/sparql", Accept="text/turtle")[2]


def test_logs_are_whole_after_the_end(service: Running) -> None:
    """All that was asked stands there, no address and no literal does."""
    for accept in ("text/csv", "text/html"):
        assert ask(service, f"sparql?query={quote(ASKED)}", Accept=accept)[0] == 200
    assert ask(service, "nothing", X_Request_ID="the-last")[0] == 404
    service.process.send_signal(signal.SIGTERM)
    assert service.process.wait(PATIENCE) == 0

    access = (service.folder / "access.log").read_text(encoding="utf-8")
    queries = "".join(file.read_text(encoding="utf-8") for file in (service.folder / "queries").iterdir())
    written = [json.loads(line) for line in queries.splitlines()]

    assert json.loads(access.splitlines()[-1])["request"] == "the-last"
    assert [line["format"] for line in written if "FILTER" in line["query"]] == ["text/csv", "text/html"]
    assert "Anna" not in access + queries
    assert "127.0.0.1" not in access + queries


@pytest.mark.repository
def test_the_page_shows_a_line_as_it_is(service: Running) -> None:
    """The members of the line of the query log are those that are written."""
    shown = re.search(r"```json\n(.*?)\n```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    file = next((service.folder / "queries").iterdir())

    assert shown
    assert json.loads(shown[1]).keys() == json.loads(file.read_text(encoding="utf-8").splitlines()[0]).keys()


@pytest.mark.repository
def test_the_page_names_every_metric() -> None:
    """And none that there is not: all of them stand in the modules that count."""
    modules = [*ROOT.glob("server/iqgraph/web/monitoring/*.py"), *ROOT.glob("server/iqgraph/service/**/*.py")]
    code = "".join(file.read_text(encoding="utf-8") for file in modules)
    told = set(re.findall(r"`((?:iqgraph|process)_[a-z_]+)`", PAGE.read_text(encoding="utf-8")))
    made = set(re.findall(r'"(iqgraph_[a-z_]+)"', code)) | {"iqgraph_engine_answered", "iqgraph_engine_failed"}
    plain = {re.sub("_(total|info)$", "", name) for name in told if name.startswith("iqgraph_")}

    assert plain == made
