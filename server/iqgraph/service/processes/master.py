"""The master: the process that was started, which holds the port and no data, and so outlives whoever answers.

All that happens is a signal, taken when its turn comes; how a server is, it says on its scoreboard. For new data there
is a new server beside the old one, and only when that answers, the old one leaves.
"""

import contextlib
import json
import logging
import math
import os
import signal
import socket
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

from ...bilingual import Text, sentences
from ...errors import CallError, DatasetError
from ...settings import Settings
from ...web.monitoring import STOPPED
from .server import (
    CALL_WRONG,
    DATA_WRONG,
    LEAVE,
    LEAVING,
    NEWS,
    READY,
    SECONDS_PER_BEAT,
    STOP,
    Announce,
    Prepare,
    Scoreboard,
    run,
)
from .sockets import reply

SIGNALS = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGIO, signal.SIGCHLD, NEWS}
MAX_OLD_SERVERS = 3
MAX_SENDING_SECONDS, HANDOVER_SECONDS = 30.0, 5.0
MIN_RETRY_SECONDS, MAX_RETRY_SECONDS = 1.0, 60.0
OLD = Text(de="Die alten Daten werden weiter bereitgestellt.", en="The old data is still served.")
NOTHING = Text(de="Bis ein Laden gelingt, wird nichts bereitgestellt.", en="Nothing is served until a load succeeds.")
LOST = Text(
    de="Der Prozess, der die Daten lädt, endete vorzeitig; vielleicht fehlt es an Speicher.",
    en="The process that loads the data ended before it was done; there may be too little memory.",
)

log = logging.getLogger(__name__)


class Loads(NamedTuple):
    """How data is loaded at first, anew, and if its server was lost; `settle` hears whether the new data is `taken`.

    By that, what lies on disk can be what is served.
    """

    first: Callable[[], Any]
    again: Callable[..., Any]
    same: Callable[[], Any]
    settle: Callable[..., object] | None = None


