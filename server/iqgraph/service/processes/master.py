"""The master: the process that was started, which holds the port and no data, so it outlives the servers.

It only takes signals, one at a time; a server reports its state on its scoreboard. New data gets a server of its own,
and when that answers, the old one leaves.
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
from ..checking import reason
from .server import DRAIN, REPORT, SECONDS_PER_BEAT, STOP, Announce, Prepare, Scoreboard, State, run
from .sockets import reply

SIGNALS = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGIO, signal.SIGCHLD, REPORT}
MAX_OLD_SERVERS = 3
MAX_LOADING_SECONDS = 3600.0  # for more statements than an hour can load, an engine elsewhere is advised
MAX_SENDING_SECONDS, HANDOVER_SECONDS = 30.0, 5.0
MIN_RETRY_SECONDS, MAX_RETRY_SECONDS = 1.0, 60.0
SERVED = Text(de="Die neuen Daten werden bereitgestellt: {}.", en="The new data is served: {}.")
OLD = Text(de="Die alten Daten werden weiter bereitgestellt.", en="The old data is still served.")
NOTHING = Text(de="Bis ein Laden gelingt, wird nichts bereitgestellt.", en="Nothing is served until a load succeeds.")
NO_PROCESS = Text(de="Ein Prozess lässt sich nicht starten: {}.", en="No process can be started: {}.")
ERRORS: dict[int, type[CallError | DatasetError]] = {State.DATA_WRONG: DatasetError, State.CALL_WRONG: CallError}

log = logging.getLogger(__name__)


class Loaders(NamedTuple):
    """How data is loaded: at the start, for a reload, and for the server that replaces a lost one.

    `settle` is called with `taken` after each reload: whether the new data is served, or the old remains.
    """

    start: Callable[[], Any]
    reload: Callable[..., Any]
    replacement: Callable[[], Any]
    settle: Callable[..., object] | None = None


class Master:
    """Starts, replaces and stops servers; `prepare` runs in a server and makes its front from a loader."""

    def __init__(self, loaders: Loaders, prepare: Prepare, listener: socket.socket, settings: Settings) -> None:
        self.loaders, self.prepare, self.listener, self.grace = loaders, prepare, listener, settings.grace
        self.max_request_seconds = settings.timeout + settings.queue_time
        self.current: Scoreboard | None = None
        self.next: Scoreboard | None = None  # which loads data
        self.old: list[Scoreboard] = []  # which finish their requests
        self.clients: list[socket.socket] = []  # of the control socket, who get the outcome of the load that runs
        self.later_clients: list[socket.socket] = []  # and of the one after it, since files may have changed meanwhile
        self.is_reload_due = self.is_started = self.is_stopping = False
        self.losses, self.retry_time, self.retry_seconds = 0, 0.0, MIN_RETRY_SECONDS
        self.has_terminal = any(map(os.isatty, range(3)))

    def run(self, announce: Announce, ready: Announce, control: socket.socket | None) -> None:
        """Serve until a signal ends it; raises what prevents the first start."""
        self.announce, self.ready, self.control = announce, ready, control
        handlers: dict[int, Callable[[], object]] = dict.fromkeys((signal.SIGTERM, signal.SIGINT), self._stop)
        handlers |= {signal.SIGCHLD: self._on_sigchld, signal.SIGHUP: self._on_sighup, signal.SIGIO: self._on_sigio}
        # Blocked signals stay pending until they are accepted here, so they interrupt nothing (sigwaitinfo(2)).
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        try:
            self._load(self.loaders.start)
            while self._servers() or not self.is_stopping:
                info = signal.sigtimedwait(SIGNALS, SECONDS_PER_BEAT)
                handlers.get(info.si_signo if info else 0, bool)()
                self._supervise(time.monotonic())
        finally:
            self._kill(*self._servers())
            self._reply(1, [], STOPPED)
            while signal.sigtimedwait(SIGNALS, 0):
                pass
            # While it stops, further signals change nothing.
            signal.pthread_sigmask(signal.SIG_SETMASK, SIGNALS if self.is_stopping else mask)

    def _servers(self) -> list[Scoreboard]:
        return [server for server in (self.current, self.next, *self.old) if server]

    def _supervise(self, now: float) -> None:
        """Act on the scoreboards and the time: end what hangs, switch to a server that is ready, load what is due."""
        for server in self._servers():
            if server.is_silent(now) or now >= server.deadline:
                log.warning("The server process hangs and is ended.")
                os.kill(server.pid, signal.SIGKILL)  # no other process has the number before it is waited for
        if self.next and self.next.state == State.READY:
            self._switch(self.next)
        if self.next or self.is_stopping:
            return
        if not self.current and now >= self.retry_time:
            self._load(self.loaders.replacement)
        elif self.is_reload_due and len(self.old) < MAX_OLD_SERVERS:
            self.is_reload_due, self.clients, self.later_clients = False, self.later_clients, []
            self._load(self.loaders.reload)
        elif self.is_reload_due and self.old:  # the oldest has the time that its requests may take
            limit = now + 2 * self.max_request_seconds + MAX_SENDING_SECONDS
            self.old[0].deadline = min(self.old[0].deadline, limit)

    def _load(self, loader: Callable[[], object]) -> None:
        """Start a server that loads data."""
        self.loader, server = loader, Scoreboard()
        try:
            prepare = partial(self.prepare, loader, self.losses)
            server.pid = os.fork() or run(prepare, self.listener, server, self.grace)
        except OSError as error:
            self._refuse([], CallError(NO_PROCESS.format(error.strerror)))
            return
        server.deadline = server.since + MAX_LOADING_SECONDS
        self.next = server

    def _switch(self, server: Scoreboard) -> None:
        """Let a server that is ready take all new connections, and report that its data is served."""
        old, self.current, self.next, self.retry_seconds = self.current, server, None, MIN_RETRY_SECONDS
        server.deadline = math.inf
        if old:
            self.old.append(old)
            os.kill(old.pid, DRAIN)
            old.deadline = time.monotonic() + HANDOVER_SECONDS
            while old.state != State.DRAINING and time.monotonic() < old.deadline:
                signal.sigtimedwait({REPORT}, SECONDS_PER_BEAT)
            old.deadline = math.inf if old.state == State.DRAINING else 0.0
        self._settle(taken=True)
        *findings, summary = server.lines
        self._reply(0, findings, SERVED.format(summary))
        if self.is_started:
            what = "data is served again" if self.loader is self.loaders.replacement else "new data is served"
            log.info("The %s: %s.", what, summary)
        else:
            self.ready(summary)
        self.is_started = True

    def _refuse(self, findings: Sequence[str], error: CallError | DatasetError) -> None:
        """Give up a load; raises the error if it was the first."""
        self.next = None
        self._settle(taken=False)
        self._reply(1, findings, sentences(error.text, OLD if self.current else NOTHING))
        if not self.is_started:
            raise error
        if self.current:
            log.warning("The new data is not served: %s", error)
        else:
            why = " ".join([str(error), *findings[:1]])
            log.error("Nothing is served: %s It is tried again in %g seconds.", why, self.retry_seconds)
        self.retry_time = time.monotonic() + self.retry_seconds
        self.retry_seconds = min(2 * self.retry_seconds, MAX_RETRY_SECONDS)

    def _settle(self, *, taken: bool) -> None:
        try:
            if self.loader is self.loaders.reload and self.loaders.settle:
                self.loaders.settle(taken=taken)
        except (CallError, OSError) as error:
            log.warning("The store could not be put in order: %s", error)

    def _reply(self, code: int, findings: Sequence[str], outcome: Text) -> None:
        """Send the outcome of a load to the clients of the control socket; at the start, print the findings."""
        for finding in findings if not self.is_started else ():
            self.announce(finding)
        for client in self.clients:
            reply(client, code, findings, outcome)
        self.clients = []

    def _on_sigchld(self) -> None:
        """Reap all processes that have ended; in a container, orphans of other processes too."""
        with contextlib.suppress(ChildProcessError):
            while (end := os.waitpid(-1, os.WNOHANG))[0]:
                for server in [server for server in self._servers() if server.pid == end[0]]:
                    self._on_exit(server, os.waitstatus_to_exitcode(end[1]))

    def _on_exit(self, server: Scoreboard, exit_code: int) -> None:
        if server is self.next:
            *findings, error = server.lines
            if class_ := ERRORS.get(server.state):
                self._refuse(findings, class_(Text(*json.loads(error))))
            else:
                self._refuse([], CallError(reason(exit_code)))
        elif server is not self.current:
            self.old.remove(server)
        else:  # a server that did not live long is not replaced at once
            self.current, self.retry_time = None, server.since + self.retry_seconds
            if not self.is_stopping:
                self.losses += 1
                log.warning("The server process was lost and is being replaced.")

    def _on_sigio(self) -> None:
        """Accept the clients of the control socket, who ask for a reload."""
        with contextlib.suppress(OSError):
            while self.control:
                self.later_clients.append(self.control.accept()[0])
                self.is_reload_due = True

    def _on_sighup(self) -> None:
        """Load new data, or stop if the terminal was closed."""
        if self.has_terminal and not any(map(os.isatty, range(3))):
            self._stop()
        self.is_reload_due = True

    def _stop(self) -> None:
        """Stop gracefully; at a second signal, or before the start, at once."""
        if self.is_stopping or not self.is_started:
            self._kill(*self._servers())
            self.current, self.next, self.old = None, None, []
        elif self.next:
            self._kill(self.next)
            self.next = None
            self._settle(taken=False)
        self.is_stopping = True
        for server in self._servers():
            os.kill(server.pid, STOP)
            server.deadline = time.monotonic() + self.grace + HANDOVER_SECONDS

    def _kill(self, *servers: Scoreboard) -> None:
        for server in servers:
            os.kill(server.pid, signal.SIGKILL)
            os.waitpid(server.pid, 0)
