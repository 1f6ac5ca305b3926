"""Clients that occupy connections: others are answered meanwhile."""

import resource
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress

import pytest

from victim import Say, Victim, record, statements, victim

pytestmark = pytest.mark.serial  # as many connections as one user may have
HEAD = b"GET /sparql?query=SELECT%20*%20%7B%3Fs%20%3Fp%20%3Fo%7D HTTP/1.1\r\nHost: x\r\n"
MANY = 10_000


@pytest.fixture(scope="module")
def it(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Victim]:
    """One server for all cases."""
    folder = tmp_path_factory.mktemp("connections")
    with victim(folder, statements(folder)) as it:
        yield it
        it.told()


def connect(it: Victim, data: bytes = b"") -> socket.socket:
    """Connect and send data."""
    host, port = it.root.removeprefix("http://").strip("/").split(":")
    connection = socket.create_connection((host, int(port)), 10)
    with suppress(ConnectionError):
        connection.sendall(data)
    return connection


def flood_with(data: bytes, number: int) -> Callable[[Victim], str]:
    """A case of many connections that send this data and stay open."""

    def flood(it: Victim) -> str:
        with ExitStack() as stack:
            for _ in range(number):
                stack.enter_context(connect(it, data))
            assert all(it.ask(patience=5).is_right for _ in range(20))
        return f"200, beside {number} connections"

    return flood


def open_idle(it: Victim) -> str:
    """Open ten thousand idle connections, or as many as both sides may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 1 << 16) if hard > 0 else 1 << 16, hard))
    try:
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        return flood_with(b"", min(MANY, most - 300))(it)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def send_byte_by_byte(it: Victim) -> str:
    """Send heads byte by byte that never end."""
    with ExitStack() as stack:
        crowd = [stack.enter_context(connect(it, HEAD)) for _ in range(100)]
        for _ in range(20):
            for one in crowd:
                with suppress(ConnectionError):
                    one.send(b"x")
            assert it.ask(patience=5).is_right
    return "200, beside 100 connections"


def reset_connections(it: Victim) -> str:
    """Reset connections right after the request."""
    for _ in range(1000):
        with connect(it, HEAD + b"\r\n") as one:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    assert it.ask(patience=5).is_right
    return "200, after 1000 connections"


CASES: dict[str, Callable[[Victim], str]] = {
    "connections that say nothing": open_idle,
    "heads that come byte by byte": send_byte_by_byte,
    "bodies that do not come": flood_with(
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nquery=", 200
    ),
    "answers that nobody reads": flood_with(HEAD + b"\r\n", 200),
    "connections that are broken off": reset_connections,
}


@pytest.mark.parametrize("case", CASES)
def test_connections(case: str, it: Victim, record_property: Say) -> None:
    """Other clients are answered during and after the case, by the same process."""
    old = it.tree()["server"]
    saw = CASES[case](it)
    seconds = it.recovers()
    record(record_property, saw, "nothing", seconds)

    assert it.tree()["server"] == old
