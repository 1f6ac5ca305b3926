"""The files for running the service: each is read as its program would read it."""

import json
import re
import shlex
import shutil
import subprocess
from fnmatch import fnmatch
from http import HTTPStatus
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]

from configured import settings
from exposed import samples
from iqgraph.dataset import Dataset
from iqgraph.service.requests.front import Front
from iqgraph.service.requests.memory import MAX_BODY_BYTES, MAX_DRAINED_BYTES
from iqgraph.web import create_app
from iqgraph.web.guide.api import GROUPS
from repository import ROOT
from test_front import Scope, ask
from tiny import put

DEPLOY = ROOT / "deploy"
UNIT, CONTAINER = DEPLOY / "iqgraph@.service", DEPLOY / "Containerfile"
INSTRUCTIONS = {"FROM", "COPY", "RUN", "ENV", "USER", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK", "ENTRYPOINT", "CMD"}
SECRET = re.compile(r"password|secret|token|api_?key|BEGIN [A-Z ]*KEY", re.IGNORECASE)
ENDINGS = ("_total", "_bucket", "_sum", "_count", "_info")
LATER = {
    "iqgraph_engine_up",
    "iqgraph_queries_failed",
    "iqgraph_log_lines_lost",
}  # there once there is something to tell


def unit() -> dict[str, list[str]]:
    """The settings of the section Service, with all values of each."""
    settings: dict[str, list[str]] = {}
    for line in UNIT.read_text(encoding="utf-8").partition("[Service]")[2].partition("[Install]")[0].splitlines():
        name, mark, value = line.partition("=")
        if mark and not line.startswith("#"):
            settings.setdefault(name, []).append(value)
    return settings


def instructions() -> list[tuple[str, str]]:
    """The instructions of the container file, each on one line."""
    text = re.sub(r"^#.*\n", "", CONTAINER.read_text(encoding="utf-8"), flags=re.MULTILINE).replace("\\\n", " ")
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in text.splitlines() if line.strip()]


def test_configuration() -> None:
    """The server starts with it."""
    assert settings(file=DEPLOY / "iqgraph.toml").budget == 60


def test_environment() -> None:
    """Every variable in it is one of ours."""
    lines = (DEPLOY / "iqgraph.env").read_text(encoding="utf-8").splitlines()
    names = dict(line.split("=", 1) for line in lines if not line.startswith("#"))

    assert settings(environment=names).publisher == ""


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is missing: install systemd")
def test_unit_is_read_and_hardened(tmp_path: Path) -> None:
    """Systemd reports no fault and a low exposure; the path of the program is replaced."""
    file = put(
        tmp_path, "iqgraph@.service", UNIT.read_text(encoding="utf-8").replace("/opt/iqgraph/bin/iqgraph", "/bin/true")
    )
    read = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(file)], capture_output=True, text=True, check=False
    )
    command = ["systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager", str(file)]
    safe = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (read.returncode, read.stderr) == (0, "")
    assert safe.returncode == 0, safe.stdout[-500:]


def test_unit_allows_what_the_service_needs() -> None:
    """Workers are forked and get their own limits; ports share no folder; a wrong setting is not retried."""
    service = unit()
    folders = [service[name][0] for name in ("StateDirectory", "LogsDirectory", "RuntimeDirectory", "WorkingDirectory")]
    arguments = ["--config", "/etc/iqgraph/iqgraph.toml", "--port", "%i"]

    assert re.findall(r"^\[(\w+)\]$", UNIT.read_text(encoding="utf-8"), re.MULTILINE) == ["Unit", "Service", "Install"]
    assert service["SystemCallFilter"] == ["@system-service", "~@privileged @obsolete"]
    assert "AF_UNIX" in service["RestrictAddressFamilies"][0]
    assert "MemoryDenyWriteExecute" not in service
    assert service["KillMode"] == ["mixed"]
    assert service["OOMPolicy"] == ["continue"]
    assert [shlex.split(service[one][0])[1:] for one in ("ExecStart", "ExecReload")] == [
        ["serve", *arguments],
        ["reload", *arguments],
    ]
    assert all(folder.endswith("iqgraph/%i") for folder in folders)
    assert (service["DynamicUser"], service["User"]) == (["yes"], ["iqgraph"])
    assert (service["Type"], service["RestartPreventExitStatus"]) == (["notify"], ["2"])
    assert int(service["TimeoutStopSec"][0]) > 2 * settings().grace
    assert int(service["RestartSec"][0]) >= 10 / 5  # systemd gives up after more than five starts within ten seconds
    assert int(service["TasksMax"][0]) > 2 * settings().long_queries


