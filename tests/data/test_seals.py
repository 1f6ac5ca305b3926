"""Seals: a change of the data without new seals is found."""

import re
from hashlib import sha256
from pathlib import Path
from shutil import rmtree

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Triple

from format_rdf import formatted
from iqgraph.dataset import Dataset, load
from iqgraph.release.versions import find, releases, restore
from iqgraph.resources import Sources, packaged
from iqgraph.terms import DATASET, DOCUMENT, GRAPH, ID, IQ, META, OA, PROV, SPDX, VOID, Namespace, passage_iri
from iqgraph.validation.causes import causes
from iqgraph.validation.comparison import compare
from iqgraph.validation.findings import Finding
from iqgraph.validation.seals import digest, seal
from tiny import HEAD, LETTER, change, put, table, tabulate

SAYS, GRAPHS = "data/letter/01-all.trig", "data/letter/graphs.trig"
DIGESTS, KINDS = "data/digests.csv", "ontology/kinds.csv"
S01 = GRAPH["letter/S01"]


def findings(sources: Sources) -> list[Finding]:
    """The findings when the data is compared with its seals."""
    return list(compare(load(sources=sources)))


def test_digest_is_that_of_sorted_lines() -> None:
    """Anyone can compute it with sort and sha256sum."""
    lines = f"{ID.a} {IQ.order} {ID.b} .\n{ID.b} {IQ.order} {ID.a} .\n"
    triples = [Triple(ID.b, IQ.order, ID.a), Triple(ID.a, IQ.order, ID.b)]

    assert digest(triples) == sha256(lines.encode()).hexdigest()


def bookkeeping(dataset: Dataset, document: str) -> set[Quad]:
    """The statements about a document's passages except labels, and the passage of each graph."""
    numbers = (IQ.order, OA.start, OA.end, SPDX.checksumValue)
    quads = dataset.store.quads_for_pattern(None, None, None, GRAPH[f"passages/{document}"])
    leads = dataset.store.quads_for_pattern(None, PROV.wasDerivedFrom, None, META)
    structure = {quad for quad in quads if quad.predicate in numbers or not isinstance(quad.object, Literal)}
    return structure | {quad for quad in leads if quad.subject in Namespace(f"{GRAPH.iri}{document}/")}


def test_derived_statements_are_those_once_written_by_hand(dataset: Dataset) -> None:
    """Until 0.4.0 the files of the first document had the offsets, hashes, order and next sentences."""
    before = restore(find("0.4.0", releases(packaged())))

    assert bookkeeping(before, DOCUMENT)
    assert bookkeeping(dataset, DOCUMENT) == bookkeeping(before, DOCUMENT)


def test_seals_cover_the_statements_that_people_write(sources: Sources) -> None:
    """graph/meta holds the seals, so the dataset's seal covers its other statements; derived graphs need none."""
    text = seal(sources).read_text(encoding="utf-8")

    assert len(re.findall("void:triples", text)) == 3
    assert "/iq-hessen/dataset> spdx:checksum" in text
    assert "graph/derived" not in text
    assert "graph/meta" not in text


BROKEN = "What graph:{} says of this is not as it was sealed. "
MORE = HEAD + "g:S0{} {{ id:anna iq:leads id:orchestra . }}"
ENDS = "/iq-hessen/dataset> spdx:checksum <"
# A file, the old text, the new one; focus and file of the finding, and the beginning of its message.
Place = tuple[NamedNode, str, str]
CHANGES: list[tuple[str, str, str, Place]] = [
    (SAYS, "iq:leads id:choir", "iq:leads id:chor", (ID.anna, SAYS, BROKEN.format("letter/S01"))),
    (SAYS, " ; iq:leads id:choir", "", (ID.anna, SAYS, BROKEN.format("letter/S01"))),
    (SAYS, "iq:leads id:choir", "iq:leads id:choir ; iq:order 1", (ID.anna, SAYS, BROKEN.format("letter/S01"))),
    (GRAPHS, "g:S01 a iq:StatementGraph ; prov", "g:S01 prov", (S01, GRAPHS, BROKEN.format("meta"))),
    (GRAPHS, "p:S02 ; iq:modality concept:explicit", "p:S02", (GRAPH["letter/S02"], GRAPHS, BROKEN.format("meta"))),
    (GRAPHS, "g:S02 a", f"<{DATASET.value}> dcterms:title 1 . g:S02 a", (DATASET, "", "")),
    ("data/seals.ttl", ENDS, f"{ENDS}urn:", (DATASET, "", "")),
    (DIGESTS, "graph:letter/S01,,", "graph:letter/S01,,f", (DATASET, "", "")),
    (DIGESTS, "graph,name,digest\n", f"graph,name,digest\nx,data/nope.trig,{'0' * 16}\n", (DATASET, "", "")),
    (DIGESTS, "graph,name,digest\n", f"graph,name,digest\n,data/nope.trig,{'0' * 16}\n", (DATASET, "", "")),
    ("ontology/iq.ttl", '"leads"@en', '"leods"@en', (IQ.leads, "ontology/iq.ttl", "")),
    (KINDS, "person", "human", (DATASET, KINDS, "")),
    ("data/seals.ttl", "void:triples 4", "void:triples 0", (S01, "", "")),
    ("data/seals.ttl", 'checksumValue "', 'checksumValue "0', (DATASET, "", "")),
    ("data/seals.ttl", "a spdx:Checksum", "a spdx:Checksum0", (DATASET, "", "")),
    ("data/seals.ttl", "void:triples 4 ;", "void:triples 4 ;\n    void:triples 5 ;", (S01, "", "")),
    ("data/letter/02.trig", "", MORE.format(1), (ID.anna, "data/letter/02.trig", BROKEN.format("letter/S01"))),
    ("data/letter/02.trig", "", MORE.format(3), (GRAPH["letter/S03"], "data/letter/02.trig", "This is not sealed")),
]


