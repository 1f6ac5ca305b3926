"""Nanopublications: what each passage says as a citable unit, with where that comes from, under an IRI of its content.

None has a time or a version: as long as a passage is read in the same way, its nanopublication keeps its IRI. That IRI
is a trusty URI (version 1, module RA): it holds the hash of the statements in which it stands.
"""

from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Triple

from ..dataset import Dataset
from ..serialisation.turtle import trig
from ..terms import BASE, DCTERMS, IQ, META, OA, PROV, RDF, SPDX, Namespace, part_iri
from .file_header import DATASET, in_turtle, lines

FILE = "iq-hessen-nanopubs.trig"
NP = Namespace("http://www.nanopub.org/nschema#")
NANOPUB = Namespace(f"{BASE}np/")
PREFIX = {"np": NP.iri}
OF_GRAPH = (IQ.modality, PROV.wasDerivedFrom)
OF_PASSAGE = (RDF.type, IQ.order, OA.hasSource, OA.hasSelector, SPDX.checksum)
OF_DOCUMENT = (DCTERMS.source, IQ.characterCount, SPDX.checksum)

Graphs = list[tuple[NamedNode, list[Triple]]]


def nanopubs(dataset: Dataset) -> Iterator[Graphs]:
    """For each graph of a passage the four graphs of its nanopublication: head, assertion, provenance, information."""
    for graph in dataset.graphs():
        if isinstance(graph, NamedNode) and (passages := _passages(dataset, graph)):
            yield _graphs(dataset, graph, passages, _code(dataset, graph, passages))


def render(dataset: Dataset, digest: str = "") -> bytes:
    """All nanopublications as TriG, in the order of the passages; `digest` is the hash of the dataset."""
    graphs = [graph for nanopub in nanopubs(dataset) for graph in nanopub]
    text = trig(graphs, {**dataset.prefixes, **PREFIX})
    return f"{in_turtle(lines(dataset, digest=digest))}{text}".encode()


def pieces(quads: Iterable[Quad]) -> dict[str, Graphs]:
    """Statements of many nanopublications, by artifact code and graph."""
    held: dict[str, dict[NamedNode, list[Triple]]] = {}
    for quad in quads:
        if isinstance(quad.graph_name, NamedNode):
            code = quad.graph_name.value.removeprefix(NANOPUB.iri).partition("#")[0]
            held.setdefault(code, {}).setdefault(quad.graph_name, []).append(quad.triple)
    return {code: list(graphs.items()) for code, graphs in held.items()}


def _code(dataset: Dataset, graph: NamedNode, passages: list[NamedNode]) -> str:
    def content(code: str) -> Iterator[Quad]:
        for name, triples in _graphs(dataset, graph, passages, code):
            yield from (Quad(one.subject, one.predicate, one.object, name) for one in triples)

    return mint(content)


def _graphs(dataset: Dataset, graph: NamedNode, passages: list[NamedNode], code: str) -> Graphs:
    this = NANOPUB[code]
    head, assertion, provenance, information = (
        part_iri(this, part) for part in ("Head", "assertion", "provenance", "pubinfo")
    )
    parts = [
        Triple(this, RDF.type, NP.Nanopublication),
        Triple(this, NP.hasAssertion, assertion),
        Triple(this, NP.hasProvenance, provenance),
        Triple(this, NP.hasPublicationInfo, information),
    ]
    origin = [Triple(assertion, one.predicate, one.object) for one in _about(dataset, graph, OF_GRAPH)]
    origin += [told for node in passages for told in _about(dataset, node, OF_PASSAGE)]
    documents = {told.object for told in origin if told.predicate == OA.hasSource}
    origin += [told for node in documents for told in _about(dataset, node, OF_DOCUMENT)]
    published = [
        Triple(this, DCTERMS.isPartOf, DATASET),
        Triple(this, PROV.wasDerivedFrom, graph),
        *(Triple(this, DCTERMS.license, licence) for licence in dataset.values(DATASET, DCTERMS.license)),
    ]
    held = list(dataset.triples(graph))
    return [
        (head, parts),
        (assertion, held),
        (provenance, [*origin, *_read_with(dataset, graph)]),
        (information, published),
    ]


def _passages(dataset: Dataset, graph: NamedNode) -> list[NamedNode]:
    """The passages that a graph is derived from; none for a graph of another kind."""
    found = dataset.nodes(graph, PROV.wasDerivedFrom)
    return [node for node in found if IQ.Passage in dataset.values(node, RDF.type)]


def _about(dataset: Dataset, node: object, properties: Iterable[NamedNode]) -> list[Triple]:
    """What some properties say of a node, and all that is said of its parts."""
    if not isinstance(node, NamedNode):
        return []
    told = [Triple(node, name, value) for name in properties for value in dataset.values(node, name)]
    parts = [one.object for one in told if isinstance(one.object, NamedNode)]
    own = [part for part in parts if part.value.startswith(f"{node.value}#")]
    return told + [quad.triple for part in own for quad in dataset.store.quads_for_pattern(part, None, None)]


def _read_with(dataset: Dataset, graph: NamedNode) -> Iterator[Triple]:
    """What is said of single statements of the graph: with which other passages they are to be read."""
    for node in dataset.subjects(DCTERMS.isPartOf, graph):
        if isinstance(node, NamedNode) and RDF.Statement in dataset.values(node, RDF.type):
            yield from (quad.triple for quad in dataset.store.quads_for_pattern(node, None, None, META))


MODULE = "RA"
LENGTH = 45
UNKNOWN = MODULE.ljust(LENGTH, "0")


def mint(content: Callable[[str], Iterable[Quad]]) -> str:
    """The artifact code for statements that are written with it."""
    return artifact_code(content(UNKNOWN), UNKNOWN)


def artifact_code(quads: Iterable[Quad], code: str) -> str:
    """The artifact code of statements; it is `code` if that is what they were written with, and they are unchanged.

    Blank nodes and statements about statements have no place here: ValueError.
    """
    rows = {_row(quad, code) for quad in quads}
    text = "".join(f"{part}\n" for _, row in sorted(rows) for part in row)
    return MODULE + urlsafe_b64encode(sha256(text.encode()).digest()).decode().rstrip("=")


def _row(quad: Quad, code: str) -> tuple[tuple[str | int, ...], tuple[str, ...]]:
    """Where the statement stands in the order of the specification, and its four lines."""
    graph = "" if isinstance(quad.graph_name, DefaultGraph) else _iri(quad.graph_name, code)
    names = (graph, _iri(quad.subject, code), _iri(quad.predicate, code))
    value = quad.object
    if not isinstance(value, Literal):
        name = _iri(value, code)
        return (*names, 0, name), (*names, name)
    escaped = value.value.replace("\\", "\\\\").replace("\n", "\\n")
    if value.language:
        return (*names, 1, value.value, 0, value.language), (*names, f"@{value.language.lower()} {escaped}")
    return (*names, 1, value.value, 1, value.datatype.value), (*names, f"^{value.datatype.value} {escaped}")


def _iri(node: object, code: str) -> str:
    if not isinstance(node, NamedNode):
        raise ValueError(f"a trusty URI cannot stand for statements with {node}")
    return node.value.replace(code, " ")
