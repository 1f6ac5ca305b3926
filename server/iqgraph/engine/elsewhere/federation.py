"""SERVICE calls of allowed endpoints: asked by the server before the query runs, and put into it as VALUES.

The meaning stays: a SERVICE pattern is evaluated on its own and joined with the rest (SPARQL 1.1 Federated Query,
section 4), and so are VALUES. The workers, which evaluate the query, need no way out for it.
"""

import asyncio
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from pyoxigraph import BlankNode, QueryResultsFormat, QuerySolutions, Triple, parse_query_results

from ...bilingual import Text
from ...client import NoReply, ReplyTimeout, Server
from ...formats import JSON, Format
from ...settings import MIB
from ..diagnosis import INVISIBLE
from ..errors import OutOfTime, Overloaded, QueryError, QueryEvaluationError, ServiceRefused
from ..interface import Disconnect, Shared
from ..query import Query
from ..scope import resolve
from ..tokens import brackets, tokens
from .endpoint import request

MAX_QUERY_CHARS = 1 << 16  # it is taken apart in the server, and not in a worker that could be ended
MAX_CALLS = 5
MAX_ROWS = 10_000
MAX_ANSWER_BYTES = 8 * MIB
MAX_CALLERS = 8


@dataclass(frozen=True, slots=True)
class Call:
    """One SERVICE block of a query: where it stands, whom it calls, what it asks there."""

    start: int
    end: int
    target: str
    silent: bool
    body: str


def _values(content: bytes, target: str) -> str:
    """The rows that another service sent in JSON, as a group that can stand where the SERVICE block stood."""
    rows = []
    try:
        results = parse_query_results(content, QueryResultsFormat.JSON)
        if not isinstance(results, QuerySolutions):
            raise QueryEvaluationError(de=f"{target} hat keine Zeilen gesendet.", en=f"{target} sent no rows.")
        for row in results:
            rows.append(f"({' '.join(_term(term, target) for term in row)})")
            if len(rows) > MAX_ROWS:
                raise QueryEvaluationError(
                    de=f"{target} hat mehr als {MAX_ROWS} Zeilen für seinen Block SERVICE. Fragen Sie nach "
                    "weniger: Setzen Sie VALUES oder ein engeres Muster in den Block.",
                    en=f"{target} has more than {MAX_ROWS} rows for its SERVICE block. Ask it for less: "
                    "put VALUES or a narrower pattern into the block.",
                )
    except (SyntaxError, ValueError) as error:
        raise QueryEvaluationError(
            de=f"{target} hat Ergebnisse gesendet, die nicht zu lesen sind: „{error}“",
            en=f"{target} sent results that cannot be read: “{error}”",
        ) from error
    return f"{{ VALUES ({' '.join(map(str, results.variables))}) {{ {' '.join(rows)} }} }}"


def _term(term: object, target: str) -> str:
    # An unbound variable joins with anything, and so does UNDEF (SPARQL 1.1 Query Language, section 10.2).
    if term is None:
        return "UNDEF"
    if isinstance(term, BlankNode | Triple):
        raise QueryEvaluationError(
            de=f"{target} hat mit einem Blank Node oder einem Triple-Term geantwortet, der hier keinen Namen hat. "
            "Lassen Sie ihn mit einem SELECT im Block SERVICE weg.",
            en=f"{target} answered with a blank node or a triple term, which has no name here. "
            "Leave it out by a SELECT inside the SERVICE block.",
        )
    # Signs that nobody sees are escaped, since it was not the client who wrote them (see `check_iris`).
    return INVISIBLE.sub(lambda sign: f"\\u{ord(sign[0]):04X}", str(term))


def _find(text: str) -> Iterator[Call]:
    words = list(tokens(text))
    ends, behind = dict(brackets(words)), 0
    for place, word in enumerate(words):
        if place < behind or word.kind != "word" or word.text.upper() != "SERVICE":
            continue
        silent = place + 1 < len(words) and words[place + 1].text.upper() == "SILENT"
        named = place + 1 + silent
        if named + 1 not in ends:
            return
        opened, behind = words[named + 1].start, ends[named + 1]
        closed = words[behind].start
        yield Call(word.start, closed + 1, words[named].text, silent, text[opened + 1 : closed])


