"""Reading shapes: each as it is written, paths and lists included."""

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
def bundled() -> dict[NamedNode, Shape]:
    """All shapes of the project."""
    return read_shapes(packaged())


def written(sources: Sources, text: str) -> Shape:
    """The shape `shapes:X` of a text."""
    (sources.shapes / "x.ttl").write_text(HEAD + text, encoding="utf-8")  # type: ignore[attr-defined]
    return read_shapes(sources)[SHAPES.X]


def values(shape: Shape, parameter: NamedNode) -> tuple[Term, ...]:
    """The values of a parameter; none if it is not set."""
    return tuple(value for one in shape.constraints if one.parameter == parameter for value in one.values)


def test_every_shape_is_read() -> None:
    """As many as another library sees, with as many constraints on each."""
    graph = shapes_graph()
    other = {str(node) for kind in (SHACL.NodeShape, SHACL.PropertyShape) for node in graph.subjects(RDF.type, kind)}

    assert {node.value for node in bundled()} == other
    for node, shape in bundled().items():
        counted = list(graph.predicates(URIRef(node.value)))
        assert len(values(shape, SH.minCount)) == counted.count(SHACL.minCount), node
        assert len(shape.parts) == counted.count(SHACL.property), node


def test_a_shape_as_it_is_written() -> None:
    """Path, counts, lists and message of one shape of the project."""
    shape = bundled()[SHAPES["TimeSpan-type"]]

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
    """What a shape looks at, and all that it speaks of."""
    shape = bundled()[SHAPES.RoleAssignment]

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
    """Each form of a property path."""
    shape = written(sources, f"shapes:X a sh:PropertyShape ; sh:path {path} .")

    assert shape.path is not None
    assert path_text(shape.path) == text
    assert {node.value[-1] for node in properties(shape.path)} <= {"a", "b"}


def test_what_is_not_said(sources: Sources) -> None:
    """Neither path nor message nor severity: violations are the rule; an empty list has no values."""
    shape = written(sources, "shapes:X a sh:NodeShape ; sh:closed true ; sh:ignoredProperties () .")

    assert shape.path is None
    assert shape.message is None
    assert shape.severity == SH.Violation
    assert values(shape, SH.ignoredProperties) == ()
    assert values(shape, SH.maxCount) == ()


def test_severity_and_one_language(sources: Sources) -> None:
    """A warning is one; a message in one language stands for both."""
    shape = written(sources, 'shapes:X a sh:NodeShape ; sh:severity sh:Warning ; sh:message "Achtung."@de .')

    assert shape.severity == SH.Warning
    assert shape.message == ("Achtung.", "Achtung.")


def test_properties_of_the_project_are_named() -> None:
    """No path of the project hides a property that is not listed."""
    assert DCTERMS.isPartOf in bundled()[SHAPES["Passage-document"]].terms()