@pytest.mark.parametrize(("name", "old", "new", "place"), CHANGES)
def test_change_is_found_at_its_place(
    tmp_path: Path, sources: Sources, name: str, *, old: str, new: str, place: Place
) -> None:
    """One change breaks one seal; digests locate it: a subject, a graph, a term, a table, a file, else the dataset."""
    put(tmp_path, KINDS, "kind,classes\nperson,iq:Person\n")
    seal(sources)
    put(tmp_path, name, new) if not old else change(tmp_path, name, old, new)
    (finding,) = findings(sources)

    focus, file, message = place
    assert finding.focus == focus
    assert finding.message.en.startswith(message)
    assert not file or finding.file == file


def annotate(folder: Path, more: str = "") -> None:
    """Annotate the first statement of the letter with a second passage."""
    tabulate(folder)
    change(folder, SAYS, "iq:leads id:choir", f"iq:leads id:choir {{| iq:readWith p:S02 {more} |}}")


def test_lost_reference_is_found_at_its_statement(tmp_path: Path, sources: Sources) -> None:
    """The seal of the dataset alone would not tell which of hundreds of references is missing."""
    annotate(tmp_path, "; iq:order 1")
    seal(sources)
    change(tmp_path, SAYS, "; iq:order 1", "")
    (finding,) = findings(sources)

    assert (finding.file, finding.focus, finding.path, finding.value) == (SAYS, ID.anna, IQ.leads, ID.choir)
    assert finding.message.en.startswith("What graph:meta says of this is not as it was sealed. ")


def test_last_lost_reference_changes_its_graph_too(tmp_path: Path, sources: Sources) -> None:
    """Without it the graph needs no other passage."""
    annotate(tmp_path)
    seal(sources)
    change(tmp_path, SAYS, "{| iq:readWith p:S02  |}", "")

    assert [(one.file, one.focus) for one in findings(sources)] == [(SAYS, S01), (SAYS, ID.anna)]


@pytest.mark.parametrize(
    "name", ["shapes/person.ttl", "shapes/evidence/graph-leads-to-passage.rq", "ontology/rules/1.rq"]
)
def test_lost_or_changed_rule_is_found(tmp_path: Path, sources: Sources, name: str) -> None:
    """A missing file of shapes or rules finds nothing, so the seals have to."""
    file = tmp_path / name
    if not file.exists():
        put(tmp_path, name, (tmp_path / "ontology/rules/10-above.rq").read_text(encoding="utf-8"))
    whole = file.read_bytes()
    seal(sources)
    file.write_bytes(whole.replace(b"\n", b"\r\n"))
    assert findings(sources) == []

    file.write_bytes(whole + b"# \n")
    assert [(one.file, "The file is not as it was" in one.line()) for one in findings(sources)] == [(name, True)]

    file.unlink()
    assert [(one.file, "The file is missing" in one.line()) for one in findings(sources)] == [(name, True)]


def test_data_without_seals_is_not_compared(sources: Sources) -> None:
    """A document may be without seals."""
    assert findings(sources) == []


def test_files_of_others_have_no_seals_to_lose(tmp_path: Path, sources: Sources) -> None:
    """They replace the sealed data, while the ontology keeps its seals."""
    file = tmp_path / "own.ttl"
    file.write_text("<http://a/s> <http://a/p> 1 .", encoding="utf-8")
    seal(sources)

    assert compare(load([file], sources)) == []


def test_changed_subject_of_many_graphs_is_found_once(tmp_path: Path, sources: Sources) -> None:
    """A type that authors write once is in each graph about the thing."""
    tabulate(tmp_path)
    change(tmp_path, SAYS, "iq:singsIn id:choir .", "iq:singsIn id:choir . id:anna iq:order 1 .")
    seal(sources)
    change(tmp_path, SAYS, "id:anna a iq:Person ;", "id:anna")
    (finding,) = findings(sources)

    assert (finding.file, finding.focus) == (SAYS, ID.anna)
    assert "graph:letter/S01, graph:letter/S02" in finding.message.en


