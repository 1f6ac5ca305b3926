"""What an author is told of a document: complaints by passage, and how far it is."""

from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, Quad

from iqgraph.authoring import checking
from iqgraph.authoring.adding import FILE, Origin, make
from iqgraph.authoring.folder import DocumentFolder
from iqgraph.bilingual import Text
from iqgraph.dataset import UNION, Dataset, load
from iqgraph.errors import CallError
from iqgraph.resources import Sources
from iqgraph.terms import CONCEPT, DCTERMS, GRAPH, ID, IQ, OWL, PROV, RDF, SH, SHAPES, SKOS, passage_iri
from iqgraph.validation.findings import Finding
from tiny import HEAD, change, put

TEXT = "Anna leads the choir.\n\nCleo sings in it.\n\nBerlin\n"
LINE = "data/card/statements.trig"
WRONG = Text(de="falsch", en="wrong")


@pytest.fixture
def written(sources: Sources, tmp_path: Path) -> DocumentFolder:
    """The files of a new document, of which one passage says something, and the rule makes something of it."""
    files = make(load(sources=sources), TEXT, Origin("card", "en", "Card", "https://example.org/card"), (), ())
    for name, text in files.items():
        put(tmp_path, f"data/card/{name}", text)
    change(
        tmp_path, f"data/card/{FILE}", "g:S01 {\n", "g:S01 {\n    id:cleo a iq:Person ;\n        iq:leads id:choir .\n"
    )
    return DocumentFolder(tmp_path / "data", "card")


@pytest.fixture
def dataset(sources: Sources, written: DocumentFolder) -> Dataset:
    """The dataset with the new document."""
    assert written.lines
    return load(sources=sources)


def told(dataset: Dataset, written: DocumentFolder, *findings: Finding) -> list[str]:
    """The lines about findings below their passages, without those about texts that are to be written."""
    found = checking.lines(dataset, written, checking.complaints(dataset, written, findings), "en")
    del found["document"]
    return [line for head, lines in found.items() for line in (head, *lines)]


def number(written: DocumentFolder, text: str) -> int:
    """On which line something stands first."""
    return next(line.number for line in written.lines if text in line.text)


def test_a_finding_is_told_by_passage_with_its_line(dataset: Dataset, written: DocumentFolder) -> None:
    """The line is the one of the statement."""
    finding = Finding(SHAPES.x, ID.cleo, WRONG, IQ.leads, ID.choir, f"{LINE}")

    assert told(dataset, written, finding) == [
        "S01",
        f"{LINE}:{number(written, 'iq:leads')}: id:cleo iq:leads id:choir: wrong",
    ]


def test_what_a_rule_made_is_told_where_its_premise_stands(dataset: Dataset, written: DocumentFolder) -> None:
    """And not at all, if the premise is complained of itself."""
    derived = Finding(SHAPES.x, ID.cleo, WRONG, IQ.above, ID.ben, f"{LINE}")
    premise = Finding(SHAPES.x, ID.cleo, WRONG, IQ.leads, ID.choir, f"{LINE}")

    assert told(dataset, written, derived)[1].startswith(f"{LINE}:{number(written, 'iq:leads')}: id:cleo iq:above")
    assert told(dataset, written, derived, premise) == told(dataset, written, premise)


def test_of_two_rules_about_one_value_one_is_told(dataset: Dataset, written: DocumentFolder) -> None:
    """One cause is mended once; what is missing is another cause each."""
    same = [Finding(SHAPES[name], ID.cleo, WRONG, IQ.leads, ID.choir) for name in ("a", "b")]
    missing = [Finding(SHAPES.a, ID.cleo, Text(de=one, en=one), DCTERMS.title) for one in ("one", "two")]

    assert len(told(dataset, written, *same)) == 1 + 1
    assert len(told(dataset, written, *missing)) == 1 + 2


def test_what_is_missing_beside_a_mistaken_property_is_not_told(dataset: Dataset, written: DocumentFolder) -> None:
    """It is there, under a name that there is not; beside a property that is known, something else is missing."""
    missing = Finding(SHAPES.a, ID.cleo, Text(de="fehlt", en="lacking"), DCTERMS.title)
    mistaken, known = (Finding(SHAPES.b, ID.cleo, WRONG, path, ID.choir) for path in (IQ.leeds, IQ.leads))

    assert len(told(dataset, written, mistaken, missing)) == 1 + 1
    assert len(told(dataset, written, known, missing)) == 1 + 2
    assert told(dataset, written, mistaken)[-1].endswith("Similar name: iq:leads.")


