"""What terms are called: every term that a page may show, in both languages, and no two alike."""

import pytest
from pyoxigraph import NamedNode, Triple

from iqgraph.bilingual import Text
from iqgraph.dataset import Dataset
from iqgraph.engine.neighbourhood import name
from iqgraph.reference.usage import NAMES, reused_name, term_namer
from iqgraph.resources import packaged
from iqgraph.terms import BASE, DCTERMS, IQ, RDF, RDFS, SH, SKOS, XSD, is_derived
from iqgraph.validation.shapes import properties, read_shapes


@pytest.mark.parametrize(
    ("term", "called"),
    [
        (IQ.Offer, Text(de="Angebot", en="offer")),
        (SKOS.prefLabel, Text(de="bevorzugte Bezeichnung", en="preferred label")),
        (XSD.byte, Text(de="xsd:byte", en="xsd:byte")),
    ],
)
def test_names(dataset: Dataset, term: NamedNode, called: Text) -> None:
    """Ours by their labels, those of others by what they are called here, the rest by their short names."""
    assert term_namer(dataset)(term) == called


def test_every_term_that_shapes_speak_of_has_a_name(dataset: Dataset) -> None:
    """Terms of other vocabularies too."""
    shapes = read_shapes(packaged()).values()
    listed = dataset.values(NamedNode(f"{BASE}ontology"), DCTERMS.references)
    spoken = {node for one in shapes for node in {*one.terms(), *properties(one.path)}}
    foreign = {node for node in {*spoken, *listed} if isinstance(node, NamedNode) and not node.value.startswith(BASE)}

    assert {node.value for node in foreign if not reused_name(node)} - {SH.IRI.value} == set()
    assert all(text and text == text.strip() for name in NAMES.values() for text in name)
    assert reused_name(RDFS.member) is None


def test_every_term_that_statements_use_has_a_name(dataset: Dataset) -> None:
    """Derived statements too, so that a table of statements reads as words; ours and theirs are told apart."""
    used = {one for triple in dataset.triples() for one in (triple.predicate, _class(triple)) if one}
    ours = {name(dataset, one, "de") for one in used if one in IQ}
    foreign = {one: reused_name(one) for one in used if not one.value.startswith(BASE)}
    followed = [quad.triple for quad in dataset.store if is_derived(quad.graph_name)]
    derived = {one for triple in followed for one in (triple.predicate, _class(triple)) if one}

    assert [one.value for one, known in foreign.items() if not known] == []
    assert [one.value for one, known in foreign.items() if one in derived and known and known.de in ours] == []


def _class(triple: Triple) -> NamedNode | None:
    return triple.object if triple.predicate == RDF.type and isinstance(triple.object, NamedNode) else None
