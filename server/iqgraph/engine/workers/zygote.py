"""The zygote: a process with the dataset and one thread that does nothing but make workers by forking itself.

The server has threads, so it must not fork (https://docs.python.org/3/library/os.html#os.fork warns of deadlocks in the
child); the zygote shares the memory of the dataset with every worker it makes.
"""

import asyncio
import contextlib
import logging
import os
import select
import signal
import socket
import struct
from collections.abc import Callable
from functools import partial

from ...settings import Settings
from ..embedded import Embedded
from .sweeper import Handle, private_bytes
from .worker import fork, work

_MADE = struct.Struct("!cI")
_ENDED = struct.Struct("!cIi")
MAKE, REAP = b"M", b"R"
MADE, NOT_MADE, ENDED = b"M", b"N", b"E"
RETRY_SECONDS, MAX_ORDER_SECONDS, REAP_SECONDS = 0.5, 5.0, 0.02
ZYGOTE_LOST = 70  # EX_SOFTWARE of sysexits.h

log = logging.getLogger(__name__)


class Zygote:
    """The server's end: orders go out through the control socket, what became of them comes back."""

    def __init__(self, pid: int, control: socket.socket) -> None:
        self.pid, self.control = pid, control
        self.making = 0
        self.ending: dict[int, Handle | None] = {}
        self.deadline: asyncio.TimerHandle | None = None

    def attach(
        self,
        loop: asyncio.AbstractEventLoop,
        on_start: Callable[[Handle], None],
        on_end: Callable[[Handle, int], None],
        on_retry: Callable[[], None],
    ) -> None:
        """Take orders in this loop, and tell `on_start` of a new worker, `on_end` of one and its wait status.

        `on_retry` is called some time after a worker could not be made, to see whether one is still wanted.
        """
        self.loop, self.on_start, self.on_end, self.on_retry = loop, on_start, on_end, on_retry
        self.control.settimeout(0)
        loop.add_reader(self.control.fileno(), self._read)

    def make(self) -> None:
        """Order a worker."""
        self.making += 1
        self._order(MAKE)

    def reap(self, pid: int, worker: Handle | None = None) -> None:
        """Order that a worker that ends be reaped."""
        self.ending[pid] = worker
        self._order(REAP, pid)

    def _order(self, what: bytes, pid: int = 0) -> None:
        # That there is no zygote is told by the news, that it takes no more orders by the lack of them.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError, BlockingIOError):
            self.control.sendall(_MADE.pack(what, pid))
        if self.deadline is None:
            self._expect()

    def _read(self) -> None:
        """Hear what became of the orders: a worker with its channel, or the wait status of one that has ended."""
        with contextlib.suppress(BlockingIOError):
            while True:
                try:
                    content, channels, _, _ = socket.recv_fds(self.control, _ENDED.size, 1)
                except ConnectionResetError:  # it ended before it read all orders, and there may be no next look:
                    content = b""  # https://github.com/libuv/libuv/blob/v1.x/src/unix/poll.c stops watching at an error
                if not content:
                    os._exit(ZYGOTE_LOST)  # nothing here can make workers any more; whoever runs the server replaces it
                kind, pid, status = _ENDED.unpack(content)
                if kind == ENDED:
                    if worker := self.ending.pop(pid):
                        self.on_end(worker, status)
                else:
                    self._answered(pid if kind == MADE else 0, channels)
                self._expect()

    def _answered(self, pid: int, channels: list[int]) -> None:
        """A worker was made; or not, and then there are no more processes or files to be had now."""
        self.making -= 1
        if channels:
            channel = socket.socket(fileno=channels[0])
            channel.settimeout(0)
            self.on_start(Handle(pid, channel, base=private_bytes(pid)))
            return
        self.loop.call_later(RETRY_SECONDS, self.on_retry)
        if pid:  # this process may open no more files, so its channel could not be had here, and it ends
            self.reap(pid)

    def _expect(self) -> None:
        """Expect news as long as workers are to be made; when one has ended is not for the zygote to say."""
        if self.deadline:
            self.deadline.cancel()
        self.deadline = self.loop.call_later(MAX_ORDER_SECONDS, self._on_deadline) if self.making else None

    def _on_deadline(self) -> None:
        """The zygote hangs, so it has to go; with it this process ends, and both are replaced."""
        self.deadline = None
        self._read()  # unless it told while this process itself was stopped
        if self.deadline is None:
            log.warning("The process that makes workers hangs, and is replaced.")
            os.kill(self.pid, signal.SIGKILL)


def spawn(engine: Embedded, limits: Settings) -> Zygote:
    """Fork the zygote; call this before the process has a second thread."""
    # Each order and each piece of news is one packet, so none is read in halves (unix(7)).
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    pid = fork("iqgraph zygote", partial(_serve, theirs, engine, limits), ours)
    theirs.close()
    return Zygote(pid, ours)


def _serve(control: socket.socket, engine: Embedded, limits: Settings) -> None:
    for told in (signal.SIGINT, signal.SIGTERM):  # it ends when the server does
        signal.signal(told, signal.SIG_IGN)
    ending: set[int] = set()
    while True:
        # Nobody is waited for: who runs only when no other wants to (SCHED_IDLE) also ends only then.
        for pid, status in [os.waitpid(pid, os.WNOHANG) for pid in ending]:
            if pid:
                ending.remove(pid)
                control.sendall(_ENDED.pack(ENDED, pid, status))
        if not select.select([control], [], [], REAP_SECONDS if ending else None)[0]:
            continue
        if not (order := control.recv(_MADE.size)):
            return
        what, pid = _MADE.unpack(order)
        if what == REAP:
            ending.add(pid)
            continue
        try:
            ours, theirs = socket.socketpair()
            with ours, theirs:
                pid = fork("iqgraph worker", partial(work, theirs, engine, limits), control, ours)
                socket.send_fds(control, [_ENDED.pack(MADE, pid, 0)], [ours.fileno()])
        except OSError:  # no more processes or files may be had now
            control.sendall(_ENDED.pack(NOT_MADE, 0, 0))
