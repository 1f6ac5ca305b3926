"""The process that answers: from its first request to the last one, which it does not leave without an answer."""

import asyncio
import contextlib
import math
import os
import signal
import socket
import sys
import time
from collections.abc import Coroutine
from typing import Any, NoReturn

from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.net import SocketHolder  # type: ignore[attr-defined]
from granian.server.embed import Server
from uvloop import new_event_loop

from ...engine import Query, QueryError, Shared
from ...formats import JSON, TURTLE
from ...web.monitoring.health import STOPPING
from ..requests.front import Front
from .doorway import Doorway
from .listening import BACKLOG, close_for_all, connections, deafen
from .messages import receive, send
from .relay import Successor, answer_for
from .standing import MOST

LARGEST_HEAD = 1 << 20  # far more than a request may have, so that nearly all who send too much get it in our words
SLOWEST_HEAD = 10_000
PAUSE = 0.1
MOMENT = 1.0
IDLE = 15.0
DRAIN = 600.0
FAREWELL = 1.0
SENDING = 30.0
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - known, not bound
GREETING = b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


def run(front: Front, listener: socket.socket, line: socket.socket, grace: float) -> NoReturn:
    """Answer what comes to the listener until the supervisor, at the other end of the line, says otherwise."""
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(Answering(front, listener, line, grace).live())
    os._exit(0)


class Bound(Server):
    """The server on a socket that other processes share."""

    def __init__(self, doorway: Doorway, listener: socket.socket) -> None:
        super().__init__(
            doorway,
            interface=Interfaces.RSGI,
            websockets=False,
            backlog=BACKLOG,
            backpressure=MOST,  # of connections, also of idle ones; with the default a thousand of these shut us
            http1_settings=HTTP1Settings(max_buffer_size=LARGEST_HEAD, header_read_timeout=SLOWEST_HEAD),
            log_level=LogLevels.critical,
        )
        self.listener = listener

    def _init_shared_socket(self) -> None:
        size = [BACKLOG] if sys.platform == "linux" else []
        self._shd: Any = SocketHolder(self.listener.fileno(), False, *size)  # type: ignore[call-arg]  # noqa: FBT003


class Answering:
    """The life of the process: it proves that it can answer, waits for its turn, answers, and leaves when told to."""

    def __init__(self, front: Front, listener: socket.socket, line: socket.socket, grace: float) -> None:
        self.listener, self.line, self.grace = listener, line, grace
        self.engine: Shared | None = front.engine
        self.front = front
        self.doorway = Doorway(front)
        self.server = Bound(self.doorway, listener)
        self.tasks: set[asyncio.Future[None]] = set()
        self.before: set[asyncio.Future[None]] = set()

    async def live(self) -> None:
        """All of it."""
        loop = asyncio.get_running_loop()
        self.turn = asyncio.Event()
        self.front.__rsgi_init__(loop)
        await self._prove()
        loop.add_reader(self.line.fileno(), self._told)
        send(self.line, ready=os.getpid())
        await self.turn.wait()
        self.serving = asyncio.ensure_future(self.server.serve())
        self._begin(self._greet())
        await self.serving

    async def _prove(self) -> None:
        """Fail now rather than in front of everybody: DESCRIBE is answered here; engines elsewhere get a moment."""
        if self.engine:
            await self.engine.ask(Query("DESCRIBE <urn:nothing>"), TURTLE)
            with contextlib.suppress(QueryError):
                await self.engine.ask(Query("ASK {}", seconds=MOMENT), JSON)

    async def _greet(self) -> None:
        """Say when the server answers; it does not tell, so it is asked."""
        host, port = self.listener.getsockname()[:2]
        with contextlib.suppress(OSError):  # the queue may be full of others, whose requests show the same
            _, writer = await asyncio.open_connection(EVERYWHERE.get(host, host), port)
            writer.write(GREETING)
        await self.doorway.entered.wait()
        writer.close()
        send(self.line, serving=True)

    def _told(self) -> None:
        found = receive(self.line)
        if found is None:  # the supervisor is gone, and the line would say so again and again
            asyncio.get_running_loop().remove_reader(self.line.fileno())
            self._begin(self._stop(self.grace))
            return
        message, given = found
        match message["do"]:
            case "go":
                self.before |= {self._begin(answer_for(end, self.doorway.__rsgi__)) for end in given}
                self.turn.set()
            case "yield":
                self._begin(self._yield(given[0]))
            case "stop":
                self._begin(self._stop(message["seconds"]))

    def _begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Future[None]:
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task

    async def _yield(self, end: socket.socket) -> None:
        """From now on no request begins here."""
        await self._is_up()
        deafen(self.listener).close()
        self.doorway.successor = Successor(end)
        self.doorway.leaving = True
        send(self.line, yielded=True)
        await self._drain()

    async def _is_up(self) -> None:
        """Wait until the server has begun with the listener, so that it can be taken away again."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.doorway.entered.wait(), FAREWELL)

    async def _drain(self) -> None:
        """Let those finish who are here; the server itself ends connections that are idle for ten seconds."""
        end = time.monotonic() + IDLE
        while (self.doorway.inside or connections()) and time.monotonic() < end:
            await asyncio.sleep(PAUSE)
        await self._emptied(DRAIN)
        await self._end(DRAIN)

    async def _emptied(self, seconds: float) -> bool:
        """Wait until nobody is here, and nobody can come any more from the process before."""
        end = time.monotonic() + seconds
        if self.before:
            await asyncio.wait(self.before, timeout=seconds)
        return await self.doorway.emptied(end - time.monotonic())

    async def _stop(self, seconds: float) -> None:
        """Take nobody in, let those who are here finish within this time, and tell the others."""
        end = time.monotonic() + seconds
        self.front.app.extensions[STOPPING] = True
        signal.alarm(math.ceil(seconds + FAREWELL) + 1)  # whatever hangs, this ends the process
        await self._is_up()
        if not self.doorway.successor:
            close_for_all(self.listener)
        self.doorway.leaving = True
        if not await self._emptied(seconds):
            self.doorway.send_away()
        await self._end(min(max(end - time.monotonic(), FAREWELL), SENDING))

    async def _end(self, seconds: float) -> None:
        """Let answers be sent to their ends, and close connections where nothing is on its way."""
        self.server.stop()  # type: ignore[no-untyped-call]
        if self.turn.is_set():
            await asyncio.wait([self.serving], timeout=seconds)
        self.front.close()
        os._exit(0)
