"""The socket that the site listens on: one for all processes that ever answer through it, so no queue is lost."""

import contextlib
import errno
import os
import select
import socket
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator

from ...errors import CallError

LAST = 65535
BACKLOG = 4096
UNREAD = 60.0
REASONS = {errno.EADDRINUSE: "is in use; choose another with --port", errno.EACCES: "needs more rights"}


def reserve(host: str, port: int) -> socket.socket:
    """A socket bound to the port, or for 0 to one that is free; nobody else can listen there once it listens."""
    if not 0 <= port <= LAST:
        raise CallError(f"{port} is no port; ports go from 1 to {LAST}.")
    with _named(host, port):
        family, kind, _, _, where = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with contextlib.ExitStack() as undo:
            listener = undo.enter_context(socket.socket(family, kind))
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            limit_unread(listener, UNREAD)
            listener.bind(where)
            # Who binds from now on is refused, although this socket does not listen before its data is loaded.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
            undo.pop_all()
        return listener


def listen(listener: socket.socket) -> None:
    """Let clients connect; those that nobody has taken yet wait in the queue of the system."""
    with _named(*listener.getsockname()[:2]):
        # Nobody can share a socket that listens. Connections inherit this, and linger on for a minute when all has
        # ended: without it, the port could not be taken again for so long.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.listen(BACKLOG)


def limit_unread(listener: socket.socket, seconds: float) -> None:
    """Let connections be cut whose client takes nothing of its answer for so long; else its bytes are held for ever."""
    if sys.platform == "linux":
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(seconds * 1000))


def address(host: str, port: int) -> str:
    """The address of the start page."""
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def deafen(listener: socket.socket) -> socket.socket:
    """Let this process take no connection from the listener any more; others that share it do.

    The server's library cannot be told to do so without ending. So each descriptor of the listener here becomes one of
    a socket that nobody knows and nobody connects to. Answers the only one that is left.
    """
    wanted = os.fstat(listener.fileno())
    ours = [number for number, found in _open(stat.S_ISSOCK) if os.path.samestat(found, wanted)]
    for number in ours:
        _wake_no_more(number)
    left = listener.dup()
    with socket.socket(socket.AF_UNIX) as deaf:
        _bind_in_secret(deaf)
        deaf.settimeout(0)
        for number in ours:
            os.dup2(deaf.fileno(), number, inheritable=False)
    return left


def close_for_all(listener: socket.socket) -> None:
    """Refuse further connections, in whichever process the listener is open."""
    with deafen(listener) as left, contextlib.suppress(OSError):
        left.shutdown(socket.SHUT_RD)


def connections() -> int:
    """How many connections over the network this process has."""
    return sum(_is_connected(descriptor) for descriptor, _ in _open(stat.S_ISSOCK))


def _open(wanted: Callable[[int], bool]) -> Iterator[tuple[int, os.stat_result]]:
    """The open descriptors of a kind."""
    for name in os.listdir("/dev/fd"):  # noqa: PTH208 - names are all that is wanted
        with contextlib.suppress(OSError):
            found = os.fstat(int(name))
            if wanted(found.st_mode):
                yield int(name), found


def _wake_no_more(listener: int) -> None:
    """Let no event of the listener wake this process."""
    if sys.platform == "linux":
        for number, _ in _open(_is_nameless):
            with contextlib.suppress(OSError, ValueError), select.epoll.fromfd(os.dup(number)) as poll:
                poll.unregister(listener)


def _is_nameless(mode: int) -> bool:
    return stat.S_IFMT(mode) == 0  # as is what the kernel keeps for epoll, among others


def _is_connected(descriptor: int) -> bool:
    try:
        with socket.socket(fileno=os.dup(descriptor)) as one:
            if one.family in (socket.AF_INET, socket.AF_INET6):
                one.getpeername()
                return True
    except OSError:
        pass
    return False


def _bind_in_secret(one: socket.socket) -> None:
    if sys.platform == "linux":
        one.bind("")  # the system makes up a name that is no file
    else:
        with tempfile.TemporaryDirectory() as folder:
            one.bind(f"{folder}/deaf")
    one.listen()


@contextlib.contextmanager
def _named(host: str, port: int) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = REASONS.get(error.errno or 0, f"cannot be used: {error.strerror}")
        raise CallError(f"Port {port} on {host} {reason}.") from error
