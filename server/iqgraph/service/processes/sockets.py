"""The sockets of the server: the one that the site listens on, and the one at which its user asks for a reload.

All processes that ever answer share the first, so no queue is lost. The second can only be opened by the same user; who
connects asks for a reload, and is told the outcome.
"""

import contextlib
import errno
import fcntl
import json
import os
import select
import signal
import socket
import stat
import tempfile
from collections.abc import Sequence
from pathlib import Path

from ...bilingual import Text
from ...errors import CallError
from ..requests.memory import descriptors

BACKLOG = 4096  # what Linux allows by default since 5.4 (listen(2))
MAX_FILES = 1 << 16
MAX_UNREAD_SECONDS = 60
IN_USE = Text(de="ist belegt; wählen Sie mit --port einen anderen", en="is in use; choose another with --port")
SECONDS_TO_REPLY = 1.0


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


def path(host: str, port: int) -> Path:
    """The socket of this user's server at an address: where systemd says, or the session, or with temporary files."""
    # https://specifications.freedesktop.org/basedir-spec/latest/, and RUNTIME_DIRECTORY in systemd.exec(5)
    session = os.environ.get("XDG_RUNTIME_DIR")
    other = f"{session}/iqgraph" if session else f"{tempfile.gettempdir()}/iqgraph-{os.geteuid()}"
    return Path(os.environ.get("RUNTIME_DIRECTORY") or other, f"{host}-{port}.socket")


def control(where: Path) -> socket.socket:
    """A socket that listens there, and sends SIGIO to this process for each who connects; an error if it cannot be."""
    where.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = where.parent.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o022:
        raise CallError(
            de=f"{where.parent}: Andere können dort schreiben.", en=f"{where.parent}: others can write there."
        )
    where.unlink(missing_ok=True)  # of a server that was killed; the port is ours, so there is no other
    door = socket.socket(socket.AF_UNIX)
    door.bind(str(where))
    where.chmod(0o600)  # nobody can connect before it listens
    signal.signal(signal.SIGIO, lambda *_: None)  # nobody who does not wait for it is ended by it
    # See F_SETOWN and O_ASYNC in fcntl(2).
    fcntl.fcntl(door, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(door, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
    door.listen()
    return door


def reply(asker: socket.socket, code: int, findings: Sequence[str], outcome: Text) -> None:
    """Tell one who asked what came of it, in both languages."""
    with contextlib.suppress(OSError), asker:
        asker.settimeout(SECONDS_TO_REPLY)  # who does not listen holds nobody up
        asker.sendall(json.dumps([code, findings, outcome]).encode() + b"\n")


def reload(host: str, port: int) -> tuple[int, list[str], Text]:
    """Have a server load its data again, and wait for what comes of it: 0 or 1, what was found, and the outcome."""
    where = path(host, port)
    with socket.socket(socket.AF_UNIX) as asker:
        try:
            asker.connect(str(where))
        except OSError as error:
            raise CallError(
                de=f"Unter {host}:{port} antwortet kein Server von Ihnen; nennen Sie --host und --port von ihm.",
                en=f"No server of yours answers at {host}:{port}; name its --host and --port.",
            ) from error
        answer = asker.makefile().readline()
    if not answer:
        return 1, [], Text(de="Der Server endete, ehe er fertig war.", en="The server ended before it was done.")
    code, findings, outcome = json.loads(answer)
    return code, findings, Text(*outcome)
