"""What the server asks of the system before it begins: as many open files as it may have, and no waiting for logs."""

import contextlib
import os
import resource
import stat

MOST = 1 << 16


def open_many() -> None:
    """Allow as many open files as the system lets this user have, within reason: each connection takes one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST if hard == resource.RLIM_INFINITY else min(hard, MOST)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def never_wait_for_readers() -> None:
    """If the log goes into a pipe that is full, since whoever should read it hangs, let lines be lost and go on.

    The pipe is opened anew for that, so that others who write to it wait as before.
    """
    with contextlib.suppress(OSError):
        if stat.S_ISFIFO(os.fstat(2).st_mode):
            own = os.open("/proc/self/fd/2", os.O_WRONLY | os.O_NONBLOCK)
            os.dup2(own, 2)
            os.close(own)
