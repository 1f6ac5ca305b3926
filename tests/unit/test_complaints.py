"""The complaints of the check of a new document, by passage, and the progress of each passage."""

from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from iqgraph.authoring import checking
from iqgraph.authoring.adding import FILE, Origin, make
from iqgraph.authoring.folder import DocumentFolder
from iqgraph.bilingual import Text
from iqgraph.dataset import UNION, Dataset, Term, load
from iqgraph.errors import CallError
from iqgraph.resources import Sources
from iqgraph.terms import CONCEPT, DCTERMS, GRAPH, ID, IQ, OWL, PROV, RDF, SH, SHAPES, SKOS, passage_iri
from iqgraph.validation.findings import Finding
from tiny import HEAD, change, put

TEXT = "Anna leads the choir.\n\nCleo sings in it.\n\nBerlin\n"
LINE = "data/card/statements.trig"
WRONG = Text(de="falsch", en="wrong")


@pytest.fixture
def folder(sources: Sources, tmp_path: Path) -> DocumentFolder:
    """The files of a new document, in which one passage makes a statement that a rule applies to."""
    files = make(load(sources=sources), TEXT, Origin("card", "en", "Card", "https://example.org/card"), (), ())
    for name, text in files.items():
        put(tmp_path, f"data/card/{name}", text)
    change(
        tmp_path, f"data/card/{FILE}", "g:S01 {\n", "g:S01 {\n    id:cleo a iq:Person ;\n        iq:leads id:choir .\n"
    )
    return DocumentFolder(tmp_path / "data", "card")


@pytest.fixture
def dataset(sources: Sources, folder: DocumentFolder) -> Dataset:
    """The dataset with the new document."""
    assert folder.lines
    return load(sources=sources)


def lines_of(dataset: Dataset, folder: DocumentFolder, *findings: Finding) -> list[str]:
    """The lines below the passages, without the line about labels to be written."""
    lines_by_passage = checking.lines(dataset, folder, checking.complaints(dataset, folder, findings), "en")
    del lines_by_passage["document"]
    return [line for head, lines in lines_by_passage.items() for line in (head, *lines)]


def number(folder: DocumentFolder, text: str) -> int:
    """The number of the first line that contains a text."""
    return next(line.number for line in folder.lines if text in line.text)


def test_a_finding_has_its_passage_and_its_line(dataset: Dataset, folder: DocumentFolder) -> None:
    """The line is that of the statement."""
    finding = Finding(SHAPES.x, ID.cleo, WRONG, IQ.leads, ID.choir, f"{LINE}")

    assert lines_of(dataset, folder, finding) == [
        "S01",
        f"{LINE}:{number(folder, 'iq:leads')}: id:cleo iq:leads id:choir: wrong",
    ]


def test_a_finding_about_a_derived_statement_is_at_its_premise(dataset: Dataset, folder: DocumentFolder) -> None:
    """It is omitted if there is a finding about the premise itself."""
    consequence = Finding(SHAPES.x, ID.cleo, WRONG, IQ.above, ID.ben, f"{LINE}")
    premise = Finding(SHAPES.x, ID.cleo, WRONG, IQ.leads, ID.choir, f"{LINE}")

    assert lines_of(dataset, folder, consequence)[1].startswith(
        f"{LINE}:{number(folder, 'iq:leads')}: id:cleo iq:above"
    )
    assert lines_of(dataset, folder, consequence, premise) == lines_of(dataset, folder, premise)


def about_cleo(
    path: NamedNode | None = None, value: Term | None = None, says: str = "wrong", shape: str = "a"
) -> Finding:
    """A finding about Cleo."""
    return Finding(SHAPES[shape], ID.cleo, Text(de=says, en=says), path, value)