class Master:
    """Starts the service, renews it and ends it; `prepare` makes what a server answers with of what was loaded."""

    def __init__(self, loads: Loads, prepare: Prepare, listener: socket.socket, settings: Settings) -> None:
        self.loads, self.prepare, self.listener, self.grace = loads, prepare, listener, settings.grace
        self.longest = settings.timeout + settings.queue_time
        self.current: Scoreboard | None = None
        self.loading: Scoreboard | None = None
        self.leaving: list[Scoreboard] = []
        self.askers: list[socket.socket] = []  # who hear the outcome of the load that goes on
        self.waiting: list[socket.socket] = []  # who hear that of the next one, since files may have changed meanwhile
        self.is_reload_wanted = self.is_started = self.is_stopping = False
        self.lost, self.retry_at, self.pause = 0, 0.0, MIN_RETRY_SECONDS
        self.has_terminal = any(map(os.isatty, range(3)))

    def run(self, announce: Announce, ready: Announce, control: socket.socket | None) -> None:
        """Serve until told to stop; what keeps the first start from success is raised."""
        self.announce, self.ready, self.control = announce, ready, control
        handlers: dict[int, Callable[[], object]] = dict.fromkeys((signal.SIGTERM, signal.SIGINT), self._stop)
        handlers |= {signal.SIGCHLD: self._on_sigchld, signal.SIGHUP: self._on_sighup, signal.SIGIO: self._on_sigio}
        # A signal that is blocked waits until it is asked for, so nothing is interrupted (sigwaitinfo(2)).
        before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        try:
            self._load(self.loads.first)
            while self._servers() or not self.is_stopping:
                found = signal.sigtimedwait(SIGNALS, SECONDS_PER_BEAT)
                handlers.get(found.si_signo if found else 0, bool)()
                self._look(time.monotonic())
        finally:
            self._kill(*self._servers())
            self._tell(1, [], STOPPED)
            while signal.sigtimedwait(SIGNALS, 0):
                pass
            # Who is told to end again while it ends, ends in order all the same.
            signal.pthread_sigmask(signal.SIG_SETMASK, SIGNALS if self.is_stopping else before)

    def _servers(self) -> list[Scoreboard]:
        return [one for one in (self.current, self.loading, *self.leaving) if one]

    def _look(self, now: float) -> None:
        """Do what the scoreboards and the time call for."""
        for one in self._servers():
            if one.is_silent(now) or now >= one.deadline:
                log.warning("The process that answers hangs, and is ended.")
                os.kill(one.pid, signal.SIGKILL)  # until it is waited for, nobody else has its number
        if self.loading and self.loading.state == READY:
            self._swap(self.loading)
        if self.loading or self.is_stopping:
            return
        if not self.current and now >= self.retry_at:
            self._load(self.loads.same)
        elif self.is_reload_wanted and len(self.leaving) < MAX_OLD_SERVERS:
            self.is_reload_wanted, self.askers, self.waiting = False, self.waiting, []
            self._load(self.loads.again)
        elif self.is_reload_wanted and self.leaving:  # the oldest has the time that its requests may take
            self.leaving[0].deadline = min(self.leaving[0].deadline, now + 2 * self.longest + MAX_SENDING_SECONDS)

    def _load(self, load: Callable[[], object]) -> None:
        self.load, new = load, Scoreboard()
        try:
            new.pid = os.fork() or run(partial(self.prepare, load, self.lost), self.listener, new, self.grace)
        except OSError as error:
            why = error.strerror
            reason = Text(de=f"Kein Prozess ist dafür zu haben: {why}.", en=f"No process can be had for it: {why}.")
            self._refuse([], reason, CALL_WRONG)
            return
        self.loading = new

    def _swap(self, new: Scoreboard) -> None:
        """Let the new server take every connection from now on, and tell that the data is served."""
        old, self.current, self.loading, self.pause = self.current, new, None, MIN_RETRY_SECONDS
        if old:
            self.leaving.append(old)
            os.kill(old.pid, LEAVE)
            old.deadline = time.monotonic() + HANDOVER_SECONDS
            while old.state != LEAVING and time.monotonic() < old.deadline:
                signal.sigtimedwait({NEWS}, SECONDS_PER_BEAT)
            old.deadline = math.inf if old.state == LEAVING else 0.0
        self._settle(taken=True)
        *findings, about = new.lines
        outcome = Text(de=f"Die neuen Daten werden bereitgestellt: {about}.", en=f"The new data is served: {about}.")
        self._tell(0, findings, outcome)
        if self.is_started:
            what = "data is served again" if self.load is self.loads.same else "new data is served"
            log.info("The %s: %s.", what, about)
        else:
            self.ready(about)
        self.is_started = True

    def _refuse(self, findings: Sequence[str], reason: Text, code: int) -> None:
        """Give a load up, for what was found and for a reason."""
        self.loading = None
        self._settle(taken=False)
        self._tell(1, findings, sentences(reason, OLD if self.current else NOTHING))
        if not self.is_started:
            raise DatasetError(reason) if code == DATA_WRONG else CallError(reason)
        if self.current:
            log.warning("The new data is not served: %s", reason.en)
        else:
            why = " ".join([reason.en, *findings[:1]])
            log.error("Nobody is answered: %s It is tried again in %g seconds.", why, self.pause)
        self.retry_at, self.pause = time.monotonic() + self.pause, min(2 * self.pause, MAX_RETRY_SECONDS)

    def _settle(self, *, taken: bool) -> None:
        try:
            if self.load is self.loads.again and self.loads.settle:
                self.loads.settle(taken=taken)
        except (CallError, OSError) as error:
            log.warning("The store could not be put in order: %s", error)

    def _tell(self, code: int, findings: Sequence[str], outcome: Text) -> None:
        """Tell what came of a load to those who asked for it, or at the start what was found to whoever looks on."""
        for finding in findings if not self.is_started else ():
            self.announce(finding)
        for asker in self.askers:
            reply(asker, code, findings, outcome)
        self.askers = []

    def _on_sigchld(self) -> None:
        """Take note of all that have ended; in a container, whoever lost its parent is ours too."""
        with contextlib.suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                for one in [one for one in self._servers() if one.pid == ended[0]]:
                    self._on_end(one, os.waitstatus_to_exitcode(ended[1]))

    def _on_end(self, one: Scoreboard, code: int) -> None:
        if one is self.loading:
            *findings, reason = one.lines
            if code in (DATA_WRONG, CALL_WRONG):
                self._refuse(findings, Text(*json.loads(reason)), code)
            else:
                self._refuse([], LOST, code)
        elif one is not self.current:
            self.leaving.remove(one)
        else:
            self.current, self.retry_at = None, one.since + self.pause  # who did not live long is not replaced at once
            if not self.is_stopping:
                self.lost += 1
                log.warning("The process that answers was lost, and is replaced.")

    def _on_sigio(self) -> None:
        """Somebody asks for a reload at the control socket."""
        with contextlib.suppress(OSError):
            while self.control:
                self.waiting.append(self.control.accept()[0])
                self.is_reload_wanted = True

    def _on_sighup(self) -> None:
        """SIGHUP asks for new data, but when the terminal was closed it is the end."""
        if self.has_terminal and not any(map(os.isatty, range(3))):
            self._stop()
        self.is_reload_wanted = True

    def _stop(self) -> None:
        """End gracefully; if told so again, or before the start, at once."""
        if self.is_stopping or not self.is_started:
            self._kill(*self._servers())
            self.current, self.loading, self.leaving = None, None, []
        elif self.loading:
            self._kill(self.loading)
            self.loading = None
            self._settle(taken=False)
        self.is_stopping = True
        for one in self._servers():
            os.kill(one.pid, STOP)
            one.deadline = time.monotonic() + self.grace + HANDOVER_SECONDS

    def _kill(self, *servers: Scoreboard) -> None:
        for one in servers:
            os.kill(one.pid, signal.SIGKILL)
            os.waitpid(one.pid, 0)
