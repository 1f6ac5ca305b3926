"""The outbox: answers count until clients have received them, or are disconnected."""

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterator

import pytest

from iqgraph.service.requests.memory import MAX_CLIENT_RESPONSES, MAX_RESPONSES, Outbox

LARGEST = 1 << 22
PATIENCE = 20
PART = 1 << 16


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """A client and the server's end of its connection, with empty buffers."""
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(listener.getsockname())
        connection, _ = listener.accept()
        connection.settimeout(0)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, PART)
        client.settimeout(PATIENCE)
        with connection:
            yield client, connection


def address(client: socket.socket) -> str:
    """The address of a client as granian reports it."""
    host, port = client.getsockname()
    return f"{host}:{port}"


def fill(connection: socket.socket) -> None:
    """Write until the socket buffer is full."""
    with contextlib.suppress(BlockingIOError):
        while True:
            connection.send(bytes(PART))


def take(client: socket.socket) -> None:
    """Receive a part of an answer, if there is any."""
    with contextlib.suppress(BlockingIOError):
        client.recv(PART)


async def send_and_wait(outbox: Outbox, client: socket.socket, meanwhile: Callable[[], object]) -> None:
    """Send one answer and call a function until it counts no more."""
    assert outbox.add(address(client), "a", LARGEST)
    async with asyncio.timeout(PATIENCE):
        while outbox.responses:
            await asyncio.sleep(0.02)
            meanwhile()


def test_a_client_that_does_not_read_is_disconnected(pair: tuple[socket.socket, socket.socket]) -> None:
    """After a while, and the rest of the answer is dropped."""
    client, connection = pair
    fill(connection)
    outbox = Outbox(LARGEST, window=0.5)
    asyncio.run(send_and_wait(outbox, client, bool))

    assert (outbox.cuts, outbox.bytes.total()) == (1, 0)
    connection.close()  # as granian does with a connection that has ended
    with pytest.raises(ConnectionResetError):
        list(iter(lambda: client.recv(PART), b""))


def test_a_client_that_reads_stays_connected(pair: tuple[socket.socket, socket.socket]) -> None:
    """The answer counts until the client has received all of it, over any number of windows."""
    client, connection = pair
    client.settimeout(0)
    fill(connection)
    outbox = Outbox(LARGEST, window=0.5)
    asyncio.run(send_and_wait(outbox, client, lambda: take(client)))

    assert (outbox.cuts, outbox.bytes.total()) == (0, 0)


def test_an_ended_connection_does_not_count(pair: tuple[socket.socket, socket.socket]) -> None:
    """Its answer is dropped."""
    client, connection = pair
    fill(connection)
    outbox = Outbox(LARGEST)
    asyncio.run(send_and_wait(outbox, client, connection.close))

    assert (outbox.cuts, outbox.bytes.total()) == (0, 0)


async def have_room(outbox: Outbox, clients: list[str], size: int) -> list[bool]:
    """Whether there is room for an answer of this size to each client in turn."""
    return [outbox.add("203.0.113.1:80", client, size) for client in clients]


@pytest.mark.parametrize(
    ("clients", "size", "expected"),
    [
        (["a"] * (MAX_CLIENT_RESPONSES + 1), LARGEST, [True] * MAX_CLIENT_RESPONSES + [False]),
        (["a"] * MAX_CLIENT_RESPONSES + ["b"], LARGEST, [True] * (MAX_CLIENT_RESPONSES + 1)),
        ([str(n) for n in range(MAX_RESPONSES + 1)], LARGEST, [True] * MAX_RESPONSES + [False]),
        (["a"] * (2 * MAX_CLIENT_RESPONSES + 1), LARGEST // 2, [True] * 2 * MAX_CLIENT_RESPONSES + [False]),
    ],
    ids=["of one client", "of another", "of all", "smaller ones"],
)
def test_the_outbox_is_bounded(clients: list[str], size: int, expected: list[bool]) -> None:
    """In bytes, for one client and for all."""
    outbox = Outbox(LARGEST)

    assert asyncio.run(have_room(outbox, clients, size)) == expected
    assert outbox.refusals == expected.count(False)
