"""Behind nginx: forwarded headers, refusals, failover and https, with stand-ins and with two real servers."""

import json
import re
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler
from itertools import count
from pathlib import Path
from threading import Event

import pytest

from loopback import Asked, Handle, Other, answer, free_port, other, raw, until
from proxies import DEPLOY, ask, crowd, find, missing, nginx, services
from repository import ROOT
from tiny import put

pytestmark = [pytest.mark.skipif(bool(missing()), reason=missing())]

PAGE = ROOT / "docs/scaling.md"
OLD, NEW = "<urn:a> <urn:b> <urn:old> .\n", "<urn:a> <urn:b> <urn:new> .\n"


@contextmanager
def proxied(folder: Path, *handles: Handle) -> Iterator[tuple[str, list[Other]]]:
    """The address of nginx in front of servers with these handlers."""
    with ExitStack() as stack:
        servers = [stack.enter_context(other(handle)) for handle in handles]
        yield stack.enter_context(nginx(folder, [one.url.split("/")[2] for one in servers])), servers


def test_only_the_proxy_sets_forwarding_headers(tmp_path: Path) -> None:
    """The proxy sets address, scheme and id of a request; those of the client and hop-by-hop fields are dropped."""
    client_headers = {
        "Forwarded": "for=192.0.2.1;proto=https",
        "X-Forwarded-For": "192.0.2.1",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Prefix": "/evil",
        "X-Forwarded-Proto": "https",
        "X-Request-ID": "evil",
        "TE": "trailers",
        "Upgrade": "h2c",
    }
    with proxied(tmp_path, answer(200, b"said")) as (address, (server,)):
        ask(address, "/page", {"Host": "data.example", "Accept-Language": "de-AT", **client_headers})
        [request] = server.asked

    assert request.headers["host"] == "data.example"
    assert request.headers["accept-language"] == "de-AT"
    assert (request.headers["x-forwarded-for"], request.headers["x-forwarded-proto"]) == ("127.0.0.1", "http")
    assert request.headers["x-request-id"] != "evil"
    assert not {"forwarded", "x-forwarded-host", "x-forwarded-prefix", "upgrade"} & request.headers.keys()


def test_a_client_of_http_1_0_without_a_host_is_answered(tmp_path: Path) -> None:
    """HTTP/1.0 needs no Host, HTTP/1.1 does, so the proxy sends one to the server."""
    with proxied(tmp_path, answer(200, b"said")) as (address, (server,)):
        host, port = address.split(":")
        with socket.create_connection((host, int(port)), 10) as client, client.makefile("rb") as answers:
            client.sendall(b"GET /page HTTP/1.0\r\n\r\n")
            status = answers.readline()

    assert status.split()[1] == b"200"
    assert server.asked[0].headers["host"]


def test_an_answer_is_not_changed(tmp_path: Path) -> None:
    """An answer keeps its bytes and its entity tag, and If-None-Match reaches the server."""
    with proxied(tmp_path, answer(200, b"said " * 500, "text/html", ETag='"one"')) as (address, (server,)):
        reply = ask(address, "/page", {"Accept-Encoding": "gzip", "If-None-Match": '"two"'})

    assert (reply.headers["etag"], reply.body) == ('"one"', b"said " * 500)
    assert server.asked[0].headers["if-none-match"] == '"two"'


@pytest.mark.parametrize("status", [404, 422, 429, 500, 503])
def test_a_refusal_reaches_the_client(tmp_path: Path, status: int) -> None:
    """Errors of a server are passed on; a client over its budget is not sent to another server."""
    numbers = count(1)

    def refuse(handler: BaseHTTPRequestHandler, request: Asked) -> None:
        answer(status, f"no {next(numbers)}".encode(), **{"Retry-After": "7"})(handler, request)

    with proxied(tmp_path, refuse, refuse) as (address, servers):
        replies = [ask(address, "/sparql?query=x", method=method, body=b"") for method in ("GET", "POST", "QUERY")]

    assert [(one.status, one.headers["retry-after"]) for one in replies] == [(status, "7")] * 3
    assert [one.body for one in replies] == [b"no 1", b"no 2", b"no 3"]
    assert sum(len(server.asked) for server in servers) == 3


