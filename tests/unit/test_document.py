"""The comparison of a document with its passages."""

from pathlib import Path

import pytest
from pyoxigraph import NamedNode

from iqgraph.dataset import load
from iqgraph.errors import CallError, DatasetError
from iqgraph.resources import Sources
from iqgraph.terms import DCTERMS, ID, IQ, SKOS, passage_iri
from iqgraph.validation.document import verify
from iqgraph.validation.findings import Finding
from tiny import HEAD, LETTER, change, put, table, tabulate

PASSAGES = "data/letter/passages.csv"
S01, S02 = passage_iri("letter", "S01"), passage_iri("letter", "S02")


@pytest.fixture
def sources(sources: Sources, tmp_path: Path) -> Sources:
    """The tiny dataset with its passages as a table."""
    tabulate(tmp_path)
    return sources


def findings_of(root: Path, sources: Sources, text: str = LETTER) -> list[Finding]:
    """The findings about a text."""
    return verify(load(sources=sources), put(root, "letter.txt", text))


@pytest.mark.parametrize("text", [LETTER.replace("Ben", "Bén"), LETTER.replace("Ben", "Be\u0301n"), LETTER + "\n"])
def test_a_changed_text_is_found(tmp_path: Path, sources: Sources, text: str) -> None:
    """Each character counts, also one that looks the same."""
    messages = [finding.message.en for finding in findings_of(tmp_path, sources, text)]

    assert "The checksum of the file differs." in messages


def test_only_new_text_is_in_no_passage(tmp_path: Path, sources: Sources) -> None:
    """Passages that moved are found at their new offsets."""
    findings = findings_of(tmp_path, sources, f"Dear all,{LETTER}")

    assert [one.message.en for one in findings if "no passage" in one.message.en] == [
        "The text at [0, 9) is in no passage."
    ]


def test_each_passage_has_a_result(tmp_path: Path, sources: Sources) -> None:
    """It is in place, has moved, or is missing."""
    findings = findings_of(tmp_path, sources, f"Dear all,{LETTER}".replace("Ben", "Bob"))
    messages = {finding.focus: finding.message.en for finding in findings if finding.path is None}

    assert messages[S01] == "The passage is at [10, 69) now."
    assert messages[S02] == "The text at [62, 89) has another hash."
    assert "Passages in their place: 0, moved: 1, no longer in the text: 1." in [
        finding.message.en for finding in findings if finding.focus == ID.letter
    ]


def test_wrong_count_is_found(tmp_path: Path, sources: Sources) -> None:
    """The length counts code points, not bytes."""
    change(tmp_path, PASSAGES, f",0,{len(LETTER)},", f",0,{len(LETTER) + 1},")
    (finding,) = findings_of(tmp_path, sources)

    assert (finding.focus, finding.path) == (ID.letter, IQ.characterCount)
    assert finding.message.de == f"Die Datei hat {len(LETTER)} Zeichen."
    assert finding.file == PASSAGES


@pytest.mark.parametrize(
    "text", [LETTER[:80], LETTER.replace("sings", "sings!"), LETTER.replace("sings", "rings").removesuffix("\n")]
)
def test_wrong_offsets_are_found(tmp_path: Path, sources: Sources, text: str) -> None:
    """The finding is about the passage."""
    message = "The text at [62, 89) has another hash."
    findings = findings_of(tmp_path, sources, text)

    assert message in [finding.message.en for finding in findings if finding.focus == S02]


def test_text_in_no_passage_is_found(tmp_path: Path, sources: Sources) -> None:
    """Every visible character is in a passage."""
    put(tmp_path, PASSAGES, table("letter", LETTER).rpartition("S02")[0])
    (finding,) = findings_of(tmp_path, sources)

    assert finding.message.en == "The text at [62, 89) is in no passage."


COPY = "He said: anna LEADS the choir, of our small town!"
TITLE = "Anna leads the choir of our small town with great"


@pytest.mark.parametrize(
    ("says", "paths"),
    [
        (f'id:choir iq:note "{COPY}"@en', [IQ.note]),
        (f'id:choir iq:note "{COPY.replace("small", "big")}"@en', []),
        (f'id:choir a iq:LegalAct ; skos:prefLabel "{COPY}"@en', []),
        (f'id:choir a iq:Project ; skos:prefLabel "{COPY}"@en', []),
        (f'id:choir a iq:RegionalNetwork ; skos:prefLabel "{COPY}"@en', []),
        (f'id:choir a iq:Person ; skos:prefLabel "{COPY}"@en', [SKOS.prefLabel]),
        (f'id:choir a iq:Event ; skos:prefLabel "{COPY}"@en', [SKOS.prefLabel]),
        (f'id:choir a iq:LegalAct ; dcterms:description "{COPY}"@en', [DCTERMS.description]),
        (f'id:letter dcterms:title "{TITLE}"@en ; skos:prefLabel "Passages of “{TITLE}”"@en', []),
        (f'id:letter dcterms:title "{TITLE}"@en ; dcterms:description "{TITLE} patience"@en', [DCTERMS.description]),
    ],
    ids=[
        *("eight words", "seven words", "name of a law", "name of a project", "name of a network", "name of a person"),
        *("name of an event", "description of a law", "title", "more than the title"),
    ],
)
def test_copied_words_are_found(tmp_path: Path, sources: Sources, says: str, paths: list[NamedNode]) -> None:
    """Eight successive words are a copy, whatever their case and punctuation, but in official names and titles."""
    put(tmp_path, "data/letter/02.trig", f"{HEAD}g:S01 {{ {says} . }}")
    findings = findings_of(tmp_path, sources)

    assert [finding.path for finding in findings] == paths
    assert {finding.file for finding in findings} <= {"data/letter/02.trig"}


def test_a_document_is_identified_by_its_passages(tmp_path: Path, sources: Sources) -> None:
    """The text is compared with the most similar document."""
    put(tmp_path, "data/card/passages.csv", table("card", "?" * 100))
    findings = findings_of(tmp_path, sources, LETTER.replace("Ben", "Bob"))

    assert {finding.focus for finding in findings} == {ID.letter, S02}


def test_unknown_document_is_refused(tmp_path: Path, sources: Sources) -> None:
    """No passage occurs in the text."""
    with pytest.raises(DatasetError, match="neither the checksum nor any passage"):
        findings_of(tmp_path, sources, "Something else.")


def test_a_missing_file_is_refused(tmp_path: Path, sources: Sources) -> None:
    """The error names it, also if it is a folder."""
    with pytest.raises(CallError, match=r"letter\.txt: No such file.*Name the file"):
        verify(load(sources=sources), tmp_path / "letter.txt")
    with pytest.raises(CallError, match=r"Is a directory\.$"):
        verify(load(sources=sources), tmp_path)
