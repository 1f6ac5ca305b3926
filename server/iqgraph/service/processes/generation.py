"""A state of the data in service, as the supervisor sees it: its keeper, and the line to the process that answers."""

import contextlib
import os
import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from typing import NoReturn

from . import messages
from .messages import Message

OURS = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}


class Generation:
    """A keeper that was started, in a process group of its own with all that it starts."""

    def __init__(self, work: Callable[[socket.socket], NoReturn], forget: Callable[[], object]) -> None:
        """Fork, and do the work there, with what is the supervisor's own forgotten; an OSError if that cannot be.

        The signals that control the service are meant for the supervisor, though they may be sent to all: here they
        stay blocked, also in every process that comes from this one.
        """
        self.line, theirs = messages.pair()
        self.about = ""
        self.said: list[str] = []
        self.kept, self.serving, self.leaving = True, False, False
        with _blocked():
            try:
                self.keeper = os.fork()
            except OSError:
                self.line.close()
                theirs.close()
                raise
            if self.keeper == 0:
                try:
                    os.setpgid(0, 0)
                    signal.set_wakeup_fd(-1)
                    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                    self.line.close()
                    forget()
                    work(theirs)
                finally:
                    os._exit(1)
        with contextlib.suppress(OSError):
            os.setpgid(self.keeper, self.keeper)  # whoever of the two comes first
        theirs.close()

    def tell(self, do: str, given: Sequence[socket.socket] = (), **more: float) -> None:
        """Tell the process that answers what to do; if it is gone, the line says so."""
        with contextlib.suppress(OSError):
            messages.send(self.line, given, do=do, **more)

    def told(self) -> Message | None:
        """What came through the line; None once all processes have ended."""
        found = messages.receive(self.line)
        return found[0] if found else None

    def release(self) -> None:
        """End the keeper only, so that the process that answers is not replaced when it leaves."""
        if self.kept:
            self.kept = False
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                os.kill(self.keeper, signal.SIGKILL)
                os.waitpid(self.keeper, 0)

    def lost_keeper(self) -> bool:
        """Whether the keeper has ended by itself since this was asked last."""
        if not self.kept:
            return False
        with contextlib.suppress(ChildProcessError):
            self.kept = os.waitpid(self.keeper, os.WNOHANG)[0] == 0
            return not self.kept
        self.kept = False
        return True

    def end(self) -> None:
        """Have every process of it end at once; the line tells when they have."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.keeper, signal.SIGKILL)

    def kill(self) -> None:
        """End every process of it at once, and forget them."""
        self.end()
        self.release()
        self.line.close()


@contextlib.contextmanager
def _blocked() -> Iterator[None]:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, OURS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
