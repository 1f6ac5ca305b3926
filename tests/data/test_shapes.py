"""The shapes: what conforms to them, what they report, and that each of them can report something.

The examples in `tests/data/shapes` are one dataset. A node `failing:<shape>_<reason>` must be reported by that shape.
"""

import math
import re
from collections import defaultdict
from collections.abc import Callable
from functools import cache
from itertools import chain
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, RdfFormat, parse
from rdflib import Graph, URIRef
from rdflib.namespace import RDF, SH
from rdflib.term import Node

from iqgraph.dataset import UNION, Dataset, load
from iqgraph.dataset.derivation import is_computed
from iqgraph.resources import packaged
from iqgraph.terms import IQ, OWL, RDFS, SHAPES
from iqgraph.terms import RDF as TERMS
from iqgraph.validation.findings import Finding
from iqgraph.validation.validation import validate
from shacl import shapes_graph

FOLDER = Path(__file__).parent / "shapes"
EXAMPLES = sorted(file.name for file in FOLDER.glob("*.ttl"))
PASSING = "https://example.org/passing/"
FAILING = "https://example.org/failing/"
TARGETS = (SH.targetClass, SH.targetSubjectsOf)
TYPE, CLASS, SUBCLASS = TERMS.type, OWL.Class, RDFS.subClassOf
DESCRIPTIVE = {RDF.type, SH.path, SH.property, SH.message, SH.ignoredProperties, *TARGETS}


def number(values: list[str]) -> float:
    """The value, if it is a number."""
    return float(values[0]) if re.fullmatch(r"-?\d+([.]\d+)?", values[0]) else math.nan


# When an example is next to a bound: by the number of its values, or by the value that was found.
BOUNDS: dict[str, Callable[[float, list[str]], bool]] = {
    "minCount": lambda bound, values: len(values) == bound - 1,
    "maxCount": lambda bound, values: len(values) == bound + 1,
    "minInclusive": lambda bound, values: bound - 1 <= number(values) < bound,
    "maxInclusive": lambda bound, values: bound < number(values) <= bound + 1,
    "minExclusive": lambda bound, values: number(values) == bound,
    "maxLength": lambda bound, values: len(values[0]) == bound + 1,
}
DAYS = ["2013-02", "2013-02-2", "2013-02-002", "12013-02-02", "3013-02-02", "2013-02-02T00:00:00"]
LANGUAGES = [("authority", "DE"), ("authority", "DEUT"), ("authority", "deu"), ("x", "DEU")]
NEAR = {
    **{key: ["1.2", "1.2.3.4", "1.2.x", "x1.2.3"] for key in ("Dataset-version", "Ontology-versionInfo")},
    **{
        key: ["/1.2", "/1.2.3.4", "/1.2.x", "1.2.3", "/v1.2.3"]
        for key in ("Ontology-priorVersion", "Ontology-versionIRI")
    },
    **{key: ["A", " A.", ".", ""] for key in ("Labelled-definition", "Labelled-description", "Ontology-abstract")},
    **{f"LegalResource-{name}": DAYS for name in ("dateDocument", "datePublication", "firstDateEntryInForce")},
    "AgsCode": ["6", "064", "0641", "06413a", "0641300", "064130000"],
    "ArsCode": ["06413000000", "0641300000000", "06413000000a"],
    "Checksum-checksumValue": ["0" * 63, "0" * 65, "g" * 64, "A" * 64],
    "ClassName": ["#offer", "#", "#Offer1", "/Offer"],
    "CrossrefFunderCode": ["10.13039/", "10.13039/1a", "10x13039/1", "110.13039/1", "10.1303/1"],
    "DayValue": [*DAYS, "2013-13-02", "2013-00-02", "2013-02-32", "2013-02-00", "2013-02-40"],
    "Document-language": [
        "/authority/language/DE",
        "/authority/language/DEUT",
        "/authority/language/deu",
        "/language/DEU",
    ],
    "DocumentGraph": ["/graph/passages/", "/graph/source/a", "/graph/names/A", "/graph/notes/a/b", "/graph/a"],
    "EditorialNote-identifier": ["A", "A0", "1", "AA1", "a1", "A1b"],
    "GridCode": ["grid.1", "grid.1.", "grid.a.1", "grid.1.g", "xgrid.1.a", "grid.1.a.b"],
    "IsniCode": ["0" * 15, "0" * 17, "0" * 15 + "x", "X" * 16],
    "IsoCode": ["D", "DEU", "de", "DE-", "DE-HESS", "DE-he"],
    "LegalResource-identifier": ["BGBl I", "xBGBl.", "GVBl", "BAnz", "RGBl."],
    "MonthValue": ["2013", "2013-1", "2013-13", "2013-00", "3013-01", "2013-01-01", "12013-01"],
    "NutsCode": ["D", "de", "DE71234", "D1", "DE7a"],
    "Observation-refPeriod": ["1999", "201", "20133", "12013", "2013-01"],
    "Ontology-preferredNamespaceUri": ["https://x.example/", "https://x.example/#a"],
    "PassageGraph": ["/graph/a/S1", "/graph/a/S01x", "/graph/A/S01", "/graph/S01", "/graph/a/01", "/graph/a/b/S01"],
    "PassageName": ["/passage/a/S1", "/passage/a/S01x", "/passage/A/S01", "/passage/S01", "/passage/a/01"],
    "PropertyName": ["#Offer", "#", "#offer1", "/offer"],
    "Question-references": [
        "/passage/a/S1",
        "/passage/a/S01x",
        "/id/a",
        "/id/source-",
        "/id/source-A",
        "/id/source-a/b",
    ],
    "Question-seeAlso": ["/query/", "/query/A", "/query/a/b", "/id/a"],
    "Question-target": ["/sparql/", "sparql", "/sparq"],
    "SourceGraph": ["/graph/source/", "/graph/names/a", "/graph/links/A", "/graph/source/a/b", "/graph/a"],
    "TimeSpan-duration": ["P", "PT", "-P1Y", "1Y", "xP1Y"],
    "YearValue": ["201", "20133", "3013", "013", "2013-01"],
}


