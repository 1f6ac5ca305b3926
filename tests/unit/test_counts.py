"""The counts: the same numbers that SPARQL queries find, which share no code with them."""

from pathlib import Path

import pytest
from pyoxigraph import NamedNode, QuerySolutions

from iqgraph.catalogue.void import Counts, Use, count
from iqgraph.dataset import Dataset, load_plain
from iqgraph.terms import GRAPH, ID, OWL, RDF, RDFS, SKOS
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
    solutions = dataset.store.query(PREFIXES + query)
    assert isinstance(solutions, QuerySolutions)
    return [[str(getattr(value, "value", value)) for value in solution] for solution in solutions]


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers(dataset: Dataset, counts: Counts, name: str) -> None:
    """The totals."""
    assert rows(dataset, NUMBERS[name]) == [[str(getattr(counts, name))]]


def test_classes(dataset: Dataset, counts: Counts) -> None:
    """The number of instances of each class."""
    assert {term.value: str(number) for term, number in counts.classes.items()} == dict(rows(dataset, CLASSES))


def test_properties(dataset: Dataset, counts: Counts) -> None:
    """For each property: triples, subjects and objects."""
    uses = [[term.value, *map(str, use)] for term, use in counts.properties.items()]

    assert sorted(uses) == sorted(rows(dataset, PROPERTIES))


def test_links(dataset: Dataset, counts: Counts) -> None:
    """The number of links to each host by each property."""
    links = [[host, predicate.value, str(number)] for (host, predicate), number in counts.links.items()]

    assert sorted(links) == sorted(rows(dataset, LINKS))
    assert ("www.wikidata.org", OWL.sameAs) in counts.links
    assert ("zbw.eu", SKOS.closeMatch) in counts.links


MATCHES = [SKOS[f"{kind}Match"] for kind in ("broad", "close", "exact", "narrow", "related")]  # SKOS, section 10


@pytest.mark.parametrize("link", [OWL.sameAs, RDFS.seeAlso, *MATCHES], ids=str)
def test_links_lead_to_other_hosts(tmp_path: Path, link: NamedNode) -> None:
    """By each property that links; a triple between two of our things is none."""
    says = f"<{ID.iri}a> {link} <{ID.iri}b> , <http://there.example/a> ."
    file = put(tmp_path, "a.trig", f"<{GRAPH.iri}links/there> {{ {says} }}")

    assert count(load_plain([file])).links == {("there.example", link): 1}


def test_other_data(tmp_path: Path) -> None:
    """Blank nodes are subjects but no entities, and a statement in two graphs counts once."""
    file = put(
        tmp_path, "a.trig", "PREFIX : <urn:x:> GRAPH :g { :s a :C ; :p 1, [ :p 1 ] } GRAPH :h { :s a :C } :s :p 2 ."
    )
    counts = count(load_plain([file]))

    assert (counts.triples, counts.entities, counts.subjects, counts.values) == (5, 1, 2, 4)
    assert counts.classes == {NamedNode("urn:x:C"): 1}
    assert counts.properties == {RDF.type: Use(1, 1, 1), NamedNode("urn:x:p"): Use(4, 2, 3)}
    assert not counts.links
