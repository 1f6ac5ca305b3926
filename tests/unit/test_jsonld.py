"""JSON-LD of any triples: short keys, full IRIs, values unchanged."""

import json

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from iqgraph.dataset import UNION, Dataset
from iqgraph.serialisation.jsonld import jsonld
from iqgraph.terms import ID, IQ, ONTOLOGY, RDF


def read(text: str) -> set[Triple]:
    """The triples that a parser finds."""
    return {quad.triple for quad in parse(text, RdfFormat.JSON_LD)}


def test_keys_are_names_of_the_ontology(dataset: Dataset) -> None:
    """As in the document about one thing."""
    about = ((ID.involas, None, None, UNION), (None, None, ID.involas, UNION), (None, None, None, ONTOLOGY))
    triples = {quad.triple for pattern in about for quad in dataset.store.quads_for_pattern(*pattern)}
    text = jsonld(triples)
    nodes = {node["id"]: node for node in json.loads(text)["@graph"]}

    assert read(text) == triples
    assert nodes[ID.involas.value]["prefLabel"] == {"de": "involas", "en": "involas"}
    assert ID["network-hessen"].value in nodes[ID.involas.value]["coordinates"]


def test_without_an_ontology_keys_have_prefixes() -> None:
    """No names are invented for foreign terms."""
    (node,) = json.loads(jsonld([Triple(ID.anna, IQ.knows, ID.ben)]))["@graph"]

    assert node == {"id": ID.anna.value, "iq:knows": {"id": ID.ben.value}}


def test_a_prefix_that_hides_an_iri_is_not_used() -> None:
    """With the prefix mailto, a mail address would be another IRI."""
    triples = [
        Triple(NamedNode("mailto:a@b.example"), NamedNode("http://m.example/box"), NamedNode("id:x")),
        Triple(NamedNode("urn:a:b"), RDF.type, NamedNode("http://m.example/Box")),
    ]

    assert read(jsonld(triples, {"mailto": "http://m.example/", "urn": "http://u.example/", "id": ID.iri})) == set(
        triples
    )


def test_a_literal_as_a_type() -> None:
    """Data of users may have one."""
    triples = [Triple(ID.anna, RDF.type, Literal("x")), Triple(ID.anna, RDF.type, IQ.Person)]

    assert read(jsonld(triples)) == set(triples)
