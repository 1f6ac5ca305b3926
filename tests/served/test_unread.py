"""Unread answers and large bodies: what a client can occupy is bounded, and others are not affected."""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import chain, count, repeat
from urllib.parse import quote, urlsplit

import pytest

from asking import get
from iqgraph.service.requests.memory import MAX_BODY_BYTES, MAX_CLIENT_RESPONSES, MAX_DRAINED_BYTES, MAX_RESPONSES
from loopback import PATIENCE, figure, serving, until

LARGE = "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 8500"  # nearly 4 MiB
NUMBERS = count()
WINDOW = 4096


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with answers of up to 4 MiB that trusts this machine as a proxy."""
    data = tmp_path_factory.mktemp("sending") / "data.nt"
    text = "x" * 100
    data.write_text("".join(f'<http://a.example/{n}> <http://a.example/p> "{text}" .\n' for n in range(100)), "utf-8")
    with serving(data, "--answer-size", "4", "--trusted-proxies", "127.0.0.1") as root:
        yield root


def asking(client: str) -> bytes:
    """A request for a large answer that is not cached."""
    query = quote(f"{LARGE} #{next(NUMBERS)}")
    fields = f"Host: a\r\nAccept: application/json\r\nX-Forwarded-For: {client}\r\n"
    return f"GET /sparql?query={query} HTTP/1.1\r\n{fields}\r\n".encode()


@contextmanager
def connect(root: str) -> Iterator[socket.socket]:
    """A connection with a small receive buffer."""
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, WINDOW)
        one.settimeout(PATIENCE)
        one.connect((urlsplit(root).hostname, urlsplit(root).port))
        yield one


def head(connection: socket.socket) -> str:
    """Read only the head of the answer."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(1)
    return received.decode()


def unread(root: str, client: str, connections: ExitStack) -> int:
    """Request a large answer and read only its head; the status, where 503 needs a Retry-After."""
    connection = connections.enter_context(connect(root))
    connection.sendall(asking(client))
    header = head(connection)
    assert "HTTP/1.1 200" in header or "retry-after" in header.lower(), header
    return int(header.split()[1])


def is_idle(root: str) -> bool:
    """Whether the server has sent all answers."""
    return figure(root, "iqgraph_sending_bytes") == 0


def test_a_client_may_leave_some_answers_unread_and_no_more(server: str) -> None:
    """Further large answers of a client get 503; other clients are not affected."""
    with ExitStack() as connections:
        own = [unread(server, "203.0.113.1", connections) for _ in range(MAX_CLIENT_RESPONSES + 1)]
        other = unread(server, "203.0.113.2", connections)
        small = get(server, "/sparql", query=f"ASK {{}} #{next(NUMBERS)}").status

    assert own == [200] * MAX_CLIENT_RESPONSES + [503]
    assert (other, small) == (200, 200)
    until(lambda: is_idle(server))
    with ExitStack() as connections:
        assert unread(server, "203.0.113.1", connections) == 200
    until(lambda: is_idle(server))


def test_all_together_have_a_bound_too(server: str) -> None:
    """All clients together have a limit; small answers and pages are still served."""
    with ExitStack() as connections:
        statuses = [unread(server, f"203.0.113.{number}", connections) for number in range(MAX_RESPONSES + 2)]
        small = [get(server, path).status for path in ("/sparql?query=ASK%7B%7D%23x", "/", "/health")]

    assert statuses[:MAX_RESPONSES] == [200] * MAX_RESPONSES
    assert statuses[-1] == 503
    assert small == [200, 200, 200]
    until(lambda: is_idle(server))


def test_who_reads_is_never_refused(server: str) -> None:
    """An answer no longer counts once it is read."""
    statuses = []
    for _ in range(MAX_RESPONSES + 1):
        until(lambda: is_idle(server))
        statuses.append(get(server, "/sparql", query=f"{LARGE} #{next(NUMBERS)}").status)

    assert statuses == [200] * len(statuses)


def sized_body(size: int) -> tuple[str, Iterator[bytes]]:
    """A body with a Content-Length."""
    return f"Content-Length: {size}", (b"x" * 65_536 for _ in range(size // 65_536))


def chunked_body(size: int) -> tuple[str, Iterator[bytes]]:
    """A chunked body."""
    chunk = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
    return "Transfer-Encoding: chunked", chain((chunk for _ in range(size // 65_536)), [b"0\r\n\r\n"])


@pytest.mark.parametrize("body", [sized_body, chunked_body])
@pytest.mark.parametrize("size", [MAX_BODY_BYTES + 65_536, MAX_DRAINED_BYTES // 2])
def test_a_body_that_is_too_large_gets_an_answer(
    server: str, body: Callable[[int], tuple[str, Iterator[bytes]]], size: int
) -> None:
    """A client that reads only after sending all gets the complete answer, and the connection is closed."""
    field, parts = body(size)
    with connect(server) as connection:
        connection.sendall(b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: application/sparql-query\r\n")
        connection.sendall(f"{field}\r\n\r\n".encode())
        for part in parts:
            connection.sendall(part)
        answer = b"".join(iter(lambda: connection.recv(65_536), b"")).decode()

    assert answer.startswith("HTTP/1.1 413")
    assert "connection: close" in answer.lower()
    assert "larger than 1 MiB" in answer


def test_a_body_without_an_end_is_given_up(server: str) -> None:
    """Beyond a limit the server reads no more and closes the connection."""
    field, parts = chunked_body(2 * MAX_DRAINED_BYTES)
    with connect(server) as connection, pytest.raises(ConnectionError):
        _send_all(connection, f"POST /sparql HTTP/1.1\r\nHost: a\r\n{field}\r\n\r\n".encode(), parts)


def _send_all(connection: socket.socket, start: bytes, parts: Iterator[bytes]) -> None:
    for part in chain([start], parts, repeat(b"x" * 65_536)):
        connection.sendall(part)
