"""Validation: the shapes against what is asserted. The only module that knows pySHACL and rdflib."""

import logging
from collections.abc import Iterable

import pyoxigraph
import pyshacl
from pyoxigraph import NamedNode, Triple
from pyshacl.errors import ReportableRuntimeError
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.namespace import RDF, SH
from rdflib.term import Node

from ..bilingual import Text
from ..dataset import UNION, Dataset, Term
from ..dataset.derivation import is_computed
from ..dataset.reading import read
from ..errors import DatasetError
from ..resources import Sources, rdf_files
from ..terms import SHAPES, XSD
from .findings import Finding, Path, Step, ordered

# rdflib logs a trace for a value that its datatype does not allow; the shapes report it as a finding.
logging.getLogger("rdflib.term").setLevel(logging.CRITICAL)
UNARY: dict[Node, str] = {SH.inversePath: "^", SH.zeroOrMorePath: "*", SH.oneOrMorePath: "+", SH.zeroOrOnePath: "?"}


def validate(dataset: Dataset) -> list[Finding]:
    """What the shapes find wrong with the asserted statements, the ontology included."""
    if dataset.sources is None:
        return []
    shapes = shapes_graph(dataset.sources)
    results = _run(asserted_graph(dataset), shapes)
    return ordered(_finding(dataset, shapes, results, node) for node in results.objects(None, SH.result))


def asserted_graph(dataset: Dataset) -> Graph:
    """The union without what is computed."""
    named = (quad for quad in dataset.store if quad.graph_name != UNION and not is_computed(quad))
    return _graph({*(quad.triple for quad in named), *(quad.triple for quad in dataset.homeless)})


def shapes_graph(sources: Sources) -> Graph:
    """All shapes as one graph."""
    files = rdf_files(sources.shapes, "shapes")
    return _graph(quad.triple for file in files for quad in read(file).quads)


def _run(data: Graph, shapes: Graph) -> Graph:
    try:
        _, results, text = pyshacl.validate(data, shacl_graph=shapes, inplace=True)
    except ReportableRuntimeError as error:
        raise DatasetError(f"The shapes cannot be used: {error}") from error
    if not isinstance(results, Graph):
        raise DatasetError(f"The shapes cannot be used: {text}")
    return results


def _graph(triples: Iterable[Triple]) -> Graph:
    graph = Graph(bind_namespaces="none")
    nodes: dict[Term, Node] = {}
    for triple in triples:
        for term in triple:
            if term not in nodes:
                nodes[term] = _to_rdflib(term)
        graph.add((nodes[triple.subject], nodes[triple.predicate], nodes[triple.object]))
    return graph


def _to_rdflib(term: Term) -> Node:
    if isinstance(term, NamedNode):
        return URIRef(term.value)
    if isinstance(term, pyoxigraph.Literal):
        if term.language or term.datatype == XSD.string:
            return Literal(term.value, lang=term.language)
        return Literal(term.value, datatype=URIRef(term.datatype.value), normalize=False)
    return BNode(str(term).removeprefix("_:"))


def _from_rdflib(node: Node) -> Term:
    if isinstance(node, URIRef):
        return NamedNode(str(node))
    if not isinstance(node, Literal):
        return pyoxigraph.BlankNode(str(node))
    if node.language or node.datatype is None:
        return pyoxigraph.Literal(str(node), language=node.language)
    return pyoxigraph.Literal(str(node), datatype=NamedNode(str(node.datatype)))


def _finding(dataset: Dataset, shapes: Graph, results: Graph, node: Node) -> Finding:
    about = dict(results.predicate_objects(node))
    focus = _from_rdflib(about[SH.focusNode])
    path = _path(results, about[SH.resultPath]) if SH.resultPath in about else None
    value = _from_rdflib(about[SH.value]) if SH.value in about else None
    return Finding(
        rule=_named_shape(shapes, about[SH.sourceShape]),
        focus=focus,
        message=_message(results, node),
        path=path,
        value=value,
        file=dataset.place(focus, path if isinstance(path, NamedNode) else None, value),
        severity=NamedNode(str(about[SH.resultSeverity])),
        component=NamedNode(str(about[SH.sourceConstraintComponent])),
    )


def _message(results: Graph, node: Node) -> Text:
    texts = {str(getattr(text, "language", None)): str(text) for text in results.objects(node, SH.resultMessage)}
    other = min(texts.values(), default="")
    return Text(*(texts.get(language, texts.get("None", other)) for language in Text._fields))


def _named_shape(shapes: Graph, shape: Node) -> NamedNode:
    """The shape or, if it has no name, the one that uses it."""
    while not isinstance(shape, URIRef):
        users = sorted(shapes.subjects(None, shape), key=str)
        if not users:
            return SHAPES["unnamed"]
        shape = users[0]
    return NamedNode(str(shape))


def _path(graph: Graph, node: Node) -> Path:
    if isinstance(node, URIRef):
        return NamedNode(str(node))
    if (node, RDF.first, None) in graph:
        return Step("/", tuple(_path(graph, part) for part in Collection(graph, node)))
    for predicate, inner in graph.predicate_objects(node):
        if predicate == SH.alternativePath:
            return Step("|", tuple(_path(graph, part) for part in Collection(graph, inner)))
        if predicate in UNARY:
            return Step(UNARY[predicate], (_path(graph, inner),))
    raise DatasetError("A shape has a path that is none.")
