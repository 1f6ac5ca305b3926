"""A new document: the files that are generated from its text."""

from dataclasses import replace
from pathlib import Path

import pytest

from format_rdf import formatted
from iqgraph.authoring.adding import Origin, is_edited, make, time_span
from iqgraph.authoring.folder import DocumentFolder, read_text
from iqgraph.dataset import Dataset, load
from iqgraph.dataset.documents import read_data, with_tables
from iqgraph.dataset.passages import read_table
from iqgraph.errors import CallError
from iqgraph.resources import PASSAGES, File, Sources
from iqgraph.terms import DCTERMS
from tiny import HEAD, change, put

TEXT = "Choir\n\nAnna leads the choir of Bad Ems. Cleo Miller sings.\n"
ORIGIN = Origin("card", "en", "Choir", "https://example.org/card")


@pytest.fixture
def dataset(sources: Sources) -> Dataset:
    """The tiny dataset, in which Anna and Ben are defined."""
    return load(sources=sources)


def make_folder(
    dataset: Dataset, folder: Path, text: str = TEXT, split: tuple[str, ...] = (), join: tuple[str, ...] = ()
) -> Path:
    """The folder of a new document."""
    for name, content in make(dataset, text, ORIGIN, split, join).items():
        put(folder, name, content)
    return folder


def spans(folder: Path) -> list[tuple[str, int, int]]:
    """The kind, start and end of each passage."""
    return [(one.kind, one.start, one.end) for one in read_table(File("t", folder / PASSAGES)).passages]


def test_files_of_a_new_document(dataset: Dataset, tmp_path: Path) -> None:
    """The table has the passages, the other file has placeholders, and both are valid."""
    folder = make_folder(dataset, tmp_path / "card")
    statements = [quad for reading in read_data(with_tables([folder / "statements.trig"])) for quad in reading.quads]

    assert spans(folder) == [("Title", 0, 5), ("Sentence", 7, 39), ("Sentence", 40, 58)]
    assert statements


def test_what_is_written_has_the_form_of_the_data(dataset: Dataset, tmp_path: Path) -> None:
    """Without the suggestions, whose comments an author resolves, `make format` takes it."""
    says = (make_folder(dataset, tmp_path / "card") / "statements.trig").read_text(encoding="utf-8")
    without = "".join(line for line in says.splitlines(keepends=True) if not line.startswith("    # "))

    assert formatted(without, ".trig", is_notation=True)


def test_default_descriptions(dataset: Dataset, tmp_path: Path) -> None:
    """A passage or section with a description of its author has no other."""
    folder = make_folder(dataset, tmp_path / "card")
    change(folder, "statements.trig", "p:S02 skos", 'p:S02 dcterms:description "Who leads."@en .\n\np:S02 skos')
    quads = [quad for reading in read_data(with_tables([folder / "statements.trig"])) for quad in reading.quads]
    descriptions = {str(one.object) for one in quads if one.predicate == DCTERMS.description}

    assert {'"Section 1 of “Choir”."@en', '"Passage 1 of “Choir”."@en', '"Who leads."@en'} < descriptions
    assert '"Passage 2 of “Choir”."@en' not in descriptions


@pytest.mark.parametrize(
    ("text", "place"), [(TEXT, "g:S01 {"), (TEXT.replace("Choir", "News"), "p:S01 skos"), (TEXT[7:], "p:S01 skos")]
)
def test_the_evidence_for_the_title_is_its_heading(dataset: Dataset, tmp_path: Path, text: str, place: str) -> None:
    """If the first heading is the title; otherwise the title is in no graph, above all passages."""
    says = (make_folder(dataset, tmp_path / "card", text) / "statements.trig").read_text(encoding="utf-8")
    before, _, behind = says.partition(place)

    assert ["id:card dcterms:title" in part for part in (before, behind)] == [place != "g:S01 {", place == "g:S01 {"]


@pytest.mark.parametrize(("language", "title"), [("de", "Zum „Chor“"), ("en", "Zum “Chor”")])
def test_a_title_is_typographic(dataset: Dataset, language: str, title: str) -> None:
    """Its quotation marks differ from those of its heading."""
    file = make(dataset, 'Zum "Chor"\n\nAnna singt.\n', Origin("card", language, 'Zum "Chor"', ORIGIN.source), (), ())

    assert f'dcterms:title "{title}"@{language} .\n' in file["statements.trig"].partition("g:S01 {")[2]


