"""Statements from the store, each with the graphs that make it; at most as many as one document can hold."""

from collections.abc import Mapping
from itertools import islice

from pyoxigraph import BlankNode, NamedNode, Triple

from ...dataset import Dataset, Term

MOST = 5000
Subject = NamedNode | BlankNode | Triple
Evidence = Mapping[Triple, tuple[NamedNode, ...]]


class Gathering:
    """Asks the store for statements, and remembers of each the graphs that make it.

    An answer holds at most `MOST` statements; if one was cut, the gathering is not `whole`.
    """

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self.graphs: dict[Triple, set[NamedNode]] = {}
        self.whole = True

    def ask(
        self,
        subject: Subject | None = None,
        predicate: NamedNode | None = None,
        value: Term | None = None,
    ) -> list[Triple]:
        """The statements of this pattern, each once."""
        found: dict[Triple, set[NamedNode]] = {}
        for quad in self.dataset.store.quads_for_pattern(subject, predicate, value):
            triple = quad.triple
            if triple not in found and len(found) == MOST:
                self.whole = False
                break
            graphs = found.setdefault(triple, set())
            if isinstance(quad.graph_name, NamedNode):
                graphs.add(quad.graph_name)
        self.graphs |= found
        return list(found)

    def held_by(self, graph: NamedNode) -> list[Triple]:
        """What a graph says."""
        triples = self.dataset.triples(graph)
        told = list(islice(triples, MOST))
        self.whole = self.whole and next(triples, None) is None
        for triple in told:
            if triple not in self.graphs:
                self.ask(triple.subject, triple.predicate, triple.object)
        return told

    def has_room(self, count: int) -> bool:
        """Whether more than so many can be told; if not, the gathering is not whole."""
        self.whole = self.whole and count < MOST
        return count < MOST

    def evidence(self) -> Evidence:
        """The graphs of each statement, sorted."""
        return {triple: tuple(sorted(graphs, key=str)) for triple, graphs in self.graphs.items()}
