"""Causes: of what is found, what somebody has to mend."""

from dataclasses import replace
from pathlib import Path

from pyoxigraph import Literal

from iqgraph.bilingual import Text
from iqgraph.dataset import Dataset, load
from iqgraph.resources import Sources
from iqgraph.terms import BASE, DATASET, GRAPH, ID, IQ, SH, SHAPES, SKOS, short_name
from iqgraph.validation.causes import causes
from iqgraph.validation.comparison import MISSING, RULE, compare
from iqgraph.validation.files import check_prefixes, check_tables
from iqgraph.validation.findings import Finding, Scope
from iqgraph.validation.seals import seal
from tiny import HEAD, change, put

WRONG = Text(de="falsch", en="wrong")
SEALED = Text(de="anders als versiegelt", en="not as it was sealed")


def select(dataset: Dataset, *findings: Finding) -> list[Finding]:
    """The causes of some findings."""
    return causes(dataset, findings)


def test_of_a_changed_thing_the_first_finding_is_told(letter: Dataset) -> None:
    """With how many more there are on it or on what leads to it; that its seal is broken goes without saying."""
    seal = Finding(RULE, ID.anna, SEALED)
    own = [Finding(SHAPES.x, ID.anna, WRONG, path, Literal("x")) for path in (IQ.order, SKOS.note)]
    (finding,) = select(letter, seal, *own, Finding(SHAPES.x, ID.ben, WRONG, IQ.knows, ID.anna))

    assert finding.focus == ID.anna
    assert finding.message.en == "wrong Further findings that may follow from it: 2."


def test_a_broken_seal_stays_a_breach_behind_a_hint(letter: Dataset) -> None:
    """Whoever asks for the exit code alone would take the data for valid."""
    hint = Finding(SHAPES.x, ID.anna, WRONG, severity=SH.Info)
    (finding,) = select(letter, Finding(RULE, ID.anna, SEALED), hint)

    assert (finding.rule, finding.is_breach) == (hint.rule, True)


def test_what_leads_nowhere_in_a_changed_file_is_told_first(letter: Dataset) -> None:
    """Not the seal, and not what an unchanged file says of the same thing; what is named is said not to be there."""
    seal = Finding(RULE, ID.anna, SEALED, file="data/new.trig")
    old = Finding(SHAPES.x, ID.anna, WRONG, IQ.knows, file="data/old.trig")
    new = Finding(SHAPES.y, GRAPH["letter/S01#c1"], WRONG, IQ.readWith, ID.annna, file="data/new.trig")
    (finding,) = select(letter, seal, old, new)

    assert (finding.focus, finding.value) == (new.focus, ID.annna)
    assert finding.message.en == "wrong id:annna is not defined. Further findings that may follow from it: 1."


def test_of_what_a_file_no_longer_says_that_file_is_named(letter: Dataset) -> None:
    """Other files still name the thing, but they have not changed; of a shape it is told which one has."""
    seal = Finding(RULE, ID.anna, SEALED, file="data/new.trig")
    (finding,) = select(letter, seal, Finding(SHAPES.x, ID.anna, WRONG, file="data/old.trig"))
    assert finding.line() == "data/new.trig: id:anna: wrong"

    shape = Finding(RULE, DATASET, SEALED, file="shapes/x.ttl")
    (finding,) = select(letter, shape, Finding(SHAPES.x, ID.anna, WRONG))
    assert finding.line().startswith("shapes/x.ttl: shapes:x: not as it was sealed")


def test_a_prefix_with_another_meaning_is_told_alone(sources: Sources, tmp_path: Path) -> None:
    """Whatever else is found in such a file follows from that."""
    text = HEAD.replace("PREFIX skos: <http://www.w3.org/2004/02/skos/core#>", "")
    put(tmp_path, "data/letter/more.trig", f"PREFIX skos: <http://x/>\n{text}g:S01 {{ id:anna skos:note 'x' . }}")
    dataset = load(sources=sources)
    (finding,) = select(dataset, *check_prefixes(dataset), Finding(SHAPES.x, ID.anna, WRONG))

    assert finding.line().startswith('data/letter/more.trig: "skos:": Here skos: stands for http://x/')


