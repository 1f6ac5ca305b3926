"""Validation: the reports of the shapes as findings with a place."""

import inspect
from pathlib import Path

import pyshacl.shape
import pytest
from pyshacl.constraints import ALL_CONSTRAINT_PARAMETERS
from pyshacl.constraints.constraint_component import ConstraintComponent
from rdflib import URIRef

from iqgraph.bilingual import Text
from iqgraph.dataset import load, load_plain
from iqgraph.errors import DatasetError
from iqgraph.resources import Sources
from iqgraph.terms import ID, IQ, RDFS, SH, SHAPES, SKOS
from iqgraph.validation.findings import Finding
from iqgraph.validation.seals import seal
from iqgraph.validation.shapes import Step, path_text
from iqgraph.validation.validation import asserted_graph, validate
from tiny import HEAD, change, put

SAYS = "data/letter/01-all.trig"
SHAPE = "shapes/person.ttl"


def findings_of(sources: Sources) -> list[Finding]:
    """The findings of the shapes."""
    return validate(load(sources=sources))


def test_sound_data_has_no_findings(sources: Sources) -> None:
    """The tiny dataset conforms to its shapes."""
    assert findings_of(sources) == []


def test_breach_is_found(tmp_path: Path, sources: Sources) -> None:
    """A finding has the shape, the place, the message in both languages, and the file."""
    change(tmp_path, SAYS, 'skos:prefLabel "Ben"@en ;', "")
    (finding,) = findings_of(sources)

    assert finding == Finding(
        rule=SHAPES["Person-label"],
        focus=ID.ben,
        message=finding.message,
        path=SKOS.prefLabel,
        file=SAYS,
        severity=SH.Violation,
        component=SH.MinCountConstraintComponent,
    )
    assert finding.message == Text(
        de='Eine Person hat zwei Namen. Angegeben: "Ben"@de.', en='A person has two names. Given: "Ben"@de.'
    )


def test_values_of_a_breach_are_listed_if_they_are_too_many(tmp_path: Path, sources: Sources) -> None:
    """In their order, as if they are too few."""
    change(tmp_path, SHAPE, "sh:minCount 2", "sh:maxCount 1")

    assert 'A person has two names. Given: "Ben"@de, "Ben"@en.' in {one.message.en for one in findings_of(sources)}


def test_value_of_a_breach_is_in_the_finding(tmp_path: Path, sources: Sources) -> None:
    """With its datatype and its lexical form."""
    change(tmp_path, SHAPE, "sh:minCount 2", "sh:datatype rdf:langString")
    change(tmp_path, SAYS, '"Ben"@en', '"007"^^xsd:gYear')
    (finding,) = findings_of(sources)

    assert str(finding.value) == '"007"^^<http://www.w3.org/2001/XMLSchema#gYear>'


def test_value_of_another_class_is_not_one_too_many(tmp_path: Path, sources: Sources) -> None:
    """If a shape limits number and class, the message for a value of another class is about the class."""
    kinds = """
        shapes:Person-leads a sh:PropertyShape ; sh:path iq:leads ; sh:maxCount 1 ; sh:class iq:Choir ;
            sh:node shapes:Choir ; sh:message "Eine Person leitet höchstens einen Chor."@de, "One choir at most."@en .
        shapes:Choir a sh:NodeShape ; sh:property shapes:Choir-type .
        shapes:Choir-type a sh:PropertyShape ; sh:path rdf:type ; sh:minCount 1 ;
            sh:message "Geleitet wird ein Chor."@de, "What is led is a choir."@en .
        shapes:Person sh:property shapes:Person-leads .
    """
    put(tmp_path, "shapes/choir.ttl", HEAD + kinds)

    assert {finding.message for finding in findings_of(sources)} == {
        Text(de="Der Wert ist nicht vom Typ iq:Choir.", en="The value is not of the type iq:Choir."),
        Text(de="Geleitet wird ein Chor.", en="What is led is a choir."),
    }


def test_an_ill_typed_value_is_not_one_too_many(tmp_path: Path, sources: Sources) -> None:
    """The message is about the datatype."""
    change(tmp_path, SHAPE, "sh:minCount 2", "sh:maxCount 1 ; sh:datatype xsd:date")
    change(tmp_path, SAYS, '"Ben"@en', '"2026-13-29"^^xsd:date')
    (finding,) = [one for one in findings_of(sources) if "2026-13-29" in str(one.value)]

    assert finding.message.en == 'The value is not of the type xsd:date. Write it like "2022-01-31"^^xsd:date.'


