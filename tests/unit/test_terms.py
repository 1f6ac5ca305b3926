"""Terms: one base address, one table of prefixes."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import NamedNode

import iqgraph
from iqgraph import terms
from iqgraph.dataset.profile import BUNDLED


def modules() -> Iterator[Path]:
    """The modules of the package."""
    yield from Path(iqgraph.__file__).parent.rglob("*.py")


def test_term_by_attribute_and_by_name() -> None:
    """Both notations give the same node."""
    assert terms.IQ.Passage == terms.IQ["Passage"] == NamedNode("https://w3id.org/iq-hessen/ontology#Passage")


def test_namespace_knows_its_terms() -> None:
    """A node is in the namespace that its IRI starts with, a string in none."""
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
def test_iris(node: NamedNode, path: str) -> None:
    """Passages, graphs and their parts have the IRIs that others link to."""
    assert node.value == terms.BASE + path


def test_a_namespace_has_one_prefix() -> None:
    """No two prefixes have the same namespace."""
    assert len(set(terms.PREFIXES.values())) == len(terms.PREFIXES)


def test_the_program_names_no_dataset() -> None:
    """The data describes itself, so that the program can publish another dataset."""
    example, place = BUNDLED.example(terms.ID), BUNDLED.nodes(terms.DCTERMS.spatial)[0]
    names = [terms.DOCUMENT, BUNDLED.stem, BUNDLED.short, *BUNDLED.title, *BUNDLED.text(terms.SKOS.prefLabel, place)]
    names += [example.value.removeprefix(terms.ID.iri)] if example else []
    package = Path(iqgraph.__file__).parent
    files = [*modules(), *package.glob("web/templates/**/*"), *package.glob("web/frontend/*.js")]
    words = re.compile("|".join(rf"\b{name}\b" for name in names), re.IGNORECASE)

    assert len(files) > 200
    assert all(names)
    assert example
    assert [file.name for file in files if file.is_file() and words.search(file.read_text(encoding="utf-8"))] == []
