"""The scoreboard: memory that a server process shares with the master, in which it says how it is.

A server may hang without having ended, so its event loop beats, and the master counts the looks at which it had not.
"""

import asyncio
import math
import mmap
import os
import time
from collections.abc import Sequence

SECONDS_PER_BEAT = 1.0
MAX_MISSED_BEATS = 20
MAX_BYTES = 1 << 20  # of which the system gives only what is written
HEAD_BYTES = 16
LOADING, READY, LEAVING = range(3)  # states of a server; one that is leaving takes no more connections


class Scoreboard:
    """One server as the master sees it; make it before the process is forked."""

    def __init__(self) -> None:
        self.master, self.pid, self.since, self.deadline = os.getpid(), 0, time.monotonic(), math.inf
        self._memory = mmap.mmap(-1, MAX_BYTES)
        self._last, self._silent, self._looked = 0, 0, 0.0

    @property
    def beats(self) -> int:
        """How often the loop beat; 0 before the first time."""
        return int.from_bytes(self._memory[:8], "little")

    @property
    def state(self) -> int:
        """How far the server is."""
        return self._memory[8]

    @property
    def lines(self) -> list[str]:
        """What it has to say, a line each."""
        size = int.from_bytes(self._memory[9:HEAD_BYTES], "little")
        return self._memory[HEAD_BYTES : HEAD_BYTES + size].decode(errors="ignore").split("\n")

    def beat(self, loop: asyncio.AbstractEventLoop) -> None:
        """Beat as long as the loop moves."""
        self._memory[:8] = (self.beats + 1).to_bytes(8, "little")
        loop.call_later(SECONDS_PER_BEAT, self.beat, loop)

    def report(self, state: int, lines: Sequence[str] = ()) -> None:
        """Say how far this server is; where there is no room for all lines, the last ones are told."""
        text = "\n".join(" ".join(line.split()) for line in lines).encode()[HEAD_BYTES - MAX_BYTES :]
        self._memory[HEAD_BYTES : HEAD_BYTES + len(text)] = text
        self._memory[8:HEAD_BYTES] = bytes([state]) + len(text).to_bytes(HEAD_BYTES - 9, "little")

    def is_silent(self, now: float) -> bool:
        """Whether it missed too many beats; a look that comes late does not count, as all may have been stopped."""
        passed = now - self._looked
        if passed >= SECONDS_PER_BEAT:
            has_missed = 0 < self.beats == self._last and passed < 2 * SECONDS_PER_BEAT
            self._silent = self._silent + 1 if has_missed else 0
            self._last, self._looked = self.beats, now
        return self._silent >= MAX_MISSED_BEATS
