"""What was ordered of the zygote and what became of it, also when it can make no worker, or hangs."""

import asyncio
import contextlib
import logging
import os
import signal
import socket
from collections.abc import Callable

from ..handle import Handle, resident
from .zygote import ENDED, MADE, MAKE, REAP, Zygote

PAUSE = 0.5
OVERDUE = 5.0
LOST = 70

log = logging.getLogger(__name__)


class Orders:
    """Has workers made and reaped, and tells the pool: `made` of each new one, `ended` of each and its wait status.

    `again` is called some time after a worker could not be made, for the pool to see whether it still wants one.
    """

    def __init__(
        self,
        zygote: Zygote,
        loop: asyncio.AbstractEventLoop,
        made: Callable[[Handle], None],
        ended: Callable[[Handle, int], None],
        again: Callable[[], None],
    ) -> None:
        self.zygote, self.loop = zygote, loop
        self.made, self.ended, self.again = made, ended, again
        self.making = 0
        self.ending: dict[int, Handle | None] = {}
        self.doubt: asyncio.TimerHandle | None = None
        self.closed = False
        zygote.control.settimeout(0)
        loop.add_reader(zygote.control.fileno(), self._news)

    def make(self) -> None:
        """Order a worker."""
        if not self.closed:
            self.making += 1
            self._order(MAKE)

    def reap(self, pid: int, worker: Handle | None = None) -> None:
        """Order that a worker that ends be reaped."""
        self.ending[pid] = worker
        self._order(REAP, pid)

    def close(self) -> None:
        """End the zygote."""
        self.closed = True
        if self.doubt:
            self.doubt.cancel()
        self.loop.remove_reader(self.zygote.control.fileno())
        self.zygote.end()

    def _order(self, what: bytes, pid: int = 0) -> None:
        self.zygote.order(what, pid)
        if self.doubt is None:
            self._expect()

    def _news(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while True:
                try:
                    kind, pid, channel, status = self.zygote.news()
                except ConnectionError:
                    os._exit(LOST)  # nothing here can make workers any more; whoever runs the server replaces it
                if kind == ENDED:
                    self._reaped(self.ending.pop(pid), status)
                else:
                    self._answered(pid if kind == MADE else 0, channel)
                self._expect()

    def _reaped(self, worker: Handle | None, status: int) -> None:
        if worker:
            self.ended(worker, status)

    def _answered(self, pid: int, channel: socket.socket | None) -> None:
        """A worker was made; or not, and then there are no more processes or files to be had now."""
        self.making -= 1
        if channel:
            channel.settimeout(0)
            self.made(Handle(pid, channel, base=resident(pid)))
            return
        self.loop.call_later(PAUSE, self.again)
        if pid:  # its channel could not be opened here, so it ends
            self.reap(pid)

    def _expect(self) -> None:
        """Expect news as long as orders are open."""
        if self.doubt:
            self.doubt.cancel()
        self.doubt = self.loop.call_later(OVERDUE, self._despair) if self.making or self.ending else None

    def _despair(self) -> None:
        """The zygote hangs, so it has to go; with it this process ends, and both are replaced."""
        self.doubt = None
        self._news()  # unless it told while this process itself was stopped
        if self.doubt is None:
            log.warning("The process that makes workers hangs, and is replaced.")
            os.kill(self.zygote.pid, signal.SIGKILL)
