"""Validation: what the shapes find, as findings with a place."""

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
from iqgraph.validation.shapes import Step, path_text
from iqgraph.validation.validation import asserted_graph, validate
from tiny import HEAD, change, put

SAYS = "data/letter/01-all.trig"
SHAPE = "shapes/person.ttl"


def validated(sources: Sources) -> list[Finding]:
    """What the shapes find."""
    return validate(load(sources=sources))


def test_sound_data_has_no_findings(sources: Sources) -> None:
    """The tiny dataset is as its shapes want it."""
    assert validated(sources) == []


def test_breach_is_found(tmp_path: Path, sources: Sources) -> None:
    """A finding says which shape, where, what, in both languages, and in which file."""
    change(tmp_path, SAYS, 'skos:prefLabel "Ben"@en ;', "")
    (finding,) = validated(sources)

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


def test_value_of_a_breach_is_told(tmp_path: Path, sources: Sources) -> None:
    """The value keeps its datatype and its form."""
    change(tmp_path, SHAPE, "sh:minCount 2", "sh:datatype rdf:langString")
    change(tmp_path, SAYS, '"Ben"@en', '"007"^^xsd:gYear')
    (finding,) = validated(sources)

    assert str(finding.value) == '"007"^^<http://www.w3.org/2001/XMLSchema#gYear>'


def test_value_of_another_kind_is_no_matter_of_numbers(tmp_path: Path, sources: Sources) -> None:
    """Where a shape limits a number and a kind, a value of another kind is answered by what is expected of it."""
    kinds = """
        shapes:Person-leads a sh:PropertyShape ; sh:path iq:leads ; sh:maxCount 1 ; sh:class iq:Choir ;
            sh:node shapes:Choir ; sh:message "Eine Person leitet höchstens einen Chor."@de, "One choir at most."@en .
        shapes:Choir a sh:NodeShape ; sh:property shapes:Choir-type .
        shapes:Choir-type a sh:PropertyShape ; sh:path rdf:type ; sh:minCount 1 ;
            sh:message "Geleitet wird ein Chor."@de, "What is led is a choir."@en .
        shapes:Person sh:property shapes:Person-leads .
    """
    put(tmp_path, "shapes/choir.ttl", HEAD + kinds)

    assert {finding.message for finding in validated(sources)} == {
        Text(de="Der Wert gehört nicht zur Klasse iq:Choir.", en="The value is not of the class iq:Choir."),
        Text(de="Geleitet wird ein Chor.", en="What is led is a choir."),
    }


def test_a_value_that_its_datatype_does_not_have_is_no_matter_of_numbers(tmp_path: Path, sources: Sources) -> None:
    """It is called that, not one too many."""
    change(tmp_path, SHAPE, "sh:minCount 2", "sh:maxCount 1 ; sh:datatype xsd:date")
    change(tmp_path, SAYS, '"Ben"@en', '"2026-13-29"^^xsd:date')
    (finding,) = [one for one in validated(sources) if "2026-13-29" in str(one.value)]

    assert finding.message.en == 'The value cannot be read as xsd:date. Write it like "2022-01-31"^^xsd:date.'


def test_a_property_too_many_is_named(tmp_path: Path, sources: Sources) -> None:
    """The message of a closed shape cannot know it, so it is added, with the properties that there may be."""
    change(tmp_path, SHAPE, "sh:targetClass", "sh:closed true ; sh:ignoredProperties ( iq:age ) ; sh:targetClass")
    found = {finding.path: finding.message for finding in validated(sources)}

    assert found[IQ.leads].de.endswith(" iq:leads gehört nicht dazu; möglich sind iq:age, skos:prefLabel.")
    assert found[IQ.leads].en.endswith(" iq:leads is none of these: iq:age, skos:prefLabel.")
    assert SKOS.prefLabel not in found


def test_message_in_one_language_serves_both(tmp_path: Path, sources: Sources) -> None:
    """A shape without translation still says something."""
    change(tmp_path, SHAPE, 'sh:message "A person has two names."@en', "sh:order 1")
    change(tmp_path, SAYS, 'skos:prefLabel "Ben"@en ;', "")
    (finding,) = validated(sources)

    assert [text.partition(".")[0] for text in finding.message] == ["Eine Person hat zwei Namen"] * 2


def test_shape_without_name_is_called_by_its_user(tmp_path: Path, sources: Sources) -> None:
    """The finding names the next shape that has a name."""
    change(tmp_path, SHAPE, "sh:property shapes:Person-label", "sh:property [ sh:path iq:age ; sh:minCount 1 ]")

    assert {finding.rule for finding in validated(sources)} == {SHAPES.Person}


