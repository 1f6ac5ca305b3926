"""A worker as the server sees it: its process, its channel, and the query that it is at."""

import asyncio
import contextlib
import os
import socket
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from .errors import QueryError
from .wire import HEAD
from .work import Work

Gone = Callable[[], Awaitable[None]]
LOWEST = 19
PAGE = os.sysconf("SC_PAGE_SIZE")
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(eq=False, slots=True)
class Handle:
    """A worker process as the server sees it, and the query that it is at."""

    pid: int
    channel: socket.socket
    answer: asyncio.Future[bytes] | None = None
    client: str = ""
    started: float = 0.0
    seconds: float = 0.0
    long: bool = False
    reason: QueryError | None = None
    why: str = ""
    work: Work | None = None
    before: float = 0.0
    gone: Gone | None = None
    watch: asyncio.Task[None] | None = None
    base: int = 0
    buffer: bytearray = field(default_factory=bytearray)

    def take(self, content: bytes) -> tuple[int, bytes] | None:
        """Take what came through the channel; the kind and content of the message once it is whole."""
        self.buffer += content
        if len(self.buffer) < HEAD.size:
            return None
        size, kind = HEAD.unpack_from(self.buffer)
        if len(self.buffer) < HEAD.size + size:
            return None
        whole = bytes(memoryview(self.buffer)[HEAD.size :])
        self.buffer = bytearray()
        return kind, whole


def step_back(pid: int) -> None:
    """Let a process run only when no other wants to, or as rarely as the system can."""
    with contextlib.suppress(OSError):
        if sys.platform == "linux":
            os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0))
        else:
            os.setpriority(os.PRIO_PROCESS, pid, LOWEST)


def is_stopped(pid: int) -> bool:
    """Whether somebody has stopped a process; False where the system does not tell."""
    return _stat(pid)[:1] in ([b"T"], [b"t"])


def processed(pid: int) -> float:
    """The seconds of a processor that a process has had, also one that has just ended; 0 where no one tells."""
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / TICKS if fields else 0.0


def _stat(pid: int) -> list[bytes]:
    """What the system tells of a process behind its name; nothing where it does not tell."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as stat:  # noqa: PTH123 - read forty times a second
            return stat.read().rpartition(b")")[2].split()
    except OSError:
        return []


def resident(pid: int) -> int:
    """The memory that a process does not share, in bytes; 0 where the system does not tell."""
    try:
        with open(f"/proc/{pid}/statm") as statm:  # noqa: PTH123 - read forty times a second
            _, resident, shared = statm.read().split()[:3]
    except OSError:
        return 0
    return (int(resident) - int(shared)) * PAGE