def test_what_follows_from_a_mistaken_class_is_not_told(dataset: Dataset, written: DocumentFolder) -> None:
    """No property fits a thing of a class that there is not, and it fits none."""
    mistaken = Finding(SHAPES.a, ID.cleo, WRONG, RDF.type, IQ.Persn)
    others = Finding(SHAPES.b, ID.cleo, WRONG, IQ.leads, ID.choir), Finding(SHAPES.b, ID.anna, WRONG, IQ.leads, ID.cleo)

    assert told(dataset, written, mistaken, *others) == told(dataset, written, mistaken)
    assert told(dataset, written, mistaken)[-1].endswith("Similar name: iq:Person.")


def test_what_a_class_asks_of_a_stranger_is_not_told(dataset: Dataset, written: DocumentFolder) -> None:
    """A thing with a property of another class need not have what that class needs."""
    closed = Finding(SHAPES.Choir, ID.cleo, WRONG, IQ.leads, ID.choir, component=SH.ClosedConstraintComponent)
    lacking = Finding(SHAPES["Song-title"], ID.cleo, WRONG, DCTERMS.title)
    dataset.store.add(Quad(IQ.Song, RDF.type, OWL.Class, UNION))

    assert told(dataset, written, closed, lacking) == told(dataset, written, closed)
    assert len(told(dataset, written, lacking)) == 1 + 1


def test_of_a_wrong_value_its_number_is_not_told(dataset: Dataset, written: DocumentFolder) -> None:
    """That there are two of which one is right, and that none is right, is mended with it."""
    wrong, missing = (Finding(SHAPES.a, ID.cleo, WRONG, IQ.leads, value) for value in (ID.choir, None))

    assert told(dataset, written, wrong, missing) == told(dataset, written, wrong)


def test_a_node_without_a_name_is_told_once(dataset: Dataset, written: DocumentFolder) -> None:
    """Where it is linked, not for all that is said of it."""
    node = BlankNode("b")
    findings = [
        Finding(SHAPES["no-blank-node"], ID.cleo, WRONG, IQ.leads, node),
        Finding(SHAPES["no-blank-node"], GRAPH["card/S01"], WRONG, RDF.type, IQ.Choir),
        Finding(SHAPES.b, node, WRONG, SKOS.prefLabel),
    ]

    assert told(dataset, written, *findings) == told(dataset, written, findings[0])


def test_what_has_no_passage_is_told_once(dataset: Dataset, written: DocumentFolder, tmp_path: Path) -> None:
    """At the graph, whatever follows from it."""
    change(tmp_path, f"data/card/{FILE}", "g:S01 {\n", "g:S44 {\n    id:cleo a iq:Person .\n}\n\ng:S01 {\n")
    graph, passage = GRAPH["card/S44"], passage_iri("card", "S44")
    found = [Finding(SHAPES.x, graph, WRONG, PROV.wasDerivedFrom, passage), Finding(SHAPES.y, passage, WRONG)]
    lines = told(dataset, DocumentFolder(written.path.parent, "card"), *found)

    assert lines[0] == "S44"
    assert len(lines) == 1 + 1
    assert lines[1].endswith("p:S44: wrong passages.csv has no such passage.")


def test_an_author_seals_later(dataset: Dataset, written: DocumentFolder) -> None:
    """That the graph has changed is no news."""
    assert told(dataset, written, Finding(SHAPES["seal"], GRAPH["card/S01"], WRONG)) == []


def test_things_without_labels_are_one_line(dataset: Dataset, written: DocumentFolder) -> None:
    """With the command that writes where they go, in whichever language they lack one."""
    lacking = [Finding(SHAPES.x, ID.cleo, WRONG, path) for path in (SKOS.prefLabel, DCTERMS.description)]
    found = checking.lines(dataset, written, checking.complaints(dataset, written, lacking), "en")

    assert list(found) == ["document"]
    assert found["document"][1] == (
        "Things without a label or a description: 1; iqgraph document label card adds them, or TODO."
    )


