"""The zygote: a process with the dataset and a single thread, which only forks workers.

The server has threads, so it must not fork (https://docs.python.org/3/library/os.html#os.fork warns of deadlocks in the
child); the zygote shares the memory of the dataset with all workers.
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

# Each byte that the zygote receives is an order to start a worker. Its reports are an event, a process id and, of a
# worker that ended, the wait status and the processor time in seconds.
_REPORT = struct.Struct("!cIid")
STARTED, FAILED, ENDED = b"S", b"F", b"E"
RETRY_SECONDS, MAX_ORDER_SECONDS = 0.5, 5.0
ZYGOTE_LOST = 70  # EX_SOFTWARE of sysexits.h

log = logging.getLogger(__name__)


class Zygote:
    """The zygote as the server sees it: it sends orders through the control socket, and receives reports."""

    def __init__(self, pid: int, control: socket.socket) -> None:
        self.pid, self.control = pid, control
        self.starting = 0
        self.workers: dict[int, Handle] = {}
        self.deadline: asyncio.TimerHandle | None = None

    def attach(
        self,
        loop: asyncio.AbstractEventLoop,
        on_start: Callable[[Handle], None],
        on_end: Callable[[Handle, int, float], None],
        on_retry: Callable[[], None],
    ) -> None:
        """Receive reports in this event loop: `on_start` gets a new worker.

        `on_end` gets one that ended, its wait status and its processor time in seconds. `on_retry` is called some time
        after a worker could not be started, to try again if one is still missing.
        """
        self.loop, self.on_start, self.on_end, self.on_retry = loop, on_start, on_end, on_retry
        self.control.settimeout(0)
        loop.add_reader(self.control.fileno(), self._read)

    def start_worker(self) -> None:
        """Have a worker started."""
        self.starting += 1
        # If the zygote is gone, its end of the socket closes; if it hangs, its reports stay away.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError, BlockingIOError):
            self.control.sendall(b"S")
        if self.deadline is None:
            self._set_deadline()

    def _read(self) -> None:
        """Receive reports: a worker with its channel, or the wait status of one that has ended."""
        with contextlib.suppress(BlockingIOError):
            while True:
                try:
                    content, channels, _, _ = socket.recv_fds(self.control, _REPORT.size, 1)
                except ConnectionResetError:  # it ended before it read all orders, and this may not be called again:
                    content = b""  # https://github.com/libuv/libuv/blob/v1.x/src/unix/poll.c stops watching at an error
                if not content:
                    os._exit(ZYGOTE_LOST)  # nothing can start workers any more; the master replaces this server
                event, pid, status, cpu = _REPORT.unpack(content)
                if event == ENDED:
                    if worker := self.workers.pop(pid, None):
                        self.on_end(worker, status, cpu)
                else:
                    self._on_start_report(pid, channels)
                self._set_deadline()

    def _on_start_report(self, pid: int, channels: list[int]) -> None:
        """Take over a worker; if there is no channel, the zygote or this process has no more processes or files now."""
        self.starting -= 1
        if not channels:
            self.loop.call_later(RETRY_SECONDS, self.on_retry)
            return
        channel = socket.socket(fileno=channels[0])
        channel.settimeout(0)
        self.workers[pid] = Handle(pid, channel, base_bytes=private_bytes(pid))
        self.on_start(self.workers[pid])

    def _set_deadline(self) -> None:
        """Set the time of the next report while workers are being started; when one ends is not up to the zygote."""
        if self.deadline:
            self.deadline.cancel()
        self.deadline = self.loop.call_later(MAX_ORDER_SECONDS, self._on_deadline) if self.starting else None

    def _on_deadline(self) -> None:
        """Kill the zygote, since it hangs; this process then ends too, and both are replaced."""
        self.deadline = None
        self._read()  # it may have reported while this process itself was stopped
        if self.deadline is None:
            log.warning("The zygote hangs and is being replaced.")
            os.kill(self.pid, signal.SIGKILL)


def spawn(engine: Embedded, limits: Settings) -> Zygote:
    """Fork the zygote; call this before the process has a second thread."""
    # Each order and each report is one packet, so none is read in part (unix(7)).
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    pid = fork("iqgraph zygote", partial(_serve, theirs, engine, limits), ours)
    theirs.close()
    return Zygote(pid, ours)


def _serve(control: socket.socket, engine: Embedded, limits: Settings) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):  # it ends with the server
        signal.signal(number, signal.SIG_IGN)
    ends, wakeup = socket.socketpair()  # the first becomes readable when a worker ends
    ends.settimeout(0)
    wakeup.settimeout(0)
    signal.set_wakeup_fd(wakeup.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)  # without a handler, nothing would be written
    events = select.poll()
    for readable in (control, ends):
        events.register(readable, select.POLLIN)
    while True:
        ready = {descriptor for descriptor, _ in events.poll()}
        if ends.fileno() in ready:
            ends.recv(select.PIPE_BUF)
            _report_ends(control)
        if control.fileno() not in ready:
            continue
        if not control.recv(1):
            return
        try:
            ours, theirs = socket.socketpair()
            with ours, theirs:
                pid = fork("iqgraph worker", partial(work, theirs, engine, limits), control, ours)
                socket.send_fds(control, [_REPORT.pack(STARTED, pid, 0, 0)], [ours.fileno()])
        except OSError:  # the system has no more processes or files now
            control.sendall(_REPORT.pack(FAILED, 0, 0, 0))


def _report_ends(control: socket.socket) -> None:
    with contextlib.suppress(ChildProcessError):  # no worker is left
        while True:
            pid, status, usage = os.wait4(-1, os.WNOHANG)
            if not pid:
                return
            control.sendall(_REPORT.pack(ENDED, pid, status, usage.ru_utime + usage.ru_stime))
