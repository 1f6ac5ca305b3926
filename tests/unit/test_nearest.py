"""Names that are near to what somebody typed."""

from dataclasses import replace
from pathlib import Path

import pytest
from pyoxigraph import Literal, Quad, Store

from iqgraph.dataset import Dataset, load_plain
from iqgraph.engine import nearest as module
from iqgraph.engine.nearest import Names, local, names, plain
from iqgraph.terms import BASE, QUERY, RDFS


@pytest.fixture(scope="module")
def known(dataset: Dataset) -> Names:
    """The names of the bundled dataset and of one more question."""
    store = Store()
    store.extend([*dataset.store, Quad(QUERY["who-asks"], RDFS.label, Literal("Wer fragt?", language="de"))])
    return names(replace(dataset, store=store))


@pytest.mark.parametrize(
    ("word", "same"),
    [
        ("Änderungsgesetz", "aenderungsgesetz"),
        ("A\u0308nderung", "aenderung"),
        ("STRASSE", "straße"),
        ("café", "cafe"),
        ("network-hessen", "Network Hessen"),
        ("  a_b  ", "a.b"),
        ("مرحبا", ""),
    ],
)
def test_plain(word: str, same: str) -> None:
    """Case, marks, umlauts and what stands between words make no difference."""
    assert plain(word) == plain(same)


def test_a_long_word_is_looked_at_from_its_beginning() -> None:
    """Nobody can make the search long."""
    assert len(plain("ä" * 10_000)) <= 2 * module.MAX_NAME_CHARS


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("involass", "id/involas"),
        ("Involas", "id/involas"),
        ("INVOLAS", "id/involas"),
        ("Koordinierungsstelle", "id/coordination-office"),
        ("koordinirungsstelle", "id/coordination-office"),
        ("coordination office", "id/coordination-office"),
        ("aenderungsgesetz", "ontology#AmendingAct"),
        ("Änderungsgesetz", "ontology#AmendingAct"),
        ("who-asked", "query/who-asks"),
        ("wer fragt", "query/who-asks"),
        ("hessen", "id/hessen"),
    ],
)
def test_what_was_meant(known: Names, word: str, found: str) -> None:
    """By slug and by label, in both languages, with slips of the pen."""
    assert BASE + found in known.nearest(word, 5)


def test_the_nearest_comes_first(known: Names) -> None:
    """An exact name before those that hold it."""
    assert known.nearest("Involas", 3)[0] == f"{BASE}id/involas"


def test_a_word_of_four_letters_leads_to_the_names_that_hold_it(known: Names) -> None:
    """A shorter one is in too many of them."""
    assert f"{BASE}ontology#RegionalNetwork" in known.nearest("nalN", 50)
    assert f"{BASE}ontology#RegionalNetwork" not in known.nearest("alN", 50)


@pytest.mark.parametrize("word", ["", "x", "zzzzzzzzzz", "---"])
def test_nothing_is_near(known: Names, word: str) -> None:
    """No name is better than a wrong one."""
    assert known.nearest(word, 5) == []


def test_parts_are_not_named(known: Names) -> None:
    """A checksum is found with its passage, not by itself."""
    assert not any("#checksum" in iri for iris in known.things.values() for iri in iris)


def test_very_large_data_has_no_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To look through millions for a slip of the pen would take the time of others."""
    monkeypatch.setattr("iqgraph.dataset.dataset.MAX_LISTED_STATEMENTS", 0)
    file = tmp_path / "a.nt"
    file.write_text('<http://a.example/b> <http://a.example/c> "d" .')

    assert names(load_plain([file])).things == {}


@pytest.mark.parametrize(
    ("iri", "end"),
    [
        ("http://a.example/b/c", "c"),
        ("http://a.example/b#c", "c"),
        ("http://a.example/b/", "b"),
        ("urn:a:b", "urn:a:b"),
    ],
)
def test_local(iri: str, end: str) -> None:
    """The end of an IRI tells things of one kind apart."""
    assert local(iri) == end
