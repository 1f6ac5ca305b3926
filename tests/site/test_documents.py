"""Documents about questions and about things of other hosts, and their limits."""

import json
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from pyoxigraph import Literal, NamedNode, Triple, parse

from iqgraph.dataset import Dataset
from iqgraph.dataset.questions import questions
from iqgraph.engine.neighbourhood import MAX_STATEMENTS
from iqgraph.formats import JSON_LD, RDF_FORMATS, TURTLE, Format
from iqgraph.resources import packaged
from iqgraph.terms import BASE, DCTERMS, IQ, QUERY, RDF, RDFS, SCHEMA, SH
from visits import problem, site_of

ALICE = "http://a.example/people?name=älice#me"
FILE = """
@prefix a: <http://a.example/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .

a:graph {
    <http://a.example/people?name=älice#me> rdfs:label "<script>alert(1)</script>"@en ;
        a:knows a:bob , <javascript:alert(1)> , [ rdfs:label "somebody" ] .
    a:bob rdfs:label "Bob\\" onclick=\\"x" .
    <javascript:alert(1)> rdfs:label "script" .
}
<http://a.example/odd> a:says <<( a:bob a:knows a:carol )>> .
<http://a.example/numbered> <http://a.example/7> "x" .
<http://a.example/people?name=älice#me> a:in a:default .
"""
QUESTION = "query/who-coordinates-the-network"


def answer_passages() -> list[str]:
    """The passages that the question names."""
    question = next(one for one in questions(packaged()) if one.node.value == f"{BASE}{QUESTION}")
    return [passage.value.removeprefix(f"{BASE}passage/") for passage in question.passages]


@pytest.fixture
def others(tmp_path: Path) -> FlaskClient:
    """A site with another RDF file."""
    return site_of(tmp_path, FILE, "a.trig")


def test_a_question_is_a_published_query(client: FlaskClient) -> None:
    """With its label, query, endpoint and the passages of its answer."""
    triples = {quad.triple for quad in parse(client.get(f"/{QUESTION}.ttl").data, TURTLE.rdf)}
    node = QUERY["who-coordinates-the-network"]

    assert {Triple(node, RDF.type, SH.SPARQLExecutable), Triple(node, RDF.type, SH.SPARQLSelectExecutable)} <= triples
    assert (
        Triple(node, RDFS.label, Literal("Wer koordiniert das hessische Netzwerk, und seit wann?", language="de"))
        in triples
    )
    assert Triple(node, SCHEMA.target, NamedNode(f"{BASE}sparql")) in triples
    assert Triple(node, DCTERMS.references, NamedNode(f"{BASE}passage/11-jahre-iq/S24")) in triples


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_page_of_a_question_leads_to_its_passages(client: FlaskClient, lang: str) -> None:
    """As marks and as places in the document."""
    page = client.get(f"/{QUESTION}.html", query_string={"lang": lang}).text

    assert 'href="/passage/11-jahre-iq/S24' in page
    assert page.count('<rect class="lit') == len(answer_passages())


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_an_answer_leads_to_its_passages(client: FlaskClient, lang: str, end: str) -> None:
    """The question is above its answer, the passages below."""
    location = client.get("/q/who-coordinates-the-network", query_string={"lang": lang}).headers["Location"]
    query = parse_qs(urlsplit(location).query)["query"][0].replace("\n", end)
    page = client.get("/sparql", query_string={"query": query, "lang": lang}, headers={"Accept": "text/html"}).text
    result = page.partition('id="result"')[2]

    assert {"de": "Wer koordiniert das hessische", "en": "Who coordinates the Hessian"}[lang] in result
    assert re.findall(r'class="mark \w+" href="/passage/([\w-]+/S\d+)', result) == answer_passages()
    assert result.count('<rect class="lit') == len(answer_passages())


def test_another_query_is_no_question(client: FlaskClient) -> None:
    """Its answer has no passages."""
    page = client.get("/sparql?query=ASK+{}", headers={"Accept": "text/html"}).text

    assert 'id="result"' in page
    assert "docbar" not in page
    assert 'class="mark' not in page


