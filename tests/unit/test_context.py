"""The JSON-LD context: readable names with the meaning of the ontology."""

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
    """The definitions of the context of the ontology and these triples."""
    definitions = context([*ONTOLOGY, *triples]).document()["@context"]
    assert isinstance(definitions, dict)
    return {name: value for name, value in definitions.items() if name not in {*ALIASES, *PREFIXES, "@version"}}


def test_terms_have_their_local_names() -> None:
    """Unused terms too; object properties have nodes as values."""
    definitions = entries()

    assert definitions["Person"] == "iq:Person"
    assert definitions["knows"] == {"@id": "iq:knows", "@type": "@id"}


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
def test_types_of_values(value: NamedNode | Literal, definition: object) -> None:
    """They follow from the values in use."""
    assert entries(Triple(ID.ben, IQ.said, value))["said"] == definition


def test_mixed_values_have_no_type() -> None:
    """A property with values of two types declares neither."""
    two = [
        Triple(ID.ben, DCTERMS.date, Literal(year, datatype=kind))
        for year, kind in (("2013", XSD.gYear), ("1", XSD.date))
    ]

    assert entries(*two)["date"] == "dcterms:date"


def test_a_name_has_one_term() -> None:
    """Our term precedes; of two foreign terms neither has it; keywords are reserved."""
    other = NamedNode("http://a.example/knows")
    definitions = entries(
        Triple(ID.a, other, ID.b),
        Triple(ID.a, NamedNode("http://a.example/about"), ID.b),
        Triple(ID.a, NamedNode("http://b.example/about"), ID.b),
        Triple(ID.a, DCTERMS.type, ID.b),
        Triple(ID.a, NamedNode("http://a.example/9"), ID.b),
    )

    assert definitions["knows"] == {"@id": "iq:knows", "@type": "@id"}
    assert definitions.keys() & {"about", "type", "9"} == set()


def test_data_without_an_ontology_has_prefixes_only() -> None:
    """We define no names for foreign terms."""
    assert context([Triple(ID.a, SKOS.note, Literal("x"))]).definitions == {}


def test_no_prefix_hides_a_keyword() -> None:
    """The prefix id would hide the key id, and an empty name is no term."""
    assert Context(prefixes={"id": "http://a.example/", "": "http://b.example/"}).free_prefixes == {}


def test_a_document_may_use_the_context(dataset: Dataset) -> None:
    """Its keys have the meaning that the context defines."""
    document = {
        **context(dataset.triples()).document(),
        "id": ID.involas.value,
        "type": "RoleAssignment",
        "prefLabel": {"de": "involas"},
        "coordinates": ID["network-hessen"].value,
        "order": 24,
    }

    triples = {quad.triple for quad in parse(json.dumps(document), RdfFormat.JSON_LD)}

    assert triples == {
        Triple(ID.involas, RDF.type, IQ.RoleAssignment),
        Triple(ID.involas, SKOS.prefLabel, Literal("involas", language="de")),
        Triple(ID.involas, IQ.coordinates, ID["network-hessen"]),
        Triple(ID.involas, IQ.order, Literal(24)),
    }


def test_every_term_of_the_ontology_is_defined(dataset: Dataset) -> None:
    """So are the terms of others that we use most."""
    definitions = context(dataset.triples()).definitions
    kinds = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty)
    ours = {node for kind in kinds for node in dataset.subjects(RDF.type, kind) if node in IQ}

    assert {node.value for node in ours} <= definitions.keys()
    assert {DCTERMS.description.value, SKOS.prefLabel.value, RDFS.label.value} <= definitions.keys()