def test_a_broken_seal_hides_nothing_elsewhere(letter: Dataset) -> None:
    """What another file says does not follow from it; what its own file says may."""
    seals = [Finding(RULE, one, SEALED, file="data/new.trig") for one in (ID.anna, ID.choir)]
    beside = Finding(SHAPES.x, ID.ben, WRONG, file="data/old.trig")

    assert select(letter, *seals, beside) == [beside, *seals]
    assert select(letter, seals[0], beside) == [beside, seals[0]]
    (finding,) = select(letter, seals[0], replace(beside, file="data/new.trig"))
    assert (finding.focus, finding.message.en) == (ID.ben, WRONG.en)


def test_a_statement_in_a_changed_graph_belongs_to_it(letter: Dataset) -> None:
    """What stands for a statement is called after its graph."""
    seal = Finding(RULE, GRAPH["letter/S01"], SEALED)
    record = Finding(SHAPES.x, GRAPH["letter/S01#c1"], WRONG, IQ.modality)

    assert select(letter, seal, record) == [record]


def test_where_a_file_is_missing_nothing_else_is_told(letter: Dataset) -> None:
    """All else may follow from that, so only its number is."""
    missing = Finding(RULE, ID.anna, MISSING, file="data/letter/01-all.trig", scope=Scope.DATASET)
    (finding,) = select(letter, missing, Finding(SHAPES.x, ID.ben, WRONG))

    assert (finding.focus, finding.message.en) == (
        ID.anna,
        f"{MISSING.en} Further findings that may follow from it: 1.",
    )
    assert select(letter, missing) == [missing]


def test_where_a_graph_has_lost_its_statements_that_is_told(sources: Sources, tmp_path: Path) -> None:
    """Not what they say in the graph where they are now; but what is named and not there is told beside it."""
    seal(sources)
    change(tmp_path, "data/letter/01-all.trig", "g:S01 {", "g:S02 {")
    dataset = load(sources=sources)
    wrong = Finding(SHAPES.x, ID.anna, WRONG, file="data/letter/01-all.trig")
    nowhere = Finding(SHAPES.x, ID.ben, WRONG, IQ.knows, ID.nobody, "data/letter/01-all.trig")
    finding, empty = causes(dataset, [wrong, nowhere, *compare(dataset)])

    assert finding == nowhere
    assert empty.message.en.startswith("Sealed, but without statements: graph:letter/S01.")


def test_of_an_ontology_beside_other_data_one_finding_is_told(tmp_path: Path, sources: Sources) -> None:
    """Whoever validates own files has not written it; in it, much is used by our data alone."""
    file = put(tmp_path, "own.ttl", "<http://a/s> <http://a/p> 1 .")
    many = [Finding(SHAPES.x, ID[f"c{number}"], WRONG, file="ontology/concepts.ttl") for number in range(9)]
    (finding,) = select(load([file], sources), *many)

    assert finding.message.en == "wrong Further findings that may follow from it: 8."


def test_many_equal_findings_on_a_thing_are_one(letter: Dataset) -> None:
    """But a few are told each."""
    many = [Finding(SHAPES.x, ID.anna, WRONG, SKOS.note, Literal(f"{number}")) for number in range(9)]

    assert len(select(letter, *many[:3])) == 3
    assert [one.message.en for one in select(letter, *many)] == ["wrong Further findings that may follow from it: 8."]


def test_what_leads_nowhere_is_told_once(letter: Dataset) -> None:
    """Not also of the thing that there is not, and of the record of what a rule made of it."""
    dangling = Finding(SHAPES.x, ID.anna, WRONG, IQ.leads, ID.chor)
    nothing = Finding(SHAPES.y, ID.chor, WRONG)
    record = Finding(SHAPES.z, GRAPH["derived/letter#1"], WRONG, IQ.leads, ID.chor)

    assert select(letter, dangling, nothing, record) == [dangling]


def test_a_name_with_an_unknown_prefix_is_told(sources: Sources, tmp_path: Path) -> None:
    """A table of the ontology may name anything elsewhere, but not by a prefix that there is not."""
    put(tmp_path, "ontology/kinds.csv", f"kind,classes\nperson,iqq:Person foaf:Person {BASE}ontology#Person <x>\n")
    put(tmp_path, "data/letter/more.trig", HEAD + "g:S01 { id:anna iq:knows id:ben . }")

    assert [short_name(one.focus) for one in check_tables(load(sources=sources))] == ['"iqq:Person"', '"<x>"']
