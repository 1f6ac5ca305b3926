"""Names of terms: every term that a page may show has one in both languages, and no two are alike."""

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
    ("term", "expected"),
    [
        (IQ.Offer, Text(de="Angebot", en="offer")),
        (SKOS.prefLabel, Text(de="bevorzugte Bezeichnung", en="preferred label")),
        (XSD.byte, Text(de="xsd:byte", en="xsd:byte")),
    ],
)
def test_names(dataset: Dataset, term: NamedNode, expected: Text) -> None:
    """Our terms have their labels, common terms of others names of ours, the rest their short names."""
    assert term_namer(dataset)(term) == expected


def test_every_term_of_shapes_has_a_name(dataset: Dataset) -> None:
    """Terms of other vocabularies too."""
    shapes = read_shapes(packaged()).values()
    listing = dataset.values(NamedNode(f"{BASE}ontology"), DCTERMS.references)
    terms = {node for one in shapes for node in {*one.terms(), *properties(one.path)}}
    foreign = {node for node in {*terms, *listing} if isinstance(node, NamedNode) and not node.value.startswith(BASE)}

    assert {node.value for node in foreign if not reused_name(node)} - {SH.IRI.value} == set()
    assert all(text and text == text.strip() for name in NAMES.values() for text in name)
    assert reused_name(RDFS.member) is None


def test_every_term_of_statements_has_a_name(dataset: Dataset) -> None:
    """Also in derived statements, so that tables read as words; names of reused terms differ from ours."""
    terms = {one for triple in dataset.triples() for one in (triple.predicate, _class(triple)) if one}
    ours = {name(dataset, one, "de") for one in terms if one in IQ}
    foreign = {one: reused_name(one) for one in terms if not one.value.startswith(BASE)}
    inferences = [quad.triple for quad in dataset.store if is_derived(quad.graph_name)]
    derived_terms = {one for triple in inferences for one in (triple.predicate, _class(triple)) if one}

    assert [one.value for one, label in foreign.items() if not label] == []
    assert [one.value for one, label in foreign.items() if one in derived_terms and label and label.de in ours] == []


def _class(triple: Triple) -> NamedNode | None:
    return triple.object if triple.predicate == RDF.type and isinstance(triple.object, NamedNode) else None
