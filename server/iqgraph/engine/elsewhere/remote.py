"""The engine elsewhere: queries go to engines that hold the same data, and their answers come back as they are.

Each query is first read by the engine at home, which refuses what is no query, changes data or calls a service, and
which answers what no other engine answers as we promise (see `parsing`), and older versions.
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from ...client import Call, Server
from ...formats import Format
from ...terms import BASE
from ..bridge import Bridge
from ..errors import Left, OutOfTime, Overloaded, Unreachable
from ..handle import Gone
from ..interface import Shared, State
from ..limits import Limits
from ..parsing import HERE, RELATIVE, STATED
from ..query import Query
from ..work import Figures
from .fingerprint import Fingerprint
from .fleet import Fleet, Member, Rhythm, forget
from .outgoing import Errand
from .places import Places
from .replica import Busy, Fault, Replica, Stalled

USUAL = Rhythm()
SPARE = 8
NEARLY = 0.05


class Remote(Bridge):
    """Answers queries from the least busy of several engines; one that fails on a query leaves it to another.

    `home` is the engine that has the data itself, `expected` the fingerprint of that data. `attach` it to the loop of
    the server before it is asked.
    """

    def __init__(
        self, servers: Sequence[Server], home: Shared, expected: Fingerprint, limits: Limits, rhythm: Rhythm = USUAL
    ) -> None:
        self.home, self.limits = home, limits
        self.services: frozenset[str] = frozenset()
        self.fleet = Fleet([Replica(one, expected, limits.answer) for one in servers], rhythm)
        self.places = Places(limits)
        self.threads = ThreadPoolExecutor(limits.running + limits.long + SPARE, "remote")

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Look after the engines in this loop."""
        super().attach(loop)
        self.home.attach(loop)
        loop.call_soon_threadsafe(self.fleet.begin)

    def states(self) -> Sequence[State]:
        """How each engine is, in the order of the call."""
        return [member.state for member in self.fleet.members]

    def figures(self) -> Figures:
        """How many queries are asked elsewhere now, and how many wait for that."""
        return self.places.figures()

    async def ask(self, query: Query, chosen: Format, client: str = "", gone: Gone | None = None) -> bytes:
        """The whole answer; once the client is `gone`, the connection to the engine is closed."""
        if query.version:
            return await self.home.ask(query, chosen, client, gone)
        where = await self.home.ask(replace(query, unasked=True), chosen, client)
        if where == HERE:
            return await self.home.ask(query, chosen, client, gone)
        if RELATIVE in where:
            query = replace(query, text=f"BASE <{BASE}> {query.text}")
        async with self.places.one(client):
            leaving = asyncio.ensure_future(gone()) if gone else None
            try:
                return await self._first(Errand(query, chosen, STATED in where), leaving)
            finally:
                if leaving:
                    leaving.cancel()

    async def _first(self, errand: Errand, leaving: asyncio.Future[None] | None) -> bytes:
        """The answer of the first engine that has one, within the time of the query."""
        clock = asyncio.get_running_loop().time
        seconds = min(self.limits.seconds, errand.query.seconds or self.limits.seconds)
        end = clock() + seconds
        tried: set[Member] = set()
        busy = False
        while member := await self.fleet.next(tried, end):
            tried.add(member)
            try:
                return await self._through(member, errand, end - clock(), leaving)
            except Busy:
                busy = True
            except Fault as fault:
                if isinstance(fault, Stalled) and end - clock() < NEARLY:
                    raise OutOfTime(seconds) from fault
                self.fleet.failed(member, fault)
        raise Overloaded if busy else Unreachable

    async def _through(
        self, member: Member, errand: Errand, seconds: float, leaving: asyncio.Future[None] | None
    ) -> bytes:
        """The answer of one engine; when the time is over or the client has left, the connection to it is closed."""
        call = Call(member.replica.lines)
        member.calls.add(call)
        job = asyncio.get_running_loop().run_in_executor(self.threads, member.replica.fetch, errand, seconds, call)
        awaited: set[asyncio.Future[Any]] = {job, leaving} if leaving else {job}
        try:
            await asyncio.wait(awaited, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if not job.done():
                raise Left if leaving and leaving.done() else Stalled("no answer in time")
            answer = job.result()
        finally:
            member.calls.discard(call)
            if not job.done():
                call.cut()
                job.add_done_callback(forget)
        self.fleet.succeeded(member)
        return answer
