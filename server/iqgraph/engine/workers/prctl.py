"""What a process tells Linux about itself, see prctl(2): that it ends with its parent, and what `ps` calls it."""

import ctypes
import os
import signal
from pathlib import Path

PR_SET_PDEATHSIG, PR_SET_NAME = 1, 15
ARG_START = 45  # fields of /proc/self/stat behind the name, as proc(5) counts them from 3 on


def die_with_parent(parent: int) -> None:
    """End this process when its parent ends, however that ends, and at once if it has ended already.

    Call it in the child, with the process id that the parent had before it forked. A process that is stopped ends too.
    """
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