NUMBERS: dict[str, tuple[list[Finding], int]] = {
    "about one value": ([about_cleo(IQ.leads, ID.choir, shape=one) for one in "ab"], 1),
    "each of a missing value": ([about_cleo(DCTERMS.title, says=one) for one in "ab"], 2),
    "a missing property that is there under a wrong name": (
        [about_cleo(IQ.leeds, ID.choir), about_cleo(DCTERMS.title)],
        1,
    ),
    "a missing property beside another": ([about_cleo(IQ.leads, ID.choir), about_cleo(DCTERMS.title)], 2),
    "a wrong value and its number": ([about_cleo(IQ.leads, ID.choir), about_cleo(IQ.leads)], 1),
    "equal ones about a line, and a graph computed from it": (
        [about_cleo(SKOS.notation), about_cleo(SKOS.note), Finding(SHAPES.x, GRAPH["void"], WRONG)],
        1,
    ),
    "a computed graph": ([Finding(SHAPES.x, GRAPH["void"], WRONG)], 1),
    "a thing without links to and from it": ([about_cleo(says=one) for one in "ab"], 1),
    "a text that rules copy to another label": (
        [about_cleo(path, Literal("Cleo")) for path in (SKOS.altLabel, SKOS.prefLabel)],
        1,
    ),
    "another document": (
        [Finding(SHAPES.x, passage_iri("other", one), WRONG, file="data/other/x.csv") for one in ("S01", "S02")],
        1,
    ),
    "a changed seal, since authors seal a document when it is done": (
        [Finding(SHAPES["seal"], GRAPH["card/S01"], WRONG)],
        0,
    ),
}


@pytest.mark.parametrize("name", NUMBERS)
def test_one_correction_is_one_complaint(dataset: Dataset, folder: DocumentFolder, name: str) -> None:
    """Whatever the number of findings that it mends."""
    findings, number = NUMBERS[name]

    assert len(checking.complaints(dataset, folder, findings)) == number


def test_a_misspelt_class_hides_what_follows_from_it(dataset: Dataset, folder: DocumentFolder) -> None:
    """No property fits an undefined class, nor a value that is an instance of it."""
    mistaken = Finding(SHAPES.a, ID.cleo, WRONG, RDF.type, IQ.Persn)
    others = Finding(SHAPES.b, ID.cleo, WRONG, IQ.leads, ID.choir), Finding(SHAPES.b, ID.anna, WRONG, IQ.leads, ID.cleo)

    assert lines_of(dataset, folder, mistaken, *others) == lines_of(dataset, folder, mistaken)
    assert lines_of(dataset, folder, mistaken)[-1].endswith("Similar name: iq:Person.")


def test_a_property_of_another_class_hides_what_the_class_requires(dataset: Dataset, folder: DocumentFolder) -> None:
    """The class of the thing is probably wrong."""
    foreign = Finding(SHAPES.Choir, ID.cleo, WRONG, IQ.leads, ID.choir, component=SH.ClosedConstraintComponent)
    lacking = Finding(SHAPES["Song-title"], ID.cleo, WRONG, DCTERMS.title)
    dataset.store.add(Quad(IQ.Song, RDF.type, OWL.Class, UNION))

    assert lines_of(dataset, folder, foreign, lacking) == lines_of(dataset, folder, foreign)
    assert len(lines_of(dataset, folder, lacking)) == 1 + 1


def test_a_blank_node_is_one_complaint(dataset: Dataset, folder: DocumentFolder) -> None:
    """It is at the statement that links to the node."""
    node = BlankNode("b")
    findings = [
        Finding(SHAPES["no-blank-node"], ID.cleo, WRONG, IQ.leads, node),
        Finding(SHAPES["no-blank-node"], GRAPH["card/S01"], WRONG, RDF.type, IQ.Choir),
        Finding(SHAPES.b, node, WRONG, SKOS.prefLabel),
    ]

    assert lines_of(dataset, folder, *findings) == lines_of(dataset, folder, findings[0])


