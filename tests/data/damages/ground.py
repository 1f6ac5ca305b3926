"""The ground that damages are done to: a sound dataset, and a seeded choice of the place."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import Any, NamedTuple

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode

from iqgraph.terms import BASE, CONCEPT, DERIVED, DOCUMENT, ID, IQ, META, ONTOLOGY, PROV, RDF, derived_graph, is_derived

Term = NamedNode | BlankNode | Literal


class Statement(NamedTuple):
    """A quad, with nodes of any kind."""

    subject: Any
    predicate: NamedNode
    object: Any
    graph: Any


Where = Callable[[Statement], bool]
NOWHERE = {META, DERIVED, derived_graph(ID[DOCUMENT]), ONTOLOGY}


class NoDamageError(Exception):
    """At the place that was chosen there is nothing to break."""


def anything(_: Statement) -> bool:
    """The condition that always holds."""
    return True


@dataclass(frozen=True)
class Damage:
    """The statements lost, those in their place, and the nodes and values of which a finding must name one."""

    lost: frozenset[Statement]
    added: frozenset[Statement]

    @cached_property
    def place(self) -> frozenset[Term]:
        """Where the damage is."""
        return frozenset(node for quad in self.lost | self.added for node in _place(quad))

    @cached_property
    def graphs(self) -> frozenset[Term]:
        """The graphs of the data that are another afterwards."""
        return frozenset(quad.graph for quad in self.lost | self.added) - NOWHERE

    @cached_property
    def things(self) -> frozenset[Term]:
        """The nodes of ours that the statements are about or lead to, without the words for them."""
        ends = {end for quad in self.lost | self.added for end in (quad.subject, quad.object)}
        return frozenset(node for end in ends for node in _owned(end) if node not in CONCEPT and node not in IQ)


class Ground:
    """A sound dataset and a source of chance."""

    def __init__(self, quads: Sequence[Statement]) -> None:
        """Equal statements in equal order and equal seeds give equal damages."""
        self.quads = frozenset(quads)
        self.random = Random()  # noqa: S311 # chance decides where to break, nothing secret
        self._ordered = quads
        self._data = [quad for quad in quads if quad.graph != ONTOLOGY and not is_derived(quad.graph)]
        self._by_predicate: dict[NamedNode, list[Statement]] = defaultdict(list)
        for quad in self._data:
            self._by_predicate[quad.predicate].append(quad)

    def seeded(self, seed: object) -> "Ground":
        """The same dataset with chance from the beginning."""
        ground = copy(self)
        ground.random = Random(str(seed))  # noqa: S311
        return ground

    def all(self, predicate: NamedNode | None = None, where: Where = anything) -> list[Statement]:
        """The statements of the data with this property for which the condition holds."""
        found = self._data if predicate is None else self._by_predicate.get(predicate, [])
        return [quad for quad in found if where(quad)]

    def pick(self, predicate: NamedNode | None = None, where: Where = anything) -> Statement:
        """One of these statements."""
        found = self.all(predicate, where)
        if not found:
            raise NoDamageError
        return self.random.choice(found)

    def everywhere(self, where: Where) -> list[Statement]:
        """All statements for which the condition holds, also computed ones and those of the ontology."""
        return [quad for quad in self._ordered if where(quad)]

    def same(self, quad: Statement) -> list[Statement]:
        """The statement in every graph that makes it."""
        return self.everywhere(lambda other: other[:3] == quad[:3])

    def passage_graphs(self) -> list[NamedNode]:
        """The graphs of passages."""
        passages = {quad.subject for quad in self.all(RDF.type, lambda quad: quad.object == IQ.Passage)}
        return [quad.subject for quad in self.all(PROV.wasDerivedFrom, lambda quad: quad.object in passages)]

    def world(self, predicate: NamedNode | None = None, where: Where = anything) -> Statement:
        """One statement of the graph of a passage."""
        graphs = set(self.passage_graphs())
        return self.pick(predicate, lambda quad: quad.graph in graphs and where(quad))

    def without(self, *lost: Statement) -> Damage:
        """The damage of losing statements."""
        return self.changed(lost, ())

    def with_also(self, *added: Statement) -> Damage:
        """The damage of statements that do not belong."""
        return self.changed((), added)

    def changed(self, lost: Iterable[Statement], added: Iterable[Statement]) -> Damage:
        """The damage of statements lost and others in their place."""
        old, new = frozenset(lost) & self.quads, frozenset(added)
        if old <= new <= self.quads:
            raise NoDamageError
        return Damage(old, new)


def renewed(
    quad: Statement,
    subject: NamedNode | BlankNode | None = None,
    predicate: NamedNode | None = None,
    value: Term | None = None,
    graph: NamedNode | DefaultGraph | None = None,
) -> Statement:
    """The statement with another subject, property, value or graph."""
    name = quad.graph if graph is None else graph
    return Statement(
        subject or quad.subject, predicate or quad.predicate, quad.object if value is None else value, name
    )


def misspelt(node: NamedNode) -> NamedNode:
    """The IRI with two letters of its name in the wrong order."""
    letters = list(node.value)
    place = next(n for n in range(len(letters) - 2, 0, -1) if _differ(letters[n], letters[n + 1]))
    letters[place], letters[place + 1] = letters[place + 1], letters[place]
    return NamedNode("".join(letters))


def is_thing(node: object) -> bool:
    """Whether a node is a thing of ours, not a passage, graph or term."""
    return isinstance(node, NamedNode) and node.value.startswith(f"{BASE}id/")


def _differ(one: str, other: str) -> bool:
    return one.isalpha() and other.isalpha() and one != other


def _place(quad: Statement) -> Iterator[Term]:
    for node in (quad.subject, quad.object, quad.graph):
        if not isinstance(node, DefaultGraph) and node not in NOWHERE:
            yield node
        yield from _owned(node)


def _owned(node: object) -> Iterator[NamedNode]:
    """A node of ours, and the thing that it is a part of."""
    if isinstance(node, NamedNode) and node.value.startswith(BASE) and node not in IQ:
        yield from {node, NamedNode(node.value.partition("#")[0])} - NOWHERE
