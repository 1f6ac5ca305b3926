"""What the dataset says about one thing: its statements, what points to it, what its neighbours are called."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from ..dataset import UNION, Dataset
from ..derivation import statement_iri
from ..terms import DERIVED, PROV, RDF, RDFS, SKOS

LABELS = (SKOS.prefLabel, RDFS.label)
BOOKKEEPING = {RDF.subject, RDF.predicate, RDF.object, RDF.first, RDF.rest}
Evidence = dict[Triple, tuple[NamedNode, ...]]


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """A thing with its parts, and the statements that lead to it; with the graphs that make each of them.

    A derived statement has, instead of the graph of all derived ones, those that it follows from.
    """

    node: NamedNode
    statements: tuple[Triple, ...]
    incoming: tuple[Triple, ...]
    labels: tuple[Triple, ...]
    evidence: Evidence
    premises: Evidence

    @property
    def triples(self) -> Iterator[Triple]:
        """All there is to tell in a document about the thing."""
        yield from self.statements
        yield from self.incoming
        yield from self.labels


def find(dataset: Dataset, iri: str) -> NamedNode | None:
    """The node of an IRI, or None if the dataset says nothing of it."""
    try:
        node = NamedNode(iri)
    except ValueError:
        return None
    store = dataset.store
    told = next(store.quads_for_pattern(node, None, None), None) or next(
        store.quads_for_pattern(None, None, node), None
    )
    return node if told or store.contains_named_graph(node) else None


def neighbourhood(dataset: Dataset, node: NamedNode) -> Neighbourhood:
    """The neighbourhood of a node; that of a graph includes what the graph says."""
    told = [triple for part in _parts(dataset, node) for triple in _about(dataset, part)]
    statements = list(dict.fromkeys([*told, *dataset.triples(node)]))
    pointing = [quad.triple for quad in dataset.store.quads_for_pattern(None, None, node, UNION)]
    incoming = [triple for triple in pointing if triple.predicate not in BOOKKEEPING]
    every = [*statements, *incoming]
    evidence = {triple: _graphs(dataset, triple) for triple in every}
    premises = {triple: _premises(dataset, triple) for triple in every if DERIVED in evidence[triple]}
    labels = tuple(_neighbours(dataset, every, node))
    return Neighbourhood(node, tuple(statements), tuple(incoming), labels, evidence, premises)


def name(dataset: Dataset, node: NamedNode, language: str) -> str:
    """What a thing is called in a language, else in another one; empty if nowhere."""
    labels = [triple.object for triple in _labels(dataset, node)]
    literals = [label for label in labels if isinstance(label, Literal)]
    own = [label.value for label in literals if label.language == language]
    return next(iter([*own, *(label.value for label in literals)]), "")


def known_iris(dataset: Dataset, start: str) -> set[str]:
    """The IRIs of things and graphs that begin in a certain way."""
    nodes = {triple.subject for triple in dataset.triples()} | set(dataset.graphs())
    return {node.value for node in nodes if isinstance(node, NamedNode) and node.value.startswith(start)}


def _parts(dataset: Dataset, node: NamedNode) -> Iterator[NamedNode | BlankNode]:
    """The node, and what exists only as a part of it: blank nodes and names behind its hash."""
    seen: set[NamedNode | BlankNode] = set()
    ahead: list[NamedNode | BlankNode] = [node]
    while ahead:
        part = ahead.pop()
        if part in seen:
            continue
        seen.add(part)
        yield part
        values = [triple.object for triple in _about(dataset, part)]
        ahead += [value for value in values if isinstance(value, BlankNode)]
        named = [value for value in values if isinstance(value, NamedNode)]
        ahead += [value for value in named if value.value.startswith(f"{node.value}#")]


def _about(dataset: Dataset, subject: NamedNode | BlankNode) -> list[Triple]:
    return [quad.triple for quad in dataset.store.quads_for_pattern(subject, None, None, UNION)]


def _neighbours(dataset: Dataset, triples: Iterable[Triple], node: NamedNode) -> Iterator[Triple]:
    named = {term for triple in triples for term in triple if isinstance(term, NamedNode)} - {node}
    for term in sorted(named, key=str):
        yield from _labels(dataset, term)


def _labels(dataset: Dataset, node: NamedNode) -> list[Triple]:
    for predicate in LABELS:
        found = [quad.triple for quad in dataset.store.quads_for_pattern(node, predicate, None, UNION)]
        if found:
            return sorted(found, key=str)
    return []


def _graphs(dataset: Dataset, triple: Triple) -> tuple[NamedNode, ...]:
    quads = dataset.store.quads_for_pattern(triple.subject, triple.predicate, triple.object)
    graphs = {quad.graph_name for quad in quads}
    return tuple(sorted((graph for graph in graphs if isinstance(graph, NamedNode)), key=str))


def _premises(dataset: Dataset, triple: Triple) -> tuple[NamedNode, ...]:
    """The graphs that a derived statement follows from."""
    found = dataset.values(statement_iri(triple), PROV.wasDerivedFrom)
    return tuple(graph for graph in found if isinstance(graph, NamedNode))