def test_the_message_of_a_closed_shape_names_the_property(tmp_path: Path, sources: Sources) -> None:
    """And the allowed properties; the message in the shape cannot know them."""
    change(tmp_path, SHAPE, "sh:targetClass", "sh:closed true ; sh:ignoredProperties ( iq:age ) ; sh:targetClass")
    messages = {finding.path: finding.message for finding in findings_of(sources)}

    assert messages[IQ.leads].de.endswith(" iq:leads gehört nicht dazu; möglich sind iq:age, skos:prefLabel.")
    assert messages[IQ.leads].en.endswith(" iq:leads is none of these: iq:age, skos:prefLabel.")
    assert SKOS.prefLabel not in messages


def test_message_in_one_language_serves_both(tmp_path: Path, sources: Sources) -> None:
    """A shape may lack a translation."""
    change(tmp_path, SHAPE, 'sh:message "A person has two names."@en', "sh:order 1")
    change(tmp_path, SAYS, 'skos:prefLabel "Ben"@en ;', "")
    (finding,) = findings_of(sources)

    assert [text.partition(".")[0] for text in finding.message] == ["Eine Person hat zwei Namen"] * 2


def test_shape_without_name_has_that_of_its_user(tmp_path: Path, sources: Sources) -> None:
    """The finding names the next shape that has a name."""
    change(tmp_path, SHAPE, "sh:property shapes:Person-label", "sh:property [ sh:path iq:age ; sh:minCount 1 ]")

    assert {finding.rule for finding in findings_of(sources)} == {SHAPES.Person}


def test_severity_is_kept(tmp_path: Path, sources: Sources) -> None:
    """And a warning is no breach."""
    change(tmp_path, SHAPE, "sh:minCount 2 ;", "sh:minCount 3 ; sh:severity sh:Warning ;")

    assert [(finding.severity, finding.is_breach) for finding in findings_of(sources)] == [(SH.Warning, False)] * 2


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("[ sh:inversePath iq:knows ]", "^iq:knows"),
        ("( iq:knows rdfs:label )", "iq:knows/rdfs:label"),
        ("( [ sh:inversePath iq:knows ] rdfs:label )", "(^iq:knows)/rdfs:label"),
        ("[ sh:alternativePath ( iq:knows iq:likes ) ]", "iq:knows|iq:likes"),
        ("[ sh:oneOrMorePath iq:knows ]", "iq:knows+"),
    ],
)
def test_path_is_written_as_in_sparql(tmp_path: Path, sources: Sources, path: str, text: str) -> None:
    """Property paths have a text too."""
    change(tmp_path, SHAPE, "sh:path skos:prefLabel", f"sh:path {path}")
    finding = findings_of(sources)[0]

    assert finding.path is not None
    assert path_text(finding.path) == text


def test_two_paths_in_a_path() -> None:
    """A nested path has brackets."""
    assert path_text(Step("*", (Step("|", (IQ.knows, RDFS.label)),))) == "(iq:knows|rdfs:label)*"


def test_derived_statements_are_not_validated(sources: Sources) -> None:
    """Shapes are about statements that people write, rules about derived ones."""
    predicates = set(asserted_graph(load(sources=sources)).predicates())

    assert URIRef(IQ.leads.value) in predicates
    assert URIRef(IQ.above.value) not in predicates


def test_subclasses_of_the_ontology_count(tmp_path: Path, sources: Sources) -> None:
    """An instance of a class is one of its superclass."""
    change(tmp_path, SHAPE, "sh:targetClass iq:Person", "sh:targetClass foaf:Person")
    change(tmp_path, SAYS, 'skos:prefLabel "Ben"@en ;', "")

    assert [finding.focus for finding in findings_of(sources)] == [ID.ben]


def test_statements_without_graph_are_validated(tmp_path: Path, sources: Sources) -> None:
    """Statements outside of graphs are checked too."""
    file = put(tmp_path, "mine.ttl", HEAD + "id:dora a iq:Person .")

    assert [finding.focus for finding in validate(load([file], sources))] == [ID.dora]


