"""The running service as documented in docs/running.md: settings, proxies, logs and metrics, over HTTP."""

import json
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote

import pytest

import asking
import proxies
from loopback import launched
from repository import ROOT

PAGE = ROOT / "docs/running.md"
PATIENCE = 30
CLIENT = "127.0.0.2"
needs_nginx = pytest.mark.skipif(bool(proxies.missing()), reason=proxies.missing())
ASKED = "SELECT ?o { ?s ?p ?o FILTER(?o != 'Anna Muster') }"


@dataclass(frozen=True)
class Running:
    """A service, its address and its folder."""

    process: subprocess.Popen[str]
    root: str
    folder: Path


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A service with settings from file and command line; the tests of logs stop it."""
    folder = tmp_path_factory.mktemp("running")
    (folder / "a.nq").write_text("<http://a/s> <http://a/p> <http://a/o> <http://a/g> .\n", encoding="utf-8")
    (folder / "iqgraph.toml").write_text(
        f'port = 1\ntrusted-proxies = ["127.0.0.1"]\nquery-log = "{folder}/queries"\nbudget = 600\n', encoding="utf-8"
    )
    with run_service("--config", f"{folder}/iqgraph.toml", folder=folder) as one:
        yield one


@contextmanager
def run_service(*arguments: str, folder: Path) -> Iterator[Running]:
    """A service of the file in the folder, on a free port."""
    with launched("-m", "iqgraph", "serve", *arguments, "--port", "0", folder / "a.nq") as (process, address):
        yield Running(process, f"{address}/", folder)


def ask(service: Running, path: str, **headers: str) -> tuple[int, Message, str]:
    """Status, headers and text of an answer."""
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    reply = asking.ask(f"{service.root}{path}", headers=fields)
    return reply.status, reply.headers, reply.text


def test_links_are_below_the_path_of_the_site(service: Running) -> None:
    """Links are right whether the proxy removes the prefix or not."""
    for path in ("", "kg/"):
        status, _, text = ask(service, path, Accept="text/html", X_Forwarded_Prefix="/kg")
        assert status == 200
        assert not re.findall(r'(?:href|src)="/(?!kg/)', text)


def test_what_the_proxy_says(service: Running) -> None:
    """The service description has scheme and host from the proxy, and the request id is returned."""
    status, headers, text = ask(
        service,
        "sparql",
        Accept="text/turtle",
        X_Forwarded_For="203.0.113.7",
        X_Forwarded_Proto="https",
        X_Forwarded_Host="kg.example",
        X_Forwarded_Prefix="/kg",
        X_Request_ID="asked-by-a-test",
    )

    assert status == 200
    assert "<https://kg.example/kg/sparql>" in text
    assert headers["x-request-id"] == "asked-by-a-test"


def exchange(service: Running, *lines: str, body: str = "", end: bool = False) -> tuple[int, str]:
    """Status and text of the answer to raw lines; `end` shuts down the sending side."""
    host, port = service.root.removeprefix("http://").strip("/").split(":")
    with socket.create_connection((host, int(port)), PATIENCE) as client:
        client.sendall("\r\n".join([*lines, "Connection: close", "", body]).encode())
        if end:
            client.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: client.recv(65536), b"")).decode()
    head, _, text = answer.partition("\r\n\r\n")
    assert "x-request-id: " in head
    return int(head.split()[1]), text


@pytest.mark.parametrize("accept", ["*/*", "text/html"])
@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        (["GET / HTTP/1.1", "Host: a.example"], ""),
        (["GET / HTTP/1.1", "Host: [::1]:8000"], ""),
        (["GET http://a.example/ HTTP/1.1", "Host: a.example"], ""),
        (["GET / HTTP/1.0"], ""),
        (["GET / HTTP/1.1"], "needs exactly one Host header"),
        (["GET http://a.example/ HTTP/1.1"], "needs exactly one Host header"),
        (["GET /health HTTP/1.1"], "needs exactly one Host header"),
        (["GET / HTTP/1.1", "Host: a.example", "Host: b.example"], "needs exactly one Host header"),
        (["GET / HTTP/1.1", "Host: a.example", "host: a.example"], "needs exactly one Host header"),
        (["GET / HTTP/1.0", "Host: a.example", "Host: a.example"], "needs exactly one Host header"),
        (["GET /health HTTP/1.1", "Host: a.example, b.example"], "needs exactly one Host header"),
        (["GET /health HTTP/1.1", "Host: me@a.example"], "needs exactly one Host header"),
        (["GET /health HTTP/1.1", "Host: a.example/b"], "needs exactly one Host header"),
        (["GET /health HTTP/1.1", "Host: [a.example"], "needs exactly one Host header"),
        (["GET /health HTTP/1.1", "Host: a.example:port"], "needs exactly one Host header"),
    ],
)
def test_a_request_names_one_host(service: Running, lines: list[str], fault: str, accept: str) -> None:
    """RFC 9112, section 3.2; HTTP/1.0 needs no Host. Otherwise a proxy might choose another host than the service."""
    status, text = exchange(service, *lines, f"Accept: {accept}")

    assert status == (400 if fault else 200)
    assert fault in text


@pytest.mark.parametrize(
    ("lines", "body", "status"),
    [
        (["Content-Length: 6"], "ASK {}", 200),
        (["Content-Length: 66"], "ASK {}", 400),
        (["Transfer-Encoding: chunked"], "6\r\nASK {}\r\n0\r\n\r\n", 200),
        (["Transfer-Encoding: chunked"], "2\r\nAS\r\n4\r\nK {}\r\n0\r\n\r\n", 200),
        (["Transfer-Encoding: chunked", "Trailer: X-Sum"], "6\r\nASK {}\r\n0\r\nX-Sum: 1\r\n\r\n", 200),
        (["Transfer-Encoding: chunked"], "6\r\nASK {}\r\n", 400),
        (["Transfer-Encoding: chunked"], "66\r\nASK {}", 400),
        (["Transfer-Encoding: chunked"], "6\r\nASK {}\r\nzz\r\n", 400),
        (["Transfer-Encoding: chunked"], "", 400),
    ],
)
def test_half_a_query_is_not_answered(service: Running, lines: list[str], body: str, status: int) -> None:
    """The beginning of a query may be another valid query."""
    head = ["POST /sparql?format=json HTTP/1.1", "Host: a.example", "Content-Type: application/sparql-query"]
    response_status, text = exchange(service, *head, *lines, body=body, end=status != 200)

    assert response_status == status
    assert ("boolean" if status == 200 else "broke off before its end") in text


@pytest.fixture(scope="module")
def default_service(service: Running) -> Iterator[Running]:
    """A service with the settings in deploy/, without a path prefix."""
    with run_service("--config", f"{ROOT}/deploy/iqgraph.toml", folder=service.folder) as one:
        yield one


@pytest.fixture(scope="module")
def nginx(default_service: Running, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of nginx in front of the service, configured as on the page."""
    block = re.search(r"```nginx\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert block
    lines = block[1].replace("http://127.0.0.1:8000", default_service.root.rstrip("/"))
    site = {"page.conf": f"server {{ listen 80;\n{lines}}}\n"}
    with proxies.nginx(tmp_path_factory.mktemp("nginx"), [], "page.conf", more=site) as address:
        yield f"http://{address}"


@needs_nginx
@pytest.mark.parametrize(
    "client_headers",
    [
        {"X_Forwarded_For": "1.1.1.1", "X_Forwarded_Host": "evil.example", "X_Forwarded_Prefix": "/evil"},
        {"X_Forwarded_Proto": "https"},
        {"Forwarded": "for=1.1.1.1;host=evil.example;proto=https", "X_Request_ID": "evil"},
    ],
)
def test_nginx_alone_is_believed(default_service: Running, nginx: str, client_headers: dict[str, str]) -> None:
    """With the configuration of the page, forwarding headers of clients are ignored."""
    here = Running(default_service.process, f"{nginx}/", default_service.folder)
    plain = ask(here, "kg/sparql", Accept="text/turtle")
    status, headers, text = ask(here, "kg/sparql", Accept="text/turtle", **client_headers)

    assert (status, text) == (200, plain[2])
    assert re.fullmatch("[0-9a-f]{32}", headers["x-request-id"])
    assert headers["x-request-id"] not in str(client_headers)


@needs_nginx
def test_behind_nginx(default_service: Running, nginx: str) -> None:
    """With the configuration of the page, the service knows its public address, and metrics are forbidden."""
    here = Running(default_service.process, f"{nginx}/", default_service.folder)
    connection = HTTPConnection(nginx.removeprefix("http://"), source_address=(CLIENT, 0))
    connection.request("GET", "/kg/sparql", headers={"Accept": "text/turtle"})
    with closing(connection), connection.getresponse() as response:
        text = response.read().decode()
    page = ask(here, "kg/", Accept="text/html")
    forbidden = [ask(here, path)[0] for path in ("kg/metrics", "kg/%6detrics", "kg//metrics", "kg/x/../metrics")]

    assert f"<{nginx}/kg/sparql>" in text
    assert page[0] == 200
    assert re.findall(r'(?:href|src)="/kg/', page[2])
    assert not re.findall(r'(?:href|src)="/(?!kg/)', page[2])
    assert forbidden == [403] * 4


def test_logs_are_whole_after_the_end(service: Running) -> None:
    """The log has all queries, but no addresses and no literals."""
    for accept in ("text/csv", "text/html"):
        assert ask(service, f"sparql?query={quote(ASKED)}", Accept=accept)[0] == 200
    service.process.send_signal(signal.SIGTERM)
    assert service.process.wait(PATIENCE) == 0

    queries = "".join(file.read_text(encoding="utf-8") for file in (service.folder / "queries").iterdir())
    lines = [json.loads(line) for line in queries.splitlines()]

    assert [line["format"] for line in lines if "FILTER" in (line["query"] or "")] == ["text/csv", "text/html"]
    assert "Anna" not in queries
    assert "127.0.0.1" not in queries


def test_the_page_shows_a_line_as_it_is(service: Running) -> None:
    """The line of the query log on the page has the members of a real one."""
    example = re.search(r"```json\n(.*?)\n```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    file = next((service.folder / "queries").iterdir())

    assert example
    assert json.loads(example[1]).keys() == json.loads(file.read_text(encoding="utf-8").splitlines()[0]).keys()


def test_the_page_names_every_metric() -> None:
    """The page names exactly the metrics of the modules that count."""
    modules = [ROOT / "server/iqgraph/web/monitoring.py", *ROOT.glob("server/iqgraph/service/**/*.py")]
    code = "".join(file.read_text(encoding="utf-8") for file in modules)
    page_metrics = set(re.findall(r"`((?:iqgraph|process)_[a-z_]+)`", PAGE.read_text(encoding="utf-8")))
    metrics = set(re.findall(r'"(iqgraph_[a-z_]+)"', code))
    plain = {re.sub("_(total|info)$", "", name) for name in page_metrics if name.startswith("iqgraph_")}

    assert plain == metrics
