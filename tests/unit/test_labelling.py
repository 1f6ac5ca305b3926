"""The labels and descriptions that new things of a document lack."""

from pathlib import Path

import pytest

from iqgraph.authoring.adding import FILE, Origin, make
from iqgraph.authoring.folder import TODO, DocumentFolder, state
from iqgraph.authoring.labelling import write_concepts, write_labels
from iqgraph.dataset import load
from iqgraph.resources import Sources
from iqgraph.terms import CONCEPT, SKOS
from tiny import HEAD, change, put

TEXT = "Cleo sings.\n\nAnna and Cleo lead.\n"
SAYS = """    id:cleo a iq:Person ; skos:prefLabel "Cleo"@de .
    id:anna iq:leads id:band .
"""


@pytest.fixture
def folder(sources: Sources, tmp_path: Path) -> DocumentFolder:
    """A document about Cleo, who is new, and Anna, who has labels."""
    files = make(load(sources=sources), TEXT, Origin("card", "en", "Card", "https://example.org/card"), (), ())
    for name, text in files.items():
        put(tmp_path, f"data/card/{name}", text)
    change(tmp_path, f"data/card/{FILE}", "g:S01 {\n", f"g:S01 {{\n{SAYS}")
    change(tmp_path, f"data/card/{FILE}", "g:S02 {\n", "g:S02 {\n    id:cleo iq:leads id:choir .\n")
    return DocumentFolder(tmp_path / "data", "card")


def test_missing_labels_are_added_below_the_first_graph(sources: Sources, folder: DocumentFolder) -> None:
    """A description names the class; mere objects get none, since they may be typing errors."""
    things = write_labels(load(sources=sources), folder)
    text = (folder.path / FILE).read_text(encoding="utf-8")
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
    ("dates", "label"),
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
def test_a_time_span_is_labelled_with_its_dates(
    sources: Sources, folder: DocumentFolder, dates: str, label: str
) -> None:
    """If it has no other statements."""
    change(folder.path, FILE, "g:S02 {\n", f"g:S02 {{\n    id:time {dates} .\n")
    write_labels(load(sources=sources), DocumentFolder(folder.path.parent, "card"))

    assert f'id:time skos:prefLabel "{label}"@de' in (folder.path / FILE).read_text(encoding="utf-8")


def test_quotes_in_a_title_are_escaped(sources: Sources, folder: DocumentFolder) -> None:
    """So are backslashes."""
    change(folder.path, FILE, 'dcterms:title "Card"@en', r'dcterms:title "A \"C\\ard\""@en')
    write_labels(load(sources=sources), DocumentFolder(folder.path.parent, "card"))

    assert r'"According to “A \"C\\ard\"”: person."@en' in (folder.path / FILE).read_text(encoding="utf-8")
    assert write_labels(load(sources=sources), DocumentFolder(folder.path.parent, "card")) == {}


def test_lock_files_of_editors_are_ignored(folder: DocumentFolder) -> None:
    """Such as that of Emacs, a dangling symbolic link."""
    before = [line.place for line in folder.lines], state(folder.path)
    (folder.path / f".#{FILE}").symlink_to("jo@desk.1234:1700000000")

    assert ([line.place for line in DocumentFolder(folder.path.parent, "card").lines], state(folder.path)) == before


def test_new_concepts_get_a_block(sources: Sources, folder: DocumentFolder) -> None:
    """In the file of the scheme that their property leads to, in Turtle; one like a known concept is left alone."""
    root = folder.path.parents[1]
    scheme = "concept:music a skos:Concept ; skos:inScheme concept:theme . concept:theme a skos:ConceptScheme .\n"
    file = put(root, "ontology/concepts/theme.ttl", HEAD + scheme)
    put(root, "data/letter/more.trig", HEAD + "g:S01 { id:anna iq:theme concept:music }")
    change(folder.path, FILE, "g:S02 {\n", "g:S02 {\n    id:cleo iq:theme concept:rent , concept:musik .\n")
    concepts = write_concepts(load(sources=sources), folder)
    dataset = load(sources=sources)

    assert concepts == {"ontology/concepts/theme.ttl": ["concept:rent"]}
    assert CONCEPT.rent in dataset.values(CONCEPT.theme, SKOS.hasTopConcept)
    assert dataset.values(CONCEPT.rent, SKOS.topConceptOf) == [CONCEPT.theme]
    assert file.read_text(encoding="utf-8").count(TODO) == 4
    assert write_concepts(dataset, folder) == {}


def test_labels_are_added_once(sources: Sources, folder: DocumentFolder) -> None:
    """The second call leaves the file unchanged."""
    write_labels(load(sources=sources), folder)
    before = (folder.path / FILE).read_bytes()

    assert write_labels(load(sources=sources), DocumentFolder(folder.path.parent, "card")) == {}
    assert (folder.path / FILE).read_bytes() == before
