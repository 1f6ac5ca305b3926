"""Terms of a query that the data does not have are shown, with suggestions."""

from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from iqgraph.terms import BASE
from iqgraph.web.query.sparql import MAX_LINKED_CHARS
from iqgraph.web.query.vocabulary import unknown_terms
from visits import site_of

IQ = "PREFIX iq: <https://w3id.org/iq-hessen/ontology#>\n"
SKOS = "PREFIX skos: <http://www.w3.org/2004/02/skos/core#>\n"
HERE = "Unknown names in the query"

SLIPS = [
    (IQ + "SELECT * { ?a iq:coordinats ?b }", "iq:coordinats", f"{BASE}ontology#coordinates"),
    (IQ + "SELECT * { ?a a iq:Offers }", "iq:Offers", f"{BASE}ontology#Offer"),
    (SKOS + "SELECT * { ?a skos:prefLable ?b }", "skos:prefLable", "http://www.w3.org/2004/02/skos/core#prefLabel"),
    (
        "SELECT * { <https://w3id.org/iq-hessen/id/involass> ?p ?o }",
        "<https://w3id.org/iq-hessen/id/involass>",
        f"{BASE}id/involas",
    ),
    (IQ + "ASK { ?a iq:during ?t ; iq:roleholder ?b }", "iq:roleholder", f"{BASE}ontology#roleHolder"),
    (IQ + "SELECT * { ?a a iq:Organisation }", "iq:Organisation", "http://www.w3.org/ns/org#Organization"),
    (IQ + "SELECT * { ?a a iq:Gesetz }", "iq:Gesetz", "http://data.europa.eu/eli/ontology#LegalResource"),
]
SOUND = [
    IQ + "SELECT * { ?a iq:coordinates 'nobody' }",
    "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> SELECT * { ?a ?b ?c FILTER (xsd:boolean('false')) }",
    "PREFIX ex: <http://example.org/> SELECT * { ?a ex:unheardOf ?b }",
    IQ + "SELECT * { ?a ?b '99'^^iq:agsCode }",
    IQ + "SELECT * { ?a ?b 'iq:coordinats' } # iq:nothing",
    "PREFIX g: <https://w3id.org/iq-hessen/graph/11-jahre-iq/> SELECT * { GRAPH g:S24 { 1 ?p ?o } }",
]


def page(client: FlaskClient, query: str) -> str:
    """The page that answers a query."""
    return unescape(client.get("/sparql", query_string={"query": query}, headers={"Accept": "text/html"}).text)


@pytest.mark.parametrize(("query", "slip", "suggestion"), SLIPS)
def test_an_unknown_term_has_a_suggestion(client: FlaskClient, query: str, slip: str, suggestion: str) -> None:
    """The page shows the term and the suggestion."""
    text = page(client, query)
    with client.application.test_request_context():
        suggestions = unknown_terms(query)

    assert HERE in text
    assert f"<code>{slip}</code>" in text
    assert suggestions == {slip: suggestion}


@pytest.mark.parametrize("query", SOUND)
def test_known_terms_have_no_suggestion(client: FlaskClient, query: str) -> None:
    """Known terms, datatypes, functions, texts, comments and other people's vocabularies are no slips."""
    text = page(client, query)

    assert 'id="result"' in text
    assert HERE not in text


def test_suggestions_only_without_rows(client: FlaskClient) -> None:
    """A query with rows gets no suggestions."""
    text = page(client, IQ + "SELECT * { ?a a iq:Offer OPTIONAL { ?a iq:coordinats ?b } }")

    assert "<tbody>" in text
    assert HERE not in text


def test_other_files(tmp_path: Path) -> None:
    """Terms of other files have suggestions too."""
    client = site_of(tmp_path, "@prefix ex: <http://a.example/> . ex:anna ex:knows ex:bert .")
    text = page(client, "PREFIX ex: <http://a.example/> SELECT * { ?a ex:knowss ?b }")

    assert "<code>ex:knowss</code>" in text
    assert "ex:knows</code>" in text


def test_few_terms_are_named(client: FlaskClient) -> None:
    """Only the first three unknown terms have suggestions, so that the page stays small."""
    names = " ".join(f"iq:coordinats{number}" for number in range(200))
    query = f"{IQ}SELECT * {{ VALUES ?x {{ {names} }} FILTER (false) }}"
    with client.application.test_request_context():
        suggestions = unknown_terms(query)

    assert list(suggestions) == ["iq:coordinats0", "iq:coordinats1", "iq:coordinats2"]
    assert page(client, query).count("?query=PREFIX+iq") < 30


@pytest.mark.parametrize(
    ("text", "graph"), [(f"ASK {{}} #{'x' * MAX_LINKED_CHARS}", ""), ("ASK {}", f"x:{'x' * MAX_LINKED_CHARS}")]
)
def test_a_long_query_has_no_links(client: FlaskClient, text: str, graph: str) -> None:
    """The page has the query once, the answer, and the reason."""
    graphs = {"default-graph-uri": graph} if graph else {}
    response = client.post("/sparql", data={"query": text, **graphs}, headers={"Accept": "text/html"})

    assert response.status_code == 200
    assert "too long for an address" in response.text
    assert "Short link" not in response.text
    assert len(response.data) < 60_000 + 4 * MAX_LINKED_CHARS
