"""Validation: the shapes against what is asserted. The only module that knows pySHACL and rdflib."""

import logging
import re
import warnings
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, wraps
from typing import Any, cast

import pyoxigraph
import pyshacl
import pyshacl.shape
import rdflib
from pyoxigraph import NamedNode, RdfFormat, Triple, parse
from pyshacl.constraints import ALL_CONSTRAINT_PARAMETERS, CONSTRAINT_PARAMETERS_MAP
from pyshacl.constraints.constraint_component import ConstraintComponent
from pyshacl.errors import ConstraintLoadError, ReportableRuntimeError, ShapeRecursionWarning
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.store import Store
from rdflib.term import Node

from ..bilingual import Text, sentences, text_of
from ..dataset import Dataset, Term
from ..dataset.derivation import is_computed
from ..dataset.reading import read
from ..errors import DatasetError, shortened
from ..resources import File, rdf_files
from ..terms import SH, SHAPES, XSD, short_name
from .findings import MAX_VALUE_CHARS, Finding, ordered
from .shapes import Statements, allowed_properties, by_subject, flatten, path_text, read_path, values

# rdflib logs a trace for a value that its datatype does not allow; the shapes report it as a finding.
logging.getLogger("rdflib.term").setLevel(logging.CRITICAL)
# What pySHACL logs, it raises too. A filter stays where a configuration of logging enables loggers again.
logging.getLogger("pyshacl-validate").addFilter(lambda _: False)
RECURSIVE = "the shape leads back to itself, for which SHACL says nothing (section 3.4.3)"
UNTOLD = Text(de="", en="")
OTHER_PROPERTY = Text(en="{} {} is none of these: {}.", de="{} {} gehört nicht dazu; möglich sind {}.")
OTHER_CLASS = Text(en="The value is not of the class {}.", de="Der Wert gehört nicht zur Klasse {}.")
OTHER_DATATYPE = Text(en="The value cannot be read as {}.", de="Der Wert lässt sich nicht als {} lesen.")
GIVEN = Text(en="Given: {}.", de="Angegeben: {}.")
ABSENT = Text(en="There is none.", de="Angegeben ist nichts.")
COUNTED = {SH.MaxCountConstraintComponent, SH.MinCountConstraintComponent, SH.UniqueLangConstraintComponent}
NO_TERM = Text(
    en="Nothing is called {}, see line {}. The data is checked when the shapes are right.",
    de="{} heißt nichts, siehe Zeile {}. Die Daten werden geprüft, wenn die Shapes stimmen.",
)
# Each takes a quarter of the time of a validation: pySHACL looks the predicates of a shape up in a list of fifty IRIs,
# describes in words what is wrong with a value, also for each alternative of which only one has to fit, and asks a
# shape again for each that refers to it.
pyshacl.shape.module.CONSTRAINT_PARAMS = (frozenset(ALL_CONSTRAINT_PARAMETERS), CONSTRAINT_PARAMETERS_MAP)  # type: ignore[attr-defined]
ConstraintComponent.make_v_result_description = lambda *_, **__: ""  # type: ignore[method-assign]
_validate_shape = pyshacl.shape.Shape.validate