def test_while_no_server_answers(tmp_path: Path) -> None:
    """Without a server nginx answers with a problem and Retry-After, and recovers with the first server."""
    is_away = Event()
    is_away.set()

    def answer_or_close(handler: BaseHTTPRequestHandler, request: Asked) -> None:
        (raw() if is_away.is_set() else answer(200, b"said"))(handler, request)

    with proxied(tmp_path, answer_or_close) as (address, _):
        reply = ask(address, "/page")
        is_away.clear()
        until(lambda: ask(address, "/page").body == b"said")

    assert (reply.status, reply.headers["content-type"]) == (503, "application/problem+json")
    assert json.loads(reply.body)["status"] == 503
    assert (reply.headers["retry-after"], reply.headers["cache-control"]) == ("5", "no-store")
    assert reply.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "QUERY"])
def test_a_failed_query_is_sent_to_another_server(tmp_path: Path, method: str) -> None:
    """Queries are safe, so all four methods may be retried; the body is sent in full."""
    body = b"ASK {}" * 20_000 if method in ("POST", "QUERY") else None
    breaks, works = raw(b"HTTP/1.1 200 OK\r\nContent-L"), answer(200, b"" if method == "HEAD" else b"done")
    with proxied(tmp_path, breaks, breaks, works) as (address, (*_, last)):
        replies = [ask(address, f"/sparql?{n}", method=method, body=body) for n in range(4)]

    assert [one.status for one in replies] == [200] * 4
    assert {one.body for one in last.asked} == {body or b""}


def test_what_is_not_a_query_is_sent_once(tmp_path: Path) -> None:
    """A POST to another address may be unsafe."""
    with proxied(tmp_path, raw(), raw()) as (address, servers):
        reply = ask(address, "/elsewhere", method="POST", body=b"x")

    assert reply.status == 503
    assert sum(len(server.asked) for server in servers) == 1


def test_a_page_of_a_slow_server_is_requested_from_another(tmp_path: Path) -> None:
    """After a timeout a page is requested from another server."""
    over = Event()

    def sleep(handler: BaseHTTPRequestHandler, request: Asked) -> None:
        over.wait(20)
        raw()(handler, request)

    with proxied(tmp_path, sleep, answer(200, b"said")) as (address, _):
        try:
            assert [ask(address, f"/page?{n}").body for n in range(2)] == [b"said"] * 2
        finally:
            over.set()


def test_a_file_that_one_server_does_not_have_yet(tmp_path: Path) -> None:
    """During a rolling update, a file is requested from another server."""
    with proxied(tmp_path, answer(404), answer(200, b"said")) as (address, _):
        replies = [ask(address, f"{path}?{n}") for path in ("/download/a.nt", "/version/9.0.0/") for n in range(2)]

    assert [one.body for one in replies] == [b"said"] * 4


def test_what_is_too_long(tmp_path: Path) -> None:
    """The limits of nginx are those of the server, and its refusals are problems like those of the server."""
    longest = "/sparql?query=".ljust(65_500, "x")
    with proxied(tmp_path, answer(200, b"said")) as (address, (server,)):
        replies = [
            ask(address, longest),
            ask(address, "/sparql", method="POST", body=b"x" * (1 << 20)),
            ask(address, "/sparql?query=".ljust(70_000, "x")),
            ask(address, "/sparql", method="POST", body=b"x" * (3 << 20)),
        ]

    assert [one.status for one in replies] == [200, 200, 414, 413]
    assert {one.headers["content-type"] for one in replies[2:]} == {"application/problem+json"}
    assert [(one.target, len(one.body)) for one in server.asked] == [(longest, 0), ("/sparql", 1 << 20)]


def test_metrics_are_not_public(tmp_path: Path) -> None:
    """The metrics of an arbitrary server are of no use."""
    with proxied(tmp_path, answer(200, b"figures")) as (address, (server,)):
        reply = ask(address, "/metrics")

    assert (reply.status, reply.headers["content-type"]) == (404, "application/problem+json")
    assert server.asked == []


