"""A query as it is asked: its text, what the text tells about it, and the graphs that it asks.

What is read from the text is read when it is first needed, and only once.
"""

import re
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from string import ascii_uppercase
from typing import Any

from pyoxigraph import DefaultGraph, NamedNode, QueryBoolean, QuerySolutions, QueryTriples, Store

from ..formats import RDF_FORMATS, ROWS, Format
from ..terms import BASE
from .errors import RowMissing, ServiceRefused, UpdateRefused
from .tokens import IRI, NAME, SPACE, STEM, tokens

Results = QuerySolutions | QueryBoolean | QueryTriples
QUERY_FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
# https://www.w3.org/TR/sparql11-query/#rPrologue; VERSION is of SPARQL 1.2.
_PROLOGUE = re.compile(
    rf"{SPACE}(?:(?:BASE{SPACE}{IRI}|PREFIX{SPACE}(?:{STEM})?+:{SPACE}{IRI}"
    rf"|VERSION{SPACE}[\"'][^\"'\r\n]*+[\"']){SPACE})*+",
    re.IGNORECASE,
)
# https://www.w3.org/TR/sparql11-query/#rQuery, and https://www.w3.org/TR/sparql11-update/ for what changes data.
_KEYWORD = re.compile(
    "SELECT|ASK|CONSTRUCT|DESCRIBE|INSERT|DELETE|WITH|LOAD|CLEAR|CREATE|DROP|COPY|MOVE|ADD", re.IGNORECASE
)
# https://www.w3.org/TR/sparql11-query/#rDatasetClause
_FROM = re.compile(rf"FROM{SPACE}(?P<named>NAMED)?{SPACE}(?P<graph>{IRI}|{NAME})", re.IGNORECASE)
_SELECT_ALL = re.compile(rf"SELECT{SPACE}(?:(?:DISTINCT|REDUCED){SPACE})?+(?P<star>\*)", re.IGNORECASE)
# https://www.w3.org/TR/sparql11-query/#func-numerics, #func-date-time, #func-strings and #func-rdfTerms
_NONDETERMINISTIC = ("NOW", "RAND", "UUID", "BNODE")
_NONDETERMINISTIC_CALL = re.compile(rf"(?:{'|'.join(_NONDETERMINISTIC)})\s*+[(#]", re.IGNORECASE)
_SERVICE_WORD = "SERVICE"
_SERVICE = re.compile(_SERVICE_WORD, re.IGNORECASE)
# The library parses first and looks at the graphs then; what is no list of graphs keeps it from evaluating.
_NO_GRAPHS: Any = 0


@dataclass(frozen=True, slots=True)
class RowSelection:
    """The rows of an answer that are to be explained: those of some numbers, or a page of them.

    The limit is also that of the members of each row of an aggregate. An `answer` whose rows are known already, in TSV
    or N-Triples, is not evaluated again.
    """

    rows: tuple[int, ...] = ()
    limit: int = 10
    offset: int = 0
    answer: bytes = b""

    def numbers(self, count: int) -> Sequence[int]:
        """The numbers of the rows in an answer of so many; RowMissing if it has not all of them."""
        if self.rows:
            missing = next((number for number in self.rows if number >= count), None)
            if missing is not None:
                raise RowMissing(missing, count)
            return list(dict.fromkeys(self.rows))
        return range(count)[self.offset : self.offset + self.limit]


