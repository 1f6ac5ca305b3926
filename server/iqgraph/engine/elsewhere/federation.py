"""SERVICE calls of allowed endpoints: the server asks them before the query runs, and replaces them by VALUES.

That keeps the meaning: a SERVICE pattern is evaluated on its own and joined with the rest (SPARQL 1.1 Federated Query,
section 4), and so is VALUES. The workers, which evaluate the query, need no network for it.
"""

import asyncio
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace

from pyoxigraph import BlankNode, NamedNode, QueryResultsFormat, QuerySolutions, Triple, parse_query_results

from ...bilingual import Text
from ...client import NoReply, ReplyTimeout, Server
from ...formats import JSON, Format
from ...settings import MIB
from ..diagnosis import INVISIBLE
from ..errors import OutOfTime, Overloaded, QueryError, QueryEvaluationError, ServiceRefused, release_frames
from ..graphs import resolve
from ..interface import Disconnect, Shared
from ..query import Query
from ..tokens import brackets, tokens
from .endpoint import request

MAX_QUERY_CHARS = 1 << 16  # the server takes it apart, and not a worker that could be killed
MAX_CALLS = 5
MAX_ROWS = 10_000
MAX_ANSWER_BYTES = 8 * MIB
MAX_CALLERS = 8


@dataclass(frozen=True, slots=True)
class Call:
    """A SERVICE pattern of a query: where it starts and ends, the endpoint that it calls, and its group."""

    start: int
    end: int
    target: str
    is_silent: bool
    body: str


class Federated(Shared):
    """Asks the allowed services that a query calls, and lets the `inner` engine evaluate the rest.

    Services may be called by exactly their addresses. Only so many queries wait for services at a time, and the time
    limit of a query includes that.
    """

    inner: Shared

    def __init__(self, inner: Shared, servers: Sequence[Server]) -> None:
        self.inner = inner
        self.servers = {server.url: server for server in servers}
        self.limits, self.services = inner.limits, frozenset(self.servers)
        self.threads = ThreadPoolExecutor(MAX_CALLERS, "federation")
        self.running = 0

    async def ask(self, query: Query, output: Format, client: str = "", disconnect: Disconnect | None = None) -> bytes:
        """The same from within the event loop."""
        if self.services and query.names_service and not query.selection:
            query = await self._evaluate_calls(query)
        return await self.inner.ask(query, output, client, disconnect)

    async def _evaluate_calls(self, query: Query) -> Query:
        """The query with the answers in the place of the calls, and with the time that is left for it."""
        if self.running >= MAX_CALLERS:
            raise Overloaded
        loop = asyncio.get_running_loop()
        seconds = query.time_limit(self.limits.timeout)
        deadline = loop.time() + seconds
        self.running += 1
        try:
            query = await loop.run_in_executor(self.threads, self.evaluate_calls, query, seconds)
        finally:
            self.running -= 1
        remaining = deadline - loop.time()
        if remaining <= 0:
            raise OutOfTime(seconds)
        return replace(query, seconds=remaining)

    def evaluate_calls(self, query: Query, seconds: float) -> Query:
        """The query with the answers in the place of the calls, or a QueryError if one is refused or not answered."""
        if len(query.text) > MAX_QUERY_CHARS or not query.names_service:
            return query
        text, end = "", 0
        try:
            for call in self._calls(query):
                text += query.text[end : call.start] + self._evaluate(call, query.prologue, seconds)
                end = call.end
        except QueryError as error:
            release_frames(error)
            raise
        return replace(query, text=text + query.text[end:])

    def _calls(self, query: Query) -> list[Call]:
        calls = list(_find_calls(query.text))
        if len(calls) > MAX_CALLS:
            raise QueryEvaluationError(
                de=f"Die Abfrage ruft {len(calls)} Dienste auf; höchstens {MAX_CALLS} sind möglich.",
                en=f"The query calls {len(calls)} services; at most {MAX_CALLS} are called.",
            )
        return [self._resolve_target(query.prologue, call) for call in calls]

    def _resolve_target(self, prologue: str, call: Call) -> Call:
        with suppress(SyntaxError):
            node = resolve(prologue, [call.target])[call.target]
            if isinstance(node, NamedNode) and node.value in self.services:
                return replace(call, target=node.value)
        raise ServiceRefused(self.services)

    def _evaluate(self, call: Call, prologue: str, seconds: float) -> str:
        try:
            # `SELECT *` has the variables in scope (SPARQL 1.1 Query Language, section 18.2.1).
            content = self.fetch(call.target, Query(f"{prologue} SELECT * WHERE {{ {call.body} }}"), seconds)
            return _values(content, call.target)
        except QueryError:
            # A failed call of SERVICE SILENT has one empty solution (SPARQL 1.1 Federated Query, section 2.3).
            if call.is_silent:
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
            status = f"{reply.status} {reply.reason}"
            raise QueryEvaluationError(
                de=f"{target} hat mit {status} geantwortet: „{reply.text}“",
                en=f"{target} answered {status}: “{reply.text}”",
            )
        return reply.body


def _find_calls(text: str) -> Iterator[Call]:
    words = list(tokens(text))
    closing_brackets, end = dict(brackets(words)), 0
    for index, word in enumerate(words):
        if index < end or word.type != "word" or word.text.upper() != "SERVICE":
            continue
        is_silent = index + 1 < len(words) and words[index + 1].text.upper() == "SILENT"
        target = index + 1 + is_silent
        if target + 1 not in closing_brackets:
            return
        end = closing_brackets[target + 1]
        body = text[words[target + 1].start + 1 : words[end].start]
        yield Call(word.start, words[end].start + 1, words[target].text, is_silent, body)


def _values(content: bytes, target: str) -> str:
    """The rows of an answer in JSON, as a group that can stand in the place of the SERVICE pattern."""
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
    # Invisible characters are escaped, since it was not the client who wrote them (see `check_iris`).
    return INVISIBLE.sub(lambda character: f"\\u{ord(character[0]):04X}", str(term))
