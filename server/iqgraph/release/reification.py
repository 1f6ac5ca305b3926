"""The evidence in RDF 1.2: each statement once, with one reifier for each graph that makes it.

A reifier says which graph it belongs to and what that graph leads to. Where the data speaks about a statement in the
way of RDF 1.0, with `rdf:subject` and so on, its node becomes the reifier, and all else that is said of it the
annotation. What describes graphs and terms has no reifier: it leads nowhere but to itself.
"""

from collections import defaultdict
from collections.abc import Iterator

from pyoxigraph import NamedNode, Triple

from ..dataset import Dataset, Node, Term
from ..dataset.derivation import statement_iri
from ..dataset.profile import BUNDLED
from ..serialisation.turtle import turtle
from ..terms import DCTERMS, META, ONTOLOGY, PARTITIONS, PROV, RDF
from .file_header import in_turtle, lines

FILE = f"{BUNDLED.stem}-rdf12.ttl"
VERSION = '@version "1.2" .\n'
PARTS = (RDF.subject, RDF.predicate, RDF.object)
SOURCES = (PROV.wasDerivedFrom, PROV.hadPrimarySource)
OWN = (META, ONTOLOGY, PARTITIONS)


def render(dataset: Dataset, digest: str = "") -> bytes:
    """The union and its evidence in Turtle 1.2; `digest` is the hash of the canonical form of the dataset."""
    annotations = _annotations(dataset)
    reifiers = {told.subject for about in annotations.values() for told in about}
    asserted = [triple for triple in dataset.triples() if triple.subject not in reifiers]
    text = turtle(asserted, dataset.prefixes, annotations)
    return f"{in_turtle(lines(dataset, digest=digest))}{VERSION}{text}".encode()


def _annotations(dataset: Dataset) -> dict[Triple, list[Triple]]:
    """What the reifiers of each statement say: their graph, what it leads to, and what the data says of them."""
    known = _reifiers(dataset)
    found: dict[Triple, list[Triple]] = defaultdict(list)
    for graph in dataset.graphs():
        if not isinstance(graph, NamedNode) or graph in OWN:
            continue
        shared = [(DCTERMS.isPartOf, graph), *_sources(dataset, graph)]
        for triple in dataset.triples(graph):
            nodes = known.get((triple, graph), [])
            found[triple] += [told for node in nodes for told in _statements_about(dataset, node)]
            for node in nodes or [statement_iri(triple, graph)]:
                found[triple] += [Triple(node, name, value) for name, value in shared]
    return found


def _sources(dataset: Dataset, graph: NamedNode) -> list[tuple[NamedNode, Term]]:
    """What a graph leads to."""
    return [(name, one) for name in SOURCES for one in dataset.values(graph, name)]


def _reifiers(dataset: Dataset) -> dict[tuple[Triple, Node], list[NamedNode]]:
    """The nodes that stand for statements in the data, by the statement and its graph."""
    found: dict[tuple[Triple, Node], list[NamedNode]] = defaultdict(list)
    for node in dataset.subjects(RDF.type, RDF.Statement):
        parts = [dataset.values(node, part)[:1] for part in PARTS]
        if isinstance(node, NamedNode) and all(parts):
            graphs = dataset.values(node, DCTERMS.isPartOf) or [NamedNode(node.value.partition("#")[0])]
            found[Triple(*(part[0] for part in parts)), graphs[0]].append(node)  # type: ignore[arg-type, index]
    return found


def _statements_about(dataset: Dataset, node: NamedNode) -> Iterator[Triple]:
    """What the data says of a statement beside what the statement is."""
    for triple in (quad.triple for quad in dataset.store.quads_for_pattern(node, None, None, META)):
        if triple.predicate not in PARTS and triple.object != RDF.Statement:
            yield triple