def test_mentions_are_suggested(dataset: Dataset, tmp_path: Path) -> None:
    """Known things and new names are comments in the graph of the passage."""
    graphs = (make_folder(dataset, tmp_path / "card") / "statements.trig").read_text(encoding="utf-8").split("\ng:")[2:]

    assert ["# id:anna a iq:Person . # Anna" in graph for graph in graphs] == [True, False]
    assert ["# new? Bad Ems" in graph for graph in graphs] == [True, False]
    assert ["# new? Cleo Miller" in graph for graph in graphs] == [False, True]


@pytest.mark.parametrize(
    ("date", "says"),
    [
        ("14 March 2014", 'id:day-2014-03-14 {} "2014-03-14"^^xsd:date ; dcat:endDate "2014-03-14"^^xsd:date'),
        ("3.11.2019", 'id:day-2019-11-03 {} "2019-11-03"^^xsd:date ; dcat:endDate "2019-11-03"^^xsd:date'),
        ("May 2019", 'id:month-2019-05 {} "2019-05"^^xsd:gYearMonth ; dcat:endDate "2019-05"^^xsd:gYearMonth'),
        ("2015–2018", 'id:span-2015-2018 {} "2015"^^xsd:gYear ; dcat:endDate "2018"^^xsd:gYear'),
    ],
)
def test_a_new_date_is_a_ready_time(dataset: Dataset, date: str, says: str) -> None:
    """With the words of the text behind it."""
    file = make(dataset, f"It was on {date}.\n", ORIGIN, (), ())["statements.trig"]

    assert f"    # {says.format('a iq:TimeSpan ; dcat:startDate')} . # {date}\n" in file


@pytest.mark.parametrize(
    "name", ["31.2.2014", "3.13.2014", "0.0.2014", "Projekt–2014", "2014–15", "2015–2012", "2014–May 2015"]
)
def test_what_is_no_date_is_no_ready_time(name: str) -> None:
    """A day that no calendar has, and a range with another part than a later date of the same kind."""
    assert time_span(name) is None


def test_a_concept_is_suggested_with_its_property(sources: Sources, tmp_path: Path) -> None:
    """The one that links to it most often; a concept without links is not suggested."""
    says = """g:S01 { id:anna iq:theme concept:singing . id:ben iq:theme concept:singing ; iq:focus concept:singing . }
        concept:singing skos:prefLabel "singing"@en . concept:leading skos:prefLabel "leading"@en .
    """
    put(tmp_path, "data/letter/concepts.trig", HEAD + says)
    folder = make_folder(load(sources=sources), tmp_path / "card", "Leading and singing.\n")
    comments = [line.strip() for line in (folder / "statements.trig").read_text().splitlines() if "    # " in line]

    assert comments == ["# iq:theme concept:singing . # singing"]


@pytest.mark.parametrize(
    ("cuts", "expected"),
    [
        ((TEXT, ("Miller",), ("Anna leads",)), [(40, 44), (45, 58)]),
        ((TEXT, ("Choir", "Anna leads"), ()), [(7, 39), (40, 58)]),  # where passages begin anyway
        ((TEXT.replace("choir of", "choir\n of"), ("choir of",), ("Cleo",)), [(7, 21), (22, 59)]),
        ((TEXT.replace("Ems. ", "Ems."), ("Cleo",), ()), [(7, 39), (39, 57)]),  # without a space between them
    ],
)
def test_passages_can_be_split_and_joined(
    dataset: Dataset,
    tmp_path: Path,
    cuts: tuple[str, tuple[str, ...], tuple[str, ...]],
    expected: list[tuple[int, int]],
) -> None:
    """At words with which a passage begins, whatever white space is between them."""
    assert spans(make_folder(dataset, tmp_path / "card", *cuts))[1:] == [("Sentence", *span) for span in expected]


@pytest.mark.parametrize(("words", "times"), [("Anna leads it", 0), ("Anna", 2), ("", 0), ("eads", 0)])
def test_the_words_of_a_cut_occur_once(dataset: Dataset, words: str, times: int) -> None:
    """Where a word begins; otherwise nobody could tell which place is meant."""
    with pytest.raises(CallError, match=f"--split “{words}”: the text has this {times} times; give words that occur"):
        make(dataset, f"{TEXT} Anna smiles.\n", ORIGIN, (words,), ())