@wraps(_validate_shape)
def _validate_once(shape: pyshacl.shape.Shape, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401
    """What a shape finds at one node: asked again by other shapes that refer to it, it finds the same.

    That holds since shapes are not recursive, which SHACL leaves undefined
    (https://www.w3.org/TR/shacl/#shapes-recursion).
    """
    focus, known = named.get("focus"), vars(shape.sg).setdefault("known", {})
    if (shape, focus) in known:
        return known[shape, focus]
    try:
        found = _validate_shape(shape, *arguments, **named)
    except (ConstraintLoadError, ShapeRecursionWarning, re.error) as error:  # which name no shape
        reason = RECURSIVE if isinstance(error, Warning) else getattr(error, "message", error)
        raise ReportableRuntimeError(f"{str(shape.node).replace(SHAPES.iri, 'shapes:')}: {reason}") from error
    if isinstance(focus, Node):
        known[shape, focus] = found
    return found


pyshacl.shape.Shape.validate = _validate_once  # type: ignore[method-assign, assignment]


class _Triples(Store):
    """Statements that are only read; the memory of rdflib, which keeps contexts too, takes twice the time."""

    context_aware = graph_aware = True  # pySHACL makes a dataset of its data, and rdflib asks for both then

    def __init__(self, triples: Iterable[Triple]) -> None:
        super().__init__()
        node = cache(_to_rdflib)
        self._all = [tuple(map(node, triple)) for triple in triples]
        self._by = cache(self._indexed)

    def triples(self, triple_pattern: Any, context: object = None) -> Iterator[Any]:  # noqa: ANN401, ARG002
        """The statements of a pattern."""
        subject, predicate, value = triple_pattern
        index = self._by(subject is not None, predicate is not None, value is not None)
        return iter(index.get(triple_pattern, ()))

    def __len__(self, context: object = None) -> int:
        """How many statements there are."""
        return len(self._all)

    def _indexed(self, *is_bound: bool) -> Mapping[Any, list[Any]]:
        """The statements by what patterns of one kind bind, each with its contexts, which are none."""
        found: dict[Any, list[Any]] = defaultdict(list)
        for triple in self._all:
            pattern = tuple(term if wanted else None for term, wanted in zip(triple, is_bound, strict=True))
            found[pattern].append((triple, ()))
        return found


def validate(dataset: Dataset) -> list[Finding]:
    """What the shapes find wrong with the asserted statements, the ontology included."""
    if dataset.sources is None:
        return []
    files = rdf_files(dataset.sources.shapes, "shapes")
    written = [(file, [quad.triple for quad in read(file).quads]) for file in files]
    shapes = by_subject(triple for _, triples in written for triple in triples)
    if unknown := [one for file, triples in written for one in _unknown_terms(shapes, file, triples)]:
        return ordered(unknown)
    results = _run(asserted_graph(dataset), _graph(flatten(shapes))).serialize(format="nt", encoding="utf-8")
    said = by_subject(quad.triple for quad in parse(results, RdfFormat.N_TRIPLES))
    found = [node for about in said.values() for predicate, node in about if predicate == SH.result]
    return ordered(_finding(dataset, shapes, said, node) for node in found)


def _unknown_terms(shapes: Statements, file: File, triples: Iterable[Triple]) -> Iterator[Finding]:
    """What looks like a term of SHACL or a shape and is none, so that pySHACL passes over it, a constraint is lost."""
    for triple in triples:
        for term in (triple.predicate, triple.object):
            if not isinstance(term, NamedNode):
                continue
            if (term in SH and URIRef(term.value) not in rdflib.SH) or (term in SHAPES and term not in shapes):
                local = term.value.removeprefix(SH.iri).removeprefix(SHAPES.iri)
                name = re.compile(rf"[:/#]{re.escape(local)}(?![\w-])")
                places = [str(n) for n, line in enumerate(file.text().splitlines(), 1) if name.search(line)]
                message = NO_TERM.format(short_name(term), ", ".join(places))
                yield Finding(SHAPES["shacl"], _named_shape(shapes, triple.subject), message, file=file.name)


def asserted_graph(dataset: Dataset) -> Graph:
    """The union without what is computed."""
    found = {quad.triple for quad in dataset.default_graph_only}
    for graph in dataset.store.named_graphs():
        quads = dataset.store.quads_for_pattern(None, None, None, graph)
        found |= {quad.triple for quad in quads if not is_computed(quad)}
    return _graph(found)


def _run(data: Graph, shapes: Graph) -> Graph:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", ShapeRecursionWarning)
            _, results, text = pyshacl.validate(data, shacl_graph=shapes, inplace=True)
    except ReportableRuntimeError as error:
        reason = str(error).replace("\n", " ")
        raise DatasetError(
            de=f"Die Shapes sind nicht zu gebrauchen: {reason}", en=f"The shapes cannot be used: {reason}"
        ) from error
    if not isinstance(results, Graph):
        raise DatasetError(de=f"Die Shapes sind nicht zu gebrauchen: {text}", en=f"The shapes cannot be used: {text}")
    return results


def _graph(triples: Iterable[Triple]) -> Graph:
    return Graph(_Triples(triples), bind_namespaces="none")


def _to_rdflib(term: Term) -> Node:
    if isinstance(term, NamedNode):
        return URIRef(term.value)
    if isinstance(term, pyoxigraph.Literal):
        if term.language or term.datatype == XSD.string:
            return Literal(term.value, lang=term.language)
        # Else rdflib writes 01 as 1, and no shape could see what stands in the file.
        return Literal(term.value, datatype=URIRef(term.datatype.value), normalize=False)
    # RDF 1.1 has no place for a triple in a statement; its text can be told in a finding.
    return Literal(str(term)) if isinstance(term, Triple) else BNode(str(term).removeprefix("_:"))


def _finding(dataset: Dataset, shapes: Statements, said: Statements, node: Term) -> Finding:
    about = dict(said[node])
    focus, value, shape = about[SH.focusNode], about.get(SH.value), about[SH.sourceShape]
    path = read_path(said, about[SH.resultPath]) if SH.resultPath in about else None
    component = cast("NamedNode", about[SH.sourceConstraintComponent])
    told = text_of(text for predicate, text in said[node] if predicate == SH.resultMessage)
    text = _of_value(shapes, shape, component) or told or UNTOLD
    if component == SH.ClosedConstraintComponent and path is not None:
        allowed = ", ".join(sorted(map(short_name, allowed_properties(shapes, shape))))
        text = OTHER_PROPERTY.format(text, path_text(path), allowed)
    if component in COUNTED and isinstance(path, NamedNode):
        text = sentences(text, _given(dataset, focus, path))
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


def _given(dataset: Dataset, focus: Term, path: NamedNode) -> Text:
    """The values of which there are too many or too few."""
    given = sorted({short_name(value) for value in dataset.values(focus, path)})
    listed = ", ".join(shortened(value, MAX_VALUE_CHARS) for value in given)
    return GIVEN.format(listed) if given else ABSENT


def _of_value(shapes: Statements, shape: Term, component: Term) -> Text | None:
    """What is wrong with a value of the wrong kind, where the message of the shape speaks of a number."""
    if component == SH.NodeConstraintComponent:
        parts = [part for node in values(shapes, shape, SH.node) for part in values(shapes, node, SH.property)]
        return text_of(text for part in parts for text in values(shapes, part, SH.message))
    if component == SH.ClassConstraintComponent and values(shapes, shape, SH.maxCount):
        return OTHER_CLASS.format(", ".join(sorted(map(short_name, values(shapes, shape, SH["class"])))))
    if component == SH.DatatypeConstraintComponent and values(shapes, shape, SH.maxCount):
        return OTHER_DATATYPE.format(", ".join(map(short_name, values(shapes, shape, SH.datatype))))
    return None


def _named_shape(shapes: Statements, shape: Term) -> NamedNode:
    """The shape or, if it has no name, the one that uses it."""
    while not isinstance(shape, NamedNode):
        users = [user for user, about in shapes.items() if any(value == shape for _, value in about)]
        if not users:
            return SHAPES["unnamed"]
        shape = min(users, key=str)
    return shape