def test_a_graph_without_a_passage_is_one_complaint(dataset: Dataset, folder: DocumentFolder, tmp_path: Path) -> None:
    """It is at the graph."""
    change(tmp_path, f"data/card/{FILE}", "g:S01 {\n", "g:S44 {\n    id:cleo a iq:Person .\n}\n\ng:S01 {\n")
    graph, passage = GRAPH["card/S44"], passage_iri("card", "S44")
    findings = [Finding(SHAPES.x, graph, WRONG, PROV.wasDerivedFrom, passage), Finding(SHAPES.y, passage, WRONG)]
    lines = lines_of(dataset, DocumentFolder(folder.path.parent, "card"), *findings)

    assert lines[0] == "S44"
    assert len(lines) == 1 + 1
    assert lines[1].endswith("p:S44: wrong passages.csv has no such passage.")


def test_things_without_labels_are_one_line(dataset: Dataset, folder: DocumentFolder) -> None:
    """It names the command that adds them, whichever language is missing."""
    findings = [Finding(SHAPES.x, ID.cleo, WRONG, path) for path in (SKOS.prefLabel, DCTERMS.description)]
    lines = checking.lines(dataset, folder, checking.complaints(dataset, folder, findings), "en")

    assert list(lines) == ["document"]
    assert lines["document"][1] == (
        "Things without a label or a description: 1; iqgraph document label card adds them, or TODO."
    )


def test_an_annotation_is_named_in_its_own_syntax(dataset: Dataset, folder: DocumentFolder) -> None:
    """The IRI of its reifier is in no file."""
    finding = Finding(SHAPES.a, GRAPH["card/S01#c2df4"], WRONG, IQ.leeds, passage_iri("card", "S02"))

    assert lines_of(dataset, folder, finding)[-1].partition(": ")[2].startswith("{| |} iq:leeds p:S02: wrong")


def test_findings_about_passages_are_at_their_labels(dataset: Dataset, folder: DocumentFolder) -> None:
    """Findings about other documents come last."""
    lines = lines_of(
        dataset,
        folder,
        Finding(SHAPES.x, passage_iri("card", "S02"), WRONG),
        Finding(SHAPES.x, GRAPH["card/S02"], WRONG),
        Finding(SHAPES.x, ID.ben, WRONG, file="data/letter/01-all.trig"),
    )

    assert lines[0] == "S02"
    assert f"{LINE}:{number(folder, 'p:S02')}: p:S02: wrong" in lines
    assert lines[-2:] == ["elsewhere", "data/letter/01-all.trig: id:ben: wrong"]


def test_an_undefined_thing_gets_a_suggestion(dataset: Dataset, folder: DocumentFolder) -> None:
    """The message names a similar thing or property; that of a defined one does not."""
    findings = [Finding(SHAPES["a"], ID.card, WRONG, ID.about, one) for one in (ID.bens, ID.ben)]
    findings += [about_cleo(IQ.leeds, ID.choir), Finding(SHAPES["a"], ID.bens, WRONG, SKOS.prefLabel, Literal("Ben"))]
    messages = [checking.complaints(dataset, folder, [one])[0].finding.message.en for one in findings]

    similar = [f"{WRONG.en} Similar name: {name}." for name in ("id:ben", "iq:leads")]
    assert messages == [similar[0], WRONG.en, similar[1], similar[0]]


@pytest.mark.usefixtures("folder")
def test_findings_are_in_the_order_of_the_file(sources: Sources, tmp_path: Path) -> None:
    """By passage and line, with line 99 before line 100."""
    change(tmp_path, f"data/card/{FILE}", "p:S02", "\n" * 50 + "p:S02")
    folder, dataset = DocumentFolder(tmp_path / "data", "card"), load(sources=sources)
    nodes = [passage_iri("card", name) for name in ("S03", "S01", "S02")]
    findings = [
        Finding(SHAPES.x, node, WRONG, path) for path in (DCTERMS.description, SKOS.prefLabel) for node in nodes
    ]
    lines = lines_of(dataset, folder, *findings)
    numbers = [int(line.split(":")[1]) for line in lines if ":" in line]

    assert [line for line in lines if ":" not in line] == ["S01", "S02", "S03"]
    assert numbers == sorted(numbers)
    assert min(numbers) < 100 < max(numbers)