@pytest.fixture(scope="module")
def findings() -> dict[NamedNode, list[Finding]]:
    """The findings by node, with all examples as one dataset and the bundled ontology and shapes."""
    findings_of: dict[NamedNode, list[Finding]] = defaultdict(list)
    for finding in validate(load([FOLDER / file for file in EXAMPLES])):
        assert isinstance(finding.focus, NamedNode)
        findings_of[finding.focus].append(finding)
    return findings_of


@cache
def shapes() -> Graph:
    """All shapes."""
    return shapes_graph()


@cache
def nodes(file: str, prefix: str) -> list[NamedNode]:
    """The examples of a file with this prefix."""
    subjects = {quad.subject for quad in parse(path=FOLDER / file, format=RdfFormat.TURTLE)}
    return sorted((node for node in subjects if isinstance(node, NamedNode) and node.value.startswith(prefix)), key=str)


def broken_shape(node: NamedNode) -> str:
    """The local name of the shape that a failing example breaks."""
    return node.value.removeprefix(FAILING).partition("_")[0]


def roots() -> set[Node]:
    """The shapes with targets."""
    return {shape for target in TARGETS for shape in shapes().subjects(target)}


def reporters() -> list[Node]:
    """The shapes that report by themselves: those with targets and constraints, and all property shapes of those."""
    heads = {shape for shape in roots() if set(shapes().predicates(shape)) - DESCRIPTIVE}
    return sorted(heads | {part for shape in roots() for part in shapes().objects(shape, SH.property)}, key=str)


def superclasses(dataset: Dataset) -> set[tuple[Node, Node]]:
    """The pairs of a class and its superclass."""
    quads = dataset.store.quads_for_pattern(None, SUBCLASS, None)
    return {(URIRef(str(quad.subject).strip("<>")), URIRef(str(quad.object).strip("<>"))) for quad in quads}


def name(shape: Node) -> str:
    """The local name of a shape."""
    return str(shape).removeprefix(SHAPES.iri)


def test_bundled_data_conforms(dataset: Dataset) -> None:
    """The shapes report nothing in the published data."""
    lines = [finding.line() for finding in validate(dataset)]

    assert lines == [], "\n".join(lines)


def test_passing_nodes_pass(findings: dict[NamedNode, list[Finding]]) -> None:
    """The shapes report no complete example."""
    passing = [node for file in EXAMPLES for node in nodes(file, PASSING)]

    assert [finding.line() for node in passing for finding in findings.get(node, [])] == []


def test_failing_nodes_are_reported(findings: dict[NamedNode, list[Finding]]) -> None:
    """Each failing example is reported by its shape; the message lists the others, with the shapes that report them."""
    failing = {file: nodes(file, FAILING) for file in EXAMPLES}
    rules = {node: {one.rule for one in findings.get(node, [])} for examples in failing.values() for node in examples}

    assert [file for file, examples in failing.items() if not examples] == []
    assert {node.value: shapes for node, shapes in rules.items() if SHAPES[broken_shape(node)] not in shapes} == {}


def test_every_file_of_shapes_has_examples() -> None:
    """The examples of `shapes/seat.ttl` are in `tests/data/shapes/seat.ttl`."""
    files = {file.name for file in packaged().shapes.iterdir() if file.name.endswith(".ttl")}

    assert files == set(EXAMPLES)


def test_every_constraint_is_broken_by_an_example(findings: dict[NamedNode, list[Finding]]) -> None:
    """Each constraint of each shape has an example."""
    components: dict[str, set[str]] = defaultdict(set)
    for finding in chain.from_iterable(findings.values()):
        components[finding.rule.value].add(finding.component.value)
    constraints = {
        str(shape): {_component(str(parameter)) for parameter in set(shapes().predicates(shape)) - DESCRIPTIVE}
        for shape in reporters()
    }

    assert constraints
    assert {shape: parts for shape, expected in constraints.items() if (parts := expected ^ components[shape])} == {}


