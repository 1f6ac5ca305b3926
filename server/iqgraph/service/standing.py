"""What the server asks of the system before it begins: its port for itself, and as many open files as it may have."""

import contextlib
import errno
import resource
import socket

from ..errors import CallError

MOST = 1 << 16


def hold_port(host: str, port: int) -> socket.socket:
    """Hold a port of a host, for 0 one that is free, so that no other server can take it while this one loads.

    The server that listens there later may share it; whoever asks for it alone, as this function does, is refused.
    """
    try:
        family = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]
        with contextlib.ExitStack() as stack:
            held = stack.enter_context(socket.socket(family))
            held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # connections of an earlier server may linger
            held.bind((host, port))
            held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
            held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            stack.pop_all()
            return held
    except OverflowError as error:
        raise CallError(f"{port} is no port; ports go from 1 to 65535.") from error
    except OSError as error:
        reasons = {errno.EADDRINUSE: "is in use; choose another with --port", errno.EACCES: "needs more rights"}
        reason = reasons.get(error.errno or 0, f"cannot be used: {error.strerror}")
        raise CallError(f"Port {port} on {host} {reason}.") from error


def open_many() -> None:
    """Allow as many open files as the system lets this user have, within reason: each connection takes one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST if hard == resource.RLIM_INFINITY else min(hard, MOST)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