def test_an_annotation_is_told_as_its_author_writes_it(dataset: Dataset, written: DocumentFolder) -> None:
    """The name that the statement about the statement gets stands in no file."""
    finding = Finding(SHAPES.a, GRAPH["card/S01#c2df4"], WRONG, IQ.leeds, passage_iri("card", "S02"))

    assert told(dataset, written, finding)[-1].partition(": ")[2].startswith("{| |} iq:leeds p:S02: wrong")


def test_of_equal_findings_about_one_line_one_is_told(dataset: Dataset, written: DocumentFolder) -> None:
    """And what the dataset says of itself follows from what its author says."""
    same = [Finding(SHAPES.x, ID.cleo, WRONG, name) for name in (SKOS.notation, SKOS.note)]
    computed = Finding(SHAPES.x, GRAPH["void"], WRONG)

    assert len(told(dataset, written, *same, computed)) == 1 + 1
    assert len(told(dataset, written, computed)) == 1 + 1


def test_passages_and_their_graphs_have_their_place(dataset: Dataset, written: DocumentFolder) -> None:
    """What is wrong with a passage is mended where it is labelled; what is no affair of the document comes last."""
    lines = told(
        dataset,
        written,
        Finding(SHAPES.x, passage_iri("card", "S02"), WRONG),
        Finding(SHAPES.x, GRAPH["card/S02"], WRONG),
        Finding(SHAPES.x, ID.ben, WRONG, file="data/letter/01-all.trig"),
    )

    assert lines[0] == "S02"
    assert f"{LINE}:{number(written, 'p:S02')}: p:S02: wrong" in lines
    assert lines[-2:] == ["elsewhere", "data/letter/01-all.trig: id:ben: wrong"]


def test_a_thing_that_is_not_there_has_near_ones(dataset: Dataset, written: DocumentFolder) -> None:
    """Where a name was mistaken, that which may be meant is named; a known thing is left alone."""
    findings = [Finding(SHAPES["a"], ID.card, WRONG, ID.about, one) for one in (ID.bens, ID.ben)]
    said = [checking.complaints(dataset, written, [one])[0].finding.message.en for one in findings]

    slip = Finding(SHAPES["a"], ID.bens, WRONG, SKOS.prefLabel, Literal("Ben"))

    assert said == [f"{WRONG.en} Similar name: id:ben.", WRONG.en]
    assert checking.complaints(dataset, written, [slip])[0].finding.message.en.endswith("Similar name: id:ben.")


@pytest.mark.usefixtures("written")
def test_findings_stand_in_the_order_of_the_file(sources: Sources, tmp_path: Path) -> None:
    """By passage and line, and line 99 before line 100."""
    change(tmp_path, f"data/card/{FILE}", "p:S02", "\n" * 50 + "p:S02")
    written, dataset = DocumentFolder(tmp_path / "data", "card"), load(sources=sources)
    nodes = [passage_iri("card", name) for name in ("S03", "S01", "S02")]
    found = [Finding(SHAPES.x, node, WRONG, path) for path in (DCTERMS.description, SKOS.prefLabel) for node in nodes]
    lines = told(dataset, written, *found)
    numbers = [int(line.split(":")[1]) for line in lines if ":" in line]

    assert [line for line in lines if ":" not in line] == ["S01", "S02", "S03"]
    assert numbers == sorted(numbers)
    assert min(numbers) < 100 < max(numbers)


def test_a_thing_as_a_whole_is_told_of_once(dataset: Dataset, written: DocumentFolder) -> None:
    """That nothing points at it and that it leads nowhere has one cause."""
    findings = [Finding(SHAPES[name], ID.cleo, Text(de=name, en=name)) for name in ("island", "unused")]

    assert len(told(dataset, written, *findings)) == 1 + 1


def test_a_text_that_rules_copy_is_told_once(dataset: Dataset, written: DocumentFolder) -> None:
    """A label of one kind is also one of any kind."""
    texts = [Finding(SHAPES.a, ID.cleo, WRONG, path, Literal("Cleo")) for path in (SKOS.altLabel, SKOS.prefLabel)]

    assert len(told(dataset, written, *texts)) == 1 + 1