LOOP = "_:l .\n_:l rdf:first iq:a ; rdf:rest _:l .\nshapes:Person-label sh:minCount 1"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("sh:path skos:prefLabel", "sh:path 1", "the property path is invalid"),
        ("sh:path skos:prefLabel", "sh:path [ sh:inversePath [] ]", "the property path is invalid"),
        ("sh:path skos:prefLabel ;", "", "the property path is missing"),
        ("sh:minCount 2", "sh:in iq:a", "a list or its end is missing"),
        ("sh:minCount 2", "sh:in [ rdf:first iq:a ]", "a list or its end is missing"),
        ("sh:minCount 2", f"sh:in {LOOP}", "a list or its end is missing"),
    ],
)
def test_malformed_shape_is_an_error(tmp_path: Path, sources: Sources, old: str, new: str, reason: str) -> None:
    """The error names file and shape, before pySHACL ignores it; `seal` refuses it, too."""
    change(tmp_path, SHAPE, old, new)

    for use in (findings_of, seal):
        with pytest.raises(DatasetError, match=rf"^shapes/person\.ttl: shapes:Person-label: {reason}\.\Z"):
            use(sources)


def test_what_a_library_cannot_read_is_an_error(tmp_path: Path, sources: Sources) -> None:
    """Whatever it raises, there is no traceback."""
    change(tmp_path, SHAPE, "sh:minCount 2", 'sh:minCount 2 ; sh:sparql [ sh:select "SELECT $this WHERE {" ]')

    with pytest.raises(DatasetError, match=r"^The shapes cannot be used: "):
        findings_of(sources)


def test_invalid_constraint_is_an_error(tmp_path: Path, sources: Sources, caplog: pytest.LogCaptureFixture) -> None:
    """The error names shape and parameter, and appears once."""
    change(tmp_path, SHAPE, "sh:minCount 2", 'sh:minCount "two"')

    with pytest.raises(DatasetError, match=r"^The shapes cannot be used: shapes:Person-label: .*sh:minCount.+\Z"):
        findings_of(sources)
    assert not caplog.records


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("sh:minCount", 'sh:pattern "(a" ; sh:minCount', r"Person-label: missing \)"),
        ("sh:targetClass", "sh:node shapes:Person ; sh:targetClass", "Person: the shape refers to itself"),
    ],
)
def test_unusable_shape_is_an_error(tmp_path: Path, sources: Sources, old: str, new: str, reason: str) -> None:
    """The error names a shape with an invalid pattern or a reference to itself."""
    change(tmp_path, SHAPE, old, new)

    with pytest.raises(DatasetError, match=rf"^The shapes cannot be used: shapes:{reason}.*\Z"):
        findings_of(sources)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("sh:minCount 2", "sh:minCuont 2"),
        ("sh:minCount 2", "sh:minCount 2 ; sh:severity sh:Warnig"),
        ("sh:minCount 2", "<http://www.w3.org/ns/shacl#minCuont> 2"),
        ("sh:path skos:prefLabel", "sh:path [ sh:inversPath iq:knows ]"),
        ("sh:minCount 2", "sh:minCount 2 ; sh:node shapes:Persom"),
    ],
)
def test_unknown_term_or_shape_is_found(tmp_path: Path, sources: Sources, old: str, new: str) -> None:
    """The finding names file and line, and the data is not validated by the other shapes."""
    change(tmp_path, SHAPE, old, new)
    change(tmp_path, SAYS, 'skos:prefLabel "Ben"@en ;', "")
    (finding,) = findings_of(sources)
    line = next(n for n, text in enumerate((tmp_path / SHAPE).read_text().splitlines(), 1) if new in text)

    assert (finding.focus, finding.file, finding.is_breach) == (SHAPES["Person-label"], SHAPE, True)
    assert f", see line {line}." in finding.message.en


def test_plain_rdf_is_not_validated(tmp_path: Path) -> None:
    """Our shapes are for our data."""
    assert validate(load_plain([put(tmp_path, "a.ttl", HEAD + "id:dora a iq:Person .")])) == []


def test_the_internals_of_pyshacl_are_there() -> None:
    """The list of constraint parameters, which we replace by a set, and the message of a breach."""
    missing = "pySHACL no longer has, or no longer reads, "
    parameters, components = pyshacl.shape.module.CONSTRAINT_PARAMS

    assert "getattr(module, 'CONSTRAINT_PARAMS'" in inspect.getsource(pyshacl.shape), f"{missing}the list"
    assert parameters == set(components) == set(ALL_CONSTRAINT_PARAMETERS), f"{missing}the list"
    assert "desc = self.make_v_result_description(" in inspect.getsource(ConstraintComponent.make_v_result), missing
