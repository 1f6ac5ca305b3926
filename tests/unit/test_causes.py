"""The causes of findings: those that a user has to mend."""

from dataclasses import replace
from pathlib import Path

import pytest
from pyoxigraph import Literal

from iqgraph.bilingual import Text
from iqgraph.dataset import Dataset, load
from iqgraph.errors import DatasetError
from iqgraph.resources import Sources
from iqgraph.terms import DATASET, GRAPH, ID, IQ, SH, SHAPES, SKOS
from iqgraph.validation.causes import causes
from iqgraph.validation.comparison import MISSING, RULE, compare
from iqgraph.validation.files import check_prefixes, check_tables
from iqgraph.validation.findings import Finding, Reach
from iqgraph.validation.seals import seal
from tiny import HEAD, change, put, tabulate

WRONG = Text(de="falsch", en="wrong")
SEALED = Text(de="anders als versiegelt", en="not as it was sealed")


def select(dataset: Dataset, *findings: Finding) -> list[Finding]:
    """The causes among some findings."""
    return causes(dataset, findings)


def test_a_changed_thing_has_one_finding(letter: Dataset) -> None:
    """It counts those that may follow from it, and the seal is omitted."""
    seal = Finding(RULE, ID.anna, SEALED)
    own = [Finding(SHAPES.x, ID.anna, WRONG, path, Literal("x")) for path in (IQ.order, SKOS.note)]
    (finding,) = select(letter, seal, *own, Finding(SHAPES.x, ID.ben, WRONG, IQ.knows, ID.anna))

    assert finding.focus == ID.anna
    assert finding.message.en == "wrong Further findings that may follow from it: 2."


def test_a_hint_about_a_changed_thing_is_a_breach(letter: Dataset) -> None:
    """Otherwise the exit code would say that the data is valid."""
    hint = Finding(SHAPES.x, ID.anna, WRONG, severity=SH.Info)
    (finding,) = select(letter, Finding(RULE, ID.anna, SEALED), hint)

    assert (finding.rule, finding.is_breach) == (hint.rule, True)


def test_an_undefined_thing_in_a_changed_file_is_the_cause(letter: Dataset) -> None:
    """It precedes the seal, and findings about unchanged files."""
    seal = Finding(RULE, ID.anna, SEALED, file="data/new.trig")
    old = Finding(SHAPES.x, ID.anna, WRONG, IQ.knows, file="data/old.trig")
    new = Finding(SHAPES.y, GRAPH["letter/S01#c1"], WRONG, IQ.readWith, ID.annna, file="data/new.trig")
    (finding,) = select(letter, seal, old, new)

    assert (finding.focus, finding.value) == (new.focus, ID.annna)
    assert finding.message.en == "wrong Further findings that may follow from it: 1."


def test_a_finding_names_the_changed_file(letter: Dataset) -> None:
    """Unchanged files that mention the thing are no cause; of a changed shape, the message names it."""
    seal = Finding(RULE, ID.anna, SEALED, file="data/new.trig")
    (finding,) = select(letter, seal, Finding(SHAPES.x, ID.anna, WRONG, file="data/old.trig"))
    assert finding.line() == "data/new.trig: id:anna: wrong"

    shape = Finding(RULE, DATASET, SEALED, file="shapes/x.ttl")
    (finding,) = select(letter, shape, Finding(SHAPES.x, ID.anna, WRONG))
    assert finding.line().startswith("shapes/x.ttl: shapes:x: not as it was sealed")


def test_a_redefined_prefix_is_the_only_finding(sources: Sources, tmp_path: Path) -> None:
    """Other findings in the file follow from it."""
    text = HEAD.replace("PREFIX skos: <http://www.w3.org/2004/02/skos/core#>", "")
    put(tmp_path, "data/letter/more.trig", f"PREFIX skos: <http://x/>\n{text}g:S01 {{ id:anna skos:note 'x' . }}")
    dataset = load(sources=sources)
    (finding,) = select(dataset, *check_prefixes(dataset), Finding(SHAPES.x, ID.anna, WRONG))

    assert finding.line().startswith('data/letter/more.trig: "skos:": Here skos: stands for http://x/')


def test_the_prefixes_of_a_document_are_its_own(sources: Sources, tmp_path: Path) -> None:
    """Those of a copied head lead to the passages of another."""
    tabulate(tmp_path)
    change(tmp_path, "data/letter/01-all.trig", "passage/letter/", "passage/lettre/")
    (finding,) = check_prefixes(load(sources=sources))

    assert finding.line().startswith('data/letter/01-all.trig: "p:": Here p: stands for')


