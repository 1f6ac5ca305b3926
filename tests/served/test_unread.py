"""Answers that nobody reads, and bodies that are too large: what a client holds up is bounded, and costs no other."""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import chain, count, repeat
from urllib.parse import quote, urlsplit

import pytest

from asking import get
from iqgraph.service.requests.memory import MAX_BODY_BYTES, MAX_CLIENT_ANSWERS, MAX_DRAINED_BYTES, MAX_SENDING_ANSWERS
from loopback import PATIENCE, figure, serving, until

LARGE = "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 8500"  # nearly 4 MiB
NUMBERS = count()
WINDOW = 4096


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of which an answer has at most 4 MiB, and can have as much; it takes our word for who asks."""
    data = tmp_path_factory.mktemp("sending") / "data.nt"
    text = "x" * 100
    data.write_text("".join(f'<http://a.example/{n}> <http://a.example/p> "{text}" .\n' for n in range(100)), "utf-8")
    with serving(data, "--answer-size", "4", "--trusted-proxies", "127.0.0.1") as root:
        yield root


def asking(client: str) -> bytes:
    """A request for a large answer that nobody has asked for before."""
    query = quote(f"{LARGE} #{next(NUMBERS)}")
    fields = f"Host: a\r\nAccept: application/json\r\nX-Forwarded-For: {client}\r\n"
    return f"GET /sparql?query={query} HTTP/1.1\r\n{fields}\r\n".encode()


@contextmanager
def connected(root: str) -> Iterator[socket.socket]:
    """A connection that takes little of an answer unless it is read."""
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, WINDOW)
        one.settimeout(PATIENCE)
        one.connect((urlsplit(root).hostname, urlsplit(root).port))
        yield one


def head(connection: socket.socket) -> str:
    """The head of the answer, and no more."""
    found = b""
    while b"\r\n\r\n" not in found:
        found += connection.recv(1)
    return found.decode()


def unread(root: str, client: str, connections: ExitStack) -> int:
    """Ask for a large answer and read its head only; its status, and 503 only with a time to come again."""
    connection = connections.enter_context(connected(root))
    connection.sendall(asking(client))
    found = head(connection)
    assert "HTTP/1.1 200" in found or "retry-after" in found.lower(), found
    return int(found.split()[1])


def drained(root: str) -> bool:
    """Whether the server has nothing to send any more."""
    return figure(root, "iqgraph_sending_bytes") == 0


def test_a_client_may_leave_some_answers_unread_and_no_more(server: str) -> None:
    """Beyond these it is told to come again, before anything of an answer is sent; others are not concerned."""
    with ExitStack() as connections:
        own = [unread(server, "203.0.113.1", connections) for _ in range(MAX_CLIENT_ANSWERS + 1)]
        other = unread(server, "203.0.113.2", connections)
        small = get(server, "/sparql", query=f"ASK {{}} #{next(NUMBERS)}").status

    assert own == [200] * MAX_CLIENT_ANSWERS + [503]
    assert (other, small) == (200, 200)
    until(lambda: drained(server))
    with ExitStack() as connections:
        assert unread(server, "203.0.113.1", connections) == 200
    until(lambda: drained(server))


def test_all_together_have_a_bound_too(server: str) -> None:
    """However many clients they are; what is small is answered all the same, and so are pages."""
    with ExitStack() as connections:
        found = [unread(server, f"203.0.113.{number}", connections) for number in range(MAX_SENDING_ANSWERS + 2)]
        small = [get(server, path).status for path in ("/sparql?query=ASK%7B%7D%23x", "/", "/health")]

    assert found[:MAX_SENDING_ANSWERS] == [200] * MAX_SENDING_ANSWERS
    assert found[-1] == 503
    assert small == [200, 200, 200]
    until(lambda: drained(server))


def test_who_reads_is_never_refused(server: str) -> None:
    """An answer that was taken does not count any more, soon after its end."""
    found = []
    for _ in range(MAX_SENDING_ANSWERS + 1):
        until(lambda: drained(server))
        found.append(get(server, "/sparql", query=f"{LARGE} #{next(NUMBERS)}").status)

    assert found == [200] * len(found)


def plain(size: int) -> tuple[str, Iterator[bytes]]:
    """A body whose size is told beforehand."""
    return f"Content-Length: {size}", (b"x" * 65_536 for _ in range(size // 65_536))


def chunked(size: int) -> tuple[str, Iterator[bytes]]:
    """A body that comes in chunks."""
    chunk = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
    return "Transfer-Encoding: chunked", chain((chunk for _ in range(size // 65_536)), [b"0\r\n\r\n"])


@pytest.mark.parametrize("form", [plain, chunked])
@pytest.mark.parametrize("size", [MAX_BODY_BYTES + 65_536, MAX_DRAINED_BYTES // 2])
def test_who_sends_too_much_and_reads_later_is_told(
    server: str, form: Callable[[int], tuple[str, Iterator[bytes]]], size: int
) -> None:
    """Most programs read nothing before they have sent all; the answer is whole, and the last one on its connection."""
    field, parts = form(size)
    with connected(server) as connection:
        connection.sendall(b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: application/sparql-query\r\n")
        connection.sendall(f"{field}\r\n\r\n".encode())
        for part in parts:
            connection.sendall(part)
        found = b"".join(iter(lambda: connection.recv(65_536), b"")).decode()

    assert found.startswith("HTTP/1.1 413")
    assert "connection: close" in found.lower()
    assert "larger than 1 MiB" in found


def test_a_body_without_an_end_is_given_up(server: str) -> None:
    """Beyond a bound nothing is read any more, whoever is at the other end."""
    field, parts = chunked(2 * MAX_DRAINED_BYTES)
    with connected(server) as connection, pytest.raises(ConnectionError):
        _send_all(connection, f"POST /sparql HTTP/1.1\r\nHost: a\r\n{field}\r\n\r\n".encode(), parts)


def _send_all(connection: socket.socket, start: bytes, parts: Iterator[bytes]) -> None:
    for part in chain([start], parts, repeat(b"x" * 65_536)):
        connection.sendall(part)
