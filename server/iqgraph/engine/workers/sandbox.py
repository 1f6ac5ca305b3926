"""The sandbox: what a process gives up before it evaluates queries, that it ends with its parent, what `ps` calls it.

See prctl(2), setrlimit(2) and proc(5).
"""

import contextlib
import ctypes
import os
import resource
import signal
import socket
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from ..interface import Limits

PR_SET_PDEATHSIG, PR_SET_NAME, PR_SET_NO_NEW_PRIVS = 1, 15, 38
ARG_START = 45  # fields of /proc/self/stat behind the name, as proc(5) counts them from 3 on


def die_with_parent(parent: int) -> None:
    """End this process when its parent ends, however that ends, and at once if it has ended already.

    Call it in the child, with the process id that the parent had before it forked. A process that is stopped ends too.
    """
    # The setting is lost at fork(2), so each child makes its own (prctl(2)).
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def set_title(title: str, *arguments: str) -> None:
    """Let `ps` show this process by a title of at most 15 bytes, followed by arguments as far as there is room.

    `ps -o comm` has the name of the main thread, `ps -f` the memory where the system put the command line (proc(5)).
    """
    ctypes.CDLL(None).prctl(PR_SET_NAME, title.encode(), 0, 0, 0)
    fields = Path("/proc/self/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    start, end = map(int, fields[ARG_START : ARG_START + 2])
    line = os.fsencode(" ".join([title, *arguments]))[: end - start - 1]
    if start and line:
        ctypes.memmove(start, line.ljust(end - start, b"\0"), end - start)


def confine(channel: socket.socket, limits: Limits, descriptors: Sequence[int] = ()) -> None:
    """Give up whatever evaluating a query does not need: files, sockets, processes, memory beyond the limit.

    The descriptors of a store on disk stay; they can only be read, and hold nothing that a query may not ask for.
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # an allocator that gives up has much to say
    kept = sorted({2, channel.fileno(), *descriptors, resource.getrlimit(resource.RLIMIT_NOFILE)[0]})
    for one, next_one in pairwise(kept):
        os.closerange(one + 1, next_one)
    # A core would be as large as the dataset, and the dataset is the same in each (core(5)).
    _limit(resource.RLIMIT_CORE, 0)
    # https://docs.kernel.org/userspace-api/no_new_privs.html
    ctypes.CDLL(None).prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _go_first()
    pages = int(open("/proc/self/statm").read().split()[0])  # noqa: SIM115, PTH123 - the last file it opens
    _limit(resource.RLIMIT_AS, pages * resource.getpagesize() + limits.memory)
    _limit(resource.RLIMIT_NOFILE, 0)


def _go_first() -> None:
    """Where memory runs out, let the system end a worker, which is replaced, and not what replaces it."""
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:  # noqa: PTH123 - as below
        score.write("1000")


def _limit(kind: int, most: int) -> None:
    resource.setrlimit(kind, (most, most))
