"""Validation of the asserted statements by the SHACL shapes. The only module that uses pySHACL and rdflib."""

import logging
import re
import warnings
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, wraps
from itertools import chain
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
from ..errors import DatasetError, shorten
from ..resources import File, rdf_files
from ..terms import SH, SHAPES, XSD, short_name
from .findings import MAX_VALUE_CHARS, Finding, sort_findings
from .shapes import Index, allowed_properties, flatten, index_by_subject, path_text, read_path, read_shapes, values

# rdflib logs a trace for an ill-typed literal; the shapes report it as a finding.
logging.getLogger("rdflib.term").setLevel(logging.CRITICAL)
# What pySHACL logs, it raises too. A filter remains when a logging configuration enables loggers again.
logging.getLogger("pyshacl-validate").addFilter(lambda _: False)
RECURSIVE = "the shape refers to itself, which SHACL does not define (section 3.4.3)"
OTHER_PROPERTY = Text(en="{} {} is none of these: {}.", de="{} {} gehört nicht dazu; möglich sind {}.")
VALUES = Text(en="Given: {}.", de="Angegeben: {}.")
NO_VALUE = Text(en="There is none.", de="Angegeben ist nichts.")
COUNTING = {SH.MaxCountConstraintComponent, SH.MinCountConstraintComponent, SH.UniqueLangConstraintComponent}
OTHER_TYPE = Text(en="The value is not of the type {}.", de="Der Wert ist nicht vom Typ {}.")
WRITTEN = Text(en="Write it like {}.", de="Schreiben Sie ihn etwa so: {}.")
EXAMPLES: dict[Term, str] = {
    XSD.date: '"2022-01-31"^^xsd:date',
    XSD.decimal: "40.0",
    XSD.gYear: '"2022"^^xsd:gYear',
    XSD.integer: "40",
}
TYPES: dict[Term, NamedNode] = {SH.ClassConstraintComponent: SH["class"], SH.DatatypeConstraintComponent: SH.datatype}
UNUSABLE = Text(en="The shapes cannot be used: {}", de="Die Shapes sind nicht zu gebrauchen: {}")
UNDEFINED = Text(
    en="{} is not defined, see line {}. The data is checked when the shapes are right.",
    de="{} ist nicht definiert, siehe Zeile {}. Die Daten werden geprüft, wenn die Shapes stimmen.",
)
# Each of these takes a quarter of the time of a validation: pySHACL looks the predicates of a shape up in a list of
# fifty IRIs; it describes in words what is wrong with a value, also for each alternative of which one has to match; and
# it evaluates a shape again for each shape that refers to it.
pyshacl.shape.module.CONSTRAINT_PARAMS = (frozenset(ALL_CONSTRAINT_PARAMETERS), CONSTRAINT_PARAMETERS_MAP)  # type: ignore[attr-defined]
ConstraintComponent.make_v_result_description = lambda *_, **__: ""  # type: ignore[method-assign]
_validate_shape = pyshacl.shape.Shape.validate