class Federated(Shared):
    """Asks the allowed services that a query calls, and has the engine answer the rest.

    Only their very addresses may be called, and only so many queries may wait for others at a time; the limit of time
    holds for both parts together.
    """

    def __init__(self, engine: Shared, servers: Sequence[Server]) -> None:
        self.inner = self.engine = engine
        self.servers = {server.url: server for server in servers}
        self.limits, self.services = engine.limits, frozenset(self.servers)
        self.callers = ThreadPoolExecutor(MAX_CALLERS, "federation")
        self.calling = 0

    async def ask(self, query: Query, chosen: Format, client: str = "", disconnect: Disconnect | None = None) -> bytes:
        """The same from within the loop."""
        if self.services and query.names_service and not query.wanted:
            query = await self._resolved(query)
        return await self.engine.ask(query, chosen, client, disconnect)

    async def _resolved(self, query: Query) -> Query:
        if self.calling >= MAX_CALLERS:
            raise Overloaded
        loop = asyncio.get_running_loop()
        seconds = query.time(self.limits.timeout)
        begun = loop.time()
        self.calling += 1
        try:
            resolved = await loop.run_in_executor(self.callers, self.resolve, query, seconds)
        finally:
            self.calling -= 1
        left = seconds - (loop.time() - begun)
        if left <= 0:
            raise OutOfTime(seconds)
        return replace(resolved, seconds=left)

    def resolve(self, query: Query, seconds: float) -> Query:
        """The query with the answers of the services in it; a QueryError if one is not allowed or does not answer."""
        if len(query.text) > MAX_QUERY_CHARS or not query.names_service:
            return query
        text, end = "", 0
        for call in self._calls(query):
            text += query.text[end : call.start] + self._answer(call, query.prologue, seconds)
            end = call.end
        return replace(query, text=text + query.text[end:])

    def _calls(self, query: Query) -> list[Call]:
        found = list(_find(query.text))
        if len(found) > MAX_CALLS:
            raise QueryEvaluationError(
                de=f"Die Abfrage ruft {len(found)} Dienste auf; höchstens {MAX_CALLS} sind möglich.",
                en=f"The query calls {len(found)} services; at most {MAX_CALLS} are called.",
            )
        return [self._resolve_target(query.prologue, call) for call in found]

    def _resolve_target(self, prologue: str, call: Call) -> Call:
        for node in resolve(prologue, [call.target]):
            if node.value in self.services:
                return replace(call, target=node.value)
        raise ServiceRefused(self.services)

    def _answer(self, call: Call, head: str, seconds: float) -> str:
        try:
            # `SELECT *` has the variables that the block hands on to the query around it (SPARQL 1.1 Query
            # Language, section 18.2.1).
            content = self.fetch(call.target, Query(f"{head} SELECT * WHERE {{ {call.body} }}"), seconds)
            return _values(content, call.target)
        except QueryError:
            # A failed call of SERVICE SILENT has one empty solution (SPARQL 1.1 Federated Query, section 2.3).
            if call.silent:
                return "{}"
            raise

    def fetch(self, target: str, query: Query, seconds: float) -> bytes:
        """The answer of an endpoint in JSON."""
        try:
            reply = self.servers[target].send(request(query, JSON), seconds, MAX_ANSWER_BYTES)
        except ReplyTimeout as error:
            raise OutOfTime(seconds) from error
        except NoReply as error:
            reason = Text(de=f"{target} hat nicht geantwortet: „{error}“.", en=f"{target} did not answer: “{error}”.")
            raise QueryEvaluationError(reason) from error
        if reply.status != 200:
            answer = f"{reply.status} {reply.reason}"
            raise QueryEvaluationError(
                de=f"{target} hat mit {answer} geantwortet: „{reply.text}“",
                en=f"{target} answered {answer}: “{reply.text}”",
            )
        return reply.body
