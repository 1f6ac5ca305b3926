"""The evidence of an answer on the web: as JSON, as a page, and linked from the answer."""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from elsewhere import Home
from iqgraph.dataset import Dataset, load_plain
from iqgraph.service.requests.front import Front
from iqgraph.terms import BASE, CONCEPT, DOCUMENT, OWL, PROV, RDFS, SKOS
from iqgraph.web import create_app
from test_front import Scope, ask
from visits import site_of

NAMES = f'SELECT ?s ?name {{ ?s <{SKOS.iri}prefLabel> ?name FILTER(LANG(?name) = "en") }} ORDER BY ?s'
DERIVED = f"SELECT ?x {{ <{BASE}id/anna> <{BASE}ontology#above> ?x }}"
REL = f'rel="{PROV.iri}has_provenance"'
JSON, HTML = "application/json", "text/html"


def get(site: FlaskClient, query: str, accept: str = JSON, path: str = "/evidence", **more: Any) -> TestResponse:  # noqa: ANN401 - parameters
    """The response of an address to a query."""
    return site.get(path, query_string={"query": query, **more}, headers={"Accept": accept, "Accept-Language": "en"})


def ask_for_evidence(dataset: Dataset, query: str, **more: Any) -> Any:  # noqa: ANN401 - parameters, and JSON
    """The evidence of an answer as programs get it, from the endpoint."""
    parameters = urlencode({"query": query, **more}, doseq=True)
    scope = Scope(path="/evidence", query_string=parameters, headers={"host": "a.example", "accept": JSON})
    response = ask(Front(create_app(dataset), Home(dataset)), scope)
    assert dict(response.headers)["content-type"] == JSON
    return json.loads(response.body)


def test_document(letter: Dataset) -> None:
    """It has the query, its variables, and a row for each row of the answer."""
    document = ask_for_evidence(letter, NAMES)

    assert (document["query"], document["variables"]) == (NAMES, ["s", "name"])
    assert [row["row"] for row in document["rows"]] == [0, 1]
    assert document["rows"][0]["witnesses"] == [
        {
            "graphs": [f"{BASE}graph/letter/S01"],
            "premises": [],
            "passages": [f"{BASE}passage/letter/S01"],
            "sources": [],
        }
    ]


@pytest.mark.parametrize(
    ("parameters", "numbers"),
    [({"row": "1"}, [1]), ({"row": ["1", "0", "1"]}, [1, 0]), ({"offset": "1"}, [1]), ({"limit": "1"}, [0])],
)
def test_rows_by_number(letter: Dataset, parameters: dict[str, Any], numbers: list[int]) -> None:
    """A row keeps its number in the whole answer."""
    assert [row["row"] for row in ask_for_evidence(letter, NAMES, **parameters)["rows"]] == numbers


def test_page_of_derived_rows(small: FlaskClient) -> None:
    """The marks are those of the premises, not of the derived graph."""
    marks = re.findall(r'<a class="mark ([\w-]+)" href="([^"]+)"', get(small, DERIVED, HTML).text)

    assert marks == [("derived", f"/passage/letter/{passage}") for passage in ("S01", "S02")]


@pytest.mark.parametrize(
    ("predicate", "how"), [("ontology#roleIn", "contextual"), ("ontology#throughInstrument", "explicit")]
)
def test_page_of_contextual_statements(client: FlaskClient, predicate: str, how: str) -> None:
    """The mark of a passage fits the statements of the row, and names the passages to read with it."""
    query = f"ASK FROM <{BASE}graph/{DOCUMENT}/S49> {{ ?x <{BASE}{predicate}> ?y }}"
    mark, title = re.findall(
        r'<a class="mark ([\w-]+)" href="/passage/.*?" title="(.*?)"', get(client, query, HTML).text
    )[0]

    assert (mark, "to be read with 33, 44" in title) == (how, how == "contextual")


def test_page_without_a_query(client: FlaskClient) -> None:
    """It is a form for a query, without words of an error, though programs are refused."""
    response = client.get("/evidence", headers={"Accept": HTML}, query_string={"lang": "en"})

    assert response.status_code == 400
    assert "<h1>Evidence for an answer</h1>" in response.text
    assert not re.search("HTTP 400|no query|Reference number", response.text)
    assert '<textarea id="query" name="query"' in response.text


