"""The server process: it loads and checks the data, proves that it can answer, and answers until the master ends it.

It reports its state on its scoreboard, memory that it shares with the master. Its event loop has a heartbeat, by which
the master notices that it hangs.
"""

import asyncio
import contextlib
import json
import logging
import math
import mmap
import os
import signal
import socket
import time
from collections.abc import Callable, Sequence
from enum import IntEnum
from multiprocessing import active_children
from typing import Any, NoReturn

from granian.constants import HTTPModes
from granian.http import HTTP1Settings
from granian.net import SocketHolder  # type: ignore[attr-defined]
from granian.server.embed import Server as Granian
from uvloop import new_event_loop

from ...bilingual import Text
from ...engine import Query, QueryError
from ...engine.workers.worker import die_with_parent, set_title
from ...errors import CallError, DatasetError, sentence
from ...formats import JSON, TURTLE
from ...web.http.problems import Problem
from ...web.monitoring import STOPPING
from ..requests.front import Front
from ..requests.memory import connections
from .sockets import BACKLOG, MAX_FILES, listen, shutdown_listener, stop_accepting

SECONDS_PER_BEAT = 1.0
MAX_MISSED_BEATS = 20
MAX_BYTES = 1 << 20  # of a scoreboard; the system allocates only the pages that are written
HEADER_BYTES = 16  # beats (8), state (1), size of the text (7)
DRAIN, STOP = signal.SIGUSR1, signal.SIGUSR2  # from the master
REPORT = signal.SIGUSR1  # to the master: the scoreboard has changed
MAX_HEAD_BYTES, MAX_HEAD_MILLISECONDS = 1 << 20, 10_000  # far more than allowed, so that nearly all get a problem
MAX_PROOF_SECONDS, MAX_ENGINE_SECONDS, MAX_IDLE_SECONDS, MAX_DRAINING_SECONDS = 60.0, 1.0, 15.0, 600.0
MIN_SENDING_SECONDS, POLL_SECONDS = 1.0, 0.05
STOPPED = Text(
    de="Der Dienst wird gerade beendet oder neu gestartet. Stellen Sie die Anfrage gleich noch einmal.",
    en="The service is being stopped or restarted. The request may be right; send it again in a moment.",
)

log = logging.getLogger(__name__)
Announce = Callable[[str], object]
Prepare = Callable[..., tuple[str, Front]]


class State(IntEnum):
    """The state of a server; when it drains, it accepts no more connections, and the last two are reasons to end."""

    LOADING, READY, DRAINING, DATA_WRONG, CALL_WRONG = range(5)


class Scoreboard:
    """A server as the master sees it; to be made before the process is forked."""

    def __init__(self) -> None:
        self.master, self.pid, self.since, self.deadline = os.getpid(), 0, time.monotonic(), math.inf
        self._memory = mmap.mmap(-1, MAX_BYTES)  # anonymous, and shared with forked processes (mmap(2))
        self._last_beats, self._missed, self._checked = 0, 0, 0.0

    @property
    def beats(self) -> int:
        """The number of heartbeats; 0 before the first one."""
        return int.from_bytes(self._memory[:8], "little")

    @property
    def state(self) -> int:
        """The state of the server."""
        return self._memory[8]

    @property
    def lines(self) -> list[str]:
        """The lines of the last report."""
        size = int.from_bytes(self._memory[9:HEADER_BYTES], "little")
        return self._memory[HEADER_BYTES : HEADER_BYTES + size].decode(errors="ignore").split("\n")

    def beat(self, loop: asyncio.AbstractEventLoop) -> None:
        """Beat as long as the loop runs."""
        self._memory[:8] = (self.beats + 1).to_bytes(8, "little")
        loop.call_later(SECONDS_PER_BEAT, self.beat, loop)

    def report(self, state: int, lines: Sequence[str] = ()) -> None:
        """Write the state and some lines; without room for all of them, the last ones."""
        text = "\n".join(" ".join(line.split()) for line in lines).encode()[HEADER_BYTES - MAX_BYTES :]
        self._memory[HEADER_BYTES : HEADER_BYTES + len(text)] = text
        self._memory[8:HEADER_BYTES] = bytes([state]) + len(text).to_bytes(HEADER_BYTES - 9, "little")

    def is_silent(self, now: float) -> bool:
        """Whether too many beats were missed; a late check does not count, as all processes may have been stopped."""
        interval = now - self._checked
        if interval >= SECONDS_PER_BEAT:
            is_miss = 0 < self.beats == self._last_beats and interval < 2 * SECONDS_PER_BEAT
            self._missed = self._missed + 1 if is_miss else 0
            self._last_beats, self._checked = self.beats, now
        return self._missed >= MAX_MISSED_BEATS


def run(prepare: Prepare, listener: socket.socket, board: Scoreboard, grace: float) -> NoReturn:
    """Be the server, in a process that was just forked; errors are reported on the scoreboard.

    `prepare` reports findings and returns a summary of the data and the front, before any thread starts: it forks.
    """
    lines: list[str] = []
    try:
        die_with_parent(board.master)
        set_title("iqgraph server")
        # The signals for the master stay blocked here, and in all processes that are forked from here (sigprocmask(2)).
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD, DRAIN})
        summary, front = prepare(lines.append)
        lines.append(summary)
        with asyncio.Runner(loop_factory=new_event_loop) as runner:
            runner.run(Server(front, listener, board, grace).run(lines))
    except (DatasetError, CallError, QueryError, OSError) as error:
        state = State.DATA_WRONG if isinstance(error, DatasetError) else State.CALL_WRONG
        board.report(state, [*lines, json.dumps(sentence(error))])  # one line with both languages
    except BaseException:
        log.exception("The server had to give up.")
    finally:
        os._exit(1)  # in no case may the code of the master continue in this process


