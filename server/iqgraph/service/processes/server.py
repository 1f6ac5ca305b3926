"""The server process: it loads the data and checks it, proves that it can answer, answers, and leaves when told to.

How it is, it says on its scoreboard, memory that it shares with the master. It may hang without having ended, so its
event loop beats, and the master counts the looks at which it had not.
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
MAX_BYTES = 1 << 20  # of which the system gives only what is written
HEAD_BYTES = 16
LOADING, READY, LEAVING = range(3)  # states of a server; one that is leaving takes no more connections
LEAVE, STOP = signal.SIGUSR1, signal.SIGUSR2  # from the master
NEWS = signal.SIGUSR1  # to the master: something new stands on the scoreboard
DATA_WRONG, CALL_WRONG, FAULT = 1, 2, 3
MAX_HEAD_BYTES, MAX_HEAD_MILLISECONDS = 1 << 20, 10_000  # far more than allowed, so that nearly all are told so
MAX_PROOF_SECONDS, MAX_ENGINE_SECONDS, MAX_IDLE_SECONDS, MAX_LEAVING_SECONDS = 60.0, 1.0, 15.0, 600.0
MIN_SENDING_SECONDS, POLL_SECONDS = 1.0, 0.05
STOPPED = Text(
    de="Der Dienst wird gerade beendet oder neu gestartet. Stellen Sie die Anfrage gleich noch einmal.",
    en="The service is being stopped or restarted. The request may be right; send it again in a moment.",
)

log = logging.getLogger(__name__)
Announce = Callable[[str], object]
Prepare = Callable[..., tuple[str, Front]]


class Scoreboard:
    """One server as the master sees it; make it before the process is forked."""

    def __init__(self) -> None:
        self.master, self.pid, self.since, self.deadline = os.getpid(), 0, time.monotonic(), math.inf
        self._memory = mmap.mmap(-1, MAX_BYTES)  # no file, and shared with what is forked (mmap(2))
        self._last, self._silent, self._looked = 0, 0, 0.0

    @property
    def beats(self) -> int:
        """How often the loop beat; 0 before the first time."""
        return int.from_bytes(self._memory[:8], "little")

    @property
    def state(self) -> int:
        """How far the server is."""
        return self._memory[8]

    @property
    def lines(self) -> list[str]:
        """What it has to say, a line each."""
        size = int.from_bytes(self._memory[9:HEAD_BYTES], "little")
        return self._memory[HEAD_BYTES : HEAD_BYTES + size].decode(errors="ignore").split("\n")

    def beat(self, loop: asyncio.AbstractEventLoop) -> None:
        """Beat as long as the loop moves."""
        self._memory[:8] = (self.beats + 1).to_bytes(8, "little")
        loop.call_later(SECONDS_PER_BEAT, self.beat, loop)

    def report(self, state: int, lines: Sequence[str] = ()) -> None:
        """Say how far this server is; where there is no room for all lines, the last ones are told."""
        text = "\n".join(" ".join(line.split()) for line in lines).encode()[HEAD_BYTES - MAX_BYTES :]
        self._memory[HEAD_BYTES : HEAD_BYTES + len(text)] = text
        self._memory[8:HEAD_BYTES] = bytes([state]) + len(text).to_bytes(HEAD_BYTES - 9, "little")

    def is_silent(self, now: float) -> bool:
        """Whether it missed too many beats; a look that comes late does not count, as all may have been stopped."""
        passed = now - self._looked
        if passed >= SECONDS_PER_BEAT:
            has_missed = 0 < self.beats == self._last and passed < 2 * SECONDS_PER_BEAT
            self._silent = self._silent + 1 if has_missed else 0
            self._last, self._looked = self.beats, now
        return self._silent >= MAX_MISSED_BEATS


def run(prepare: Prepare, listener: socket.socket, board: Scoreboard, grace: float) -> NoReturn:
    """Be the server, in a process that was just forked; what goes wrong stands on the scoreboard.

    `prepare` tells its findings, and answers what it has and the front, before there is a second thread: that forks.
    """
    lines: list[str] = []
    code = FAULT
    try:
        die_with_parent(board.master)
        set_title("iqgraph server")
        # What is for the master stays blocked here, and in all that is forked from here (sigprocmask(2)).
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD, LEAVE})
        about, front = prepare(lines.append)
        lines.append(about)
        with asyncio.Runner(loop_factory=new_event_loop) as runner:
            runner.run(Server(front, listener, board, grace).live(lines))
    except (DatasetError, CallError, QueryError, OSError) as error:
        code = DATA_WRONG if isinstance(error, DatasetError) else CALL_WRONG
        board.report(LOADING, [*lines, json.dumps(sentence(error))])  # a line of its own, in both languages
    except BaseException:
        log.exception("The server had to give up.")
    finally:
        os._exit(code)  # whatever happens, the code of the master must not go on in this process


def make_granian(target: object, listener: socket.socket) -> Any:  # noqa: ANN401 - its inner parts have no types
    """Make a server of granian on a socket that others share, see https://github.com/emmett-framework/granian/issues/786.

    HTTP/2 is off: its limits are others, and proxies speak HTTP/1.1 to us.
    """
    # Idle connections count for the back pressure too; with the default a thousand of them would shut us.
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
        front.is_open.clear()  # nobody is answered before the master knows: it would take a loss for a refusal
        self.granian = make_granian(front, listener)
        # The loop alone does not keep a task: https://docs.python.org/3/library/asyncio-task.html#asyncio.create_task
        self.tasks: list[asyncio.Future[None]] = []

    async def live(self, lines: list[str]) -> None:
        """All of it; `lines` are told once it answers."""
        loop = asyncio.get_running_loop()
        self.board.beat(loop)
        await self._prove(loop)
        await loop.run_in_executor(self.front.threads, listen, self.listener)  # later there may be no thread to be had
        self.serving = asyncio.ensure_future(self.granian.serve())
        # Whoever of multiprocessing has ended stays a zombie until it is asked for, which this does.
        # https://docs.python.org/3/library/multiprocessing.html#multiprocessing.active_children
        # uvloop keeps this signal for itself: https://github.com/MagicStack/uvloop/issues/409
        signal.signal(signal.SIGCHLD, lambda *_: active_children())
        active_children()
        # A handler of asyncio runs between two steps of the loop, so it may touch what the loop touches.
        loop.add_signal_handler(LEAVE, lambda: self.tasks.append(asyncio.ensure_future(self._leave())))
        loop.add_signal_handler(STOP, lambda: self.tasks.append(asyncio.ensure_future(self._stop())))
        if not (await asyncio.wait([self.serving], timeout=POLL_SECONDS))[0]:  # if it cannot begin, it ends at once
            self._report(READY, lines)
            self.front.is_open.set()
        await self.serving

    async def _prove(self, loop: asyncio.AbstractEventLoop) -> None:
        """Fail now rather than in front of everybody: DESCRIBE is answered here; engines elsewhere get a moment."""
        if engine := self.front.engine:
            engine.attach(loop)
            await engine.ask(Query("DESCRIBE <urn:nothing>", seconds=MAX_PROOF_SECONDS), TURTLE)
            with contextlib.suppress(QueryError):
                await engine.ask(Query("ASK {}", seconds=MAX_ENGINE_SECONDS), JSON)

    def _report(self, state: int, lines: list[str]) -> None:
        self.board.report(state, lines)
        os.kill(self.board.master, NEWS)

    async def _leave(self) -> None:
        """Let another server take new connections, and those finish who are here; granian ends idle connections."""
        stop_accepting(self.listener).close()
        self.front.is_closing = True
        self._report(LEAVING, [])
        await self._wait(MAX_IDLE_SECONDS, lambda: any(host for (host, _), _ in connections()))
        await self._wait(MAX_LEAVING_SECONDS)
        await self._end(MAX_LEAVING_SECONDS)

    async def _stop(self) -> None:
        """Take nobody in, let those who are here finish within the grace, and tell the others."""
        end = time.monotonic() + self.grace
        self.front.app.extensions[STOPPING] = True
        shutdown_listener(self.listener)
        self.front.is_closing = True
        await self._wait(self.grace)
        for channel, scope in list(self.front.requests.items()):
            self.front.refuse(scope, channel, Problem("stopping", STOPPED))
        await self._end(max(end - time.monotonic(), MIN_SENDING_SECONDS))

    async def _wait(self, seconds: float, still: Callable[[], object] = bool) -> None:
        """Wait until every request is answered and nothing `still` is, but no longer than so many seconds."""
        end = time.monotonic() + seconds
        while (self.front.requests or still()) and time.monotonic() < end:
            await asyncio.sleep(POLL_SECONDS)

    async def _end(self, seconds: float) -> None:
        """Let answers be sent to their ends, and close connections where nothing is on its way."""
        self.granian.stop()
        await asyncio.wait([self.serving], timeout=seconds)
        self.front.ledger.close()
        os._exit(0)
