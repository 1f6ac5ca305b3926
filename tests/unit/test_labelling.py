"""What new things of a document lack."""

from pathlib import Path

import pytest

from iqgraph.authoring.adding import FILE, Origin, make
from iqgraph.authoring.written import Written, label, state
from iqgraph.dataset import load
from iqgraph.resources import Sources
from tiny import change, put

TEXT = "Cleo sings.\n\nAnna and Cleo lead.\n"
SAYS = """    id:cleo a iq:Person ; skos:prefLabel "Cleo"@de .
    id:anna iq:leads id:band .
"""


@pytest.fixture
def written(sources: Sources, tmp_path: Path) -> Written:
    """A document that speaks of Cleo, who is new, and of Anna, who has labels."""
    files = make(load(sources=sources), TEXT, Origin("card", "en", "Card", "https://example.org/card"), (), ())
    for name, text in files.items():
        put(tmp_path, f"data/card/{name}", text)
    change(tmp_path, f"data/card/{FILE}", "g:S01 {\n", f"g:S01 {{\n{SAYS}")
    change(tmp_path, f"data/card/{FILE}", "g:S02 {\n", "g:S02 {\n    id:cleo iq:leads id:choir .\n")
    return Written(tmp_path / "data", "card")


def test_what_a_thing_lacks_is_written_below_its_first_graph(sources: Sources, written: Written) -> None:
    """Only that, with its class as its description, and of nothing that is merely pointed at, which may be a slip."""
    things = label(load(sources=sources), written)
    text = (written.folder / FILE).read_text(encoding="utf-8")
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
def test_a_time_is_called_by_its_dates(sources: Sources, written: Written, dates: str, called: str) -> None:
    """Where it is no more than that, nobody has to say it again."""
    change(written.folder, FILE, "g:S02 {\n", f"g:S02 {{\n    id:time {dates} .\n")
    label(load(sources=sources), Written(written.folder.parent, "card"))

    assert f'id:time skos:prefLabel "{called}"@de' in (written.folder / FILE).read_text(encoding="utf-8")


def test_a_title_may_hold_marks(sources: Sources, written: Written) -> None:
    """What has a meaning between quotes is escaped."""
    change(written.folder, FILE, 'dcterms:title "Card"@en', r'dcterms:title "A \"C\\ard\""@en')
    label(load(sources=sources), Written(written.folder.parent, "card"))

    assert r'"According to “A \"C\\ard\"”: person."@en' in (written.folder / FILE).read_text(encoding="utf-8")
    assert label(load(sources=sources), Written(written.folder.parent, "card")) == {}


def test_files_of_editors_are_none_of_the_document(written: Written) -> None:
    """Such as the lock of Emacs, a link that leads nowhere."""
    before = [line.place for line in written.lines], state(written.folder)
    (written.folder / f".#{FILE}").symlink_to("jo@desk.1234:1700000000")

    assert ([line.place for line in Written(written.folder.parent, "card").lines], state(written.folder)) == before


def test_what_is_written_is_not_written_again(sources: Sources, written: Written) -> None:
    """The second time nothing is lacking, and the file stays as it is."""
    label(load(sources=sources), written)
    before = (written.folder / FILE).read_bytes()

    assert label(load(sources=sources), Written(written.folder.parent, "card")) == {}
    assert (written.folder / FILE).read_bytes() == before
