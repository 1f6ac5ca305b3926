"""The listening socket: reservation, accepting and timeouts."""

import os
import selectors
import socket
from collections.abc import Iterator

import pytest

from iqgraph.errors import CallError
from iqgraph.service.processes.sockets import listen, reserve, shutdown_listener, stop_accepting
from iqgraph.service.serving import address

HERE = "127.0.0.1"


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A listening socket on a free port."""
    with reserve(HERE, 0) as one:
        listen(one)
        yield one


def knock(listener: socket.socket) -> socket.socket:
    """Connect to the listener."""
    return socket.create_connection(listener.getsockname())


def test_a_port_has_one_owner(listener: socket.socket) -> None:
    """A port in use is an error of the call."""
    port = listener.getsockname()[1]

    with pytest.raises(CallError, match=f"Port {port} on 127.0.0.1 is in use; choose another with --port."):
        reserve(HERE, port)


def test_a_reserved_port_is_refused_to_the_next() -> None:
    """Two servers that start at the same time cannot get the same port, even before one listens."""
    with reserve(HERE, 0) as first:
        with pytest.raises(CallError, match="is in use"):
            reserve(HERE, first.getsockname()[1])
        listen(first)


def test_a_port_is_free_again_when_all_has_ended() -> None:
    """Connections in TIME_WAIT do not keep the server from starting again."""
    port = 0
    for _ in range(3):
        with reserve("127.0.0.1", port) as listener:
            listen(listener)
            port = listener.getsockname()[1]
            with socket.create_connection(("127.0.0.1", port)) as client:
                listener.accept()[0].close()
                assert client.recv(1) == b""


def test_an_address_of_another_machine() -> None:
    """An address that cannot be used is an error of the call."""
    with pytest.raises(CallError, match=r"Port 8000 on 192\.0\.2\.1 cannot be used: "):
        reserve("192.0.2.1", 8000)


def test_address() -> None:
    """IPv6 hosts stand in brackets."""
    assert address("127.0.0.1", 80) == "http://127.0.0.1:80/"
    assert address("::1", 80) == "http://[::1]:80/"


def test_who_stopped_accepting_takes_no_connection_and_others_do(listener: socket.socket) -> None:
    """A duplicate of the socket accepts connections, while this process is not woken."""
    with selectors.DefaultSelector() as waiting:
        waiting.register(listener, selectors.EVENT_READ)
        with stop_accepting(listener) as left, knock(left):
            assert waiting.select(0.05) == []
            left.accept()[0].close()


def test_a_shutdown_closes_the_socket_for_all(listener: socket.socket) -> None:
    """After a shutdown nobody can connect, even if another process has the socket open."""
    with listener.dup() as elsewhere:
        where = elsewhere.getsockname()
        shutdown_listener(listener)

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(where)


def test_a_client_that_reads_nothing_is_disconnected(listener: socket.socket) -> None:
    """Sending to a client that reads nothing times out; connections inherit the option of the listener."""
    option = (socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
    assert listener.getsockopt(*option) == 60_000
    listener.setsockopt(*option, 200)
    with knock(listener), listener.accept()[0] as there:
        there.settimeout(20)
        with pytest.raises(TimeoutError, match="timed out"):
            there.sendall(bytes(1 << 26))


def test_the_socket_blocks_nobody(listener: socket.socket) -> None:
    """Accepting without a waiting connection does not block, also after another process stopped accepting."""
    with listener.dup() as other:
        stop_accepting(other).close()

    assert not os.get_blocking(listener.fileno())
    with pytest.raises(BlockingIOError):
        listener.accept()
