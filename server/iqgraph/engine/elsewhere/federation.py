"""SERVICE calls of allowed endpoints: asked by the server before the query runs, and put into it as VALUES.

The meaning stays: a SERVICE pattern is evaluated on its own and joined with the rest (SPARQL 1.1 Federated Query,
section 4), and so are VALUES. The workers, which evaluate the query, need no way out for it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from pyoxigraph import BlankNode, QueryResultsFormat, QuerySolutions, Triple, parse_query_results

from ..errors import QueryError, QueryEvaluationError, ServiceRefused
from ..graphs import resolve
from ..language.tokens import Token, tokens
from ..query import Query

LONGEST = 1 << 16
MOST_CALLS = 5
MOST_ROWS = 10_000

Fetch = Callable[[str, str, float], bytes]


@dataclass(frozen=True, slots=True)
class Call:
    """One SERVICE block of a query: where it stands, whom it calls, what it asks there."""

    start: int
    end: int
    target: str
    silent: bool
    body: str


@dataclass(frozen=True, slots=True)
class Federation:
    """The endpoints that queries may call, and how they are asked: address, query, seconds in; results as JSON out."""

    allowed: frozenset[str]
    fetch: Fetch

    def concerns(self, query: Query) -> bool:
        """Whether the query might call another service, and some may be called."""
        return bool(self.allowed) and query.names_service

    def resolve(self, query: Query, seconds: float) -> Query:
        """The query with the answers of the services in it; a QueryError if one is not allowed or does not answer."""
        if len(query.text) > LONGEST or not query.calls_service:
            return query
        text, end = "", 0
        for call in self._calls(query):
            text += query.text[end : call.start] + self._answer(call, query.prologue, seconds)
            end = call.end
        return replace(query, text=text + query.text[end:])

    def _calls(self, query: Query) -> list[Call]:
        found = list(_find(query.text))
        if len(found) > MOST_CALLS:
            raise QueryEvaluationError(f"The query calls {len(found)} services; at most {MOST_CALLS} are called.")
        return [self._allowed(query.prologue, call) for call in found]

    def _allowed(self, prologue: str, call: Call) -> Call:
        for node in resolve(prologue, [call.target]):
            if node.value in self.allowed:
                return replace(call, target=node.value)
        raise ServiceRefused(self.allowed)

    def _answer(self, call: Call, head: str, seconds: float) -> str:
        try:
            content = self.fetch(call.target, f"{head} SELECT * WHERE {{ {call.body} }}", seconds)
            return _values(parse(content), call.target)
        except QueryError:
            if call.silent:
                return "{}"
            raise


def parse(content: bytes) -> QuerySolutions:
    """Results in JSON, as another service sent them."""
    try:
        results = parse_query_results(content, QueryResultsFormat.JSON)
    except (SyntaxError, ValueError) as error:
        raise QueryEvaluationError(f"The called service sent no results in JSON: {error}") from error
    if not isinstance(results, QuerySolutions):
        raise QueryEvaluationError("The called service sent no rows.")
    return results


def _values(results: QuerySolutions, target: str) -> str:
    """The rows as a group that can stand where the SERVICE block stood."""
    rows = []
    try:
        for row in results:
            rows.append(f"({' '.join(_term(term, target) for term in row)})")
            if len(rows) > MOST_ROWS:
                raise QueryEvaluationError(
                    f"{target} has more than {MOST_ROWS} rows for its SERVICE block. Ask it for less: "
                    "put VALUES or a narrower pattern into the block."
                )
    except (SyntaxError, ValueError) as error:
        raise QueryEvaluationError(f"{target} sent results that cannot be read: {error}") from error
    return f"{{ VALUES ({' '.join(map(str, results.variables))}) {{ {' '.join(rows)} }} }}"


def _term(term: object, target: str) -> str:
    if term is None:
        return "UNDEF"
    if isinstance(term, BlankNode | Triple):
        raise QueryEvaluationError(
            f"{target} answered with a blank node or a triple term, which has no name here. "
            "Leave it out by a SELECT inside the SERVICE block."
        )
    return str(term)


def _find(text: str) -> Iterator[Call]:
    words = list(tokens(text))
    place = 0
    while place < len(words):
        if words[place].kind == "word" and words[place].text.upper() == "SERVICE":
            silent = place + 1 < len(words) and words[place + 1].text.upper() == "SILENT"
            named = place + 1 + silent
            last = _closing(words, named + 1)
            if last is None:
                return
            start, opened, closed = words[place].start, words[named + 1].start, words[last].start
            yield Call(start, closed + 1, words[named].text, silent, text[opened + 1 : closed])
            place = last
        place += 1


def _closing(words: list[Token], opening: int) -> int | None:
    """The place of the brace that closes the one at a place; None if there is none."""
    if opening >= len(words) or words[opening].text != "{":
        return None
    depth = 0
    for place, word in enumerate(islice(words, opening, None), opening):
        depth += _step(word)
        if depth == 0:
            return place
    return None


def _step(word: Token) -> int:
    return {"{": 1, "}": -1}.get(word.text, 0) if word.kind == "mark" else 0
