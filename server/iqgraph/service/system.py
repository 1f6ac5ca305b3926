"""What the service asks of the system when it starts, and tells it once it answers."""

import contextlib
import os
import resource
import socket
import stat

READY = "READY=1"
MAX_FILES = 1 << 16
MAX_NOTIFY_SECONDS = 1.0


def raise_fd_limit() -> None:
    """Allow as many open files as the system lets this user have, within reason: each connection takes one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_FILES if hard == resource.RLIM_INFINITY else min(hard, MAX_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def make_stderr_nonblocking() -> None:
    """If the log goes into a pipe that is full, since whoever should read it hangs, let lines be lost and go on.

    The pipe is opened anew for that, so that others who write to it wait as before.
    """
    with contextlib.suppress(OSError):
        if stat.S_ISFIFO(os.fstat(2).st_mode):
            own = os.open("/proc/self/fd/2", os.O_WRONLY | os.O_NONBLOCK)
            os.dup2(own, 2)
            os.close(own)


def notify(state: str) -> None:
    """Send a state to systemd if it asks for that, see sd_notify(3); that nobody takes it, changes nothing."""
    name = os.environ.get("NOTIFY_SOCKET", "")
    if name:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.settimeout(MAX_NOTIFY_SECONDS)
            manager.sendto(state.encode(), f"\0{name[1:]}" if name.startswith("@") else name)