def make_granian(target: object, listener: socket.socket) -> Any:  # noqa: ANN401 - its inner parts have no types
    """A server of granian on a shared socket, see https://github.com/emmett-framework/granian/issues/786.

    It has no HTTP/2, which has limits of its own, and which proxies do not use.
    """
    # Idle connections count for the back pressure too; with the default, a thousand of them would block the server.
    head = HTTP1Settings(max_buffer_size=MAX_HEAD_BYTES, header_read_timeout=MAX_HEAD_MILLISECONDS)
    more: dict[str, Any] = {"backlog": BACKLOG, "backpressure": MAX_FILES, "http1_settings": head, "log_enabled": False}
    server: Any = Granian(target, http=HTTPModes.http1, websockets=False, **more)
    server._shd = SocketHolder(listener.fileno(), False, BACKLOG)  # type: ignore[call-arg]  # noqa: FBT003, SLF001
    server._init_shared_socket = bool  # noqa: SLF001 - there is one
    return server


class Server:
    """The life of the process once its data is loaded."""

    def __init__(self, front: Front, listener: socket.socket, board: Scoreboard, grace: float) -> None:
        self.front, self.listener, self.board, self.grace = front, listener, board, grace
        front.is_open.clear()  # no request is answered before the master knows of this server
        self.granian = make_granian(front, listener)
        # The loop keeps weak references: https://docs.python.org/3/library/asyncio-task.html#asyncio.create_task
        self.tasks: list[asyncio.Future[None]] = []

    async def run(self, lines: list[str]) -> None:
        """Answer until the process ends; the lines are reported once it can."""
        loop = asyncio.get_running_loop()
        self.board.beat(loop)
        await self._prove(loop)
        await asyncio.to_thread(listen, self.listener)  # later no thread may be available
        self.serving = asyncio.ensure_future(self.granian.serve())
        # Reaps the processes of multiprocessing that have ended
        # (https://docs.python.org/3/library/multiprocessing.html#multiprocessing.active_children).
        # uvloop does not let asyncio handle the signal: https://github.com/MagicStack/uvloop/issues/409
        signal.signal(signal.SIGCHLD, lambda *_: active_children())
        active_children()
        # Handlers of asyncio run between two steps of the loop, so they may use what the loop uses.
        loop.add_signal_handler(DRAIN, lambda: self.tasks.append(asyncio.ensure_future(self._drain())))
        loop.add_signal_handler(STOP, lambda: self.tasks.append(asyncio.ensure_future(self._stop())))
        if not (await asyncio.wait([self.serving], timeout=POLL_SECONDS))[0]:  # if it cannot start, it ends at once
            self._report(State.READY, lines)
            self.front.is_open.set()
        await self.serving

    async def _prove(self, loop: asyncio.AbstractEventLoop) -> None:
        """Fail before clients connect: DESCRIBE is answered here; a remote engine gets a moment."""
        if engine := self.front.engine:
            engine.attach(loop)
            await engine.ask(Query("DESCRIBE <urn:nothing>", seconds=MAX_PROOF_SECONDS), TURTLE)
            with contextlib.suppress(QueryError):
                await engine.ask(Query("ASK {}", seconds=MAX_ENGINE_SECONDS), JSON)

    def _report(self, state: int, lines: list[str]) -> None:
        self.board.report(state, lines)
        os.kill(self.board.master, REPORT)

    async def _drain(self) -> None:
        """Leave new connections to another server, and finish the requests here; granian closes idle connections."""
        stop_accepting(self.listener).close()
        self.front.is_closing = True
        self._report(State.DRAINING, [])
        await self._wait(MAX_IDLE_SECONDS, lambda: any(host for (host, _), _ in connections()))
        await self._wait(MAX_DRAINING_SECONDS)
        await self._end(MAX_DRAINING_SECONDS)

    async def _stop(self) -> None:
        """Refuse new connections, finish requests within the grace, and answer the others with a problem."""
        end = time.monotonic() + self.grace
        self.front.app.extensions[STOPPING] = True
        shutdown_listener(self.listener)
        self.front.is_closing = True
        await self._wait(self.grace)
        for channel, scope in list(self.front.requests.items()):
            self.front.refuse(scope, channel, Problem("stopping", STOPPED))
        await self._end(max(end - time.monotonic(), MIN_SENDING_SECONDS))

    async def _wait(self, seconds: float, is_busy: Callable[[], object] = bool) -> None:
        """Wait until every request is answered and nothing is busy, but no longer than so many seconds."""
        end = time.monotonic() + seconds
        while (self.front.requests or is_busy()) and time.monotonic() < end:
            await asyncio.sleep(POLL_SECONDS)

    async def _end(self, seconds: float) -> None:
        """Send the rest of the answers, close idle connections, and end the process."""
        self.granian.stop()
        await asyncio.wait([self.serving], timeout=seconds)
        self.front.accounting.close()
        os._exit(0)
