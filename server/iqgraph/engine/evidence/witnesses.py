"""Witnesses: the smallest sets of named graphs from which alone a query has a row.

A set is found where a solution of the rewritten query comes from, and is a witness if the query itself, asked with
exactly these graphs, has the row. Smaller sets are tried first, so what passes holds no other that does.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from itertools import combinations, islice, product
from operator import attrgetter
from typing import Any, NamedTuple

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, QueryBoolean, QuerySolution, Store, Triple

from ...dataset import Node, Term
from ...terms import BASE, RDFS, SKOS, is_derived
from .paths import Follower, Path, TooManyWays, is_empty_at_times, smallest
from .plan import Names, Plan, Row, row_of
from .rewriting import Use

Graphs = frozenset[Node]
Statement = tuple[NamedNode, Triple]
NAMING = SKOS.prefLabel, RDFS.label
MAX_WITNESSES, MAX_SOLUTIONS, MAX_TRIALS = 20, 20_000, 512
MAX_TRIED_GRAPHS = 8  # whose 256 subsets can all be tried


class Found(NamedTuple):
    """The witnesses of a row, whether these are all, and the parts of the query that found nothing or had to."""

    witnesses: tuple[Graphs, ...]
    is_complete: bool
    absent: tuple[str, ...]
    partly: tuple[str, ...]


class Search:
    """Looks for the witnesses of rows; each set of graphs is asked once for all rows that are `wanted`."""

    def __init__(self, store: Store, plan: Plan, names: Names, wanted: set[Row], graphs: Graphs | None) -> None:
        self.store, self.plan, self.names, self.wanted, self.chosen = store, plan, names, wanted, graphs
        self.contextual: Mapping[Node, Mapping[Triple, Node]] = {}  # what records each of these statements, by graph
        self.follower: Follower[Node] = Follower(store, plan.constants, graphs, attrgetter("graph_name"))
        self.answers: dict[Graphs, set[Row]] = {}
        self.marks = [part.mark for part in (*plan.optional, *plan.negative)]
        self.paths = [use for use in plan.uses if not use.graph]
        self.places = dict.fromkeys([*(use.graph for use in plan.uses if use.graph), *plan.graphs])
        self.saying = {use.graph for use in plan.uses if plan.constants.get(str(use.statement.verb)) not in NAMING}
        self.stating: dict[Graphs, Graphs] = {}

    @cached_property
    def graphs(self) -> Graphs:
        """All graphs that may be in a witness."""
        return frozenset(self.store.named_graphs()) if self.chosen is None else self.chosen

    def witnesses(self, row: Row) -> Found:
        """What a row that the query has rests on."""
        candidates, states, is_whole = self.candidates(row)
        found, is_searched = self._tried(row, candidates)
        if not found and self.has(row, self.graphs):
            found, is_whole = [self.graphs], False
        if not is_whole:
            found = smallest(self._reduced(row, one) for one in found)
        return Found(
            tuple(found),
            is_whole and is_searched,
            tuple(part.text for part in self.plan.optional if states[part.mark] == {False}),
            tuple(dict.fromkeys(part.text for part in self.plan.negative if states[part.mark])),
        )

    def candidates(self, row: Row) -> tuple[set[Graphs], dict[str, set[bool]], bool]:
        """Where the solutions of a row come from, what their marks say, and whether these are all solutions."""
        candidates: set[Graphs] = set()
        self.stating = {}
        states: dict[str, set[bool]] = {mark: set() for mark in self.marks}
        ends = _variables(self.paths)
        is_whole = True
        for number, solution in enumerate(self._solutions(row, [*self.places, *self.marks, *ends], self.chosen)):
            for mark in self.marks:
                if (value := solution[mark[1:]]) is not None:
                    states[mark].add(value.value == "true")
            try:
                candidates.update(islice(self._sets(solution), MAX_SOLUTIONS))
            except TooManyWays:
                is_whole = False
            if max(number, len(candidates)) >= MAX_SOLUTIONS:
                return candidates, states, False
        return candidates, states, is_whole

    def naming(self, graphs: Graphs) -> Graphs:
        """Those of a witness of the row that was asked for last from which no more of it need come than names."""
        return graphs - (self.stating.get(graphs) or graphs)

    def graded(self, row: Row, graphs: Graphs) -> set[Statement]:
        """The derived and the contextual statements from which the row follows in these graphs, each with its graph."""
        if not any(is_derived(graph) or graph in self.contextual for graph in graphs):
            return set()
        found: set[Statement] = set()
        follower = Follower(self.store, self.plan.constants, graphs, self._label)
        solutions = self._solutions(row, [*self.places, *_variables(self.plan.uses)], graphs)
        for solution in islice(solutions, MAX_SOLUTIONS):
            for use in self.plan.uses:
                if solution[use.mark[1:]] is not None:
                    with suppress(TooManyWays):
                        found.update(self._used(use, solution, follower))
        return found

    def has(self, row: Row, graphs: Graphs) -> bool:
        """Whether the query has the row when it is asked with exactly these graphs."""
        if graphs not in self.answers:
            self.answers[graphs] = set(self._answers(graphs))
        return row in self.answers[graphs]

    def _answers(self, graphs: Graphs) -> Iterator[Row]:
        """Those of the wanted rows that the query has."""
        results = self._ask(self.plan.asked, graphs)
        if isinstance(results, QueryBoolean):
            yield from [()] if results else []
            return
        left = set(self.wanted)
        for row in (row_of(one, self.names) for one in results):
            if row in left:
                yield row
                left.remove(row)
            if not left:
                return

    def _ask(self, text: str, graphs: Graphs | None) -> Any:  # noqa: ANN401 - as the engine has it
        # Of several graphs the engine gives a statement that two of them hold twice, which adds no row and takes none
        # (https://github.com/oxigraph/oxigraph/issues/1919); rows that are counted are explained by their members.
        chosen: dict[str, Any] = {} if graphs is None else {"default_graph": [*graphs], "named_graphs": [*graphs]}
        return self.store.query(text, base_iri=BASE, **chosen)

    def _solutions(self, row: Row, names: Iterable[str], graphs: Graphs | None) -> Iterator[QuerySolution]:
        for values, rest in self._bindings(row):
            yield from self._ask(self.plan.solutions(values, [*dict.fromkeys(names)] or ["*"], rest), graphs)

    def _bindings(self, row: Row) -> Iterator[tuple[dict[str, Term], list[str]]]:
        """The values of variables with which there is the row, and the variables that have none."""
        if self.plan.form != "CONSTRUCT":
            values = {name: term for name, term in zip(self.names, row, strict=True) if term is not None}
            yield values, [name for name in self.names if name not in values]
            return
        for statement in dict.fromkeys(self.plan.template):
            pairs = [(str(part), term) for part, term in zip(statement, row, strict=True) if term is not None]
            values = {part[1:]: term for part, term in pairs if part.startswith("?")}
            if all((values.get(part[1:]) or self.plan.constants[part]) == term for part, term in pairs):
                yield values, []

    def _sets(self, solution: QuerySolution) -> Iterator[Graphs]:
        """The sets of graphs that a solution comes from, by one way or another of each of its paths."""
        found = {name: graph for name in self.places if (graph := solution[name[1:]]) is not None}
        plain = frozenset(found.values())
        saying = frozenset(graph for name, graph in found.items() if name in self.saying)
        used = [use for use in self.paths if solution[use.mark[1:]] is not None]
        for ways in product(*(self._ways(use, solution) for use in used)):
            graphs = plain.union(*ways)
            known, found_now = self.stating.get(graphs, graphs), saying.union(*ways)
            if found_now != known:
                self.stating[graphs] = min(known, found_now, key=lambda one: (len(one), sorted(map(str, one))))
            yield graphs

    def _ways(self, use: Use, solution: QuerySolution) -> Iterator[Graphs]:
        subject, path, value = use.statement
        start, end = self._value(subject, solution), self._value(value, solution)
        if not isinstance(path, Path):
            return
        yield from self.follower.ways(path, start, end)
        if start == end and is_empty_at_times(path):  # but the engine finds a node only where it is
            places = [(None, start), *([(start, None)] if isinstance(start, NamedNode | BlankNode) else [])]
            quads = (quad for one, other in places for quad in self.store.quads_for_pattern(one, None, other, None))
            for name in {quad.graph_name for quad in quads}:
                if not isinstance(name, DefaultGraph):
                    yield frozenset[Node]([name])

    def _used(self, use: Use, solution: QuerySolution, follower: Follower[Any]) -> Iterator[Statement]:
        """Those among the statements that a triple pattern or a path stands for."""
        subject, verb, value = use.statement
        start, end = self._value(subject, solution), self._value(value, solution)
        graph = solution[use.graph[1:]] if use.graph else None
        if isinstance(verb, Path):
            labels = (label for way in follower.ways(verb, start, end) for label in way if isinstance(label, tuple))
            yield from (label for label in labels if graph in (None, label[0]))
        elif graph and self._is_graded(graph, triple := Triple(start, self._value(verb, solution), end)):
            yield graph, triple

    def _is_graded(self, graph: Any, triple: Triple) -> bool:  # noqa: ANN401 - see _value
        return is_derived(graph) or triple in self.contextual.get(graph, ())

    def _label(self, quad: Quad) -> object:
        graph = quad.graph_name
        return (graph, quad.triple) if self._is_graded(graph, quad.triple) else graph

    def _value(self, term: str, solution: QuerySolution) -> Any:  # noqa: ANN401 - where a term stands, the engine has it
        return solution[term[1:]] if term.startswith("?") else self.plan.constants[term]

    def _tried(self, row: Row, candidates: set[Graphs]) -> tuple[Sequence[Graphs], bool]:
        """Those candidates that have the row and hold no other that has it, and whether nothing was left out."""
        found: list[Graphs] = []
        failed: list[Graphs] = []
        for one in sorted(candidates, key=lambda one: (len(one), sorted(map(str, one)))):
            if any(other <= one for other in found):
                continue
            if not self.has(row, one):
                failed.append(one)
            elif len(found) == MAX_WITNESSES:
                return found, False
            else:
                found.append(one)
        if self.plan.is_nested and failed:
            return self._extended(row, found, failed)
        return found, True

    def _extended(self, row: Row, found: list[Graphs], failed: list[Graphs]) -> tuple[Sequence[Graphs], bool]:
        """The same where a part that must find nothing has such a part itself, so that more graphs may be needed."""
        others = self.graphs
        trials = 0
        for size in range(len(others) + 1):
            for one in (one for one in failed if len(one) <= size):
                for more in combinations(sorted(others - one, key=str), size - len(one)):
                    trials += 1
                    if trials > MAX_TRIALS:
                        return smallest(found), False
                    wider = one.union(more)
                    if not any(other <= wider for other in found) and self.has(row, wider):
                        found.append(wider)
        return smallest(found)[:MAX_WITNESSES], len(found) <= MAX_WITNESSES

    def _reduced(self, row: Row, graphs: Graphs) -> Graphs:
        """What is left of a set of graphs that has the row if as much as possible is left out."""
        step = len(graphs)
        while len(graphs) > MAX_TRIED_GRAPHS and step:
            listed = sorted(graphs, key=str)
            for start in range(0, len(listed), step):
                less = graphs.difference(listed[start : start + step])
                graphs = less if self.has(row, less) else graphs
            step //= 2
        if len(graphs) > MAX_TRIED_GRAPHS:
            return graphs
        parts = (frozenset(part) for size in range(len(graphs)) for part in combinations(sorted(graphs, key=str), size))
        return next((part for part in parts if self.has(row, part)), graphs)


def _variables(uses: Iterable[Use]) -> Iterator[str]:
    terms = (term for use in uses for term in (use.mark, *use.statement))
    return (term for term in terms if isinstance(term, str) and term.startswith("?"))
