"""The zygote: a process with the dataset and one thread that does nothing but make workers by forking itself.

The server has threads, so it must not fork; the zygote shares the memory of the dataset with every worker it makes.
"""

import contextlib
import os
import signal
import socket
import struct
from dataclasses import dataclass

from ..embedded import Embedded
from ..limits import Limits
from .prctl import die_with_parent, set_title
from .worker import work

_MADE = struct.Struct("!cI")
_ENDED = struct.Struct("!cIi")
MAKE, REAP = b"M", b"R"
MADE, NOT_MADE, ENDED = b"M", b"N", b"E"


@dataclass(frozen=True, slots=True)
class Zygote:
    """The server's end: orders go out through the control socket, what became of them comes back."""

    pid: int
    control: socket.socket

    def order(self, what: bytes, pid: int = 0) -> None:
        """Order a worker to be made, or a dead one to be reaped.

        That there is no zygote is told by the news, that it takes no more orders by the lack of them.
        """
        with contextlib.suppress(BrokenPipeError, ConnectionResetError, BlockingIOError):
            self.control.sendall(_MADE.pack(what, pid))

    def news(self) -> tuple[bytes, int, socket.socket | None, int]:
        """What became of an order: a worker's process, its channel if it was made, its wait status if it ended.

        A worker may be made and its channel not be had, if this process may open no more files.
        """
        content, channels, _, _ = socket.recv_fds(self.control, _ENDED.size, 1)
        if not content:
            raise ConnectionError("the zygote is gone")
        kind, pid, status = _ENDED.unpack(content)
        return kind, pid, socket.socket(fileno=channels[0]) if channels else None, status

    def end(self) -> None:
        """End the zygote; its workers end when their channels close."""
        self.control.close()
        os.waitpid(self.pid, 0)


def spawn(engine: Embedded, limits: Limits) -> Zygote:
    """Fork the zygote; call this before the process has a second thread."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        die_with_parent(parent)
        set_title("iqgraph zygote")
        ours.close()
        try:
            _serve(theirs, engine, limits)
        finally:
            os._exit(0)  # whatever happens, the code of the server must not go on in this process
    theirs.close()
    return Zygote(pid, ours)


def _serve(control: socket.socket, engine: Embedded, limits: Limits) -> None:
    for told in (signal.SIGINT, signal.SIGTERM):  # it ends when the server does
        signal.signal(told, signal.SIG_IGN)
    while order := control.recv(_MADE.size):
        what, pid = _MADE.unpack(order)
        if what == REAP:
            control.sendall(_ENDED.pack(ENDED, pid, os.waitpid(pid, 0)[1]))
            continue
        try:
            _make(control, engine, limits)
        except OSError:  # no more processes or files may be had now
            control.sendall(_ENDED.pack(NOT_MADE, 0, 0))


def _make(control: socket.socket, engine: Embedded, limits: Limits) -> None:
    ours, theirs = socket.socketpair()
    parent = os.getpid()
    with ours, theirs:
        pid = os.fork()
        if pid == 0:
            die_with_parent(parent)
            set_title("iqgraph worker")
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            control.close()
            ours.close()
            try:
                work(theirs, engine, limits)
            finally:
                os._exit(0)
        socket.send_fds(control, [_ENDED.pack(MADE, pid, 0)], [ours.fileno()])