def test_changed_graph_of_other_seals_is_found_as_a_whole(tmp_path: Path, sources: Sources) -> None:
    """The digests are newer than the seals and cannot locate the change."""
    text = seal(sources).read_text(encoding="utf-8")
    change(tmp_path, SAYS, "iq:leads id:choir", "iq:leads id:chor")
    seal(sources)
    put(tmp_path, "data/seals.ttl", text)
    (finding,) = findings(sources)

    assert finding.focus == S01
    assert "Either the graph has changed or its seal in data/seals.ttl." in finding.message.en


def test_changed_passage_is_found_without_its_text(tmp_path: Path, sources: Sources) -> None:
    """The finding names table and passage, and the command that compares the text."""
    tabulate(tmp_path)
    seal(sources)
    put(tmp_path, "data/letter/passages.csv", f"{table('letter', LETTER)[:-4]}000\n")
    (finding,) = findings(sources)

    assert (finding.file, finding.focus) == ("data/letter/passages.csv", passage_iri("letter", "S02"))
    assert "`iqgraph verify`" in finding.message.en


@pytest.mark.parametrize("name", ["seals.ttl", "digests.csv", "letter/01-all.trig", "letter/graphs.trig"])
def test_lost_file_is_found(tmp_path: Path, sources: Sources, name: str) -> None:
    """Even if it is one that locates other findings."""
    put(tmp_path, "data/choir.trig", HEAD + "g:S01 { id:anna iq:knows id:ben . }")
    seal(sources)
    (tmp_path / "data" / name).unlink()
    reasons = causes(load(sources=sources), findings(sources))

    assert [(one.file, "The file is missing." in one.message.en) for one in reasons] == [(f"data/{name}", True)]


def test_changed_source_needs_no_text(tmp_path: Path, sources: Sources) -> None:
    """Editors' statements about a document are in the graph of its passages too, but not in the table."""
    tabulate(tmp_path)
    change(tmp_path, SAYS, "g:S01 {", "id:letter dcterms:source <https://letter.example/> . g:S01 {")
    seal(sources)
    change(tmp_path, SAYS, "letter.example", "other.example")
    (finding,) = findings(sources)

    assert finding.file == SAYS
    assert "`iqgraph verify`" not in finding.message.en


def test_graph_that_is_gone_is_found(tmp_path: Path, sources: Sources) -> None:
    """A sealed graph must be there."""
    seal(sources)
    change(tmp_path, SAYS, "g:S01 {", "g:S02 {")
    messages = {finding.focus: finding.message.en for finding in findings(sources)}

    assert messages[S01].startswith(
        "Sealed, but without statements: graph:letter/S01. Statements of it are now in graph:letter/S02."
    )
    assert messages[ID.anna].startswith("What graph:letter/S02 says of this is not as it was sealed.")


def test_document_that_is_gone_is_one_finding(tmp_path: Path, sources: Sources) -> None:
    """All its graphs are one finding, the descriptions of them another."""
    statements = "g:S01 { id:zoe a iq:Person . } g:S02 { id:zoe iq:leads id:choir . }"
    about = "graph:meta { g:S02 a iq:StatementGraph . }"
    put(tmp_path, "data/card/01.trig", HEAD.replace("/letter/", "/card/") + statements + about)
    put(tmp_path, "data/card/02.trig", HEAD.replace("/letter/", "/card/") + "g:S01 { id:zoe iq:leads id:choir . }")
    seal(sources)
    rmtree(tmp_path / "data/card")
    document, graphs = findings(sources)

    assert (document.file, "`iqgraph seal`" in document.message.en) == ("data/card/", True)
    assert graphs.message.en.startswith("Sealed, but without statements: graph:card/S01, graph:card/S02.")


def test_second_document_needs_no_seal(tmp_path: Path, sources: Sources) -> None:
    """A new document may be sealed later, with the description of its graphs."""
    seal(sources)
    statements = """graph:card\\/S01 { id:cleo a iq:Person . }
        graph:meta {
            graph:card\\/S01 a iq:StatementGraph .
            <https://w3id.org/iq-hessen/dataset> dcterms:source id:card .
        }
    """
    put(tmp_path, "data/card/01.trig", HEAD + statements)

    assert findings(sources) == []


def test_seals_are_formatted(sources: Sources) -> None:
    """The formatter has nothing to change."""
    text = seal(sources).read_text(encoding="utf-8")

    assert formatted(text, ".ttl") == text


def test_bundled_data_is_sealed(dataset: Dataset) -> None:
    """It has seals, and they fit."""
    assert VOID.triples in {triple.predicate for triple in dataset.triples()}
    lines = [finding.line() for finding in compare(dataset)]

    assert lines == [], "\n".join(lines)
