"""Behind a proxy: what a server is told of its clients, and what these see when a server says no or says nothing."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from itertools import count
from pathlib import Path
from threading import Event

import pytest

from loopback import Asked, Handle, Other, answer, other, raw
from proxies import Proxy, ask, missing, running, until

pytestmark = pytest.mark.repository

KINDS = [
    pytest.param(kind, marks=pytest.mark.skipif(bool(missing(kind)), reason=missing(kind)))
    for kind in ("nginx", "varnish")
]
READY = answer(200, b"ready", **{"Cache-Control": "no-store"})
KEPT = {"Cache-Control": "public, max-age=1, stale-while-revalidate=1, stale-if-error=60", "ETag": '"one"'}


@contextmanager
def before(kind: str, folder: Path, *handles: Handle) -> Iterator[tuple[Proxy, list[Other]]]:
    """A proxy before servers that do what the test wants, once they were seen to be ready."""
    managers = [other(_ready_or(handle)) for handle in handles]
    servers = [manager.__enter__() for manager in managers]
    try:
        addresses = [one.url.split("/")[2] for one in servers]
        with running(kind, folder, addresses, data="one") as proxy:
            yield proxy, servers
    finally:
        for manager in managers:
            manager.__exit__(None, None, None)


def _ready_or(handle: Handle) -> Handle:
    def handled(handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        (READY if asked.target == "/ready" else handle)(handler, asked)

    return handled


def asked(server: Other) -> list[Asked]:
    """What a server was asked, but for its health."""
    return [one for one in server.asked if one.target != "/ready"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_server_hears_the_proxy_alone(kind: str, tmp_path: Path) -> None:
    """Who asks, and how, is told by the proxy; what a client says of it, or to the proxy only, is not passed on."""
    claimed = {
        "Forwarded": "for=192.0.2.1;proto=https",
        "X-Forwarded-For": "192.0.2.1",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Prefix": "/evil",
        "X-Forwarded-Proto": "https",
        "TE": "trailers",
        "Upgrade": "h2c",
    }
    with before(kind, tmp_path, answer(200, b"said")) as (proxy, (server,)):
        ask(proxy.address, "/page", {"Host": "data.example", **claimed})
        seen = asked(server)[0].headers

    assert seen["host"] == "data.example"
    assert seen["x-forwarded-for"] == "127.0.0.1"
    assert seen["x-forwarded-proto"] == "http"
    assert not {"forwarded", "x-forwarded-host", "x-forwarded-prefix", "upgrade"} & {
        name for name, value in seen.items() if value
    }
    assert seen["accept"] == "*/*"
    assert seen["accept-language"] == "en"


@pytest.mark.parametrize("kind", KINDS)
def test_an_old_client_that_names_no_host_is_answered(kind: str, tmp_path: Path) -> None:
    """HTTP/1.0 does not ask for one, HTTP/1.1 does; so the proxy names one to the server."""
    with before(kind, tmp_path, answer(200, b"said")) as (proxy, (server,)):
        host, port = proxy.address.split(":")
        with socket.create_connection((host, int(port)), 10) as client:
            client.sendall(b"GET /page HTTP/1.0\r\n\r\n")
            status = client.makefile("rb").readline()
        seen = asked(server)[0].headers

    assert status.split()[1] == b"200"
    assert seen["host"]


@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_keeps_its_tag(kind: str, tmp_path: Path) -> None:
    """What a server has sent as it is, no proxy packs, whatever else it is set up for."""
    with before(kind, tmp_path, answer(200, b"said " * 50, "text/html", **KEPT)) as (proxy, _):
        reply = ask(proxy.address, "/page", {"Accept-Encoding": "gzip"})

    assert (reply.headers["etag"], reply.body) == ('"one"', b"said " * 50)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("status", [404, 422, 429, 500])
def test_a_no_reaches_the_client_and_is_not_kept(kind: str, tmp_path: Path, method: str, status: int) -> None:
    """Each one is the server's own word, said anew each time; a client over its budget is not sent to another one."""
    numbers = count(1)

    def no(handler: BaseHTTPRequestHandler, one: Asked) -> None:
        body = f"no {next(numbers)}".encode()
        answer(status, body, **{"Cache-Control": "no-store", "Retry-After": "7"})(handler, one)

    with before(kind, tmp_path, no, no) as (proxy, servers):
        replies = [ask(proxy.address, "/sparql?query=x", method=method, body=b"") for _ in range(3)]

        assert [one.status for one in replies] == [status] * 3
        assert [one.body for one in replies] == [b"no 1", b"no 2", b"no 3"]
        assert all(one.headers["retry-after"] == "7" for one in replies)
        assert sum(len(asked(server)) for server in servers) == 3


@pytest.mark.parametrize("kind", KINDS)
def test_an_overload_is_over_when_it_is_over(kind: str, tmp_path: Path) -> None:
    """A 503 is passed on with its Retry-After, and the next answer is the server's next answer."""
    free = Event()

    def sometimes(handler: BaseHTTPRequestHandler, one: Asked) -> None:
        busy = answer(503, b"busy", **{"Cache-Control": "no-store", "Retry-After": "5"})
        (answer(200, b"done", **KEPT) if free.is_set() else busy)(handler, one)

    with before(kind, tmp_path, sometimes) as (proxy, _):
        busy = ask(proxy.address, "/sparql?query=x")
        free.set()
        done = ask(proxy.address, "/sparql?query=x")

        assert (busy.status, busy.body, busy.headers["retry-after"]) == (503, b"busy", "5")
        assert (done.status, done.body) == (200, b"done")