@dataclass
class Query:
    """A query; its `default_graphs` and `named_graphs` replace those of its FROM clauses.

    `seconds` is how long the client waits; it can shorten the time limit of the service, not lengthen it. `version` is
    the version of the dataset to ask, the current one if it is empty. If `is_parse_only`, the query is parsed, checked
    and answered by its `route`. If there is a `selection` of rows, the answer is their evidence.
    """

    text: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    seconds: float | None = None
    version: str = ""
    is_parse_only: bool = False
    selection: RowSelection | None = None

    def time_limit(self, maximum: float) -> float:
        """The time that it may take, in seconds, in a service with such a limit."""
        return min(maximum, self.seconds or maximum)

    @cached_property
    def prologue(self) -> str:
        """The beginning of the text, which declares prefixes and base."""
        match = _PROLOGUE.match(self.text)
        return match[0] if match else ""

    @cached_property
    def keyword(self) -> str:
        """The keyword behind the prologue, such as SELECT or INSERT; empty if there is none."""
        match = _KEYWORD.match(self.text, len(self.prologue))
        return match[0].upper() if match else ""

    @cached_property
    def from_clauses(self) -> Sequence[tuple[bool, str]]:
        """Of each FROM clause whether it is FROM NAMED, and the source text of its IRI."""
        if not self._contains("FROM"):
            return ()
        words = (token for token in tokens(self.text) if token.text.upper() in ("FROM", "FROMNAMED"))
        matches = (_FROM.match(self.text, word.start) for word in words)
        return [(match["named"] is not None, match["graph"]) for match in matches if match]

    @property
    def names_service(self) -> bool:
        """Whether the word SERVICE is in the text, perhaps in a string; without it, no service is called."""
        return self._contains(_SERVICE_WORD)

    @property
    def calls_service(self) -> bool:
        """Whether the engine can parse the text and finds a SERVICE pattern in it.

        There is one if the text is no query once another word replaces each SERVICE. Names, strings and comments may
        hold any word, but only this one introduces a service pattern
        (https://www.w3.org/TR/sparql11-query/#rServiceGraphPattern). The other word is written in the same case and
        occurs nowhere in the text; else a name, or the declaration of a prefix, could become another one that is there.
        """
        if not (self.names_service and is_query(self.text)):
            return False
        letters = (letter for letter in ascii_uppercase if _SERVICE_WORD.replace("E", letter) not in self._upper_text)
        letter = next(letters, "E")
        replacement = str.maketrans("Ee", letter + letter.lower())
        return not is_query(_SERVICE.sub(lambda word: word[0].translate(replacement), self.text)) or letter == "E"

    @cached_property
    def is_repeatable(self) -> bool:
        """Whether the same data always gives the same answer: no function of time or chance could be called.

        A string or comment that looks like a call counts too.
        """
        return not (self._contains(*_NONDETERMINISTIC) and _NONDETERMINISTIC_CALL.search(self.text))

    @property
    def is_plain(self) -> bool:
        """Whether the words of the text prove that its rows can be explained; for others, their plan tells."""
        is_flat = self._upper_text.count("SELECT") < 2 and not self.names_service
        return is_flat and self.is_repeatable and self.form != "DESCRIBE"

    def with_variables(self, variables: Collection[str]) -> str:
        """The text with these variables in place of `SELECT *`, in the order of the text; the engine sorts them."""
        match = _SELECT_ALL.match(self.text, len(self.prologue))
        if not match or len(variables) < 2:
            return self.text
        occurrences = (token.text[1:] for token in tokens(self.text) if token.type == "variable")
        names = dict.fromkeys([*(name for name in occurrences if name in variables), *variables])
        return f"{self.text[: match.start('star')]} ?{' ?'.join(names)} {self.text[match.end() :]}"

    @property
    def form(self) -> str:
        """The query form: SELECT, ASK, CONSTRUCT or DESCRIBE; SELECT also for a text that is no query at all."""
        return self.keyword if self.keyword in QUERY_FORMS else "SELECT"

    @property
    def has_graph(self) -> bool:
        """Whether its answer is a graph, not rows or a boolean."""
        return self.form in ("CONSTRUCT", "DESCRIBE")

    @property
    def formats(self) -> tuple[Format, ...]:
        """The formats that an answer to this query can have, the preferred one first."""
        return RDF_FORMATS if self.has_graph else ROWS

    @property
    def chooses_dataset(self) -> bool:
        """Whether graphs were chosen beside the text, as a request of the protocol can."""
        return bool(self.default_graphs or self.named_graphs)

    def refuse(self) -> None:
        """Raise if the query would change the data or call another server."""
        if self.keyword and self.keyword not in QUERY_FORMS:
            raise UpdateRefused(self.keyword)
        if self.calls_service:
            raise ServiceRefused

    def _contains(self, *words: str) -> bool:
        """Whether one of the words is anywhere in the text; ten times as fast as a pattern that ignores case."""
        return any(map(self._upper_text.__contains__, words))

    @cached_property
    def _upper_text(self) -> str:
        return self.text.upper()


@dataclass(frozen=True, slots=True)
class GraphSelection:
    """A store, and which of its graphs a query asks; None stands for those that the store offers by itself."""

    store: Store
    default_graphs: list[NamedNode | DefaultGraph] | None = None
    named_graphs: list[NamedNode] | None = None

    def ask(self, query: Query) -> Results:
        """The results of a query of these graphs; no row is computed yet."""
        results = self._ask(query.text)
        if "*" not in query.text or not isinstance(results, QuerySolutions):
            return results
        text = query.with_variables([variable.value for variable in results.variables])
        return results if text == query.text else self._ask(text)

    def _ask(self, text: str) -> Results:
        graphs: dict[str, Any] = {"default_graph": self.default_graphs, "named_graphs": self.named_graphs}
        return self.store.query(text, base_iri=BASE, **graphs)


def parse(text: str) -> None:
    """Raise the SyntaxError of the engine if a text is no query; nothing is evaluated."""
    with suppress(TypeError):
        Store().query(text, base_iri=BASE, named_graphs=_NO_GRAPHS)


def is_query(text: str) -> bool:
    """Whether the engine can parse a text as a query."""
    try:
        parse(text)
    except SyntaxError:
        return False
    return True