@pytest.mark.parametrize("format", RDF_FORMATS, ids=lambda format: str(format.extension))
def test_any_described_thing_has_a_document(others: FlaskClient, format: Format) -> None:
    """In every format, by suffix, Accept and parameter; with graphs if the format has them."""
    by_suffix = others.get(f"/describe.{format.extension}", query_string={"uri": ALICE})
    by_accept = others.get("/describe", query_string={"uri": ALICE}, headers={"Accept": format.media_type})
    by_name = others.get("/describe", query_string={"uri": ALICE, "format": format.extension})

    assert by_suffix.status_code == 200
    assert by_suffix.data == by_accept.data == by_name.data
    assert "Accept" in by_accept.headers["Vary"]
    assert others.get(by_accept.headers["Content-Location"]).data == by_suffix.data
    quads = list(parse(by_suffix.data, format.rdf))
    assert NamedNode(ALICE) in {quad.subject for quad in quads}
    graphs = {quad.graph_name for quad in quads}
    assert (NamedNode("http://a.example/graph") in graphs) == (format.extension in ("trig", "nq", "jsonld"))


def test_hostile_names_are_shown_as_text(others: FlaskClient) -> None:
    """No markup and no script address."""
    page = others.get("/describe.html", query_string={"uri": ALICE}).text

    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert 'href="javascript:' not in page
    assert 'onclick="' not in page


def test_pages_link_described_things(others: FlaskClient) -> None:
    """Links to neighbours lead to their documents here."""
    page = others.get("/describe.html", query_string={"uri": ALICE}).text

    assert 'href="/describe?uri=http%3A%2F%2Fa.example%2Fbob"' in page
    assert 'href="/describe?uri=http%3A%2F%2Fa.example%2Fgraph"' in page
    assert 'href="http://a.example/default"' in page
    assert '<a href="http://a.example/people?name=älice#me">' in page


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("", (400, "bad-request")),
        ("http://a.example/x", (404, "not-found")),
        ("not an iri", (404, "not-found")),
        ("\r\nX: y", (404, "not-found")),
    ],
)
def test_what_cannot_be_described(others: FlaskClient, uri: str, expected: tuple[int, str]) -> None:
    """A missing parameter is a bad request, an unknown IRI not found."""
    assert problem(others.get("/describe", query_string={"uri": uri})) == expected


@pytest.mark.parametrize(("thing", "extension"), [("odd", "jsonld"), ("numbered", "rdf")])
def test_what_a_format_cannot_express(others: FlaskClient, thing: str, extension: str) -> None:
    """JSON-LD has no triple terms, RDF/XML not every property: the answer names the other formats."""
    uri = {"uri": f"http://a.example/{thing}"}
    response = others.get(f"/describe.{extension}", query_string=uri)

    assert response.status_code == 406
    assert "text/turtle" in json.loads(response.data)["offers"]
    assert others.get("/describe.ttl", query_string=uri).status_code == 200
    page = others.get("/describe.html", query_string=uri)
    assert page.status_code == 200
    assert f"/describe.{extension}" not in page.text


def test_ours_may_be_named_in_full(client: FlaskClient) -> None:
    """The document is the same as at its own address."""
    response = client.get("/describe", query_string={"uri": f"{BASE}id/involas"})

    assert response.data == client.get("/id/involas.ttl").data
    assert response.headers["Content-Location"] == "/id/involas.ttl"


def test_too_much_for_one_document(tmp_path: Path) -> None:
    """Programs get the query for all statements, people a part of them with a notice."""
    lines = (
        f"<http://a.example/{n}> <http://a.example/of> <http://a.example/all> .\n" for n in range(MAX_STATEMENTS + 1)
    )
    site = site_of(tmp_path, "".join(lines), "a.nt")
    response = site.get("/describe.ttl?uri=http://a.example/all")

    assert problem(response) == (422, "too-much")
    assert "<http://a.example/all>" in json.loads(response.data)["detail"]
    assert "Not all statements fit on this page" in site.get("/describe.html?uri=http://a.example/all&lang=en").text


def test_the_context_is_published(client: FlaskClient, dataset: Dataset) -> None:
    """A document that refers to it has the same statements as one that includes it."""
    context = json.loads(client.get("/context.jsonld").data)
    document = json.loads(client.get("/id/involas.jsonld").data)
    inline = set(parse(json.dumps(document), JSON_LD.rdf))

    assert client.get("/context.jsonld").content_type == "application/ld+json"
    assert document["@context"].items() <= context["@context"].items()
    assert set(parse(json.dumps(document | context), JSON_LD.rdf)) == inline
    assert context["@context"]["coordinates"] == {"@id": "iq:coordinates", "@type": "@id"}
    assert IQ.coordinates in {triple.predicate for triple in dataset.triples()}
