"""An engine whose queries may call some other services, each of them allowed by whoever runs the server."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from ...client import NoReply, NoTime, Server
from ...formats import JSON, Format
from ..bridge import Bridge
from ..errors import OutOfTime, Overloaded, QueryEvaluationError
from ..handle import Gone
from ..interface import Shared, State
from ..limits import MIB, Limits
from ..query import Query
from ..work import Figures
from .federation import Federation
from .outgoing import request

MOST_BYTES = 8 * MIB
MOST_CALLING = 8
LONGEST = 10.0


class Federated(Bridge):
    """Asks the allowed services that a query calls, and has the engine answer the rest.

    Only so many queries may wait for others at a time; the limit of time holds for both parts together.
    """

    def __init__(self, engine: Shared, servers: Sequence[Server]) -> None:
        self.engine = engine
        self.federation = over_http(servers)
        self.callers = ThreadPoolExecutor(MOST_CALLING, "federation")
        self.calling = 0

    @property
    def limits(self) -> Limits | None:
        """What a query may use."""
        return self.engine.limits

    @property
    def services(self) -> frozenset[str]:
        """The services that a query may call."""
        return self.federation.allowed

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Let the engine do what is to be done in this loop."""
        super().attach(loop)
        self.engine.attach(loop)

    def state(self) -> State | None:
        """How the engine elsewhere is, if one answers the rest."""
        return self.engine.state()

    async def ask(self, query: Query, chosen: Format, client: str = "", gone: Gone | None = None) -> bytes:
        """The same from within the loop."""
        if self.federation.concerns(query):
            query = await self._resolved(query)
        return await self.engine.ask(query, chosen, client, gone)

    def figures(self) -> Figures:
        """What the engine does now."""
        return self.engine.figures()

    async def _resolved(self, query: Query) -> Query:
        if self.calling >= MOST_CALLING:
            raise Overloaded
        loop = asyncio.get_running_loop()
        most = self.limits.seconds if self.limits else LONGEST
        seconds = min(most, query.seconds or most)
        begun = loop.time()
        self.calling += 1
        try:
            resolved = await loop.run_in_executor(self.callers, self.federation.resolve, query, seconds)
        finally:
            self.calling -= 1
        left = seconds - (loop.time() - begun)
        if left <= 0:
            raise OutOfTime(seconds)
        return replace(resolved, seconds=left)


def over_http(servers: Sequence[Server]) -> Federation:
    """The federation with endpoints of the SPARQL 1.1 Protocol; only their very addresses may be called."""
    by_address = {server.url: server for server in servers}

    def fetch(target: str, query: str, seconds: float) -> bytes:
        try:
            reply = by_address[target].send(request(Query(query), JSON), seconds, MOST_BYTES)
        except NoTime as error:
            raise OutOfTime(seconds) from error
        except NoReply as error:
            raise QueryEvaluationError(f"{target} did not answer: {error}.") from error
        if reply.status != 200:
            raise QueryEvaluationError(f"{target} answered {reply.status} {reply.reason}: {reply.text}")
        return reply.body

    return Federation(frozenset(by_address), fetch)