def test_page_of_names(client: FlaskClient) -> None:
    """The mark of a passage that only names Berlin differs from that of the source of the statement, and is folded."""
    area = "<https://schema.org/areaServed> ?area . ?area"
    query = (
        f'SELECT ?name {{ <{BASE}id/network-berlin> {area} <{SKOS.iri}prefLabel> ?name FILTER (LANG(?name) = "de") }}'
    )
    page = get(client, query, HTML).text
    marks = re.findall(r'<a class="mark ([\w-]+)" href="(.*?)"', page)
    folded = re.findall(r'<details class="marks">.*?</details>', page, re.DOTALL)

    assert {how for how, address in marks if address.endswith("/S40")} == {"name"}
    assert "".join(folded).count('class="mark name"') == page.count('<a class="mark name"')
    assert "name" not in {how for how, address in marks if "/source" in address}


@pytest.mark.parametrize("pattern", ["?term a owl:Class", "concept:approximate rdfs:label ?name"])
def test_the_ontology_has_one_mark(client: FlaskClient, pattern: str) -> None:
    """Whether a row has a definition or follows from one, and the legend tells what it means."""
    query = f"PREFIX concept: <{CONCEPT.iri}> PREFIX owl: <{OWL.iri}> PREFIX rdfs: <{RDFS.iri}> ASK {{ {pattern} }}"
    page, legend = get(client, query, HTML).text.split('<details class="legend">')

    assert set(re.findall(r'<a class="mark ([\w-]+)"[^>]*>ontology</a>', page)) == {"editorial"}
    assert '<span class="mark editorial">ontology</span>' in legend
    assert "<small>or</small>" in legend


def test_page_without_rows(small: FlaskClient) -> None:
    """It says so."""
    assert "The answer has no rows here" in get(small, "SELECT * { <a:a> <a:b> ?c }", HTML).text


def test_page_of_an_aggregate(small: FlaskClient) -> None:
    """It gives the number of rows behind a result."""
    page = get(small, "SELECT (COUNT(*) AS ?n) { ?s a ?c }", HTML).text

    assert "from at least 10 rows" in page


def test_page_of_many_groups(client: FlaskClient) -> None:
    """Each group of marks is sufficient, so the first ones are shown, and the others are in the details."""
    page = get(client, f"ASK {{ ?event a <{BASE}ontology#Event> }}", HTML).text
    first_groups, others = page.partition('<details class="groups">')[::2]

    assert first_groups.rpartition("data-row")[2].count('class="witness"') == 2
    assert re.search(r"<summary>or \d+ other groups</summary>", others)


def test_page_of_one_member(small: FlaskClient) -> None:
    """If a result comes from a single row, its marks are shown directly."""
    page = get(small, NAMES.replace("?name {", "(COUNT(?name) AS ?n) {").replace("ORDER", "GROUP"), HTML).text

    assert "members" not in page
    assert page.count('class="witness"') == 2


@pytest.mark.parametrize("query", ["SELECT (RAND() AS ?x) {}", "DESCRIBE <a:a>", f"ASK {{ ?s ?p '{'ä' * 400}' }}"])
def test_no_header_without_evidence(small: FlaskClient, query: str) -> None:
    """For queries without an explanation, or too long for a header."""
    assert REL not in get(small, query, HTML, "/sparql").headers.get("Link", "")


def test_data_without_named_graphs(plain: FlaskClient) -> None:
    """There is no link to evidence, and a request for it is refused with the reason."""
    page = get(plain, "SELECT * { ?s ?p ?o }", HTML, "/sparql")
    problem = get(plain, "SELECT * { ?s ?p ?o }")

    assert "/evidence" not in page.text
    assert "Link" not in page.headers
    assert problem.status_code == 422
    assert "no named graphs" in json.loads(problem.data)["detail"]


def test_data_of_others_with_named_graphs(tmp_path: Path) -> None:
    """Its evidence is its graphs."""
    text = "<http://a.example/g> { <http://a.example/s> <http://a.example/p> 1 }"
    site = site_of(tmp_path, text, "a.trig")
    (row,) = ask_for_evidence(load_plain([tmp_path / "a.trig"]), "SELECT * { ?s ?p ?o }")["rows"]

    assert row["witnesses"][0]["graphs"] == ["http://a.example/g"]
    assert "data-row" in get(site, "SELECT * { ?s ?p ?o }", HTML).text
