"""What new things of a document lack."""

from pathlib import Path

import pytest

from iqgraph.authoring.adding import FILE, Origin, make
from iqgraph.authoring.folder import DocumentFolder, state, write_labels
from iqgraph.dataset import load
from iqgraph.resources import Sources
from tiny import change, put

TEXT = "Cleo sings.\n\nAnna and Cleo lead.\n"
SAYS = """    id:cleo a iq:Person ; skos:prefLabel "Cleo"@de .
    id:anna iq:leads id:band .
"""


@pytest.fixture
def written(sources: Sources, tmp_path: Path) -> DocumentFolder:
    """A document that speaks of Cleo, who is new, and of Anna, who has labels."""
    files = make(load(sources=sources), TEXT, Origin("card", "en", "Card", "https://example.org/card"), (), ())
    for name, text in files.items():
        put(tmp_path, f"data/card/{name}", text)
    change(tmp_path, f"data/card/{FILE}", "g:S01 {\n", f"g:S01 {{\n{SAYS}")
    change(tmp_path, f"data/card/{FILE}", "g:S02 {\n", "g:S02 {\n    id:cleo iq:leads id:choir .\n")
    return DocumentFolder(tmp_path / "data", "card")


def test_what_a_thing_lacks_is_written_below_its_first_graph(sources: Sources, written: DocumentFolder) -> None:
    """Only that, with its class as its description, and of nothing that is merely pointed at, which may be a slip."""
    things = write_labels(load(sources=sources), written)
    text = (written.path / FILE).read_text(encoding="utf-8")
    below = text.partition("g:S01 {")[2].partition("}\n")[2].partition("\np:S02")[0]

    assert things == {"S01": ["id:anna", "id:cleo"]}
    assert (
        below
        == """
id:anna dcterms:description "Person nach „Card“."@de ;
    dcterms:description "According to “Card”: person."@en .

id:cleo skos:prefLabel "TODO"@en ;
    dcterms:description "Person nach „Card“."@de ;
    dcterms:description "According to “Card”: person."@en .
"""
    )


@pytest.mark.parametrize(
    ("dates", "called"),
    [
        ('dcat:startDate "2021-03-01"', "seit dem 1. März 2021"),
        ('dcat:endDate "2021-03"', "bis März 2021"),
        ('dcat:endDate "2021-03-31"', "bis zum 31. März 2021"),
        ('dcat:startDate "2021-03-01" ; dcat:endDate "2021-03-31"', "1. März 2021 bis 31. März 2021"),
        ('dcat:startDate "2021" ; dcat:endDate "2024"', "2021 bis 2024"),
        ('dcat:startDate "2021" ; dcat:endDate "2021"', "2021"),
        ('dcat:startDate "2021" ; dcat:startDate "2021-03"', "TODO"),
    ],
)
def test_a_time_is_called_by_its_dates(sources: Sources, written: DocumentFolder, dates: str, called: str) -> None:
    """Where it is no more than that, nobody has to say it again."""
    change(written.path, FILE, "g:S02 {\n", f"g:S02 {{\n    id:time {dates} .\n")
    write_labels(load(sources=sources), DocumentFolder(written.path.parent, "card"))

    assert f'id:time skos:prefLabel "{called}"@de' in (written.path / FILE).read_text(encoding="utf-8")


def test_a_title_may_hold_marks(sources: Sources, written: DocumentFolder) -> None:
    """What has a meaning between quotes is escaped."""
    change(written.path, FILE, 'dcterms:title "Card"@en', r'dcterms:title "A \"C\\ard\""@en')
    write_labels(load(sources=sources), DocumentFolder(written.path.parent, "card"))

    assert r'"According to “A \"C\\ard\"”: person."@en' in (written.path / FILE).read_text(encoding="utf-8")
    assert write_labels(load(sources=sources), DocumentFolder(written.path.parent, "card")) == {}


def test_files_of_editors_are_none_of_the_document(written: DocumentFolder) -> None:
    """Such as the lock of Emacs, a link that leads nowhere."""
    before = [line.place for line in written.lines], state(written.path)
    (written.path / f".#{FILE}").symlink_to("jo@desk.1234:1700000000")

    assert ([line.place for line in DocumentFolder(written.path.parent, "card").lines], state(written.path)) == before


def test_what_is_written_is_not_written_again(sources: Sources, written: DocumentFolder) -> None:
    """The second time nothing is lacking, and the file stays as it is."""
    write_labels(load(sources=sources), written)
    before = (written.path / FILE).read_bytes()

    assert write_labels(load(sources=sources), DocumentFolder(written.path.parent, "card")) == {}
    assert (written.path / FILE).read_bytes() == before
