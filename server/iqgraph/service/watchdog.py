"""The watchdog: finds out that a process which should answer has stopped to move, and ends it, so that it is replaced.

A process may hang without having ended: somebody stopped it, or something in it waits for ever. Its event loop beats as
long as it moves; the watchdog lives in the process that started it and listens. It counts its own rounds, and only
those that were in time, so it does no harm after both were stopped, or while the whole machine stands still.
"""

import asyncio
import logging
import mmap
import time
from collections.abc import Callable

EVERY = 1.0
MISSED = 20

log = logging.getLogger(__name__)


class Beat:
    """A number that the watched process counts up and its parent sees; make it before the process is forked."""

    def __init__(self) -> None:
        self._shared = mmap.mmap(-1, 8)

    @property
    def count(self) -> int:
        """How often it beat; 0 before the first time."""
        return int.from_bytes(self._shared[:8], "little")

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Beat as long as the loop moves."""
        self._shared[:8] = (self.count + 1).to_bytes(8, "little")
        loop.call_later(EVERY, self.start, loop)


class Watchdog:
    """Looks after one process: once it has begun to beat and then misses `missed` beats, it is ended."""

    def __init__(self, beat: Beat, end: Callable[[], object], missed: int = MISSED) -> None:
        self.beat, self.end, self.missed = beat, end, missed
        self.last = self.silent = 0
        self.since = time.monotonic()

    def passed(self) -> None:
        """Look if it is time for it; to be called about once in `EVERY` seconds."""
        now = time.monotonic()
        if now - self.since >= 2 * EVERY:
            self.silent = 0
        elif now - self.since >= EVERY:
            self.look()
        else:
            return
        self.since = now

    def look(self) -> None:
        """End the process if it has been silent for too long."""
        count = self.beat.count
        self.silent = self.silent + 1 if count == self.last and count else 0
        self.last = count
        if self.silent >= self.missed:
            log.warning("The process that answers hangs, and is ended.")
            self.end()
