"""Counts: the same numbers that SPARQL finds, which shares no code with them."""

from pathlib import Path

import pytest
from pyoxigraph import NamedNode, QuerySolutions

from iqgraph.catalogue.void import Counts, Target, Use, count
from iqgraph.dataset import Dataset, load_plain
from iqgraph.terms import GRAPH, ID, OWL, RDF, SKOS
from tiny import put

PREFIXES = """
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""
EVERY = "GRAPH ?g { ?s ?p ?o } FILTER(?g != <https://w3id.org/iq-hessen/graph/void>)"
NUMBERS = {
    "triples": f"SELECT (COUNT(*) AS ?n) {{ SELECT DISTINCT ?s ?p ?o {{ {EVERY} }} }}",
    "entities": f"SELECT (COUNT(DISTINCT ?s) AS ?n) {{ {EVERY} FILTER(isIRI(?s)) }}",
    "subjects": f"SELECT (COUNT(DISTINCT ?s) AS ?n) {{ {EVERY} }}",
    "values": f"SELECT (COUNT(DISTINCT ?o) AS ?n) {{ {EVERY} }}",
}
CLASSES = "SELECT ?c (COUNT(DISTINCT ?s) AS ?n) { ?s a ?c } GROUP BY ?c"
PROPERTIES = f"""SELECT ?p (COUNT(*) AS ?n) (COUNT(DISTINCT ?s) AS ?subjects) (COUNT(DISTINCT ?o) AS ?values)
{{ SELECT DISTINCT ?s ?p ?o {{ {EVERY} }} }} GROUP BY ?p"""
LINKS = """SELECT ?host ?p (COUNT(*) AS ?n) {
    SELECT DISTINCT ?s ?p ?o (REPLACE(STR(?o), "^https?://([^/]+).*$", "$1") AS ?host) {
        GRAPH ?g { ?s ?p ?o }
        FILTER(STRSTARTS(STR(?g), "https://w3id.org/iq-hessen/graph/links/"))
        FILTER(?p IN (owl:sameAs, rdfs:seeAlso, skos:exactMatch, skos:closeMatch,
                      skos:broadMatch, skos:narrowMatch, skos:relatedMatch))
        FILTER(isIRI(?o) && !STRSTARTS(STR(?o), "https://w3id.org/iq-hessen/"))
    }
} GROUP BY ?host ?p"""


@pytest.fixture(scope="module")
def counts(dataset: Dataset) -> Counts:
    """The counts of the bundled dataset."""
    return count(dataset)


def rows(dataset: Dataset, query: str) -> list[list[str]]:
    """The answer to a query, as strings."""
    found = dataset.store.query(PREFIXES + query)
    assert isinstance(found, QuerySolutions)
    return [[str(getattr(value, "value", value)) for value in solution] for solution in found]


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers(dataset: Dataset, counts: Counts, name: str) -> None:
    """How much there is in all."""
    assert rows(dataset, NUMBERS[name]) == [[str(getattr(counts, name))]]


def test_classes(dataset: Dataset, counts: Counts) -> None:
    """How many things each class has."""
    assert {term.value: str(number) for term, number in counts.classes.items()} == dict(rows(dataset, CLASSES))


def test_properties(dataset: Dataset, counts: Counts) -> None:
    """How often each property is used, of how many things, with how many values."""
    found = [[term.value, *map(str, use)] for term, use in counts.properties.items()]

    assert sorted(found) == sorted(rows(dataset, PROPERTIES))


def test_links(dataset: Dataset, counts: Counts) -> None:
    """How many links lead to each host by each property."""
    found = [[host, predicate.value, str(number)] for (host, predicate), number in counts.links.items()]

    assert sorted(found) == sorted(rows(dataset, LINKS))
    assert Target("www.wikidata.org", OWL.sameAs) in counts.links
    assert Target("zbw.eu", SKOS.closeMatch) in counts.links


def test_a_link_leads_to_others(tmp_path: Path) -> None:
    """From one thing of ours to another there is none."""
    says = f"<{ID.iri}a> <{OWL.sameAs.value}> <{ID.iri}b> , <http://there.example/a> ."
    file = put(tmp_path, "a.trig", f"<{GRAPH.iri}links/there> {{ {says} }}")

    assert count(load_plain([file])).links == {Target("there.example", OWL.sameAs): 1}


def test_anybodys_data(tmp_path: Path) -> None:
    """Blank nodes are subjects but no entities, and a statement in two graphs counts once."""
    file = put(
        tmp_path, "a.trig", "PREFIX : <urn:x:> GRAPH :g { :s a :C ; :p 1, [ :p 1 ] } GRAPH :h { :s a :C } :s :p 2 ."
    )
    found = count(load_plain([file]))

    assert (found.triples, found.entities, found.subjects, found.values) == (5, 1, 2, 4)
    assert found.classes == {NamedNode("urn:x:C"): 1}
    assert found.properties == {RDF.type: Use(1, 1, 1), NamedNode("urn:x:p"): Use(4, 2, 3)}
    assert not found.links