def test_an_undefined_concept_is_one_complaint(sources: Sources, folder: DocumentFolder, tmp_path: Path) -> None:
    """It says how a new one is added; a text that is missing in the ontology is told where it stands."""
    put(tmp_path, "ontology/more.ttl", HEAD + "concept:music skos:inScheme concept:theme ; skos:definition 'TODO' .")
    put(tmp_path, "data/letter/more.trig", HEAD + "g:S01 { id:anna iq:theme concept:music }")
    dataset, todo = load(sources=sources), Literal("TODO", language="en")
    undefined = [Finding(SHAPES["no-dangling"], one, WRONG, IQ.theme, CONCEPT.rent) for one in (ID.cleo, ID.card)]
    missing = Finding(SHAPES.x, CONCEPT.music, WRONG, SKOS.definition, todo, "ontology/more.ttl")
    new = "If the concept is new, iqgraph document label adds it to concept:theme."

    assert [one.finding.message.en for one in checking.complaints(dataset, folder, undefined)] == [f"wrong {new}"]
    assert lines_of(dataset, folder, missing)[-1] == 'ontology/more.ttl: concept:music skos:definition "TODO"@en: wrong'


def test_the_domain_and_range_of_a_property_are_named(sources: Sources, folder: DocumentFolder, tmp_path: Path) -> None:
    """Only the one that the statement does not fit; of concepts, the scheme."""
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
    messages = [checking.complaints(dataset, folder, [one])[0].finding.message.en for one in findings]

    to = "Range of iq:leads: iq:Choir, iq:Group."
    theme = "Range of iq:theme: concept:theme, iq:Choir."
    assert messages == [f"wrong {to}", f"wrong Domain of iq:leads: iq:Person. {to}", f"wrong {theme}"]


def test_placeholders_are_one_line(dataset: Dataset, folder: DocumentFolder) -> None:
    """Whatever the number of findings about each."""
    todo = Literal("TODO", language="de")
    findings = [Finding(SHAPES[name], ID.card, WRONG, SKOS.prefLabel, todo) for name in ("a", "b")]
    count = sum("TODO" in line.text for line in folder.lines)
    lines = checking.lines(dataset, folder, checking.complaints(dataset, folder, findings), "en")

    line = f"{LINE}:{number(folder, 'TODO')}: {count} labels and descriptions are still to be written (TODO)."
    assert (list(lines), lines["document"][0]) == (["document"], line)


def test_progress(dataset: Dataset, sources: Sources, folder: DocumentFolder, tmp_path: Path) -> None:
    """A bar for each passage, and the next step: mend the faults, then complete the first passage."""
    first = checking.progress(dataset, folder, ["here: wrong."], "en")
    for file in folder.path.glob("*.trig"):
        file.write_text(file.read_text(encoding="utf-8").replace("TODO", "label"), encoding="utf-8")
    then = checking.progress(load(sources=sources), DocumentFolder(tmp_path / "data", "card"), [], "en")

    assert [line[:9] for line in first[:-1]] == ["S01  ░█░░", "S02  ░░█░", "S03  ░███"]
    assert first[-1] == "Next: here: wrong."
    assert then[-1] == "Next: S01: accept or delete the suggestions."


def test_another_encoding_is_refused(folder: DocumentFolder, tmp_path: Path) -> None:
    """The message names the line."""
    file = folder.path / FILE
    file.write_bytes(
        file.read_text(encoding="utf-8").replace("id:cleo", "id:cleo skos:note 'Grüße' ; ").encode("cp1252")
    )

    with pytest.raises(CallError, match=r"statements\.trig, line \d+: this is not UTF-8"):
        DocumentFolder(tmp_path / "data", "card")


@pytest.mark.usefixtures("folder")
def test_a_missing_document_is_refused(tmp_path: Path) -> None:
    """The message names those that exist."""
    with pytest.raises(CallError, match="note: there is no such document; there are card"):
        DocumentFolder(tmp_path / "data", "note")
