"""Validation: the shapes against what is asserted. The only module that knows pySHACL and rdflib."""

import gc
import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Self, cast

import pyoxigraph
import pyshacl
import pyshacl.shape
from pyoxigraph import NamedNode, RdfFormat, Triple, parse
from pyshacl.constraints import ALL_CONSTRAINT_PARAMETERS, CONSTRAINT_PARAMETERS_MAP
from pyshacl.constraints.constraint_component import ConstraintComponent
from pyshacl.errors import ReportableRuntimeError
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import SH as SHACL
from rdflib.term import Node

from ..bilingual import Text
from ..dataset import UNION, Dataset, Term
from ..dataset.derivation import is_computed
from ..dataset.reading import read
from ..errors import DatasetError
from ..resources import Sources, rdf_files
from ..terms import SH, SHAPES, XSD
from .findings import Finding, message, ordered
from .paths import Statements, by_subject, path_text, read_path, short_name

# rdflib logs a trace for a value that its datatype does not allow; the shapes report it as a finding.
logging.getLogger("rdflib.term").setLevel(logging.CRITICAL)
UNTOLD = Text(de="", en="")
OTHER_PROPERTY = Text(en="{} {} is none of these.", de="{} {} gehört nicht dazu.")
OTHER_CLASS = Text(en="The value is not of the class {}.", de="Der Wert gehört nicht zur Klasse {}.")
# Each takes a quarter of the time of a validation: pySHACL looks the predicates of a shape up in a list of fifty IRIs,
# and describes in words what is wrong with a value, also for each alternative of which only one has to fit.
pyshacl.shape.module.CONSTRAINT_PARAMS = (frozenset(ALL_CONSTRAINT_PARAMETERS), CONSTRAINT_PARAMETERS_MAP)  # type: ignore[attr-defined]
ConstraintComponent.make_v_result_description = lambda *_, **__: ""  # type: ignore[method-assign]


class _Shapes(Graph):
    """A graph that keeps what it was asked: pySHACL reads a shape again for each node that it looks at."""

    def __init__(self) -> None:
        super().__init__("SimpleMemory", bind_namespaces="none")
        self._answers: dict[Any, list[Any]] = {}

    def add(self, triple: tuple[Node, Node, Node]) -> Self:
        """Add a statement, after which answers may be others."""
        self._answers.clear()
        return super().add(triple)

    def triples(self, triple: Any) -> Iterator[Any]:  # type: ignore[override]  # noqa: ANN401 - the types of rdflib's
        """The statements of a pattern."""
        if triple not in self._answers:
            self._answers[triple] = list(super().triples(triple))
        return iter(self._answers[triple])


def validate(dataset: Dataset) -> list[Finding]:
    """What the shapes find wrong with the asserted statements, the ontology included."""
    if dataset.sources is None:
        return []
    with _without_collection():
        shapes = shapes_graph(dataset.sources)
        results = _run(asserted_graph(dataset), shapes).serialize(format="nt", encoding="utf-8")
    said = by_subject(quad.triple for quad in parse(results, RdfFormat.N_TRIPLES))
    found = [node for about in said.values() for predicate, node in about if predicate == SH.result]
    return ordered(_finding(dataset, shapes, said, node) for node in found)


@contextmanager
def _without_collection() -> Iterator[None]:
    """Objects by the hundred thousand and hardly a circle: to look for circles takes a third of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def asserted_graph(dataset: Dataset) -> Graph:
    """The union without what is computed."""
    named = (quad for quad in dataset.store if quad.graph_name != UNION and not is_computed(quad))
    triples = {*(quad.triple for quad in named), *(quad.triple for quad in dataset.default_graph_only)}
    return _filled(Graph(bind_namespaces="none"), triples)


def shapes_graph(sources: Sources) -> Graph:
    """All shapes as one graph."""
    files = rdf_files(sources.shapes, "shapes")
    return _filled(_Shapes(), (quad.triple for file in files for quad in read(file).quads))


def _run(data: Graph, shapes: Graph) -> Graph:
    try:
        _, results, text = pyshacl.validate(data, shacl_graph=shapes, inplace=True)
    except ReportableRuntimeError as error:
        raise DatasetError(
            de=f"Die Shapes sind nicht zu gebrauchen: {error}", en=f"The shapes cannot be used: {error}"
        ) from error
    if not isinstance(results, Graph):
        raise DatasetError(de=f"Die Shapes sind nicht zu gebrauchen: {text}", en=f"The shapes cannot be used: {text}")
    return results


def _filled(graph: Graph, triples: Iterable[Triple]) -> Graph:
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


def _finding(dataset: Dataset, shapes: Graph, said: Statements, node: Term) -> Finding:
    about = dict(said[node])
    focus, value = about[SH.focusNode], about.get(SH.value)
    path = read_path(said, about[SH.resultPath]) if SH.resultPath in about else None
    shape = _to_rdflib(about[SH.sourceShape])
    component = cast("NamedNode", about[SH.sourceConstraintComponent])
    told = message(text for predicate, text in said[node] if predicate == SH.resultMessage)
    text = _of_value(shapes, shape, component) or told or UNTOLD
    if component == SH.ClosedConstraintComponent and path is not None:
        text = Text(*(one.format(said_so, path_text(path)) for one, said_so in zip(OTHER_PROPERTY, text, strict=True)))
    return Finding(
        rule=_named_shape(shapes, shape),
        focus=focus,
        message=text,
        path=path,
        value=value,
        file=dataset.place(focus, path if isinstance(path, NamedNode) else None, value),
        severity=cast("NamedNode", about[SH.resultSeverity]),
        component=component,
    )


def _of_value(shapes: Graph, shape: Node, component: Term) -> Text | None:
    """What is wrong with a value of the wrong kind, where the message of the shape speaks of a number."""
    if component == SH.NodeConstraintComponent:
        parts = [part for node in shapes.objects(shape, SHACL.node) for part in shapes.objects(node, SHACL.property)]
        texts = {one for part in parts for one in shapes.objects(part, SHACL.message) if isinstance(one, Literal)}
        return message(pyoxigraph.Literal(str(one), language=one.language) for one in texts)
    if component == SH.ClassConstraintComponent and (shape, SHACL.maxCount, None) in shapes:
        names = ", ".join(sorted(short_name(NamedNode(str(one))) for one in shapes.objects(shape, SHACL["class"])))
        return Text(*(text.format(names) for text in OTHER_CLASS))
    return None


def _named_shape(shapes: Graph, shape: Node) -> NamedNode:
    """The shape or, if it has no name, the one that uses it."""
    while not isinstance(shape, URIRef):
        users = sorted(shapes.subjects(None, shape), key=str)
        if not users:
            return SHAPES["unnamed"]
        shape = users[0]
    return NamedNode(str(shape))
