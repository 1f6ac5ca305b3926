"""What the processes of the service tell each other: small messages, and descriptors that go with them."""

import json
import socket
from collections.abc import Sequence
from typing import Any

LARGEST = 1 << 16
LONGEST_TEXT = 4000
Message = dict[str, Any]


def pair() -> tuple[socket.socket, socket.socket]:
    """Two ends that keep messages apart."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


def send(end: socket.socket, given: Sequence[socket.socket] = (), **message: object) -> None:
    """Send a message, with sockets for the other process; a long text is cut."""
    short = {key: value[:LONGEST_TEXT] if isinstance(value, str) else value for key, value in message.items()}
    socket.send_fds(end, [json.dumps(short).encode()], [one.fileno() for one in given])


def receive(end: socket.socket) -> tuple[Message, list[socket.socket]] | None:
    """The next message and its sockets; None once nobody is at the other end."""
    try:
        content, descriptors, _, _ = socket.recv_fds(end, LARGEST, 1)
    except ConnectionError:
        return None
    if not content:
        return None
    return json.loads(content), [socket.socket(fileno=one) for one in descriptors]
