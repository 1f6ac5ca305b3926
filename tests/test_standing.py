"""What the server asks of the system: its port for itself, and open files."""

import resource
import socket

import pytest

from iqgraph.errors import CallError
from iqgraph.service.standing import hold_port, open_many


def test_a_held_port_is_refused_to_the_next() -> None:
    """Two servers that start at the same time cannot get the same port, long before one of them listens."""
    with hold_port("127.0.0.1", 0) as held:
        port = held.getsockname()[1]
        with pytest.raises(CallError, match=f"Port {port} on 127.0.0.1 is in use"):
            hold_port("127.0.0.1", port)

    hold_port("127.0.0.1", port).close()


def test_who_holds_a_port_can_listen_on_it() -> None:
    """The server itself shares the port with the socket that holds it, and gets all connections."""
    with hold_port("127.0.0.1", 0) as held, socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        server.bind(held.getsockname())
        server.listen()
        for _ in range(20):
            with socket.create_connection(held.getsockname()):
                server.accept()[0].close()


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 70000), ("192.0.2.1", 8000), ("no host", 8000)])
def test_wrong_addresses(host: str, port: int) -> None:
    """What cannot be listened on is the caller's mistake."""
    with pytest.raises(CallError, match=r"\.$"):
        hold_port(host, port)


def test_as_many_files_as_allowed() -> None:
    """The limit that a user may raise is raised."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(256, hard), hard))
    try:
        open_many()
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == min(hard, 1 << 16)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