def test_container_parses_and_is_pinned() -> None:
    """Only known instructions, images with full versions, and a numeric user other than root."""
    lines = instructions()
    names = [name for name, _ in lines]
    images = [value.split()[0] for name, value in lines if name == "FROM"]

    assert set(names) <= INSTRUCTIONS
    assert images
    assert [
        image for image in images if not re.fullmatch(r"docker\.io/library/[a-z]+:\d+\.\d+\.\d+-[a-z-]+", image)
    ] == []
    assert all(image == images[0] for image in images)
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", dict(lines)["USER"])
    assert names.index("USER") < names.index("ENTRYPOINT")
    assert names.count("USER") == 1


def test_container_holds_no_secrets() -> None:
    """It installs only what the lock file contains with its hash, and the last stage runs nothing."""
    text = CONTAINER.read_text(encoding="utf-8")
    final = text.rpartition("\nFROM ")[2]

    assert not SECRET.search(text)
    assert "--require-hashes" in text
    assert "curl" not in text
    assert "://" not in text.replace("http://127.0.0.1:8000/", "")
    assert not re.search(r"^(RUN|ADD) ", final, re.MULTILINE)


def test_container_copies_what_is_there() -> None:
    """Sources are in the repository, or in the wheel that is built first."""
    sources = [value.split()[0] for name, value in instructions() if name == "COPY" and not value.startswith("--from")]

    assert sources
    assert [source for source in sources if not source.startswith("dist/") and not (ROOT / source).exists()] == []


def test_container_sets_what_can_be_set() -> None:
    """The variables of the image are settings."""
    variables = dict(pair.split("=", 1) for pair in dict(instructions())["ENV"].split())
    values = settings(environment={name: value for name, value in variables.items() if name.startswith("IQGRAPH_")})

    assert (values.host, values.log_format) == ("0.0.0.0", "json")  # noqa: S104 - all of the container


def test_the_page_of_commands_is_short_and_fits_the_files() -> None:
    """From a bare Debian to HTTPS: the files that it installs exist, with the ports of nginx."""
    text = (ROOT / "docs/debian.md").read_text(encoding="utf-8")
    files = {one for path in re.findall(r"\bdeploy/[^\s`]+", text) for one in list(ROOT.glob(path)) or [ROOT / path]}
    servers = (DEPLOY / "nginx/servers.conf").read_text("utf-8")
    ports = re.findall(r"^    server 127\.0\.0\.1:(\d+)", servers, re.MULTILINE)

    assert len(text.split()) <= 500
    assert [path for path in files if not path.is_file()] == []
    assert set(re.findall(r"iqgraph@(\d+)", text)) == set(ports)
    assert "# public-url = " in (DEPLOY / "iqgraph.toml").read_text(encoding="utf-8")


