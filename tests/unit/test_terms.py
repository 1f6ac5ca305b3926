"""Names: one base, one table of prefixes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import NamedNode

import iqgraph
from iqgraph import terms


def modules() -> Iterator[Path]:
    """The modules of the package."""
    yield from Path(iqgraph.__file__).parent.rglob("*.py")


def test_term_by_attribute_and_by_name() -> None:
    """Both spellings give the same node."""
    assert terms.IQ.Passage == terms.IQ["Passage"] == NamedNode("https://w3id.org/iq-hessen/ontology#Passage")


def test_namespace_knows_its_terms() -> None:
    """A node lies in the namespace that its IRI starts with, a string in none."""
    assert terms.IQ.Passage in terms.IQ
    assert terms.IQ.Passage not in terms.ID
    assert terms.IQ.Passage.value not in terms.IQ


def test_namespace_does_not_mint_special_methods() -> None:
    """Protocols that probe for methods are not answered with an IRI."""
    with pytest.raises(AttributeError):
        _ = terms.IQ.__wrapped__


@pytest.mark.parametrize(
    ("node", "path"),
    [
        (terms.passage_iri("letter", "S01"), "passage/letter/S01"),
        (terms.graph_iri("letter", "S01"), "graph/letter/S01"),
        (terms.part_iri(terms.graph_iri("letter", "S01"), "checksum"), "graph/letter/S01#checksum"),
    ],
)
def test_made_iris(node: NamedNode, path: str) -> None:
    """Passages, graphs and their parts have the IRIs that others link to."""
    assert node.value == terms.BASE + path


def test_a_namespace_has_one_prefix() -> None:
    """No two prefixes mean the same."""
    assert len(set(terms.PREFIXES.values())) == len(terms.PREFIXES)


def test_prefixes_are_sorted() -> None:
    """The table can be searched by eye."""
    assert list(terms.PREFIXES) == sorted(terms.PREFIXES)


def test_base_is_written_once() -> None:
    """A new base is a change of one line."""
    holding = [file.name for file in modules() if terms.BASE in file.read_text(encoding="utf-8")]

    assert holding == ["terms.py"]
