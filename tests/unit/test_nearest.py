"""Names that are similar to what a user typed."""

from dataclasses import replace
from pathlib import Path

import pytest
from pyoxigraph import Literal, Quad, Store

from iqgraph.dataset import Dataset, load_plain
from iqgraph.engine import nearest as module
from iqgraph.engine.nearest import Names, local, names, plain
from iqgraph.terms import BASE, QUERY, RDFS


@pytest.fixture(scope="module")
def index(dataset: Dataset) -> Names:
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
        ("Öl für Größen", "oel-fuer-groessen"),
        ("café", "cafe"),
        ("network-hessen", "Network Hessen"),
        ("  a_b  ", "a.b"),
        ("مرحبا", ""),
    ],
)
def test_normal_form(word: str, same: str) -> None:
    """It ignores case, diacritics, umlauts and separators."""
    assert plain(word) == plain(same)


def test_only_the_beginning_of_a_long_word_counts() -> None:
    """So the time of a search is bounded."""
    assert len(plain("ä" * 10_000)) <= 2 * module.MAX_NAME_CHARS


def test_a_word_of_four_letters_matches_within_names(index: Names) -> None:
    """A shorter one occurs in too many of them."""
    assert f"{BASE}ontology#RegionalNetwork" in index.nearest("nalN", 50)
    assert f"{BASE}ontology#RegionalNetwork" not in index.nearest("alN", 50)


@pytest.mark.parametrize("word", ["", "x", "zzzzzzzzzz", "---"])
def test_no_similar_name(index: Names, word: str) -> None:
    """No name is better than a wrong one."""
    assert index.nearest(word, 5) == []


def test_parts_of_things_have_no_name(index: Names) -> None:
    """A checksum is found with its passage."""
    assert not any("#checksum" in iri for iris in index.things.values() for iri in iris)


def test_very_large_data_has_no_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A search through millions of names would delay other requests."""
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
def test_local_name(iri: str, end: str) -> None:
    """The end of an IRI distinguishes things of one class."""
    assert local(iri) == end
