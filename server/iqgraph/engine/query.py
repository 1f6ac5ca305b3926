"""A query as it is asked: its text, what can be read from that, and what it sees of a store.

What is read from the text is read when it is first needed, and once, however many need it.
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
FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
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
_EVERYTHING = re.compile(rf"SELECT{SPACE}(?:(?:DISTINCT|REDUCED){SPACE})?+(?P<star>\*)", re.IGNORECASE)
# https://www.w3.org/TR/sparql11-query/#func-numerics, #func-date-time, #func-strings and #func-rdfTerms
_OF_CHANCE = ("NOW", "RAND", "UUID", "BNODE")
_CHANCE = re.compile(rf"(?:{'|'.join(_OF_CHANCE)})\s*+[(#]", re.IGNORECASE)
_WORD = "SERVICE"
_SERVICE = re.compile(_WORD, re.IGNORECASE)
# The library parses first and looks at the graphs then; what is no list of graphs keeps it from evaluating.
_NO_GRAPHS: Any = 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows of an answer are to be explained: those of these numbers or, without any, so many from one on.

    The limit bounds the members of the row of an aggregate as well.
    """

    rows: tuple[int, ...] = ()
    limit: int = 10
    offset: int = 0

    def numbers(self, count: int) -> Sequence[int]:
        """The numbers of the rows, out of so many; RowMissing if there is no row of a number that is asked for."""
        if self.rows:
            missing = next((number for number in self.rows if number >= count), None)
            if missing is not None:
                raise RowMissing(missing, count)
            return list(dict.fromkeys(self.rows))
        return range(count)[self.offset : self.offset + self.limit]


@dataclass
class Query:
    """A query; graphs named here take the place of those in its own FROM clauses.

    `seconds` is how long the asker is willing to wait; it can shorten the limit of the service, not lengthen it.
    `version` is an older version of the dataset to ask; without it, the current one. With `is_parse_only` it is read,
    refused if that has to be, and answered by one of the words of `answering`. Of one with rows that are `wanted`, the
    answer is the evidence of these.
    """

    text: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    seconds: float | None = None
    version: str = ""
    is_parse_only: bool = False
    wanted: Wanted | None = None

    def time(self, limit: float) -> float:
        """How long it may take, in seconds."""
        return min(limit, self.seconds or limit)

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
        """What the FROM clauses name, as it is written, and whether with NAMED."""
        if not self._holds("FROM"):
            return ()
        words = (token for token in tokens(self.text) if token.text.upper() in ("FROM", "FROMNAMED"))
        found = (_FROM.match(self.text, word.start) for word in words)
        return [(match["named"] is not None, match["graph"]) for match in found if match]

    @property
    def names_service(self) -> bool:
        """Whether the word SERVICE is in the text, perhaps in a string; without it, no service is called."""
        return self._holds(_WORD)

    @property
    def calls_service(self) -> bool:
        """Whether the engine reads a call of another service in the text, if it can read it at all.

        That is so if the text is no query any more once another word stands for each SERVICE. Names, strings and
        comments may hold any word, but only this one stands before the group of a service
        (https://www.w3.org/TR/sparql11-query/#rServiceGraphPattern). The other word is of the same case, and not in the
        text: else a name, or the declaration of a prefix, could become another one that is there.
        """
        if not (self.names_service and is_query(self.text)):
            return False
        unused = (letter for letter in ascii_uppercase if _WORD.replace("E", letter) not in self._capitals)
        letter = next(unused, "E")
        others = str.maketrans("Ee", letter + letter.lower())
        return not is_query(_SERVICE.sub(lambda word: word[0].translate(others), self.text)) or letter == "E"

    @cached_property
    def is_repeatable(self) -> bool:
        """Whether the same data always gives the same answer: no function of time or chance could be called.

        A string or comment that looks like a call counts too.
        """
        return not (self._holds(*_OF_CHANCE) and _CHANCE.search(self.text))

    @property
    def is_plain(self) -> bool:
        """Whether its rows can surely be explained, as a look at the words tells; of others, their plan says it."""
        is_flat = self._capitals.count("SELECT") < 2 and not self.names_service
        return is_flat and self.is_repeatable and self.form != "DESCRIBE"

    def naming(self, variables: Collection[str]) -> str:
        """The text with the variables of its answer, which the engine sorts, as `SELECT *` first names them."""
        found = _EVERYTHING.match(self.text, len(self.prologue))
        if not found or len(variables) < 2:
            return self.text
        used = (token.text[1:] for token in tokens(self.text) if token.kind == "variable")
        names = dict.fromkeys([*(name for name in used if name in variables), *variables])
        return f"{self.text[: found.start('star')]} ?{' ?'.join(names)} {self.text[found.end() :]}"

    @property
    def form(self) -> str:
        """SELECT, ASK, CONSTRUCT or DESCRIBE; SELECT also for a text that is no query at all."""
        return self.keyword if self.keyword in FORMS else "SELECT"

    @property
    def has_graph(self) -> bool:
        """Whether its answer is a graph, not rows or a truth."""
        return self.form in ("CONSTRUCT", "DESCRIBE")

    @property
    def formats(self) -> tuple[Format, ...]:
        """The formats that an answer to this query can have, the preferred one first."""
        return RDF_FORMATS if self.has_graph else ROWS

    @property
    def chooses_dataset(self) -> bool:
        """Whether the request itself says which graphs to ask."""
        return bool(self.default_graphs or self.named_graphs)

    def _holds(self, *words: str) -> bool:
        """Whether one of the words is anywhere in the text; ten times as fast as a pattern that ignores case."""
        return any(map(self._capitals.__contains__, words))

    @cached_property
    def _capitals(self) -> str:
        return self.text.upper()

    def refuse(self) -> None:
        """Raise if the query would change the data or call another server."""
        if self.keyword and self.keyword not in FORMS:
            raise UpdateRefused(self.keyword)
        if self.calls_service:
            raise ServiceRefused


@dataclass(frozen=True, slots=True)
class Scope:
    """A store, and those of its graphs that a query sees; None stands for those that the store itself gives."""

    store: Store
    default: list[NamedNode | DefaultGraph] | None = None
    named: list[NamedNode] | None = None

    def ask(self, query: Query) -> Results:
        """What the engine answers to a query of these graphs; no row is computed yet."""
        results = self._ask(query.text)
        if "*" not in query.text or not isinstance(results, QuerySolutions):
            return results
        text = query.naming([variable.value for variable in results.variables])
        return results if text == query.text else self._ask(text)

    def _ask(self, text: str) -> Results:
        graphs: dict[str, Any] = {"default_graph": self.default, "named_graphs": self.named}
        return self.store.query(text, base_iri=BASE, **graphs)


def parse(text: str) -> None:
    """Raise the SyntaxError of the engine if a text is no query; nothing is evaluated."""
    with suppress(TypeError):
        Store().query(text, base_iri=BASE, named_graphs=_NO_GRAPHS)


def is_query(text: str) -> bool:
    """Whether the engine can read a text as a query."""
    try:
        parse(text)
    except SyntaxError:
        return False
    return True
