"""Premises: the graphs of the statements that derived statements follow from.

Those of most are on record. Where they are not, the rule itself is asked: a derived statement is a row of it, and what
it follows from are the smallest sets of graphs that the row comes from.
"""

from collections.abc import Iterator
from contextlib import suppress

from pyoxigraph import NamedNode, Store, Triple

from ...dataset import Node
from ...dataset.derivation import passage_graphs, statement_iri
from ...resources import derivation_rules, packaged
from ...terms import ONTOLOGY, PROV, derived_graph, is_derived
from ..errors import NotExplained
from ..query import Query
from .paths import smallest
from .plan import Plan
from .witnesses import TRIPLE, Search, row_of

Statement = tuple[NamedNode, Triple]


class Premises:
    """Finds the premises of derived statements in a store, those of each once."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.found: dict[Statement, frozenset[Node]] = {}

    def of(self, statement: Statement, above: frozenset[Statement] = frozenset()) -> frozenset[Node]:
        """The premises of a statement, none of which is derived; `above` are those that are being looked for."""
        if statement not in self.found:
            premises = self._recorded(statement) or frozenset(self._asked(statement, above | {statement}))
            if above:  # what was left out, since it was being looked for, is missing here alone
                return premises
            self.found[statement] = premises
        return self.found[statement]

    def _recorded(self, statement: Statement) -> frozenset[Node]:
        graph, triple = statement
        quads = self.store.quads_for_pattern(statement_iri(triple, graph), PROV.wasDerivedFrom, None, None)
        return frozenset(quad.object for quad in quads if isinstance(quad.object, NamedNode))

    def _given(self, graph: NamedNode) -> frozenset[Node] | None:
        """The graphs that a graph of derived statements was made from, with itself; None if from all that there are."""
        for document, graphs in passage_graphs(self.store).items():
            if graph == derived_graph(document):
                return frozenset({graph, ONTOLOGY, *graphs})
        return None

    def _asked(self, statement: Statement, above: frozenset[Statement]) -> Iterator[Node]:
        row = row_of(statement[1], TRIPLE)
        for plan in PLANS:
            search = Search(self.store, plan, TRIPLE, {row}, self._given(statement[0]))
            for witness in smallest(search.candidates(row)[0]):  # rules find something only, so all of them hold
                yield from (graph for graph in witness if not is_derived(graph))
                if any(map(is_derived, witness)):
                    for one in search.derived(row, witness) - above:
                        yield from self.of(one, above)


def _plans() -> Iterator[Plan]:
    """Those of the rules that keep no record; the others are written in terms of SPARQL 1.2."""
    for rule in derivation_rules(packaged()):
        with suppress(NotExplained):
            plan = Plan(rule.query, Query(rule.query).prologue)
            if not plan.negative:
                yield plan


PLANS = tuple(_plans())  # read before there are workers, which can open no file