def test_severity_is_kept(tmp_path: Path, sources: Sources) -> None:
    """A warning is no breach."""
    change(tmp_path, SHAPE, "sh:minCount 2 ;", "sh:minCount 3 ; sh:severity sh:Warning ;")

    assert [(finding.severity, finding.is_breach) for finding in validated(sources)] == [(SH.Warning, False)] * 2


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
def test_path_is_told_as_sparql_writes_it(tmp_path: Path, sources: Sources, path: str, text: str) -> None:
    """Paths longer than a property can be read too."""
    change(tmp_path, SHAPE, "sh:path skos:prefLabel", f"sh:path {path}")
    finding = validated(sources)[0]

    assert finding.path is not None
    assert path_text(finding.path) == text


def test_two_paths_in_a_path() -> None:
    """The text of a nested path has brackets."""
    assert path_text(Step("*", (Step("|", (IQ.knows, RDFS.label)),))) == "(iq:knows|rdfs:label)*"


def test_what_is_computed_is_not_validated(sources: Sources) -> None:
    """Shapes speak of what people write; rules answer for what they yield."""
    predicates = set(asserted_graph(load(sources=sources)).predicates())

    assert URIRef(IQ.leads.value) in predicates
    assert URIRef(IQ.above.value) not in predicates


def test_subclasses_of_the_ontology_count(tmp_path: Path, sources: Sources) -> None:
    """An instance of a class is one of the class above."""
    change(tmp_path, SHAPE, "sh:targetClass iq:Person", "sh:targetClass foaf:Person")
    change(tmp_path, SAYS, 'skos:prefLabel "Ben"@en ;', "")

    assert [finding.focus for finding in validated(sources)] == [ID.ben]


def test_homeless_statements_are_validated(tmp_path: Path, sources: Sources) -> None:
    """Statements outside of graphs are checked like all others."""
    file = put(tmp_path, "mine.ttl", HEAD + "id:dora a iq:Person .")

    assert [finding.focus for finding in validate(load([file], sources))] == [ID.dora]


def test_shape_that_is_none(tmp_path: Path, sources: Sources) -> None:
    """Shapes that cannot be used are the project's fault, said in one line."""
    change(tmp_path, SHAPE, "sh:path skos:prefLabel", "sh:path 1")

    with pytest.raises(DatasetError, match=r"^The shapes cannot be used: .+\Z"):
        validated(sources)


def test_constraint_that_is_none(tmp_path: Path, sources: Sources, caplog: pytest.LogCaptureFixture) -> None:
    """A value that the constraint cannot have is named with its shape, and said once."""
    change(tmp_path, SHAPE, "sh:minCount 2", 'sh:minCount "two"')

    with pytest.raises(DatasetError, match=r"^The shapes cannot be used: shapes:Person-label: .*sh:minCount.+\Z"):
        validated(sources)
    assert not caplog.records


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("sh:minCount", 'sh:pattern "(a" ; sh:minCount', r"Person-label: missing \)"),
        ("sh:targetClass", "sh:node shapes:Person ; sh:targetClass", "Person: the shape refers to itself"),
    ],
)
def test_shape_that_leads_nowhere(tmp_path: Path, sources: Sources, old: str, new: str, reason: str) -> None:
    """It is named, whether it has an expression that is none or asks for itself."""
    change(tmp_path, SHAPE, old, new)

    with pytest.raises(DatasetError, match=rf"^The shapes cannot be used: shapes:{reason}.*\Z"):
        validated(sources)


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
def test_term_or_shape_that_there_is_not(tmp_path: Path, sources: Sources, old: str, new: str) -> None:
    """It is named with file and line, and the data is not judged by what is left of the shapes."""
    change(tmp_path, SHAPE, old, new)
    change(tmp_path, SAYS, 'skos:prefLabel "Ben"@en ;', "")
    (finding,) = validated(sources)
    line = next(n for n, text in enumerate((tmp_path / SHAPE).read_text().splitlines(), 1) if new in text)

    assert (finding.focus, finding.file, finding.is_breach) == (SHAPES["Person-label"], SHAPE, True)
    assert f", see line {line}." in finding.message.en


def test_plain_rdf_is_not_validated(tmp_path: Path) -> None:
    """Nothing of ours is imposed on RDF of anybody."""
    assert validate(load_plain([put(tmp_path, "a.ttl", HEAD + "id:dora a iq:Person .")])) == []


def test_the_inner_parts_of_pyshacl_are_there() -> None:
    """The list of predicates that a shape is read by, in place of which we put a set, and the words for a breach."""
    missing = "pySHACL no longer has, or no longer reads, "
    parameters, components = pyshacl.shape.module.CONSTRAINT_PARAMS

    assert "getattr(module, 'CONSTRAINT_PARAMS'" in inspect.getsource(pyshacl.shape), f"{missing}the list"
    assert parameters == set(components) == set(ALL_CONSTRAINT_PARAMETERS), f"{missing}the list"
    assert "desc = self.make_v_result_description(" in inspect.getsource(ConstraintComponent.make_v_result), missing
