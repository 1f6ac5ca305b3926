"""JSON-LD of any triples: short keys, whole IRIs, nothing bent."""

import json

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from iqgraph.dataset import UNION, Dataset
from iqgraph.serialisation.jsonld import jsonld
from iqgraph.terms import ID, IQ, ONTOLOGY, RDF


def said(text: str) -> set[Triple]:
    """What a reader finds."""
    return {quad.triple for quad in parse(text, RdfFormat.JSON_LD)}


def test_the_dataset_has_the_names_of_its_ontology(dataset: Dataset) -> None:
    """A dump reads as the documents do: the ontology with what one thing says and what is said of it."""
    about = ((ID.involas, None, None, UNION), (None, None, ID.involas, UNION), (None, None, None, ONTOLOGY))
    triples = {quad.triple for pattern in about for quad in dataset.store.quads_for_pattern(*pattern)}
    text = jsonld(triples)
    nodes = {node["id"]: node for node in json.loads(text)["@graph"]}

    assert said(text) == triples
    assert nodes[ID.involas.value]["prefLabel"] == {"de": "involas", "en": "involas"}
    assert ID["network-hessen"].value in nodes[ID.involas.value]["coordinates"]


def test_other_data_has_its_prefixes() -> None:
    """Names are not made up for terms whose ontology is not at hand."""
    (node,) = json.loads(jsonld([Triple(ID.anna, IQ.knows, ID.ben)]))["@graph"]

    assert node == {"id": ID.anna.value, "iq:knows": {"id": ID.ben.value}}


def test_a_prefix_that_hides_an_iri_is_not_used() -> None:
    """With the prefix mailto, a mail address would be another IRI."""
    triples = [
        Triple(NamedNode("mailto:a@b.example"), NamedNode("http://m.example/box"), NamedNode("id:x")),
        Triple(NamedNode("urn:a:b"), RDF.type, NamedNode("http://m.example/Box")),
    ]

    assert said(jsonld(triples, {"mailto": "http://m.example/", "urn": "http://u.example/", "id": ID.iri})) == set(
        triples
    )


def test_a_type_that_is_no_iri() -> None:
    """Data of anybody may hold what no ontology does."""
    triples = [Triple(ID.anna, RDF.type, Literal("x")), Triple(ID.anna, RDF.type, IQ.Person)]

    assert said(jsonld(triples)) == set(triples)