def test_the_override_of_the_unit_extends_its_command() -> None:
    """It adds a file to the command of the unit, and gives each port its own folder of logs."""
    text = (ROOT / "docs/debian.md").read_text(encoding="utf-8")
    (override,) = re.findall(r"^```ini\n\[Service\]\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    reset, line, log = override.splitlines()
    folder = unit()["LogsDirectory"][0]

    assert (reset, line.rpartition(" ")[0]) == ("ExecStart=", f"ExecStart={unit()['ExecStart'][0]}")
    assert log.startswith(f"Environment=IQGRAPH_LOG_FILE=%L/{folder}/")


def test_files_are_not_executable() -> None:
    """Systemd warns of an executable unit."""
    assert [path for path in DEPLOY.rglob("*") if path.is_file() and path.stat().st_mode & 0o111] == []


def test_each_release_has_its_paragraph() -> None:
    """The upgrade of each release in the changelog but the first is described."""
    versions = re.findall(r"^## \[(\d\S+)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    headings = re.findall(r"^## To (\S+)", (ROOT / "docs/upgrading.md").read_text(encoding="utf-8"), re.MULTILINE)

    assert set(versions[:-1]) <= set(headings)


def test_rotation_finds_the_logs() -> None:
    """It rotates the logs of each port where the page of commands puts them, with directives of logrotate(8)."""
    words = {"weekly", "rotate", "compress", "delaycompress", "missingok", "notifempty", "su"}
    first, *lines, last = (DEPLOY / "logrotate").read_text(encoding="utf-8").splitlines()[1:]
    (log,) = re.findall(r"IQGRAPH_LOG_FILE=%L(\S+)", (ROOT / "docs/debian.md").read_text(encoding="utf-8"))

    assert fnmatch(f"/var/log{log.replace('%i', '8001')}", first.removesuffix(" {"))
    assert {line.split()[0] for line in lines} == words
    assert last == "}"


@pytest.mark.skipif(shutil.which("logrotate") is None, reason="logrotate is missing: apt-get install logrotate")
def test_rotation_is_read(tmp_path: Path) -> None:
    """Logrotate accepts the file."""
    command = ["logrotate", "--debug", "--state", str(tmp_path / "state"), str(DEPLOY / "logrotate")]
    process = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (process.returncode, "error" in process.stderr) == (0, False), process.stderr


@pytest.fixture(scope="module")
def figures(letter: Dataset) -> bytes:
    """The metrics of the tiny site."""
    return ask(Front(create_app(letter)), Scope(path="/metrics")).body


def test_the_health_check_of_the_image_has_a_path_of_the_site(letter: Dataset) -> None:
    """Otherwise the container would never be healthy."""
    (path,) = re.findall(r"urlopen\('http://127\.0\.0\.1:8000(/\w+)'", CONTAINER.read_text(encoding="utf-8"))

    assert ask(Front(create_app(letter)), Scope(path=path)).status == HTTPStatus.OK


def test_alerts_name_existing_metrics(figures: bytes) -> None:
    """An alert on a misspelt metric would never fire."""
    rules = yaml.safe_load((DEPLOY / "prometheus/alerts.yml").read_text(encoding="utf-8"))["groups"][0]["rules"]
    jobs = yaml.safe_load((DEPLOY / "prometheus/scrape.yml").read_text(encoding="utf-8"))["scrape_configs"]
    names = {name for rule in rules for name in re.findall(r"iqgraph_\w+", rule["expr"])}
    text = figures.decode()
    families = set(re.findall(r"^# TYPE (\w+)", text, re.MULTILINE))

    assert samples(text)
    assert {_family(name) for name in names} - {_family(name) for name in families} <= LATER
    assert [job["metrics_path"] for job in jobs] == ["/metrics"]
    assert all(rule["annotations"]["summary"].endswith(".") for rule in rules)


QUIET = {"up": 1.0, "iqgraph_engine_up": 1.0}  # all others count what goes wrong
COMPARISONS = {"==": float.__eq__, ">": float.__gt__, "<": float.__lt__}


def test_alerts_fire_only_at_a_fault() -> None:
    """Each compares a metric that differs at a fault."""
    rules = yaml.safe_load((DEPLOY / "prometheus/alerts.yml").read_text(encoding="utf-8"))["groups"][0]["rules"]
    for rule in rules:
        (name,) = re.findall(r"\b(up|iqgraph_\w+)\b(?=[{\[ ])", rule["expr"])
        (sign, bound) = re.findall(r" (==|>|<) ([\d.]+)$", rule["expr"])[0]
        normal, faulty = QUIET.get(name, 0.0), 0.0 if name in QUIET else 1e6

        assert not COMPARISONS[sign](normal, float(bound)), rule["alert"]
        assert COMPARISONS[sign](faulty, float(bound)), rule["alert"]


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is missing: apt-get install prometheus")
@pytest.mark.parametrize(
    "words",
    [
        ["rules", f"{DEPLOY}/prometheus/alerts.yml"],
        ["config", "--syntax-only", f"{DEPLOY}/prometheus/scrape.yml"],
        ["metrics"],
    ],
    ids=lambda words: str(words[0]),
)
def test_prometheus_accepts_the_files(words: list[str], figures: bytes) -> None:
    """Its own tool reads the alerts, the job and the metrics."""
    process = subprocess.run(["promtool", "check", *words], input=figures, capture_output=True, check=False)

    assert process.returncode == 0, process.stderr.decode()


def _family(name: str) -> str:
    return next((name.removesuffix(ending) for ending in ENDINGS if name.endswith(ending)), name)


NGINX = DEPLOY / "nginx"
MAX_ADDRESS_BYTES = 65_534  # of the library that reads requests
PROBLEM = ("access-control-allow-origin", "cache-control", "x-content-type-options")


def nginx(name: str) -> list[list[str]]:
    """The directives of a file for nginx, each as its words."""
    text = re.sub(r"(?m)#.*$", "", (NGINX / name).read_text(encoding="utf-8"))
    return [shlex.split(one) for one in re.split(r"[;{}](?=\s)", text) if one.strip()]


def test_nginx_sets_every_header_that_servers_trust() -> None:
    """No client can set a header that is trusted of a proxy, such as Forwarded."""
    source = (ROOT / "server/iqgraph/service/requests/context.py").read_text(encoding="utf-8")
    trusted = {*re.findall(r'"(x-[a-z-]+)"', source), "forwarded", "host"}
    headers = {words[1].lower() for words in nginx("locations.conf") if words[0] == "proxy_set_header"}

    assert trusted - headers == set()


def test_nginx_answers_errors_as_the_servers_do(letter: Dataset) -> None:
    """Its own responses are problem details with the headers of the servers."""
    theirs = dict(ask(Front(create_app(letter)), Scope(path="/nothing")).headers)
    own = {words[1].lower(): words[2] for words in nginx("own.conf") if words[0] == "add_header"}

    assert own == {name: theirs[name] for name in PROBLEM}
    assert ["default_type", theirs["content-type"]] in nginx("own.conf")
    text = (NGINX / "locations.conf").read_text(encoding="utf-8")
    responses = re.findall(r"return (\d+) '(\{.*\})", text)
    assert len(responses) == text.count("return ") > 2
    assert [json.loads(body)["status"] for _, body in responses] == [int(status) for status, _ in responses]


def test_limits_of_nginx_fit_those_of_the_servers() -> None:
    """At least twice the time of a query; URLs and bodies that they read, and no more than they drain."""
    sizes = {"k": 1 << 10, "m": 1 << 20}
    for name in ("locations.conf", "engines.conf"):
        words = nginx(name)
        (size,) = (one[1] for one in words if one[0] == "client_max_body_size")
        assert min(int(one[1][:-1]) for one in words if one[0] == "proxy_read_timeout") >= 2 * settings().timeout
        assert max(int(one[1][:-1]) for one in words if one[0] == "proxy_connect_timeout") <= settings().timeout / 10
        assert MAX_BODY_BYTES < int(size[:-1]) * sizes[size[-1]] < MAX_DRAINED_BYTES
    (buffer,) = (one[2] for one in nginx("locations.conf") if one[0] == "large_client_header_buffers")
    assert int(buffer[:-1]) << 10 > MAX_ADDRESS_BYTES
    text = (NGINX / "locations.conf").read_text(encoding="utf-8")
    stated = re.findall(r"at most ([\d,]+ \w+)", text)
    assert stated == [f"{MAX_BODY_BYTES >> 20} MiB", f"{MAX_ADDRESS_BYTES:,} bytes"]


def test_nginx_asks_another_server_only_where_nothing_changes() -> None:
    """What is posted, by the table of the API, and files that only one version knows, by their folders."""
    addresses = {path: one for group in GROUPS for one in group.addresses for path in one.paths}
    posted = {path for path, one in addresses.items() if one.accepted}
    text = (NGINX / "locations.conf").read_text(encoding="utf-8")
    rules = dict(re.findall(r"location ~ (\S+) \{\n(.*?)\n\}", text, re.DOTALL))
    again, files = (next(key for key, rule in rules.items() if mark in rule) for mark in ("non_idempotent", "http_404"))

    assert {path for path in addresses if re.search(again, path)} == posted
    assert {path for path in addresses if re.search(again, f"/version/0.1.0{path}")} == posted
    for folder in re.findall(r"\w[\w/]*", files.partition("(")[2]):
        assert folder == "static/built" or any(path.startswith(f"/{folder}/") for path in addresses), folder


def test_nginx_leads_to_https_for_long_and_keeps_the_method() -> None:
    """For a year at least."""
    directives = nginx("https.conf")
    (age,) = (re.findall(r"^max-age=(\d+)$", words[2]) for words in directives if words[0] == "add_header")

    assert int(age[0]) >= 365 * 24 * 60 * 60
    assert {words[-2] for words in directives if "return" in words} <= {"307", "308"}


@pytest.mark.parametrize("name", ["http.conf", "https.conf", "own.conf", "locations.conf", "servers.conf"])
def test_nginx_listens_on_ipv4_and_ipv6_and_hides_its_version(name: str) -> None:
    """TLS is 1.2 or later."""
    directives = nginx(name)
    ports = [words[1] for words in directives if words[0] == "listen"]
    protocols = {one for words in directives if words[0] == "ssl_protocols" for one in words[1:]}

    assert {f"[::]:{one}" for one in ports if "[" not in one} == {one for one in ports if "[" in one}
    assert protocols in (set(), {"TLSv1.2", "TLSv1.3"})
    assert (["server_tokens", "off"] in directives) == (name in ("locations.conf", "https.conf"))
