"""The page and the description of the endpoint; its answers for programs are tested on the running server."""

import json

import pytest
from flask.testing import FlaskClient
from pyoxigraph import RdfFormat, parse
from werkzeug.test import TestResponse

from iqgraph.dataset import Dataset
from iqgraph.terms import BASE, ID, IQ, SKOS
from iqgraph.web.query.sparql import MAX_STATEMENTS

ASK = "ASK { ?s ?p ?o }"
G1, G2 = f"{BASE}graph/letter/S01", f"{BASE}graph/letter/S02"
SD = "http://www.w3.org/ns/sparql-service-description#"


def get(site: FlaskClient, query: str) -> TestResponse:
    """The page of an answer."""
    return site.get("/sparql", query_string={"query": query}, headers={"Accept": "text/html"})


def test_service_description(client: FlaskClient, dataset: Dataset) -> None:
    """Without a query the endpoint lists its features, and none that it refuses."""
    response = client.get("/sparql", base_url="https://data.example")
    triples = [quad.triple for quad in parse(response.data, RdfFormat.TURTLE)]
    values = {str(triple.predicate.value).removeprefix(SD): str(triple.object) for triple in triples}

    assert response.content_type == "text/turtle; charset=utf-8"
    assert values["endpoint"] == "<https://data.example/sparql>"
    assert values["supportedLanguage"] == f"<{SD}SPARQL11Query>"
    assert values["feature"] == f"<{SD}UnionDefaultGraph>"
    assert sum(triple.predicate.value == f"{SD}name" for triple in triples) == len(dataset.graphs())
    assert "BasicFederatedQuery" not in response.text


@pytest.mark.parametrize(
    ("lang", "term", "expected"),
    [
        ("de", "1234567.5", '<td class="number" data-sort="1234567.5"><span>1.234.567,5</span></td>'),
        ("en", "1234567.5", '<td class="number" data-sort="1234567.5"><span>1,234,567.5</span></td>'),
        ("en", "-45000", '<td class="number" data-sort="-45000"><span>\N{MINUS SIGN}45,000</span></td>'),
        ("en", "2022", '<td class="number"><span>2022</span></td>'),
        ("en", '"06413"', "<td><span>06413</span></td>"),
        ("en", "'31123456'^^<urn:key>", "<td><span>31123456</span></td>"),
    ],
)
def test_numbers(client: FlaskClient, lang: str, term: str, expected: str) -> None:
    """In the notation of the reader's language, sorted by value; years and codes stay unchanged."""
    parameters = {"query": f"SELECT ?n {{ BIND ({term} AS ?n) }}", "lang": lang}

    assert expected in client.get("/sparql", query_string=parameters, headers={"Accept": "text/html"}).text


@pytest.mark.parametrize("page", ["sparql", "evidence"])
@pytest.mark.parametrize(("numbers", "cells"), [("4869 35901", ["4.869", "35.901"]), ("2019 2022", ["2019", "2022"])])
def test_numbers_of_a_column(client: FlaskClient, page: str, numbers: str, cells: list[str]) -> None:
    """All numbers are grouped if one is; four digits alone may be a year."""
    parameters = {"query": f"SELECT ?n {{ VALUES ?n {{ {numbers} }} }}", "lang": "de"}
    text = client.get(f"/{page}", query_string=parameters, headers={"Accept": "text/html"}).text

    assert [one for one in cells if f"<span>{one}</span>" in text] == cells


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ("1", "<td><span>&lt;&lt;( iq:a iq:b 1 )&gt;&gt;</span></td>"),
        (
            "<<( iq:c iq:d 'x'@de )>>",
            "<td><span>&lt;&lt;( iq:a iq:b &lt;&lt;( iq:c iq:d &#34;x&#34;@de )&gt;&gt; )&gt;&gt;</span></td>",
        ),
    ],
)
def test_triple_terms(client: FlaskClient, term: str, expected: str) -> None:
    """As Turtle writes them."""
    response = get(client, f"PREFIX iq: <{IQ.iri}> SELECT (<<( iq:a iq:b {term} )>> AS ?t) {{}}")

    assert (response.status_code, expected in response.text) == (200, True)


def test_deep_triple_terms(client: FlaskClient) -> None:
    """Terms nested too deeply for a page are only in the files."""
    deep = "<<( <urn:a> <urn:b> " * 2000 + "1" + " )>>" * 2000

    assert get(client, f"SELECT ({deep} AS ?t) {{}}").status_code == 200


