"""The bond between a process and the one that made it: the system ends it as soon as its maker is gone."""

import ctypes
import os
import signal
import sys

_PARENT_DEATH = 1


def end_with_parent(parent: int) -> None:
    """End this process when its parent ends, however that ends, and at once if it has ended already.

    Call it in the child, with the process id that the parent had before it forked. A process that is stopped ends too.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PARENT_DEATH, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(0)