@pytest.mark.parametrize("kind", KINDS)
def test_an_old_answer_is_asked_for_by_its_tag(kind: str, tmp_path: Path) -> None:
    """After its time the proxy asks whether it still holds; the client gets the whole of it, and no wait."""

    def holds(handler: BaseHTTPRequestHandler, one: Asked) -> None:
        same = one.headers.get("if-none-match") == '"one"'
        answer(304 if same else 200, b"" if same else b"said", **KEPT)(handler, one)

    def revalidated() -> bool:
        reply = ask(proxy.address, "/page")
        assert (reply.status, reply.body) == (200, b"said")
        return any(one.headers.get("if-none-match") == '"one"' for one in asked(server))

    with before(kind, tmp_path, holds) as (proxy, (server,)):
        until(revalidated)
        whole = [one for one in asked(server) if "if-none-match" not in one.headers]

        assert len(whole) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_while_no_server_answers_the_old_answer_is_shown(kind: str, tmp_path: Path) -> None:
    """What nobody asked for before is a problem that says when to ask again, in the form of our problems."""
    away = Event()

    def answers(handler: BaseHTTPRequestHandler, one: Asked) -> None:
        (raw() if away.is_set() else answer(200, b"said", **KEPT))(handler, one)

    def expired() -> bool:
        known = ask(proxy.address, "/page")
        assert (known.status, known.body) == (200, b"said")
        return len(asked(server)) > before_it + 5

    with before(kind, tmp_path, answers) as (proxy, (server,)):
        ask(proxy.address, "/page")
        before_it = len(asked(server))
        away.set()
        until(expired)
        unknown = ask(proxy.address, "/other")

        assert (unknown.status, unknown.headers["content-type"]) == (503, "application/problem+json")
        assert json.loads(unknown.body)["status"] == 503
        assert unknown.headers["retry-after"] == "5"
        assert unknown.headers["cache-control"] == "no-store"
        assert unknown.headers["access-control-allow-origin"] == "*"
        away.clear()
        until(lambda: ask(proxy.address, "/other").status == 200)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "QUERY"])
def test_a_query_that_is_not_answered_is_asked_of_another(kind: str, tmp_path: Path, method: str) -> None:
    """Queries change nothing, so all four methods may be tried again; its body arrives whole."""
    body = b"ASK {}" * 20_000 if method in ("POST", "QUERY") else None
    breaks, works = raw(b"HTTP/1.1 200 OK\r\nContent-L"), answer(200, b"done")
    with before(kind, tmp_path, breaks, breaks, works) as (proxy, (*_, last)):
        replies = [ask(proxy.address, f"/sparql?{n}", method=method, body=body) for n in range(6)]

        assert [one.status for one in replies] == [200] * 6
        assert {one.body for one in asked(last)} == {body or b""}


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_a_query_is_sent_once(kind: str, tmp_path: Path) -> None:
    """Who knows what a POST to another address does."""
    breaks = raw(b"")
    with before(kind, tmp_path, breaks, breaks) as (proxy, servers):
        reply = ask(proxy.address, "/elsewhere", method="POST", body=b"x")

        assert reply.status == 503
        assert sum(len(asked(server)) for server in servers) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_server_that_does_not_come_to_an_end_is_replaced(kind: str, tmp_path: Path) -> None:
    """A page is asked of another server when the first has said nothing for too long."""
    over = Event()

    def sleeps(handler: BaseHTTPRequestHandler, one: Asked) -> None:
        over.wait(20)
        raw()(handler, one)

    try:
        with before(kind, tmp_path, sleeps, answer(200, b"said")) as (proxy, _):
            assert [ask(proxy.address, f"/page?{n}").body for n in range(4)] == [b"said"] * 4
            over.set()
    finally:
        over.set()


@pytest.mark.parametrize("kind", KINDS)
def test_a_switch_that_would_mix_is_refused(kind: str, tmp_path: Path) -> None:
    """Servers that are away, that hold other data, or that do not say what, leave everything as it was."""
    hashes = [f"sha-256={digit * 64}" for digit in "ab"]
    ones = [answer(200, b"said by one", **{"Dataset-Hash": hashes[0]})] * 2
    another = answer(200, b"said by another", **{"Dataset-Hash": hashes[1]})
    with (
        other(ones[0]) as first,
        other(ones[1]) as second,
        other(another) as third,
        other(answer(200, b"unnamed")) as fourth,
        other(answer(503, b"not yet")) as fifth,
    ):
        a, b, c, d, e = (one.url.split("/")[2] for one in (first, second, third, fourth, fifth))
        with running(kind, tmp_path, [a, b]) as proxy:
            for wrong, reason in (
                ([a, c], f"{c} holds other data than the servers before it"),
                ([d], f"{d} does not tell what data it holds"),
                ([c, e], f"{e} is not ready"),
                (["127.0.0.1"], "is no HOST:PORT"),
                (["127.0.0.1:80;}"], "is no HOST:PORT"),
            ):
                with pytest.raises(RuntimeError, match=reason):
                    proxy.switch(*wrong)
                assert ask(proxy.address, "/page").body == b"said by one"
            with pytest.raises(RuntimeError, match="letters, digits"):
                proxy.switch(a, data='x"; evil')
            assert hashes[1].partition("=")[2] in proxy.switch(c)
            assert ask(proxy.address, "/page").body == b"said by another"
            assert proxy.switch(d, data="unnamed-2").endswith("for the data unnamed-2")
            assert ask(proxy.address, "/page").body == b"unnamed"
