"""The engine elsewhere: queries go to SPARQL endpoints that hold the same data.

Queries are handed on as SPARQL 1.1 Protocol has it, and refused here if they would change data or call a service. What
comes back is read to its end before it is passed on, so half an answer is never taken for a whole one.
"""

import asyncio
import json
import logging
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

from pyoxigraph import QueryResultsFormat, parse, parse_query_results

from ..client import NoReply, NoTime, Reply, Request, Server, TooLong
from ..formats import JSON, N_TRIPLES, TURTLE, Format, by_media_type
from ..serialisation import serialise
from ..terms import PREFIXES
from .errors import (
    AnswerTooLarge,
    OutOfTime,
    Overloaded,
    QueryEvaluationError,
    QueryTooExpensive,
    Unreachable,
)
from .handle import Gone
from .limits import Limits
from .query import Query
from .turns import Turns

LONGEST = 100 * 1024
EXPENSIVE = (408, 413, 422, 504)
BUSY = (429, 503)
log = logging.getLogger(__name__)


class Remote:
    """Answers queries from the first of several endpoints that can be reached.

    `attach` it to the loop of the server before it is asked.
    """

    def __init__(self, servers: Sequence[Server], limits: Limits, prefixes: Mapping[str, str] = PREFIXES) -> None:
        self.servers = tuple(servers)
        self.limits = limits
        self.services: frozenset[str] = frozenset()
        self.prefixes = prefixes
        self.running = 0
        self.turns = Turns[None](limits.waiting)
        self.threads = ThreadPoolExecutor(limits.running, "remote")
        self.loop: asyncio.AbstractEventLoop | None = None

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Let queries wait for their turn in this loop."""
        self.loop = loop

    def answer(self, query: Query, chosen: Format, client: str = "") -> bytes:
        """The whole answer in the chosen format, or a QueryError; not to be called from the loop itself."""
        if self.loop is None:
            raise RuntimeError("the engine was not attached")
        return asyncio.run_coroutine_threadsafe(self.ask(query, chosen, client), self.loop).result()

    async def ask(self, query: Query, chosen: Format, client: str = "", gone: Gone | None = None) -> bytes:  # noqa: ARG002 - the other side goes on
        """The same from within the loop."""
        await self._begin(client)
        try:
            return await asyncio.get_running_loop().run_in_executor(self.threads, self._answer, query, chosen)
        finally:
            self._end()

    async def _begin(self, client: str) -> None:
        if self.running < self.limits.running:
            self.running += 1
            return
        turn = self.turns.join(client)
        if turn is None:
            raise Overloaded
        try:
            await asyncio.wait_for(turn, self.limits.wait)
        except TimeoutError as error:
            raise Overloaded from error
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # it came at the same time, and nobody else would end it
                self._end()
            raise

    def _end(self) -> None:
        if not self.turns.give(None):
            self.running -= 1

    def _answer(self, query: Query, chosen: Format) -> bytes:
        if len(query.text) > LONGEST:  # to refuse takes time, and nobody could stop that here
            raise QueryTooExpensive(f"The query is longer than {LONGEST} characters.")
        if query.version:
            raise QueryEvaluationError("Only the current version is held by the engine that is asked here.")
        query.refuse()
        answer = self._translate(self._fetch(query), chosen)
        if len(answer) > self.limits.answer:
            raise AnswerTooLarge(self.limits.answer)
        return answer

    def _fetch(self, query: Query) -> Reply:
        """The answer of the first endpoint that has one; those that fail come last from then on."""
        seconds = min(self.limits.seconds, query.seconds or self.limits.seconds)
        end = time.monotonic() + seconds
        busy = False
        for server in self.servers:
            try:
                reply = server.send(request(query), end - time.monotonic(), self.limits.answer)
            except NoTime as error:
                raise OutOfTime(seconds) from error
            except TooLong as error:
                raise AnswerTooLarge(self.limits.answer) from error
            except NoReply as error:
                log.warning("%s: %s", server.url, error)
            else:
                if reply.status in (200, 400, *EXPENSIVE):
                    return reply
                log.warning("%s: %s %s", server.url, reply.status, reply.reason)
                busy = busy or reply.status in BUSY
            self.servers = (*(one for one in self.servers if one is not server), server)
        raise Overloaded if busy else Unreachable

    def _translate(self, reply: Reply, chosen: Format) -> bytes:
        if reply.status == 400:
            raise QueryEvaluationError(f"The engine says: {_said(reply)}")
        if reply.status != 200:
            raise QueryTooExpensive(f"The engine says: {_said(reply)}")
        answer = self._read(reply, chosen)
        if answer is None:
            raise Unreachable
        return answer

    def _read(self, reply: Reply, chosen: Format) -> bytes | None:
        """The answer in another format, None if it cannot be read.

        Nothing is raised from here: results may only be let go in the thread that made them, and a trace would keep
        them until another one does.
        """
        form = by_media_type(reply.media_type)
        try:
            if form is JSON and chosen.kind == "results":
                results = parse_query_results(reply.body, QueryResultsFormat.JSON)
                return results.serialize(format=chosen.results)
            if form in (N_TRIPLES, TURTLE) and chosen.kind != "results":
                return serialise((quad.triple for quad in parse(reply.body, form.rdf)), chosen, self.prefixes)
            log.warning("the engine answers with %s", reply.media_type)
        except (SyntaxError, ValueError) as error:
            log.warning("the answer of the engine cannot be read: %s", str(error))
        return None


def _said(reply: Reply) -> str:
    """The reason that an endpoint gives, as text or as a problem of RFC 9457."""
    try:
        problem = json.loads(reply.body) if reply.media_type.endswith("json") else {}
    except ValueError:
        problem = {}
    detail = problem.get("detail") if isinstance(problem, dict) else None
    return detail if isinstance(detail, str) else reply.text or reply.reason


def request(query: Query) -> Request:
    """The query as a form: every endpoint understands that, whatever the length."""
    fields = [("query", query.text)]
    fields += [("default-graph-uri", graph) for graph in query.default_graphs]
    fields += [("named-graph-uri", graph) for graph in query.named_graphs]
    wanted = N_TRIPLES if query.form in ("CONSTRUCT", "DESCRIBE") else JSON
    accept = f"{wanted.media_type}, {TURTLE.media_type};q=0.5" if wanted is N_TRIPLES else wanted.media_type
    headers = {"Accept": accept, "Content-Type": "application/x-www-form-urlencoded"}
    return Request("POST", headers, urlencode(fields, errors="replace").encode())
