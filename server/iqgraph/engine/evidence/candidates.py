"""Candidates: the sets of graphs that the solutions of a row come from, and the statements behind them.

They are what the rewritten query finds. Whether one of them is a witness, the query itself decides (`witnesses`).
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import islice, product
from operator import attrgetter
from typing import Any, NamedTuple

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, QuerySolution, Store, Triple, Variable

from ...dataset import GraphName, Node, Term
from ...terms import BASE, LABELS, RDF, is_derived
from .expressions import variables
from .paths import Path, PathEvaluator, TooManySets, has_zero_length
from .plan import Plan, Row, Variables
from .rewriting import Use

Graphs = frozenset[Node]
Records = Mapping[GraphName, Mapping[Triple, Node]]
SECONDARY = *LABELS, RDF.type
MAX_SOLUTIONS = 20_000


class Candidates(NamedTuple):
    """The candidates of a row, the values of each mark in its solutions, and whether these were all solutions.

    `content` has each candidate with those of its graphs that give the row more than labels and classes; if none does,
    those that give it more than labels.
    """

    content: dict[Graphs, Graphs]
    marks: dict[str, set[bool]]
    is_complete: bool


class Solver:
    """Asks for the solutions of the rows of a query, in all graphs or in those to which the query is limited.

    `records` has the nodes that describe contextual statements.
    """

    def __init__(self, store: Store, plan: Plan, names: Variables, dataset: Graphs | None, records: Records) -> None:
        self.store, self.plan, self.names, self.dataset, self.records = store, plan, names, dataset, records
        self.paths: PathEvaluator[Node] = PathEvaluator(store, plan.constants, dataset, attrgetter("graph_name"))
        self.marks = [part.mark for part in (*plan.optionals, *plan.negations)]
        self.path_uses = [use for use in plan.uses if not use.graph]
        pattern_uses = [use for use in plan.uses if use.graph]
        self.graph_variables = {*(use.graph for use in pattern_uses), *plan.graphs}
        self.content_variables, self.class_variables = (
            {use.graph for use in pattern_uses if plan.constants.get(str(use.pattern.predicate)) not in predicates}
            for predicates in (SECONDARY, LABELS)
        )

    def candidates(self, row: Row) -> Candidates:
        """The sets of graphs that may be witnesses of a row."""
        content: dict[Graphs, Graphs] = {}
        marks: dict[str, set[bool]] = {mark: set() for mark in self.marks}
        is_complete = True
        names = {*self.graph_variables, *self.marks, *_variables(self.path_uses)}
        for number, solution in enumerate(self._solutions(row, names, self.dataset)):
            for mark in self.marks:
                if (value := solution[mark[1:]]) is not None:
                    marks[mark].add(value.value == "true")
            try:
                for graphs, content_graphs in islice(self._graph_sets(solution), MAX_SOLUTIONS):
                    previous = content.setdefault(graphs, graphs)
                    if content_graphs != previous:
                        content[graphs] = min(previous, content_graphs, key=size_and_names)
            except TooManySets:
                is_complete = False
            if max(number, len(content)) >= MAX_SOLUTIONS:
                return Candidates(content, marks, is_complete=False)
        return Candidates(content, marks, is_complete)

    def traceable_statements(self, row: Row, graphs: Graphs) -> set[Quad]:
        """The derived and the contextual statements in these graphs that the row follows from."""
        if not any(is_derived(graph) or graph in self.records for graph in graphs):
            return set()
        statements: set[Quad] = set()
        paths = PathEvaluator(self.store, self.plan.constants, graphs, self._path_label)
        names = {*self.graph_variables, *_variables(self.plan.uses)}
        for solution in islice(self._solutions(row, names, graphs), MAX_SOLUTIONS):
            for use in self.plan.uses:
                if solution[use.mark[1:]] is not None:
                    with suppress(TooManySets):
                        statements.update(self._trace(use, solution, paths))
        return statements

    def ask(self, text: str, graphs: Graphs | None, bindings: Any = None) -> Any:  # noqa: ANN401 - as the engine has it
        """The results of a query with these bindings; each of the graphs is in the default graph and a named graph."""
        # From several graphs the engine takes a statement that two of them hold twice, which adds no row and removes
        # none (https://github.com/oxigraph/oxigraph/issues/1919); rows that are counted are explained by their members.
        dataset: dict[str, Any] = {} if graphs is None else {"default_graph": [*graphs], "named_graphs": [*graphs]}
        return self.store.query(text, base_iri=BASE, substitutions=bindings, **dataset)

    def _solutions(self, row: Row, names: set[str], graphs: Graphs | None) -> Iterator[QuerySolution]:
        for values, unbound in self._bindings(row):
            bound = {Variable(name): term for name, term in values.items() if f"?{name}" in self.plan.bound_variables}
            yield from self.ask(self.plan.solutions_query(values, unbound, names), graphs, bound)

    def _bindings(self, row: Row) -> Iterator[tuple[dict[str, Term], list[str]]]:
        """The bindings of variables that give the row, each with the variables that it leaves unbound."""
        if self.plan.form != "CONSTRUCT":
            values = {name: term for name, term in zip(self.names, row, strict=True) if term is not None}
            yield values, [name for name in self.names if name not in values]
            return
        for pattern in dict.fromkeys(self.plan.template):
            pairs = [(str(part), term) for part, term in zip(pattern, row, strict=True) if term is not None]
            values = {part[1:]: term for part, term in pairs if part.startswith("?")}
            if all((values.get(part[1:]) or self.plan.constants[part]) == term for part, term in pairs):
                yield values, []

    def _graph_sets(self, solution: QuerySolution) -> Iterator[tuple[Graphs, Graphs]]:
        """The sets of graphs that a solution comes from, one for each combination of ways along its paths.

        Beside each set are those of its graphs that give more than labels and classes, or than labels.
        """
        graphs = {name: graph for name in self.graph_variables if (graph := solution[name[1:]]) is not None}
        pattern_graphs = frozenset(graphs.values())
        content_graphs, class_graphs = (
            frozenset(graph for name, graph in graphs.items() if name in variables)
            for variables in (self.content_variables, self.class_variables)
        )
        uses = [use for use in self.path_uses if solution[use.mark[1:]] is not None]
        for path_graphs in product(*(self._path_graph_sets(use, solution) for use in uses)):
            yield pattern_graphs.union(*path_graphs), content_graphs.union(*path_graphs) or class_graphs

    def _path_graph_sets(self, use: Use, solution: QuerySolution) -> Iterator[Graphs]:
        subject, path, value = use.pattern
        start, end = self._value(subject, solution), self._value(value, solution)
        if not isinstance(path, Path):
            return
        yield from self.paths.sets(path, start, end)
        if start == end and has_zero_length(path):  # but the engine matches only a node that is in the data
            places = [(None, start), *([(start, None)] if isinstance(start, NamedNode | BlankNode) else [])]
            quads = (quad for place in places for quad in self.store.quads_for_pattern(place[0], None, place[1], None))
            for graph in {quad.graph_name for quad in quads}:
                if not isinstance(graph, DefaultGraph):
                    yield frozenset[Node]([graph])

    def _trace(self, use: Use, solution: QuerySolution, paths: PathEvaluator[Any]) -> Iterator[Quad]:
        subject, predicate, value = use.pattern
        start, end = self._value(subject, solution), self._value(value, solution)
        graph = solution[use.graph[1:]] if use.graph else None
        if isinstance(predicate, Path):
            labels = (label for labels in paths.sets(predicate, start, end) for label in labels)
            yield from (label for label in labels if isinstance(label, Quad) and graph in (None, label.graph_name))
        elif graph and self._is_traceable(quad := Quad(start, self._value(predicate, solution), end, graph)):
            yield quad

    def _is_traceable(self, quad: Quad) -> bool:
        return is_derived(quad.graph_name) or quad.triple in self.records.get(quad.graph_name, ())

    def _path_label(self, quad: Quad) -> object:
        return quad if self._is_traceable(quad) else quad.graph_name

    def _value(self, term: str, solution: QuerySolution) -> Any:  # noqa: ANN401 - as the engine has it
        return solution[term[1:]] if term.startswith("?") else self.plan.constants[term]


def size_and_names(graphs: Graphs) -> tuple[int, list[str]]:
    """A sort key by which small sets come first."""
    return len(graphs), sorted(map(str, graphs))


def _variables(uses: Iterable[Use]) -> Iterator[str]:
    for use in uses:
        yield from (use.mark, *variables(use.pattern))
