"""The JSON-LD context: names that a person can read, and that mean what the ontology means."""

import json

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from iqgraph.dataset import Dataset
from iqgraph.serialisation.context import ALIASES, Context, context
from iqgraph.terms import DCTERMS, ID, IQ, OWL, PREFIXES, RDF, RDFS, SKOS, XSD

ONTOLOGY = [
    Triple(NamedNode("http://a.example/ontology"), RDF.type, OWL.Ontology),
    Triple(IQ.knows, RDF.type, OWL.ObjectProperty),
    Triple(IQ.Person, RDF.type, OWL.Class),
]


def entries(*triples: Triple) -> dict[str, object]:
    """The published definitions of what is in the ontology and the triples."""
    published = context([*ONTOLOGY, *triples]).document()["@context"]
    assert isinstance(published, dict)
    return {name: value for name, value in published.items() if name not in {*ALIASES, *PREFIXES, "@version"}}


def test_declared_terms_have_their_local_names() -> None:
    """Also those that no statement uses; object properties lead to nodes."""
    found = entries()

    assert found["Person"] == "iq:Person"
    assert found["knows"] == {"@id": "iq:knows", "@type": "@id"}


@pytest.mark.parametrize(
    ("value", "definition"),
    [
        (ID.anna, {"@id": "iq:said", "@type": "@id"}),
        (Literal("x"), "iq:said"),
        (Literal("x", language="de"), {"@id": "iq:said", "@container": "@language"}),
        (Literal(3), {"@id": "iq:said", "@type": "xsd:integer"}),
        (Literal("2013", datatype=XSD.gYear), {"@id": "iq:said", "@type": "xsd:gYear"}),
    ],
)
def test_how_values_are_written(value: NamedNode | Literal, definition: object) -> None:
    """It follows from the values."""
    assert entries(Triple(ID.ben, IQ.said, value))["said"] == definition


def test_mixed_values_are_written_out() -> None:
    """A property with values of two kinds promises neither."""
    two = [
        Triple(ID.ben, DCTERMS.date, Literal(year, datatype=kind))
        for year, kind in (("2013", XSD.gYear), ("1", XSD.date))
    ]

    assert entries(*two)["date"] == "dcterms:date"


def test_a_name_means_one_term() -> None:
    """Ours has it; of two others neither; none takes the name of a keyword."""
    other = NamedNode("http://a.example/knows")
    found = entries(
        Triple(ID.a, other, ID.b),
        Triple(ID.a, NamedNode("http://a.example/about"), ID.b),
        Triple(ID.a, NamedNode("http://b.example/about"), ID.b),
        Triple(ID.a, DCTERMS.type, ID.b),
        Triple(ID.a, NamedNode("http://a.example/9"), ID.b),
    )

    assert found["knows"] == {"@id": "iq:knows", "@type": "@id"}
    assert found.keys() & {"about", "type", "9"} == set()


def test_data_without_an_ontology_has_prefixes_only() -> None:
    """We do not make up names for what somebody else means."""
    assert context([Triple(ID.a, SKOS.note, Literal("x"))]).definitions == {}


def test_a_prefix_gives_way_to_a_keyword() -> None:
    """The prefix id would hide the key id."""
    assert "id" not in Context(prefixes={"id": "http://a.example/"}).free_prefixes


def test_the_published_context_can_be_referred_to(dataset: Dataset) -> None:
    """A document that names the keys says what the context says."""
    document = {
        **context(dataset.triples()).document(),
        "id": ID.involas.value,
        "type": "RoleAssignment",
        "prefLabel": {"de": "involas"},
        "coordinates": ID["network-hessen"].value,
        "order": 24,
    }

    said = {quad.triple for quad in parse(json.dumps(document), RdfFormat.JSON_LD)}

    assert said == {
        Triple(ID.involas, RDF.type, IQ.RoleAssignment),
        Triple(ID.involas, SKOS.prefLabel, Literal("involas", language="de")),
        Triple(ID.involas, IQ.coordinates, ID["network-hessen"]),
        Triple(ID.involas, IQ.order, Literal(24)),
    }


def test_every_term_of_the_ontology_has_a_name(dataset: Dataset) -> None:
    """All that we define, and nearly all that we reuse."""
    found = context(dataset.triples()).definitions
    kinds = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty)
    ours = {node for kind in kinds for node in dataset.subjects(RDF.type, kind) if node in IQ}

    assert {node.value for node in ours} <= found.keys()
    assert {DCTERMS.description.value, SKOS.prefLabel.value, RDFS.label.value} <= found.keys()
