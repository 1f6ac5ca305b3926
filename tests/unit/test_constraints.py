"""The parser of shapes: each shape as it is written, paths and lists included."""

from functools import cache

import pytest
from pyoxigraph import Literal, NamedNode
from rdflib import URIRef
from rdflib.namespace import RDF
from rdflib.namespace import SH as SHACL

from iqgraph.dataset import Term
from iqgraph.resources import Sources, packaged
from iqgraph.terms import DCTERMS, IQ, SH, SHAPES
from iqgraph.validation.shapes import Shape, path_text, properties, read_shapes
from shacl import shapes_graph

HEAD = """
@prefix ex: <https://example.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix shapes: <https://w3id.org/iq-hessen/shapes#> .
"""


@cache
def bundled_shapes() -> dict[NamedNode, Shape]:
    """All shapes of the project."""
    return read_shapes(packaged())


def parse_shape(sources: Sources, text: str) -> Shape:
    """The shape `shapes:X` of a text."""
    (sources.shapes / "x.ttl").write_text(HEAD + text, encoding="utf-8")
    return read_shapes(sources)[SHAPES.X]


def values(shape: Shape, parameter: NamedNode) -> tuple[Term, ...]:
    """The values of a parameter, or none."""
    return tuple(value for one in shape.constraints if one.parameter == parameter for value in one.values)


def test_every_shape_is_read() -> None:
    """As many as rdflib finds, with as many constraints on each."""
    graph = shapes_graph()
    other = {str(node) for kind in (SHACL.NodeShape, SHACL.PropertyShape) for node in graph.subjects(RDF.type, kind)}

    assert {node.value for node in bundled_shapes()} == other
    for node, shape in bundled_shapes().items():
        predicates = list(graph.predicates(URIRef(node.value)))
        assert len(values(shape, SH.minCount)) == predicates.count(SHACL.minCount), node
        assert len(shape.parts) == predicates.count(SHACL.property), node


def test_the_parts_of_a_shape() -> None:
    """Path, counts, lists and message of one shape of the project."""
    shape = bundled_shapes()[SHAPES["TimeSpan-type"]]

    assert shape.name == "TimeSpan-type"
    assert [str(term).rpartition("#")[2] for term in values(shape, SH["in"])] == [
        "TimeSpan>",
        "FundingPeriod>",
        "OrdinalYear>",
    ]
    assert values(shape, SH.minCount)[0] == Literal("1", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#integer"))
    assert shape.message
    assert shape.message.de.startswith("Als Klasse gilt")
    assert shape.severity == SH.Violation


def test_targets_and_terms() -> None:
    """The focus nodes of a shape, and all terms in it."""
    shape = bundled_shapes()[SHAPES.RoleAssignment]

    assert shape.classes() == [IQ.RoleAssignment]
    assert (SH.targetSubjectsOf, IQ.roleHolder) in shape.targets
    assert {IQ.RoleAssignment, IQ.roleHolder, IQ.interfaceBetween} <= shape.terms()


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("ex:a", "<https://example.org/a>"),
        ("[ sh:inversePath ex:a ]", "^<https://example.org/a>"),
        ("[ sh:oneOrMorePath [ sh:inversePath ex:a ] ]", "(^<https://example.org/a>)+"),
        ("[ sh:zeroOrMorePath ex:a ]", "<https://example.org/a>*"),
        ("[ sh:zeroOrOnePath ex:a ]", "<https://example.org/a>?"),
        ("( ex:a ex:b )", "<https://example.org/a>/<https://example.org/b>"),
        ("[ sh:alternativePath ( ex:a ex:b ) ]", "<https://example.org/a>|<https://example.org/b>"),
    ],
)
def test_paths(sources: Sources, path: str, text: str) -> None:
    """Each kind of property path."""
    shape = parse_shape(sources, f"shapes:X a sh:PropertyShape ; sh:path {path} .")

    assert shape.path is not None
    assert path_text(shape.path) == text
    assert {node.value[-1] for node in properties(shape.path)} <= {"a", "b"}


def test_defaults(sources: Sources) -> None:
    """No path and no message; the severity is a violation; an empty list has no values."""
    shape = parse_shape(sources, "shapes:X a sh:NodeShape ; sh:closed true ; sh:ignoredProperties () .")

    assert shape.path is None
    assert shape.message is None
    assert shape.severity == SH.Violation
    assert values(shape, SH.ignoredProperties) == ()
    assert values(shape, SH.maxCount) == ()


def test_severity_and_message_in_one_language(sources: Sources) -> None:
    """The message serves both languages."""
    shape = parse_shape(sources, 'shapes:X a sh:NodeShape ; sh:severity sh:Warning ; sh:message "Achtung."@de .')

    assert shape.severity == SH.Warning
    assert shape.message == ("Achtung.", "Achtung.")


def test_terms_contain_the_properties_of_paths() -> None:
    """A path hides none."""
    assert DCTERMS.isPartOf in bundled_shapes()[SHAPES["Passage-document"]].terms()