@pytest.mark.parametrize(("lang", "predicate"), [("de", "koordiniert von"), ("en", "coordinated by")])
def test_page_of_a_graph(client: FlaskClient, lang: str, predicate: str) -> None:
    """A table of statements with labels and evidence, the Turtle, and the links for a picture."""
    query = f"CONSTRUCT WHERE {{ ?network <{IQ.iri}coordinatedBy> <{ID.iri}involas> }}"
    text = client.get("/sparql", query_string={"query": query, "lang": lang}, headers={"Accept": "text/html"}).text
    table = text.partition('<table class="statements">')[2].partition("</table>")[0]
    links = json.loads(text.partition('<script type="application/json">')[2].partition("</script>")[0])

    assert predicate in table
    assert ">involas</a>" in table
    assert 'class="mark' in table
    assert "coordinatedBy" in text.partition("<summary>Turtle</summary>")[2].partition("</pre>")[0]
    assert links["head"]["vars"] == ["subject", "predicate", "object"]
    assert {row["object"]["value"] for row in links["results"]["bindings"]} == {f"{ID.iri}involas"}


def test_page_of_a_large_graph(client: FlaskClient) -> None:
    """It shows a part and says so; literals have no picture."""
    query = f"CONSTRUCT WHERE {{ ?thing <{SKOS.iri}prefLabel> ?label }}"
    text = client.get("/sparql", query_string={"query": query}, headers={"Accept": "text/html"}).text

    assert f"These are the first {MAX_STATEMENTS};" in text
    assert text.partition("<tbody>")[2].partition("</tbody>")[0].count("<tr>") == MAX_STATEMENTS
    assert '"bindings": []' in text


def test_page_of_an_empty_graph(client: FlaskClient) -> None:
    """No statement, and no empty table."""
    query = "CONSTRUCT WHERE { ?s a <http://a.example/nothing> }"
    text = client.get("/sparql", query_string={"query": query}, headers={"Accept": "text/html"}).text

    assert "<h2>0 statements</h2>" in text
    assert "<table" not in text


def test_page_of_a_large_answer(small: FlaskClient) -> None:
    """An answer too large for a browser is offered as a file, and never truncated."""
    values = " ".join(map(str, range(40)))
    rows = " ".join(f"VALUES ?{name} {{ {values} }}" for name in ("one", "two", "three"))
    page = get(small, f"SELECT * {{ {rows} }}").text

    assert "too large for a page" in page
    assert "format=csv" in page
    assert "<td" not in page


def test_the_form_keeps_the_graphs_of_the_request(client: FlaskClient) -> None:
    """A changed query has the same graphs."""
    parameters = {"query": ASK, "default-graph-uri": G1, "named-graph-uri": G2}
    page = client.get("/sparql", query_string=parameters, headers={"Accept": "text/html"}).text

    for name in ("default-graph-uri", "named-graph-uri"):
        assert f'<input type="hidden" name="{name}" value="{parameters[name]}">' in page


def test_a_picture_may_be_framed_by_other_sites(client: FlaskClient) -> None:
    """Only the chart alone may be framed, no other page."""
    assert client.get("/chart", query_string={"query": ""}).status_code == 400
    alone = client.get("/chart", query_string={"query": "SELECT * { ?a ?b ?c }", "view": "network"})
    whole = client.get("/sparql", query_string={"query": "ASK {}"}, headers={"Accept": "text/html"})

    assert "frame-ancestors *" in alone.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in whole.headers["Content-Security-Policy"]
    assert len(alone.headers.getlist("Content-Security-Policy")) == 1


@pytest.mark.parametrize(
    ("path", "choice"),
    [
        ("/sparql?query=ASK{}", "view=pie"),
        ("/chart?query=ASK{}", "view=pie"),
        ("/q/who-coordinates-the-network?x=y", "view=pie"),
        ("/q/who-coordinates-the-network?x=y", "rows=some"),
    ],
)
def test_an_unknown_choice(client: FlaskClient, path: str, choice: str) -> None:
    """It is refused with the available values."""
    response = client.get(f"{path}&{choice}&lang=en", headers={"Accept": "text/html"})

    assert response.status_code == 404
    assert f"There is no value {choice}. Available: " in response.text