def test_a_broken_seal_hides_nothing_elsewhere(letter: Dataset) -> None:
    """Findings in the same file may follow from the change, those in others do not."""
    seals = [Finding(RULE, one, SEALED, file="data/new.trig") for one in (ID.anna, ID.choir)]
    beside = Finding(SHAPES.x, ID.ben, WRONG, file="data/old.trig")

    assert select(letter, *seals, beside) == [beside, *seals]
    assert select(letter, seals[0], beside) == [beside, seals[0]]
    (finding,) = select(letter, seals[0], replace(beside, file="data/new.trig"))
    assert (finding.focus, finding.message.en) == (ID.ben, WRONG.en)


def test_a_statement_in_a_changed_graph_belongs_to_it(letter: Dataset) -> None:
    """The IRI of a reifier begins with that of its graph."""
    seal = Finding(RULE, GRAPH["letter/S01"], SEALED)
    record = Finding(SHAPES.x, GRAPH["letter/S01#c1"], WRONG, IQ.modality)

    assert select(letter, seal, record) == [record]


def test_a_missing_file_is_the_only_finding(letter: Dataset) -> None:
    """It has the number of all others, which may follow from it."""
    missing = Finding(RULE, ID.anna, MISSING, file="data/letter/01-all.trig", reach=Reach.DATASET)
    (finding,) = select(letter, missing, Finding(SHAPES.x, ID.ben, WRONG))

    assert (finding.focus, finding.message.en) == (
        ID.anna,
        f"{MISSING.en} Further findings that may follow from it: 1.",
    )
    assert select(letter, missing) == [missing]


def test_an_empty_graph_is_the_cause(sources: Sources, tmp_path: Path) -> None:
    """Findings about its statements are omitted, but not those about undefined things."""
    seal(sources)
    change(tmp_path, "data/letter/01-all.trig", "g:S01 {", "g:S02 {")
    dataset = load(sources=sources)
    wrong = Finding(SHAPES.x, ID.anna, WRONG, file="data/letter/01-all.trig")
    nowhere = Finding(SHAPES.x, ID.ben, WRONG, IQ.knows, ID.nobody, "data/letter/01-all.trig")
    finding, empty = causes(dataset, [wrong, nowhere, *compare(dataset)])

    assert finding == nowhere
    assert empty.message.en.startswith("Sealed, but without statements: graph:letter/S01.")


def test_the_ontology_has_one_finding_beside_other_data(tmp_path: Path, sources: Sources) -> None:
    """Users did not write it, and much of it is used by our data only."""
    file = put(tmp_path, "own.ttl", "<http://a/s> <http://a/p> 1 .")
    many = [Finding(SHAPES.x, ID[f"c{number}"], WRONG, file="ontology/concepts.ttl") for number in range(9)]
    (finding,) = select(load([file], sources), *many)

    assert finding.message.en == "wrong Further findings that may follow from it: 8."


def test_many_equal_findings_about_a_thing_are_one(letter: Dataset) -> None:
    """A few are listed."""
    many = [Finding(SHAPES.x, ID.anna, WRONG, SKOS.note, Literal(f"{number}")) for number in range(9)]

    assert len(select(letter, *many[:3])) == 3
    assert [one.message.en for one in select(letter, *many)] == ["wrong Further findings that may follow from it: 8."]


def test_an_undefined_thing_is_one_finding(letter: Dataset) -> None:
    """Those about the undefined thing itself, and about derived statements, are omitted."""
    dangling = Finding(SHAPES.x, ID.anna, WRONG, IQ.leads, ID.chor)
    nothing = Finding(SHAPES.y, ID.chor, WRONG)
    record = Finding(SHAPES.z, GRAPH["derived/letter#1"], WRONG, IQ.leads, ID.chor)

    assert select(letter, dangling, nothing, record) == [dangling]


def test_an_empty_table_is_an_error(sources: Sources, tmp_path: Path) -> None:
    """Also one of which only the pages know the columns."""
    put(tmp_path, "ontology/questions/columns.csv", "variable,question,de,en\n")

    with pytest.raises(DatasetError, match=r"columns\.csv: the table has no rows\."):
        list(check_tables(load(sources=sources)))