@pytest.mark.skipif(find("openssl") is None, reason="openssl is missing: apt-get install openssl")
def test_from_http_to_https(tmp_path: Path) -> None:
    """With a certificate, port 80 redirects to port 443, also a POST; the site is served there."""
    key, certificate = tmp_path / "privkey.pem", tmp_path / "fullchain.pem"
    subject = ["-subj", "/CN=data.example", "-addext", "subjectAltName=DNS:data.example"]
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", *subject]
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    port = free_port()
    changes = {
        "name.invalid": "data.example",
        "listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;",
        "listen [::]:443 ssl;": "",
        "/etc/letsencrypt/live/data.example": str(tmp_path),
    }
    with (
        other(answer(200, b"said")) as server,
        nginx(tmp_path / "nginx", [server.url.split("/")[2]], "https.conf", changes) as address,
    ):
        redirect = ask(address, "/sparql?query=x", method="POST", body=b"")
        with (
            socket.create_connection(("127.0.0.1", port), 10) as plain,
            ssl.create_default_context(cafile=certificate).wrap_socket(plain, server_hostname="data.example") as client,
            client.makefile("rb") as answers,
        ):
            client.sendall(b"GET /page HTTP/1.1\r\nHost: data.example\r\nConnection: close\r\n\r\n")
            head, _, body = answers.read().partition(b"\r\n\r\n")
        [request] = server.asked

    assert (redirect.status, redirect.headers["location"]) == (308, "https://data.example/sparql?query=x")
    assert (head.split()[1], body) == (b"200", b"said")
    assert b"Strict-Transport-Security: max-age=31536000" in head
    assert request.headers["x-forwarded-proto"] == "https"


def commands() -> list[list[str]]:
    """The lines of each block of commands on the page."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [block.splitlines() for block in blocks]


def test_nginx_accepts_the_configurations(tmp_path: Path) -> None:
    """The commands of the page install valid configurations in the folders of Debian."""
    units, site, engines = commands()
    for name in ("etc/nginx/conf.d", "etc/nginx/sites-enabled"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "etc/nginx/sites-enabled/default").write_text("no configuration", encoding="utf-8")
    (tmp_path / "etc/nginx/nginx.conf").write_text(
        "pid nginx.pid;\nevents {}\nhttp { include conf.d/*.conf; include sites-enabled/*; }\n", encoding="utf-8"
    )
    for line in [*site, *engines]:
        if not line.startswith(("apt-get ", "systemctl ", "nginx ")):  # they change the machine
            script = re.sub(r"(?<= )/etc/", f"{tmp_path}/etc/", line)
            subprocess.run(["sh", "-c", script], cwd=ROOT, check=True, capture_output=True)
    for name in ("http.conf", "engines.conf"):  # port 80 may be in use, and is privileged
        file = tmp_path / "etc/nginx/iqgraph" / name
        text = re.sub(r"listen \[\S+;", "", file.read_text("utf-8"))
        file.write_text(re.sub(r"listen \S+;", "listen unix:socket;", text), encoding="utf-8")
    configuration = ["-p", str(tmp_path), "-c", str(tmp_path / "etc/nginx/nginx.conf"), "-e", str(tmp_path / "log")]
    process = subprocess.run([str(find("nginx")), "-t", *configuration], capture_output=True, text=True, check=False)

    assert [lines[-1].split()[0] for lines in (units, site, engines)] == ["systemctl"] * 3
    assert "test is successful" in process.stderr, process.stderr


def test_every_line_to_change_is_marked() -> None:
    """Lines that differ between machines have a mark."""
    for name, marks in {"servers.conf": 2, "locations.conf": 1, "engines.conf": 5}.items():
        assert (DEPLOY / "nginx" / name).read_text(encoding="utf-8").count("# CHANGE") == marks, name


def query(number: int) -> bytes:
    """A query that is not cached."""
    return f"SELECT ?o {{ <urn:a> ?p ?o FILTER(?o != {number}) }}".encode()


def test_two_servers_of_the_unit(tmp_path: Path) -> None:
    """During a reload, the loss and the return of a server no request fails."""
    file = put(tmp_path, "a.nt", OLD)
    with (
        services(2, file) as (one, two),
        nginx(tmp_path / "nginx", [one.address, two.address]) as address,
        crowd(address, query) as clients,
    ):
        clients.go_on(50)
        assert clients.answers == {b"o\r\nurn:old\r\n"}
        file.write_text(NEW, encoding="utf-8")
        one.reload()
        clients.go_on(50)
        assert clients.answers == {b"o\r\nurn:old\r\n", b"o\r\nurn:new\r\n"}
        two.kill()
        clients.go_on(100)
        two.start()
        two.up()
        clients.answers.clear()
        clients.go_on(50)

    assert clients.failed == []
    assert clients.answers == {b"o\r\nurn:new\r\n"}