@pytest.mark.parametrize("words", ["Choir", "leads"])
def test_a_join_needs_a_passage_before_and_behind(dataset: Dataset, words: str) -> None:
    """Nothing precedes the first one."""
    with pytest.raises(CallError, match=f"--join “{words}”: no passage begins there that follows another one"):
        make(dataset, TEXT, ORIGIN, (), (words,))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        *(
            ({"title": one}, "--title: the title is empty or has line breaks")
            for one in (" ", "Two\nlines", "A bell\a")
        ),
        *(
            ({"source": one}, "--source .*: an address begins with https://")
            for one in ("card.html", "https://example.org/a b", "https://example.org/<b>", "https://[x", "urn:x")
        ),
    ],
)
def test_an_invalid_title_or_source_is_refused(dataset: Dataset, changes: dict[str, str], message: str) -> None:
    """A title becomes a label; another source is no valid IRI or cannot be opened."""
    with pytest.raises(CallError, match=message):
        make(dataset, TEXT, replace(ORIGIN, **changes), (), ())


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("card", " \n", "The text is empty; save the text of the page"),
        ("anna", TEXT, "--name anna: something else already has this name .id:anna or graph:anna.*anna-text"),
        ("outside", TEXT, "--name outside: something else already has this name"),
        ("card", "Known.", "This text is already the document note"),
        ("Card", TEXT, "--name Card: a name has lower-case letters"),
        ("notes", TEXT, "--name notes: something else already has this name"),
        ("../card", TEXT, "a name has lower-case letters"),
    ],
)
def test_text_and_name_must_be_new(sources: Sources, tmp_path: Path, name: str, text: str, message: str) -> None:
    """The error has the reason."""
    note = make(load(sources=sources), "Known.", replace(ORIGIN, name="note"), (), ())
    put(tmp_path / "data/note", PASSAGES, note[PASSAGES])
    put(tmp_path, "data/outside.trig", HEAD + "graph:outside { id:anna iq:singsIn id:choir }")
    dataset = load(sources=sources)
    with pytest.raises(CallError, match=message):
        make(dataset, text, Origin(name, "en", "Choir", "https://example.org/card"), (), ())


@pytest.mark.parametrize(
    "begin", ["p:S02 skos:prefLabel ", "id:card-section-1 skos:prefLabel ", "iq:acronym ", "dcterms:title "]
)
def test_edited_files_are_recognised(dataset: Dataset, tmp_path: Path, begin: str) -> None:
    """Another title or text is the work of an author, unlike generated content."""
    folder = make_folder(dataset, tmp_path / "card")
    before = is_edited(DocumentFolder(tmp_path, "card"))
    old = '"Choir"@en' if "title" in begin else '"TODO"@de'
    change(folder, "statements.trig", f"{begin}{old}", f'{begin}"Leitung"{old[-3:]}')

    assert (before, is_edited(DocumentFolder(tmp_path, "card"))) == (False, True)


@pytest.mark.parametrize("content", ["p:S02 skos:prefLabel", None])
def test_unreadable_files_count_as_edited(dataset: Dataset, tmp_path: Path, content: str | None) -> None:
    """So no work is overwritten."""
    folder = make_folder(dataset, tmp_path / "card")
    file = folder / "statements.trig"
    file.write_text(content) if content else file.unlink()

    assert is_edited(DocumentFolder(tmp_path, "card"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("\ufeffText.\n".encode(), "byte order mark. Convert it, for instance with: sed"),
        (b"One.\rTwo.\r", "with CR, as on Windows. Convert it, for instance with: perl"),
        ("Text.".encode("utf-16-le"), "not plain text, since it has null bytes; save it as plain text in UTF-8"),
        (b"%PDF-1.7\n\xff\x00", "not plain text"),
        (b"One.\r\nTwo.\r\n", "with CR, as on Windows. Convert it, for instance with: perl"),
        ("Gr\u00fc\u00dfe.".encode("cp1252"), r"/text\.txt, line 1: this is not UTF-8; save it in UTF-8\.$"),
        ("Text.".encode("utf-16"), "save it as plain text in UTF-8"),
        ("One.\nGr\u00fc\u00dfe".encode() + b"\xff", "line 2: this is not UTF-8"),
    ],
)
def test_a_file_is_plain_utf8(tmp_path: Path, content: bytes, message: str) -> None:
    """Anything else is refused, with its remedy."""
    file = tmp_path / "text.txt"
    file.write_bytes(content)

    with pytest.raises(CallError, match=message):
        read_text(file)
