"""A query taken apart: how to ask for its rows, for the graphs of each, and for what the rows of an aggregate hold."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, pairwise
from typing import Any

from pyoxigraph import Literal, NamedNode, QuerySolution, Store, Triple

from ...dataset import Term
from ...serialisation.turtle import compact
from ...terms import BASE
from .expressions import Frame
from .paths import Path, Statement
from .rewriting import AGGREGATES, Rewriting

Names = tuple[str, ...]
Row = tuple[Term | None, ...]
TRIPLE = ("subject", "predicate", "object")
_BEHIND = ("GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES", "")
_ORDER = ("ORDER", "LIMIT", "OFFSET")
_SLOT = re.compile("\0([sgov])([^\0]+)\0")


class Plan(Rewriting):
    """Queries about a query, which starts behind a prologue."""

    def __init__(self, text: str, prologue: str) -> None:
        super().__init__(text, len(prologue))
        self.prologue = prologue
        self.form = self.word
        self.template: list[Statement] = []
        self.projection = ""
        self.source = 0, 0
        computed = self._head()
        where = self.at
        frame = self.group()
        self.pattern = self.slice(where, self.at)
        self.clauses = self._clauses()
        self.keys = list(self._keys())
        aggregates = any(self.calls(one, AGGREGATES) for one in chain.from_iterable(range(*one) for one in computed))
        self.is_aggregate = bool(self.keys) or "HAVING" in self.clauses or aggregates
        if not self.is_aggregate:
            self.compute(frame, computed)
        self.where = self._where(frame)
        self.asked = self._without(self.source, *(self.clauses[word] for word in _ORDER if word in self.clauses))
        self.constants = self._constants()

    def members(self) -> str:
        """The query for the rows that an aggregate is made of."""
        computed = " ".join(f"BIND({text} AS {name})" for name, text in self.keys if text)
        return f"{self.prologue} SELECT * WHERE {{ {self.pattern} {computed} }} {self._clause('VALUES')}"

    def keyed(self) -> str:
        """The query for the rows of an aggregate, with all that they are grouped by."""
        more = " ".join(name for name, _ in self.keys if name not in self.projection.replace("$", "?").split())
        grouped = " ".join(f"({text} AS {name})" if text else name for name, text in self.keys)
        by = f"GROUP BY {grouped}" if grouped else ""
        behind = f"{by} {self._clause('HAVING')} {self._clause('VALUES')}"
        return f"{self.prologue} SELECT {self.projection} {more} WHERE {self.pattern} {behind}"

    def solutions(self, row: Mapping[str, Term], names: Iterable[str], rest: Iterable[str] = ()) -> str:
        """The query for the solutions of a row; it has no value for the `rest` of its variables."""
        # `=` compares values, so that 1 is 1.0; a row has one of them (SPARQL 1.1 Query Language, section 17.4.1.8).
        tests = [f"sameTerm(?{name}, {compact(term, {})})" for name, term in row.items()] + [
            f"!bound(?{name})" for name in rest
        ]
        test = f"FILTER({' && '.join(tests)})" if tests else ""
        return f"{self.prologue} SELECT DISTINCT {' '.join(names)} {{ {self._filled(row)} {test} }}"

    def _filled(self, row: Mapping[str, Term]) -> str:
        """The rewritten group, where the terms of a row stand for its variables as far as they can."""

        def fill(found: re.Match[str]) -> str:
            place, name = found.groups()
            term = None if f"?{name}" in self.assigned else row.get(name)
            if place == "v":
                return f"VALUES ?{name} {{ {compact(term, {})} }} " if term else ""
            fits = isinstance(term, NamedNode) or (isinstance(term, Literal) and place == "o")
            return str(term) if fits else f"?{name}"

        return _SLOT.sub(fill, self.where)

    def _head(self) -> list[tuple[int, int]]:
        """What stands before the group: form, projection or template, and which graphs the query asks."""
        computed: list[tuple[int, int]] = []
        self.take("SELECT", "ASK", "CONSTRUCT")
        if self.form == "SELECT":
            self.passes("DISTINCT", "REDUCED")
            start = self.at
            _, computed = self.selection()
            self.projection = self.slice(start, self.at)
        short = self.form == "CONSTRUCT" and self.word != "{"
        if self.form == "CONSTRUCT" and not short:
            self._template()
        start = self.at
        while self.passes("FROM"):
            self.passes("NAMED")
            self.take()
        self.source = start, self.at
        self.passes("WHERE")
        if short:
            start = self.at
            self._template()
            self.at = start
        return computed

    def _template(self) -> None:
        self.take("{")
        while not self.passes("}"):
            if not self.passes("."):
                self.template += self.statements()

    def _clauses(self) -> dict[str, tuple[int, int]]:
        """Where each clause behind the group starts and ends."""
        found: dict[str, tuple[int, int]] = {}
        places, place = [], self.at
        while place < len(self.tokens):
            if self.word_at(place) in _BEHIND and self.tokens[place].kind in ("word", "end"):
                places.append(place)
            place = self.closing(place) + 1 if self.word_at(place) in ("(", "{") else place + 1
        for start, end in pairwise(places):
            found[self.word_at(start)] = start, end
        return found

    def _keys(self) -> Iterator[tuple[str, str]]:
        """What the rows of an aggregate are grouped by: variables, and expressions with a name for each."""
        place, end = self.clauses.get("GROUP", (0, 0))
        place += 2
        while place < end:
            start = place
            if self.tokens[place].kind == "variable":
                yield f"?{self.tokens[place].text[1:]}", ""
                place += 1
                continue
            while self.word_at(place) != "(":
                place += 1
            place = self.closing(place) + 1
            if self.word_at(start) == "(" and self.word_at(place - 3) == "AS":
                yield f"?{self.tokens[place - 2].text[1:]}", self.slice(start + 1, place - 3)
            else:
                yield self.new(), self.slice(start, place)

    def _clause(self, word: str) -> str:
        return self.slice(*self.clauses.get(word, (0, 0)))

    def _where(self, frame: Frame) -> str:
        frame.body, frame.ends, frame.filters = f"{{ {self.content(frame)} }} ", "", []
        if "VALUES" in self.clauses:
            self.at = self.clauses["VALUES"][0]
            self.values(frame)
        return frame.body

    def _without(self, *parts: tuple[int, int]) -> str:
        """The query without some of its tokens."""
        left = (one for one in range(len(self.tokens) - 1) if not any(start <= one < end for start, end in parts))
        body = (self.text[self.tokens[one].start : self.tokens[one + 1].start] for one in left)
        return f"{self.prologue} {''.join(body)}"

    def _constants(self) -> dict[str, Term]:
        """The terms of the query by their text, as the engine reads them."""
        texts: set[str] = set()
        for part in chain.from_iterable([*self.template, *(use.statement for use in self.uses)]):
            texts |= set(_links(part)) if isinstance(part, Path) else {part}
        listed = sorted(text for text in texts if not text.startswith("?"))
        bound = " ".join(f"BIND({text} AS ?t{number})" for number, text in enumerate(listed))
        rows: Any = Store().query(f"{self.prologue} SELECT * {{ {bound} }}", base_iri=BASE)
        found = next(rows)
        return {text: found[f"t{number}"] for number, text in enumerate(listed)}


def _links(path: Path) -> Iterator[str]:
    if path.kind == "link":
        yield path.text
    for part in path.parts:
        yield from _links(part)


def row_of(solution: QuerySolution | Triple, names: Iterable[str]) -> Row:
    """A solution or a triple as a row."""
    if isinstance(solution, Triple):
        return solution.subject, solution.predicate, solution.object
    return tuple(solution[name] for name in names)
