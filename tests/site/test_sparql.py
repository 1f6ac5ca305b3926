"""The SPARQL 1.1 Protocol over HTTP: the three ways to ask, and every way to ask wrongly."""

import csv
import io
import json
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from pyoxigraph import RdfFormat, parse
from werkzeug.test import TestResponse

import tiny
from iqgraph.dataset import Dataset, load
from iqgraph.terms import BASE, SKOS
from iqgraph.web import create_app

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
ASK = "ASK { ?s ?p ?o }"
NAMES = f'SELECT ?s ?name {{ ?s <{SKOS.iri}prefLabel> ?name FILTER(LANG(?name) = "en") }} ORDER BY ?s'
GRAPH = "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } LIMIT 3"
G1, G2 = f"{BASE}graph/letter/S01", f"{BASE}graph/letter/S02"
SD = "http://www.w3.org/ns/sparql-service-description#"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A site with the tiny dataset."""
    return create_app(load(sources=tiny.write(tmp_path_factory.mktemp("tiny")))).test_client()


def get(client: FlaskClient, query: str, accept: str | None = None, **parameters: str) -> TestResponse:
    """A query by GET."""
    headers = {"Accept": accept} if accept else {}
    return client.get("/sparql", query_string={"query": query, **parameters}, headers=headers)


def problem(response: TestResponse) -> tuple[int, str]:
    """The status and the kind of a problem."""
    assert response.content_type == "application/problem+json"
    body = json.loads(response.data)
    assert body["status"] == response.status_code
    return response.status_code, body["type"].rpartition("/")[2]


def test_a_byte_order_mark_is_no_part_of_a_query(client: FlaskClient) -> None:
    """Some editors begin a text with it, and nobody sees it."""
    marked = b"\xef\xbb\xbf" + ASK.encode()

    assert client.post("/sparql", data=marked, content_type=DIRECT).json == get(client, ASK).json


@pytest.mark.parametrize("way", ["get", "form", "direct"])
def test_three_ways_to_ask(client: FlaskClient, way: str) -> None:
    """GET, a posted form and a posted query have the same answer."""
    if way == "get":
        response = get(client, NAMES, "text/csv")
    elif way == "form":
        response = client.post("/sparql", data={"query": NAMES}, headers={"Accept": "text/csv"})
    else:
        response = client.post("/sparql", data=NAMES.encode(), content_type=DIRECT, headers={"Accept": "text/csv"})

    assert response.status_code == 200
    assert response.content_type == "text/csv; charset=utf-8"
    assert response.vary.as_set() == {"accept"}
    assert response.text == f"s,name\r\n{BASE}id/anna,Anna\r\n{BASE}id/ben,Ben\r\n"


@pytest.mark.parametrize(
    ("query", "accept", "content_type"),
    [
        (NAMES, None, "application/sparql-results+json"),
        (NAMES, "application/sparql-results+xml", "application/sparql-results+xml"),
        (NAMES, "text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
        (NAMES, "text/html", "text/html; charset=utf-8"),
        (ASK, "text/html", "text/html; charset=utf-8"),
        (GRAPH, "text/html", "text/html; charset=utf-8"),
        (GRAPH, None, "text/turtle; charset=utf-8"),
        (GRAPH, "application/n-triples", "application/n-triples"),
        (GRAPH, "application/rdf+xml", "application/rdf+xml"),
        (GRAPH, "application/ld+json", "application/ld+json"),
        (GRAPH, "application/trig", "application/trig"),
        (GRAPH, "application/n-quads", "application/n-quads"),
    ],
)
def test_formats(client: FlaskClient, query: str, accept: str | None, content_type: str) -> None:
    """The Accept header decides."""
    response = get(client, query, accept)

    assert response.status_code == 200
    assert response.content_type == content_type
    assert "Accept" in response.headers["Vary"]


@pytest.mark.parametrize("name", ["format", "output", "results"])
def test_shortcuts(client: FlaskClient, name: str) -> None:
    """Who cannot set Accept names the format, by one parameter or by all."""
    response = get(client, NAMES, "application/sparql-results+xml", **{name: "csv"})

    assert len(list(csv.reader(io.StringIO(response.text)))) == 3


def test_what_sparqlwrapper_sends(client: FlaskClient) -> None:
    """Three parameters with the same name of a format, and unknown ones."""
    for name, query, start in (
        ("json", NAMES, "{"),
        ("xml", NAMES, "<?xml"),
        ("n3", GRAPH, "@prefix"),
        ("json", ASK, "{"),
    ):
        response = get(client, query, "*/*", format=name, output=name, results=name, timeout="5", unknown="x")
        assert response.text.startswith(start)


def test_format_that_does_not_fit(client: FlaskClient) -> None:
    """A known format that the answer cannot have is refused, an unknown one is passed over."""
    assert problem(get(client, GRAPH, format="csv")) == (406, "not-acceptable")
    assert get(client, GRAPH, format="auto").status_code == 200


def test_not_acceptable_lists_the_offers(client: FlaskClient) -> None:
    """What there is instead stands in the problem."""
    response = get(client, NAMES, "image/png")

    assert problem(response) == (406, "not-acceptable")
    assert json.loads(response.data)["offers"][0] == "application/sparql-results+json"


@pytest.mark.parametrize("way", ["get", "form", "direct"])
def test_dataset_of_the_request(client: FlaskClient, way: str) -> None:
    """Graphs are chosen by parameters, repeated ones are merged."""
    count = "SELECT (COUNT(*) AS ?n) { ?s a ?type }"
    graphs = {"default-graph-uri": [G1, G2, G1], "named-graph-uri": [G2]}
    if way == "get":
        response = client.get("/sparql", query_string={"query": count, "format": "csv", **graphs})
    elif way == "form":
        response = client.post("/sparql", data={"query": count, "format": "csv", **graphs})
    else:
        response = client.post("/sparql", data=count, content_type=DIRECT, query_string={"format": "csv", **graphs})

    assert response.text == "n\r\n2\r\n"


@pytest.mark.parametrize(
    "iri", ["http://example.org/a%20b", "http://example.org/%C3%A4+%2B", "http://example.org/ä?a=b&c"]
)
def test_iris_arrive_undamaged(client: FlaskClient, iri: str) -> None:
    """What is percent-encoded in an IRI is not decoded a second time."""
    query = f"SELECT ?iri {{ VALUES ?iri {{ <{iri}> }} }}"
    answers = [
        client.get(f"/sparql?query={quote(query)}&format=csv"),
        client.post("/sparql?format=csv", data=f"query={quote(query)}", content_type=FORM),
        client.post("/sparql?format=csv", data=query.encode(), content_type=f"{DIRECT}; charset=UTF-8"),
    ]

    assert {answer.text for answer in answers} == {f"iri\r\n{iri}\r\n"}


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ({"query_string": "query=ASK%7B%7D&query=ASK%7B%7D"}, (400, "repeated-query")),
        ({"query_string": "query=%FF"}, (400, "encoding")),
        ({"query_string": "query=ASK%7B%7D&default-graph-uri=g"}, (400, "graph-name")),
        ({"query_string": "query="}, (400, "query-syntax")),
        ({"query_string": "query=SELECT"}, (400, "query-syntax")),
        ({"query_string": "query=CLEAR+ALL"}, (403, "read-only")),
        ({"query_string": "update=CLEAR+ALL"}, (403, "read-only")),
        ({"query_string": "query=ASK{SERVICE<http://a>{}}"}, (403, "service")),
        ({"query_string": "query=SELECT(<http://f>()AS?x){}"}, (400, "query-evaluation")),
        ({"method": "POST"}, (415, "media-type")),
        ({"method": "POST", "data": ASK, "content_type": "text/plain"}, (415, "media-type")),
        ({"method": "POST", "data": {"query": ASK}, "content_type": "multipart/form-data"}, (415, "media-type")),
        ({"method": "POST", "data": "", "content_type": FORM}, (400, "missing-query")),
        ({"method": "POST", "data": b"query=\xff", "content_type": FORM}, (400, "encoding")),
        ({"method": "POST", "data": b"ASK { ?s ?p '\xff' }", "content_type": DIRECT}, (400, "encoding")),
        ({"method": "POST", "data": "update=CLEAR+ALL", "content_type": FORM}, (403, "read-only")),
        ({"method": "POST", "data": "CLEAR ALL", "content_type": "application/sparql-update"}, (403, "read-only")),
        (
            {"method": "POST", "data": ASK, "content_type": DIRECT, "query_string": {"query": ASK}},
            (400, "repeated-query"),
        ),
        (
            {"method": "POST", "data": b"\x1f\x8b", "content_type": DIRECT, "headers": {"Content-Encoding": "gzip"}},
            (415, "media-type"),
        ),
        ({"method": "POST", "data": "#" * 2_000_000, "content_type": DIRECT}, (413, "too-large")),
        ({"method": "PUT", "data": ASK, "content_type": DIRECT}, (405, "method")),
    ],
)
def test_wrong_requests(client: FlaskClient, request_: dict[str, object], expected: tuple[int, str]) -> None:
    """Each has its status and its kind, and none a trace of our code."""
    response = client.open("/sparql", **request_)  # type: ignore[arg-type]

    assert problem(response) == expected
    assert "Traceback" not in response.text


def test_syntax_error_has_its_place(client: FlaskClient) -> None:
    """Line and column count from 1."""
    body = json.loads(get(client, "SELECT *\nWHERE { ?s ex:p ?o }").data)

    assert (body["line"], body["column"]) == (2, 12)
    assert "ex:" in body["detail"]


def test_head_and_options(client: FlaskClient) -> None:
    """HEAD has the headers of GET without its body; a preflight is answered."""
    head = client.head("/sparql", query_string={"query": ASK})
    preflight = client.options(
        "/sparql", headers={"Origin": "https://a.example", "Access-Control-Request-Method": "POST"}
    )

    assert (head.status_code, head.data, head.content_type) == (200, b"", "application/sparql-results+json")
    assert preflight.status_code == 200
    assert preflight.headers["Access-Control-Allow-Origin"] == "*"
    assert {"GET", "POST"} <= set(preflight.headers["Access-Control-Allow-Methods"].split(", "))


@pytest.mark.parametrize(("body", "content_type"), [(ASK, DIRECT), (f"query={quote(ASK)}", FORM)])
def test_query_method(client: FlaskClient, body: str, content_type: str) -> None:
    """QUERY (RFC 10008) asks with a body, as POST does."""
    response = client.open("/sparql", method="QUERY", data=body, content_type=content_type)

    assert (response.status_code, json.loads(response.data)["boolean"]) == (200, True)


def test_query_method_is_told_and_refuses_as_post_does(client: FlaskClient) -> None:
    """A preflight names QUERY; a body of another type, or none, is refused."""
    preflight = client.options("/sparql")

    assert "QUERY" in preflight.headers["Allow"].split(", ")
    assert "QUERY" in preflight.headers["Access-Control-Allow-Methods"].split(", ")
    assert problem(client.open("/sparql", method="QUERY", data=ASK, content_type="text/plain")) == (415, "media-type")
    assert problem(client.open("/sparql", method="QUERY", content_type=FORM)) == (400, "missing-query")


def test_service_description(dataset: Dataset) -> None:
    """Without a query the endpoint says what it can do, and nothing that it refuses."""
    response = create_app(dataset).test_client().get("/sparql", base_url="https://data.example")
    triples = [quad.triple for quad in parse(response.data, RdfFormat.TURTLE)]
    said = {str(triple.predicate.value).removeprefix(SD): str(triple.object) for triple in triples}

    assert response.content_type == "text/turtle; charset=utf-8"
    assert said["endpoint"] == "<https://data.example/sparql>"
    assert said["supportedLanguage"] == f"<{SD}SPARQL11Query>"
    assert said["feature"] == f"<{SD}UnionDefaultGraph>"
    assert sum(triple.predicate.value == f"{SD}name" for triple in triples) == len(dataset.graphs())
    assert "BasicFederatedQuery" not in response.text


def test_service_description_in_any_format(client: FlaskClient) -> None:
    """It is negotiated as a graph; a browser gets a form."""
    assert client.get("/sparql", headers={"Accept": "application/n-triples"}).content_type == "application/n-triples"
    assert "<textarea" in client.get("/sparql", headers={"Accept": "text/html"}).text


def test_page_of_an_answer(client: FlaskClient) -> None:
    """A person sees a table, can change the query, and finds the other formats."""
    page = get(client, NAMES, "text/html").text

    assert page.count("<tr>") == 3
    assert '<a href="/id/anna">' in page
    assert "format=csv" in page
    assert "ORDER BY ?s</textarea>" in page


def test_page_of_a_large_answer(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """What would be too much for a browser is offered as a file; nothing of it is cut."""
    monkeypatch.setattr("iqgraph.web.query.sparql.LARGEST_PAGE", 100)
    page = get(client, NAMES, "text/html").text

    assert "too much for a page" in page
    assert "format=csv" in page
    assert "<td" not in page


def test_page_of_a_mistake(client: FlaskClient) -> None:
    """A person gets the query back, with what is wrong."""
    response = get(client, "SELECT <b>", "text/html")

    assert response.status_code == 400
    assert "SELECT &lt;b&gt;</textarea>" in response.text
    assert "<b>" not in response.text