def test_what_another_document_lacks_is_told_once(dataset: Dataset, written: DocumentFolder) -> None:
    """Each of its passages may lack the same, which its own check tells."""
    findings = [
        Finding(SHAPES.x, passage_iri("other", name), WRONG, file="data/other/x.csv") for name in ("S01", "S02")
    ]

    assert len(told(dataset, written, *findings)) == 1 + 1


def test_where_a_property_leads_is_told(sources: Sources, written: DocumentFolder, tmp_path: Path) -> None:
    """The classes it goes from and to, if those of the statement are others; of concepts, the scheme."""
    says = """iq:leads schema:domainIncludes iq:Person ; schema:rangeIncludes iq:Choir , iq:Group .
        iq:theme schema:rangeIncludes skos:Concept , iq:Choir .
        concept:music skos:inScheme concept:theme . concept:rent skos:inScheme concept:cost ."""
    put(tmp_path, "ontology/more.ttl", HEAD + says)
    put(tmp_path, "data/letter/more.trig", HEAD + "g:S01 { id:anna iq:theme concept:music . id:choir a iq:House . }")
    dataset = load(sources=sources)
    findings = [
        Finding(SHAPES.a, ID.cleo, WRONG, IQ.leads, ID.choir),
        Finding(SHAPES.a, ID.choir, WRONG, IQ.leads, ID.choir),
        Finding(SHAPES.a, ID.cleo, WRONG, IQ.theme, CONCEPT.rent),
    ]
    said = [checking.complaints(dataset, written, [one])[0].finding.message.en for one in findings]

    to = "Range of iq:leads: iq:Choir, iq:Group."
    theme = "Range of iq:theme: concept:theme, iq:Choir."
    assert said == [f"wrong {to}", f"wrong Domain of iq:leads: iq:Person. {to}", f"wrong {theme}"]


def test_texts_to_be_written_are_one_line(dataset: Dataset, written: DocumentFolder) -> None:
    """However many rules complain of each."""
    todo = Literal("TODO", language="de")
    findings = [Finding(SHAPES[name], ID.card, WRONG, SKOS.prefLabel, todo) for name in ("a", "b")]
    count = sum("TODO" in line.text for line in written.lines)
    found = checking.lines(dataset, written, checking.complaints(dataset, written, findings), "en")

    line = f"{LINE}:{number(written, 'TODO')}: {count} labels and descriptions are still to be written (TODO)."
    assert (list(found), found["document"][0]) == (["document"], line)


def test_status(dataset: Dataset, sources: Sources, written: DocumentFolder, tmp_path: Path) -> None:
    """A bar for each passage, and the next step: first what is wrong, then what the first passage lacks."""
    first = checking.progress(dataset, written, ["here: wrong."], "en")
    for file in written.path.glob("*.trig"):
        file.write_text(file.read_text(encoding="utf-8").replace("TODO", "label"), encoding="utf-8")
    then = checking.progress(load(sources=sources), DocumentFolder(tmp_path / "data", "card"), [], "en")

    assert [line[:9] for line in first[:-1]] == ["S01  ░█░░", "S02  ░░█░", "S03  ░███"]
    assert first[-1] == "Next: here: wrong."
    assert then[-1] == "Next: S01: accept or delete the suggestions."


def test_statements_in_another_encoding(written: DocumentFolder, tmp_path: Path) -> None:
    """An editor may write what it likes; which one it is likely to be is told."""
    file = written.path / FILE
    file.write_bytes(
        file.read_text(encoding="utf-8").replace("id:cleo", "id:cleo skos:note 'Grüße' ; ").encode("cp1252")
    )

    with pytest.raises(CallError, match=r"statements\.trig: the text is not UTF-8.*iconv -f WINDOWS-1252"):
        DocumentFolder(tmp_path / "data", "card")


@pytest.mark.usefixtures("written")
def test_a_document_that_is_not_there(tmp_path: Path) -> None:
    """Those that are there are named."""
    with pytest.raises(CallError, match="note: there is no such document; there are card"):
        DocumentFolder(tmp_path / "data", "note")