@wraps(_validate_shape)
def _validate_once(shape: pyshacl.shape.Shape, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401
    """Validate a focus node against a shape once, since the shapes that refer to it get the same result.

    That holds because shapes are not recursive, which SHACL leaves undefined
    (https://www.w3.org/TR/shacl/#shapes-recursion).
    """
    focus, results = options.get("focus"), vars(shape.sg).setdefault("focus_results", {})
    if (shape, focus) in results:
        return results[shape, focus]
    try:
        result = _validate_shape(shape, *arguments, **options)
    except (ConstraintLoadError, ShapeRecursionWarning, re.error) as error:  # which do not name the shape
        reason = RECURSIVE if isinstance(error, Warning) else getattr(error, "message", error)
        raise ReportableRuntimeError(f"{str(shape.node).replace(SHAPES.iri, 'shapes:')}: {reason}") from error
    if isinstance(focus, Node):
        results[shape, focus] = result
    return result


pyshacl.shape.Shape.validate = _validate_once  # type: ignore[method-assign, assignment]


class _ReadOnlyStore(Store):
    """Statements with an index; the memory store of rdflib, which keeps contexts too, takes twice the time."""

    context_aware = graph_aware = True  # pySHACL makes a dataset of its data, and rdflib requires both then

    def __init__(self, triples: Iterable[Triple]) -> None:
        super().__init__()
        node = cache(_to_rdflib)
        self._triples = [tuple(map(node, triple)) for triple in triples]
        self._index = cache(self._make_index)

    def triples(self, triple_pattern: Any, context: object = None) -> Iterator[Any]:  # noqa: ANN401, ARG002
        """The statements that match a pattern."""
        subject, predicate, value = triple_pattern
        index = self._index(subject is not None, predicate is not None, value is not None)
        return iter(index.get(triple_pattern, ()))

    def __len__(self, context: object = None) -> int:
        """The number of statements."""
        return len(self._triples)

    def _make_index(self, *is_bound: bool) -> Mapping[Any, list[Any]]:
        """The statements by the terms that a kind of pattern binds, each with its contexts, which are none."""
        index: dict[Any, list[Any]] = defaultdict(list)
        for triple in self._triples:
            pattern = tuple(term if bound else None for term, bound in zip(triple, is_bound, strict=True))
            index[pattern].append((triple, ()))
        return index


def validate(dataset: Dataset) -> list[Finding]:
    """Validate the asserted statements, those of the ontology included, by the shapes."""
    if dataset.sources is None:
        return []
    triples = {file: [quad.triple for quad in read(file).quads] for file in rdf_files(dataset.sources.shapes, "shapes")}
    shapes = index_by_subject(chain(*triples.values()))
    if undefined := [finding for file in triples for finding in _undefined_terms(shapes, file, triples[file])]:
        return sort_findings(undefined)
    read_shapes(dataset.sources)  # pySHACL ignores some malformed lists, and does not name the shape of others
    output = _run(asserted_graph(dataset), _graph(flatten(shapes))).serialize(format="nt", encoding="utf-8")
    results = index_by_subject(quad.triple for quad in parse(output, RdfFormat.N_TRIPLES))
    nodes = [node for facts in results.values() for predicate, node in facts if predicate == SH.result]
    return sort_findings(_finding(dataset, shapes, results, node) for node in nodes)


def _undefined_terms(shapes: Index, file: File, triples: Iterable[Triple]) -> Iterator[Finding]:
    """Find misspelt terms of SHACL and names of shapes, since pySHACL would silently skip the constraint."""
    for triple in triples:
        for term in (triple.predicate, triple.object):
            if not isinstance(term, NamedNode):
                continue
            if (term in SH and URIRef(term.value) not in rdflib.SH) or (term in SHAPES and term not in shapes):
                local = term.value.removeprefix(SH.iri).removeprefix(SHAPES.iri)
                name = re.compile(rf"[:/#]{re.escape(local)}(?![\w-])")
                lines = [str(n) for n, line in enumerate(file.text().splitlines(), 1) if name.search(line)]
                message = UNDEFINED.format(short_name(term), ", ".join(lines))
                yield Finding(SHAPES["shacl"], _shape_name(shapes, triple.subject), message, file=file.name)


def asserted_graph(dataset: Dataset) -> Graph:
    """The union of all graphs without computed statements."""
    triples = {quad.triple for quad in dataset.default_graph_only}
    for graph in dataset.store.named_graphs():
        quads = dataset.store.quads_for_pattern(None, None, None, graph)
        triples |= {quad.triple for quad in quads if not is_computed(quad)}
    return _graph(triples)


def _run(data: Graph, shapes: Graph) -> Graph:
    """The results of pySHACL; DatasetError if it cannot use the shapes."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", ShapeRecursionWarning)
            _, results, reason = pyshacl.validate(data, shacl_graph=shapes, inplace=True)
    except Exception as error:  # noqa: BLE001 - of whichever library fails on a malformed shape
        results, reason = error, str(error)
    if not isinstance(results, Graph):
        reason = reason.replace("\n", " ")
        raise DatasetError(UNUSABLE.format(reason))
    return results


def _graph(triples: Iterable[Triple]) -> Graph:
    return Graph(_ReadOnlyStore(triples), bind_namespaces="none")


def _to_rdflib(term: Term) -> Node:
    if isinstance(term, NamedNode):
        return URIRef(term.value)
    if isinstance(term, pyoxigraph.Literal):
        if term.language or term.datatype == XSD.string:
            return Literal(term.value, lang=term.language)
        # Without normalization, since a shape has to see 01 as the file has it, and not as 1.
        return Literal(term.value, datatype=URIRef(term.datatype.value), normalize=False)
    # In RDF 1.1 a triple is no term; its text can be reported in a finding.
    return Literal(str(term)) if isinstance(term, Triple) else BNode(str(term).removeprefix("_:"))


def _finding(dataset: Dataset, shapes: Index, results: Index, node: Term) -> Finding:
    facts = dict(results[node])
    focus, value, shape = facts[SH.focusNode], facts.get(SH.value), facts[SH.sourceShape]
    path = read_path(results, facts[SH.resultPath]) if SH.resultPath in facts else None
    predicate = path if isinstance(path, NamedNode) else None
    component = cast("NamedNode", facts[SH.sourceConstraintComponent])
    shape_message = text_of(values(results, node, SH.resultMessage))
    message = _value_message(shapes, shape, component) or shape_message or Text(de="", en="")
    if component == SH.ClosedConstraintComponent and path is not None:
        allowed = ", ".join(sorted(map(short_name, allowed_properties(shapes, shape))))
        message = OTHER_PROPERTY.format(message, path_text(path), allowed)
    if component in COUNTING and predicate:
        names = sorted({short_name(term) for term in dataset.values(focus, predicate)})
        listing = ", ".join(shorten(name, MAX_VALUE_CHARS) for name in names)
        message = sentences(message, VALUES.format(listing) if names else NO_VALUE)
    return Finding(
        rule=_shape_name(shapes, shape),
        focus=focus,
        message=message,
        path=path,
        value=value,
        file=dataset.place(focus, predicate, value),
        severity=cast("NamedNode", facts[SH.resultSeverity]),
        component=component,
    )


def _value_message(shapes: Index, shape: Term, component: Term) -> Text | None:
    """What is wrong with a value of the wrong type, where the message of the shape is about the number of values."""
    if component == SH.NodeConstraintComponent:
        parts = [part for node in values(shapes, shape, SH.node) for part in values(shapes, node, SH.property)]
        return text_of(message for part in parts for message in values(shapes, part, SH.message))
    if component in TYPES and values(shapes, shape, SH.maxCount):
        types = values(shapes, shape, TYPES[component])
        example = next((EXAMPLES[type_] for type_ in types if type_ in EXAMPLES), "")
        text = OTHER_TYPE.format(", ".join(sorted(map(short_name, types))))
        return sentences(text, WRITTEN.format(example) if example else None)
    return None


def _shape_name(shapes: Index, shape: Term) -> NamedNode:
    """The name of a shape or, if it has none, of a shape that refers to it."""
    while not isinstance(shape, NamedNode):
        users = [user for user, facts in shapes.items() if any(value == shape for _, value in facts)]
        if not users:
            return SHAPES["unnamed"]
        shape = min(users, key=str)
    return shape
