"""The queries behind an explanation: for the solutions of a row, and for the rows that an aggregate is made of."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, pairwise
from typing import NamedTuple

from pyoxigraph import QueryBoolean, QuerySolution, Triple

from ...dataset import Term
from ...serialisation.turtle import compact
from ..errors import NotExplained
from ..graphs import resolve
from ..query import Query
from .grammar import Span
from .paths import Path, TriplePattern
from .rewriting import Rewriting

Variables = tuple[str, ...]
Row = tuple[Term | None, ...]
TRIPLE = ("subject", "predicate", "object")
_CLAUSES = ("GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES", "")  # behind the group, and the end
_SOLUTION_ORDER = ("ORDER", "LIMIT", "OFFSET")
_NOTHING = Span(0, 0)


class GroupKey(NamedTuple):
    """What the rows of an aggregate are grouped by: a variable, or a name for an expression."""

    variable: str
    expression: str = ""


class Plan(Rewriting):
    """The parts of a query, and further queries made of them; NotExplained if no evidence can be had by these.

    The `core` is the query without FROM, ORDER BY, LIMIT and OFFSET; `constants` are its terms by their source text.
    """

    def __init__(self, query: Query) -> None:
        super().__init__(query.text, len(query.prologue))
        self.prologue = query.prologue
        self.form = self.word
        self.template: list[TriplePattern] = []
        self.projection = ""
        self.dataset_clauses = _NOTHING
        expressions = self._query_form()
        start = self.index
        group = self.group()
        self.pattern = self.source(start, self.index)
        self.clauses = self._find_clauses()
        self.keys = list(self._group_keys())
        places = chain.from_iterable(range(*span) for span in expressions)
        self.is_aggregate = bool(self.keys) or "HAVING" in self.clauses or self.has_aggregate(places)
        if not self.is_aggregate:
            self.add_select_expressions(group, expressions)
        group.close(f"{{ {self.render_group(group)} }} ")
        if "VALUES" in self.clauses:
            self.index = self.clauses["VALUES"].start
            self.add_values(group)
        self.where = group.body
        self.bound_variables = group.bound_variables - group.assignments
        order = (self.clauses[word] for word in _SOLUTION_ORDER if word in self.clauses)
        self.core = self._without(self.dataset_clauses, *order)
        parts = [*self.template, *(use.pattern for use in self.uses)]
        texts = {text for part in chain.from_iterable(parts) for text in _constants(part)}
        self.constants = resolve(self.prologue, sorted(texts))

    def solutions_query(self, row: Mapping[str, Term], unbound: Iterable[str], names: set[str]) -> str:
        """The query for these variables in the solutions of a row, in which some others have to be unbound."""
        # `=` compares values, so that 1 is 1.0; a row has one of them (SPARQL 1.1 Query Language, section 17.4.1.8).
        tests = [f"sameTerm(?{name}, {compact(term, {})})" for name, term in row.items()]
        tests += [f"!bound(?{name})" for name in unbound]
        test = f"FILTER({' && '.join(tests)})" if tests else ""
        # The engine can bind only variables that are selected.
        selection = " ".join(sorted(names.union(f"?{name}" for name in row))) or "*"
        return f"{self.prologue} SELECT DISTINCT {selection} {{ {self.where} {test} }}"

    def members_query(self) -> str:
        """The query for the rows that an aggregate is made of."""
        keys = " ".join(f"BIND({key.expression} AS {key.variable})" for key in self.keys if key.expression)
        return f"{self.prologue} SELECT * WHERE {{ {self.pattern} {keys} }} {self._clause('VALUES')}"

    def groups_query(self) -> str:
        """The query for the rows of an aggregate with all keys by which they are grouped."""
        projection = self.projection.replace("$", "?").split()
        hidden = " ".join(key.variable for key in self.keys if key.variable not in projection)
        keys = (f"({key.expression} AS {key.variable})" if key.expression else key.variable for key in self.keys)
        group_by = f"GROUP BY {' '.join(keys)}" if self.keys else ""
        clauses = f"{group_by} {self._clause('HAVING')} {self._clause('VALUES')}"
        return f"{self.prologue} SELECT {self.projection} {hidden} WHERE {self.pattern} {clauses}"

    def _query_form(self) -> list[Span]:
        """Read what stands before the group, and return the expressions of the SELECT clause."""
        expressions: list[Span] = []
        self.consume("SELECT", "ASK", "CONSTRUCT")
        if self.form == "SELECT":
            self.accept("DISTINCT", "REDUCED")
            start = self.index
            _, expressions = self.select_clause()
            self.projection = self.source(start, self.index)
        is_short_construct = self.form == "CONSTRUCT" and self.word != "{"
        if self.form == "CONSTRUCT" and not is_short_construct:
            self._template()
        start = self.index
        while self.accept("FROM"):
            self.accept("NAMED")
            self.consume()
        self.dataset_clauses = Span(start, self.index)
        self.accept("WHERE")
        if is_short_construct:
            start = self.index
            self._template()
            self.index = start
        return expressions

    def _template(self) -> None:
        self.consume("{")
        while not self.accept("}"):
            if not self.accept("."):
                self.template += self.triples_same_subject()

    def _find_clauses(self) -> dict[str, Span]:
        """The clauses behind the group by their first word."""
        starts, index = [], self.index
        while index < len(self.tokens):
            if self.word_at(index) in _CLAUSES and self.tokens[index].type in ("word", "end"):
                starts.append(index)
            index = self.closing_bracket(index) + 1 if self.word_at(index) in ("(", "{") else index + 1
        return {self.word_at(start): Span(start, end) for start, end in pairwise(starts)}

    def _group_keys(self) -> Iterator[GroupKey]:
        index, end = self.clauses.get("GROUP", _NOTHING)
        index += 2
        while index < end:
            start = index
            if self.tokens[index].type == "variable":
                yield GroupKey(f"?{self.tokens[index].text[1:]}")
                index += 1
                continue
            while self.word_at(index) != "(":
                index += 1
            index = self.closing_bracket(index) + 1
            if self.word_at(start) == "(" and self.word_at(index - 3) == "AS":
                yield GroupKey(f"?{self.tokens[index - 2].text[1:]}", self.source(start + 1, index - 3))
            else:
                yield GroupKey(self.new_variable(), self.source(start, index))

    def _clause(self, word: str) -> str:
        return self.source(*self.clauses.get(word, _NOTHING))

    def _without(self, *spans: Span) -> str:
        """The query without some of its tokens."""
        indexes = (index for index in range(len(self.tokens) - 1) if not any(s <= index < e for s, e in spans))
        body = (self.text[self.tokens[index].start : self.tokens[index + 1].start] for index in indexes)
        return f"{self.prologue} {''.join(body)}"


def _constants(part: str | Path) -> Iterator[str]:
    """The source texts of the IRIs and literals in a part of a triple pattern."""
    if isinstance(part, str):
        yield from () if part.startswith("?") else (part,)
    elif part.operator == "link":
        yield part.text
    else:
        yield from chain.from_iterable(map(_constants, part.parts))


def is_explained(query: Query) -> bool:
    """Whether the rows of a query can be explained, as far as its text shows."""
    try:
        return bool(Plan(query))
    except (NotExplained, RecursionError):
        return False


def as_rows(results: Iterable[QuerySolution | Triple] | QueryBoolean, names: Variables) -> Iterator[Row]:
    """The rows of solutions or triples; a boolean is one row without variables, or none."""
    if isinstance(results, QueryBoolean):
        yield from [()] if results else []
        return
    for result in results:
        yield tuple(result) if isinstance(result, Triple) else tuple(result[name] for name in names)
