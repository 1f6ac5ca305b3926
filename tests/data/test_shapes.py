"""The shapes: what they let pass, what they report, and that each of them can.

The examples in `tests/data/shapes` are one dataset. A node `failing:<shape>_<reason>` must be reported by that shape.
"""

from functools import cache
from pathlib import Path

import pytest
from pyoxigraph import NamedNode
from rdflib import Graph
from rdflib.namespace import OWL, RDF, SH
from rdflib.term import Node

from iqgraph.dataset import Dataset, load
from iqgraph.resources import packaged
from iqgraph.terms import IQ, SHAPES
from iqgraph.validation.findings import Finding
from iqgraph.validation.validation import asserted_graph, shapes_graph, validate

EXAMPLES = sorted((Path(__file__).parent / "shapes").glob("*.ttl"))
PASSING = "https://example.org/passing/"
FAILING = "https://example.org/failing/"
TARGETS = (SH.targetClass, SH.targetSubjectsOf)
DESCRIPTIVE = {RDF.type, SH.path, SH.property, SH.message, SH.ignoredProperties, *TARGETS}


@cache
def examples() -> Dataset:
    """All examples, with the bundled ontology and shapes."""
    return load(EXAMPLES)


@cache
def findings() -> list[Finding]:
    """What the shapes report of the examples."""
    return validate(examples())


@cache
def shapes() -> Graph:
    """All shapes."""
    return shapes_graph(packaged())


def nodes(prefix: str) -> list[str]:
    """The names of the examples with this prefix."""
    subjects = {quad.subject for quad in examples().origins if isinstance(quad.subject, NamedNode)}
    return sorted(node.value.removeprefix(prefix) for node in subjects if node.value.startswith(prefix))


def reporting() -> list[Node]:
    """The shapes that report by themselves: those with targets, and their property shapes."""
    targeted = {shape for target in TARGETS for shape in shapes().subjects(target)}
    return sorted(targeted | {part for shape in targeted for part in shapes().objects(shape, SH.property)}, key=str)


def name(shape: Node) -> str:
    """The local name of a shape."""
    return str(shape).removeprefix(SHAPES.iri)


def test_bundled_data_conforms(dataset: Dataset) -> None:
    """The shapes find nothing wrong with what we publish."""
    assert validate(dataset) == []


@pytest.mark.parametrize("node", nodes(PASSING))
def test_passing_node_passes(node: str) -> None:
    """A complete example is not reported."""
    assert [finding for finding in findings() if finding.focus == NamedNode(PASSING + node)] == []


@pytest.mark.parametrize("node", nodes(FAILING))
def test_failing_node_is_reported(node: str) -> None:
    """An example that breaks a shape is reported by it."""
    shape = SHAPES[node.partition("_")[0]]

    assert shape in {finding.rule for finding in findings() if finding.focus == NamedNode(FAILING + node)}


def test_every_file_of_shapes_has_examples() -> None:
    """The examples of `shapes/seat.ttl` are in `tests/data/shapes/seat.ttl`."""
    files = {file.name for file in packaged().shapes.iterdir() if file.name.endswith(".ttl")}

    assert files == {file.name for file in EXAMPLES}


@pytest.mark.parametrize("shape", reporting(), ids=name)
def test_every_constraint_is_broken_by_an_example(shape: Node) -> None:
    """No part of a shape is there that no example can break, and one of them is named after the shape."""
    parameters = {str(parameter) for parameter in set(shapes().predicates(shape)) - DESCRIPTIVE}
    broken = {finding.component for finding in findings() if finding.rule.value == str(shape)}

    assert {NamedNode(_component(parameter)) for parameter in parameters} == broken
    assert name(shape) in {node.partition("_")[0] for node in nodes(FAILING)}


def test_every_shape_has_a_name() -> None:
    """Blank nodes are only paths and lists, so that a finding can name its shape."""
    typed = set(shapes().subjects(RDF.type, SH.NodeShape)) | set(shapes().subjects(RDF.type, SH.PropertyShape))

    assert {shape for shape in typed if not str(shape).startswith(SHAPES.iri)} == set()
    assert set(shapes().subjects(SH.path)) == set(shapes().subjects(RDF.type, SH.PropertyShape))


def test_every_shape_that_reports_says_why_in_both_languages() -> None:
    """A message in German and one in English, each a sentence."""
    told = {*reporting(), *shapes().subjects(RDF.type, SH.PropertyShape), *shapes().subjects(SH.closed)}
    languages = {
        shape: sorted(str(getattr(text, "language", None)) for text in shapes().objects(shape, SH.message))
        for shape in told
    }

    assert {name(shape) for shape, found in languages.items() if found != ["de", "en"]} == set()
    assert {text for text in shapes().objects(None, SH.message) if not str(text).endswith(".")} == set()


def test_every_class_has_a_closed_shape(dataset: Dataset) -> None:
    """Each class of the ontology, and each that is asserted of something, is the target of a closed shape."""
    graph = asserted_graph(dataset)
    ours = {term for term in graph.subjects(RDF.type, OWL.Class) if str(term).startswith(IQ.iri)}
    closed = {target for shape in shapes().subjects(SH.closed) for target in shapes().objects(shape, SH.targetClass)}

    assert (ours | set(graph.objects(None, RDF.type))) - closed == set()


def test_every_shape_is_used() -> None:
    """A shape without targets is part of another."""
    used = {*shapes().objects(), *reporting()}

    assert {name(shape) for shape in shapes().subjects(RDF.type) if shape not in used} == set()


def _component(parameter: str) -> str:
    """The constraint component of a parameter with one."""
    namespace, _, local = parameter.rpartition("#")
    return f"{namespace}#{local[0].upper()}{local[1:]}ConstraintComponent"
