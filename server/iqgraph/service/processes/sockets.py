"""The sockets of the server: the listener of the site, and the control socket, by which its user asks for a reload.

All processes that ever answer share the listener, so no connection in its queue is lost. Only the same user can connect
to the control socket; whoever does so asks for a reload, and gets its outcome.
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

BACKLOG = 4096  # the default limit of Linux since 5.4 (listen(2))
MAX_FILES = 1 << 16
MAX_UNREAD_SECONDS = 60
IN_USE = Text(de="ist belegt; wählen Sie mit --port einen anderen", en="is in use; choose another with --port")
MAX_REPLY_SECONDS = 1.0


def reserve(host: str, port: int) -> socket.socket:
    """A socket bound to the port, or to a free one for 0; CallError if another program has it."""
    with contextlib.ExitStack() as undo:
        try:
            info = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
            listener = undo.enter_context(socket.socket(*info[:2]))
            # Being non-blocking is a property of the open socket, not of a descriptor: else each process that shares it
            # would wait in accept() for a connection that another one has accepted.
            listener.settimeout(0)
            # Connections of an earlier server may linger, and would keep this one from the port (socket(7)).
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            # Else the end of an answer may wait until its beginning is acknowledged (RFC 9293, section 3.7.4).
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            # Else the bytes of an answer that its client does not read are held for ever.
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, MAX_UNREAD_SECONDS * 1000)
            listener.bind(info[4])
            # From now on nobody else can bind to the port, although it does not listen until its data is loaded.
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
    """Let clients connect; connections that no process has accepted yet wait in the queue of the system."""
    # A socket that listens cannot be shared by bind(). Connections inherit the option and linger for a minute after the
    # server has ended: without it, the port would be in use for so long.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.listen(BACKLOG)


def stop_accepting(listener: socket.socket) -> socket.socket:
    """Stop this process from accepting connections, not the others that share the listener; return a copy of it.

    granian cannot stop to accept without closing idle connections, on which clients then lose requests
    (https://github.com/emmett-framework/granian/issues/921). So its epoll forgets the listener, and each descriptor of
    the listener becomes one of a socket to which nobody connects. The copy is the only descriptor that remains.
    """
    status, files = os.fstat(listener.fileno()), list(descriptors())
    ours = [number for number, other in files if os.path.samestat(other, status)]
    for epoll in (number for number, other in files if stat.S_IFMT(other.st_mode) == 0):  # or another anonymous inode
        for number in ours:
            with contextlib.suppress(OSError, ValueError), select.epoll.fromfd(os.dup(epoll)) as poll:
                poll.unregister(number)
    copy = listener.dup()
    with socket.socket(socket.AF_UNIX) as unused:
        unused.bind("")  # to a name that the system makes up, which is no file
        unused.listen()
        unused.settimeout(0)
        for number in ours:
            os.dup2(unused.fileno(), number, inheritable=False)
    return copy


def shutdown_listener(listener: socket.socket) -> None:
    """Refuse further connections in all processes that share the listener."""
    with stop_accepting(listener) as copy, contextlib.suppress(OSError):
        copy.shutdown(socket.SHUT_RD)


def socket_path(host: str, port: int) -> Path:
    """The control socket of this user's server at an address."""
    # https://specifications.freedesktop.org/basedir-spec/latest/, and RUNTIME_DIRECTORY in systemd.exec(5)
    session = os.environ.get("XDG_RUNTIME_DIR")
    folder = f"{session}/iqgraph" if session else f"{tempfile.gettempdir()}/iqgraph-{os.geteuid()}"
    return Path(os.environ.get("RUNTIME_DIRECTORY") or folder, f"{host}-{port}.socket")


def open_control_socket(path: Path) -> socket.socket:
    """A control socket, which sends SIGIO to this process for each connection; OSError or CallError if it cannot be."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = path.parent.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid() or status.st_mode & 0o022:
        raise CallError(
            de=f"{path.parent}: Andere können dort schreiben.", en=f"{path.parent}: others can write there."
        )
    path.unlink(missing_ok=True)  # of a server that was killed: there is no other, since the port is ours
    control = socket.socket(socket.AF_UNIX)
    control.bind(str(path))
    path.chmod(0o600)  # nobody can connect before it listens
    signal.signal(signal.SIGIO, lambda *_: None)  # by default it would end a process that does not wait for it
    # See F_SETOWN and O_ASYNC in fcntl(2).
    fcntl.fcntl(control, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(control, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
    control.listen()
    return control


def reply(client: socket.socket, code: int, findings: Sequence[str], outcome: Text) -> None:
    """Send the outcome of a reload, in both languages, to a client of the control socket."""
    with contextlib.suppress(OSError), client:
        client.settimeout(MAX_REPLY_SECONDS)  # a client that does not read must not block the master
        client.sendall(json.dumps([code, findings, outcome]).encode() + b"\n")


def reload(host: str, port: int) -> tuple[int, list[str], Text]:
    """Let a server load its data again; wait for the exit code, the findings and the outcome."""
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(str(socket_path(host, port)))
        except OSError as error:
            raise CallError(
                de=f"Unter {host}:{port} antwortet kein Server von Ihnen; nennen Sie --host und --port von ihm.",
                en=f"No server of yours answers at {host}:{port}; give its --host and --port.",
            ) from error
        answer = client.makefile().readline()
    if not answer:
        return 1, [], Text(de="Der Server endete, ehe er fertig war.", en="The server ended before it was done.")
    code, findings, outcome = json.loads(answer)
    return code, findings, Text(*outcome)