def test_a_bound_is_broken_by_the_next_value(findings: dict[NamedNode, list[Finding]]) -> None:
    """An example breaks each number in a shape as little as possible, so that another number would accept it."""
    examples = [quad for file in EXAMPLES for quad in parse(path=FOLDER / file, format=RdfFormat.TURTLE)]
    values: dict[tuple[object, object], list[str]] = defaultdict(list)
    for quad in examples:
        values[quad.subject, quad.predicate].append(getattr(quad.object, "value", ""))
    broken: dict[tuple[str, str], list[list[str]]] = defaultdict(list)
    for finding in chain.from_iterable(findings.values()):
        found = values[finding.focus, finding.path]
        own = found if finding.value is None else [getattr(finding.value, "value", "")]
        broken[finding.rule.value, finding.component.value].append(own)

    missed = {
        (name(shape), parameter): broken[str(shape), component]
        for shape in reporters()
        for parameter, is_next in BOUNDS.items()
        for bound in shapes().objects(shape, SH[parameter])
        if isinstance(next(shapes().objects(shape, SH.path)), URIRef)
        and (component := _component(str(SH[parameter])))
        and not any(is_next(float(str(bound)), found) for found in broken[str(shape), component])
    }

    assert missed == {}


@pytest.mark.parametrize("shape", NEAR)
def test_a_pattern_accepts_nothing_near(shape: str) -> None:
    """Each of these values lacks a part, or has one too many."""
    (pattern,) = shapes().objects(URIRef(SHAPES[shape].value), SH.pattern)

    assert [value for value in NEAR[shape] if re.search(str(pattern), value)] == []


def test_all_patterns_are_tried() -> None:
    """Those of IRIs elsewhere have examples of their own."""
    patterns = {name(shape) for shape, one in shapes().subject_objects(SH.pattern) if str(one) != "^https?://[^ ]+$"}

    assert patterns == {*NEAR}


def test_every_shape_that_reports_has_an_example_of_its_name() -> None:
    """An editor of a shape finds its purpose by name."""
    examples = {broken_shape(node) for file in EXAMPLES for node in nodes(file, FAILING)}

    assert {name(shape) for shape in reporters()} - examples == set()


def test_every_shape_has_a_name() -> None:
    """Blank nodes are only paths and lists, so that a finding can name its shape."""
    all_shapes = set(shapes().subjects(RDF.type, SH.NodeShape)) | set(shapes().subjects(RDF.type, SH.PropertyShape))

    assert {shape for shape in all_shapes if not str(shape).startswith(SHAPES.iri)} == set()
    assert set(shapes().subjects(SH.path)) == set(shapes().subjects(RDF.type, SH.PropertyShape))


def test_every_shape_that_reports_says_why_in_both_languages() -> None:
    """A message in German and one in English, each a sentence."""
    subjects = {*reporters(), *shapes().subjects(RDF.type, SH.PropertyShape), *shapes().subjects(SH.closed)}
    languages = {
        shape: sorted(str(getattr(text, "language", None)) for text in shapes().objects(shape, SH.message))
        for shape in subjects
    }

    assert {name(shape) for shape, present in languages.items() if present != ["de", "en"]} == set()
    assert {text for text in shapes().objects(None, SH.message) if not str(text).endswith(".")} == set()


def test_every_class_has_a_closed_shape(dataset: Dataset) -> None:
    """Each class of the ontology and each class of a thing, or a superclass, has a closed shape."""
    types = [quad for quad in dataset.store.quads_for_pattern(None, TYPE, None) if quad.graph_name != UNION]
    classes = {str(quad.object).strip("<>") for quad in types if not is_computed(quad)}
    ours = {str(quad.subject).strip("<>") for quad in types if quad.object == CLASS and quad.subject in IQ}
    targets = {target for shape in shapes().subjects(SH.closed) for target in shapes().objects(shape, SH.targetClass)}
    subclasses = {str(one) for one, above in superclasses(dataset) if above in targets}

    assert (ours | classes) - {*map(str, targets)} - subclasses == set()


def test_no_closed_shape_repeats_that_of_a_class_above(dataset: Dataset) -> None:
    """A subclass has a closed shape of its own only if it allows less than that of the superclass."""
    shape_of = {
        target: shape for shape in shapes().subjects(SH.closed) for target in shapes().objects(shape, SH.targetClass)
    }
    paths = {
        shape: {part for one in shapes().objects(shape, SH.property) for part in shapes().objects(one, SH.path)}
        | {one for head in shapes().objects(shape, SH.ignoredProperties) for one in shapes().items(head)}
        for shape in shape_of.values()
    }
    pairs = [(shape_of.get(one), shape_of.get(above)) for one, above in superclasses(dataset)]
    shape_pairs = [(one, above) for one, above in pairs if one and above and one != above]

    assert [name(one) for one, above in shape_pairs if paths[above] <= paths[one]] == []


def test_every_shape_is_used() -> None:
    """A shape without targets is part of another."""
    parts = {*shapes().objects(), *reporters(), *roots()}

    assert {name(shape) for shape in shapes().subjects(RDF.type) if shape not in parts} == set()


def _component(parameter: str) -> str:
    """The constraint component of a parameter with one."""
    namespace, _, local = parameter.rpartition("#")
    return f"{namespace}#{local[0].upper()}{local[1:]}ConstraintComponent"
