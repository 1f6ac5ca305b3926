"""The socket that the site listens on: one for all processes that ever answer through it, so no queue is lost."""

import contextlib
import errno
import os
import select
import socket
import stat

from ...bilingual import Text
from ...errors import CallError
from ..requests.memory import descriptors

BACKLOG = 4096
MAX_FILES = 1 << 16
MAX_UNREAD_SECONDS = 60
IN_USE = Text(de="ist belegt; wählen Sie mit --port einen anderen", en="is in use; choose another with --port")


def reserve(host: str, port: int) -> socket.socket:
    """A socket bound to the port, or for 0 to one that is free; nobody else can listen there once it listens."""
    with contextlib.ExitStack() as undo:
        try:
            found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
            listener = undo.enter_context(socket.socket(*found[:2]))
            # This belongs to the open socket, not to a descriptor: were it to block, each process that shares it would
            # wait in accept() for a connection that another one has taken.
            listener.settimeout(0)
            # Connections of a server that ended may linger on; they shall not keep a new one from the port (socket(7)).
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            # Else the end of an answer may wait until its beginning is acknowledged (RFC 9293, section 3.7.4).
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            # Connections are cut whose client takes nothing of its answer for so long, or its bytes are held for ever.
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, MAX_UNREAD_SECONDS * 1000)
            listener.bind(found[4])
            # Who binds from now on is refused, although this socket does not listen before its data is loaded.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
        except OSError as error:
            other = Text(de=f"ist nicht zu gebrauchen: {error.strerror}", en=f"cannot be used: {error.strerror}")
            reason = IN_USE if error.errno == errno.EADDRINUSE else other
            raise CallError(
                de=f"Der Port {port} auf {host} {reason.de}.", en=f"Port {port} on {host} {reason.en}."
            ) from error
        undo.pop_all()
    return listener


def listen(listener: socket.socket) -> None:
    """Let clients connect; those that nobody has taken yet wait in the queue of the system."""
    # Nobody can share a socket that listens. Connections inherit this, and linger on for a minute when all has ended:
    # without it, the port could not be taken again for so long.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.listen(BACKLOG)


def stop_accepting(listener: socket.socket) -> socket.socket:
    """Let this process take no connection from the listener any more; others that share it do.

    granian can only stop to accept by closing all idle connections too, on which clients then lose requests
    (https://github.com/emmett-framework/granian/issues/921). So its epoll forgets the listener, and each descriptor of
    the listener here becomes one of a socket to which nobody connects. Answers the only descriptor that is left.
    """
    wanted, found = os.fstat(listener.fileno()), list(descriptors())
    ours = [number for number, status in found if os.path.samestat(status, wanted)]
    for number in (number for number, status in found if stat.S_IFMT(status.st_mode) == 0):  # such as an epoll
        for one in ours:
            with contextlib.suppress(OSError, ValueError), select.epoll.fromfd(os.dup(number)) as poll:
                poll.unregister(one)
    left = listener.dup()
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind("")  # the system makes up a name that is no file
        silent.listen()
        silent.settimeout(0)
        for number in ours:
            os.dup2(silent.fileno(), number, inheritable=False)
    return left


def shutdown_listener(listener: socket.socket) -> None:
    """Refuse further connections, in whichever process the listener is open."""
    with stop_accepting(listener) as left, contextlib.suppress(OSError):
        left.shutdown(socket.SHUT_RD)
