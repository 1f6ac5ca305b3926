"""The endpoint for clients: three request methods, formats by header and by name, and errors."""

import json
from urllib.parse import urlencode, urlsplit

import pytest

import proxies
from asking import Reply, ask, get
from iqgraph.terms import BASE

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
JSON, XML = "application/sparql-results+json", "application/sparql-results+xml"
ASK = "ASK { ?s ?p ?o }"
VALUES = '(<http://a.example/2> "Ben") (<http://a.example/1> "Anna")'
NAMES = f"SELECT ?id ?name {{ VALUES (?id ?name) {{ {VALUES} }} }} ORDER BY ?id"
GRAPH = "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } LIMIT 3"


def send_query(root: str, way: str, query: str, accept: str = "*/*", **parameters: object) -> Reply:
    """Send a query by GET, as a form or directly (SPARQL 1.1 Protocol, section 2.1)."""
    if way == "get":
        return get(root, "/sparql", accept, query=query, **parameters)
    if way == "form":
        body = urlencode({"query": query, **parameters}, doseq=True).encode()
        return ask(f"{root}/sparql", body=body, headers={"Content-Type": FORM, "Accept": accept})
    address = f"{root}/sparql?{urlencode(parameters, doseq=True)}"
    return ask(address, body=query.encode(), headers={"Content-Type": f"{DIRECT}; charset=UTF-8", "Accept": accept})


def problem(reply: Reply) -> tuple[int, str]:
    """The status and the type of a problem."""
    assert reply.headers["Content-Type"] == "application/problem+json"
    body = json.loads(reply.body)
    assert body["status"] == reply.status
    return reply.status, body["type"].rpartition("/")[2]


def test_a_byte_order_mark_is_ignored(server_url: str) -> None:
    """A byte order mark before a query is ignored."""
    assert json.loads(send_query(server_url, "direct", f"\ufeff{ASK}").body)["boolean"] is True


@pytest.mark.parametrize(
    ("query", "accept", "content_type"),
    [
        (NAMES, "*/*", JSON),
        (NAMES, XML, XML),
        (NAMES, "text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
        (NAMES, "text/html", "text/html; charset=utf-8"),
        (ASK, "text/html", "text/html; charset=utf-8"),
        (GRAPH, "text/html", "text/html; charset=utf-8"),
        (GRAPH, "*/*", "text/turtle; charset=utf-8"),
        (GRAPH, "application/n-triples", "application/n-triples"),
        (GRAPH, "application/rdf+xml", "application/rdf+xml"),
        (GRAPH, "application/ld+json", "application/ld+json"),
        (GRAPH, "application/trig", "application/trig"),
        (GRAPH, "application/n-quads", "application/n-quads"),
    ],
)
def test_formats(server_url: str, query: str, accept: str, content_type: str) -> None:
    """The Accept header selects the format."""
    reply = get(server_url, "/sparql", accept, query=query)

    assert (reply.status, reply.headers["Content-Type"]) == (200, content_type)
    assert "accept" in reply.headers["Vary"].lower().split(", ")


@pytest.mark.parametrize(("query", "status"), [("SELECT * { ?s ?p }", 400), (ASK, 406)])
def test_a_syntax_error_comes_before_the_format(server_url: str, query: str, status: int) -> None:
    """A syntax error is reported before an unacceptable format, in text for clients that accept only text."""
    reply = get(server_url, "/sparql", "text/plain", query=query)

    assert (reply.status, reply.headers["Content-Type"]) == (status, "text/plain; charset=utf-8")
    assert ("line: 1" in reply.text) == (status == 400)


def test_not_acceptable_lists_the_offers(server_url: str) -> None:
    """The problem lists the available formats."""
    reply = get(server_url, "/sparql", "image/png", query=NAMES)

    assert problem(reply) == (406, "not-acceptable")
    assert json.loads(reply.body)["offers"][0] == JSON


@pytest.mark.parametrize("way", ["get", "form", "direct"])
@pytest.mark.parametrize(
    "iri", ["http://example.org/a%20b", "http://example.org/%C3%A4+%2B", "http://example.org/ä?a=b&c"]
)
def test_iris_are_decoded_once(server_url: str, iri: str, way: str) -> None:
    """Percent-encoding in an IRI is not decoded a second time."""
    assert (
        send_query(server_url, way, f"SELECT ?iri {{ VALUES ?iri {{ <{iri}> }} }}", format="csv").text
        == f"iri\r\n{iri}\r\n"
    )


def test_preflight(server_url: str) -> None:
    """Scripts of other sites may use each method."""
    headers = {"Origin": "https://a.example", "Access-Control-Request-Method": "POST"}
    preflight = ask(f"{server_url}/sparql", method="OPTIONS", headers=headers)

    assert preflight.status == 200
    assert preflight.headers["Access-Control-Allow-Origin"] == "*"
    assert {"GET", "POST", "QUERY"} <= set(preflight.headers["Access-Control-Allow-Methods"].split(", "))
    assert "QUERY" in preflight.headers["Allow"].split(", ")


def test_options_of_the_server(server_url: str) -> None:
    """`OPTIONS *` lists the methods of the server (RFC 9110, section 9.3.7)."""
    reply = proxies.ask(urlsplit(server_url).netloc, "*", method="OPTIONS")

    assert (reply.status, reply.body) == (200, b"")
    assert set(reply.headers["allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST", "QUERY"}


@pytest.mark.parametrize(
    ("query", "parameters"),
    [
        (f"ASK {{ GRAPH <{BASE}graph/official/netzwerk-iq> {{ ?s ?p ?o }} }}", {}),
        (f"ASK FROM <{BASE}graph/official/netzwerk-iq> {{ ?s ?p ?o }}", {}),
        (f"PREFIX c: <{BASE}concept/> ASK {{ ?graph ?modality c:official }}", {}),
        (ASK, {"default-graph-uri": f"{BASE}graph/official/netzwerk-iq"}),
        (f"ASK {{ GRAPH <{BASE}graph/source/fresko-2025> {{ ?s ?p ?o }} }}", {}),
        (f"ASK {{ ?graph ?predicate <{BASE}id/source-fresko-2025> }}", {}),
    ],
    ids=["graph", "from", "concept", "parameter", "record", "source"],
)
@pytest.mark.parametrize("way", ["get", "direct"])
def test_old_iri_in_a_query(server_url: str, way: str, query: str, parameters: dict[str, str]) -> None:
    """An old IRI stands for the new one anywhere in a query."""
    assert json.loads(send_query(server_url, way, query, JSON, **parameters).body)["boolean"] is True


TASK = f"SELECT ?task {{ ?task <{BASE}ontology#taskOf> <{BASE}id/information-offices> }}"
DID = "http://www.w3.org/ns/prov#wasAssociatedWith"


@pytest.mark.parametrize("format", ["json", "xml", "csv", "tsv"])
def test_an_empty_answer_to_an_old_term_links_to_the_new_one(server_url: str, format: str) -> None:
    """In every format for programs, with status 200, since the query is valid."""
    reply = get(server_url, "/sparql", query=TASK, format=format)

    assert reply.status == 200
    assert f'<{DID}>; rel="help"' in ", ".join(reply.headers.get_all("Link", []))


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/sparql", TASK.replace("information-offices", "coordination")),
        ("/sparql", TASK.replace("taskOf", "roleIn")),
        ("/version/0.3.0/sparql", TASK.replace("information-offices", "nobody")),
    ],
    ids=["with rows", "another term", "old version"],
)
def test_other_answers_have_no_such_link(server_url: str, path: str, query: str) -> None:
    """An answer with rows, about another term, or of a version that uses the old term has no link."""
    assert DID not in ", ".join(get(server_url, path, query=query, format="csv").headers.get_all("Link", []))


@pytest.mark.parametrize(("lang", "word"), [("de", "sondern eine Tätigkeit"), ("en", "but an activity")])
def test_page_without_rows_names_the_new_term(server_url: str, lang: str, word: str) -> None:
    """The page without rows explains the new term in its language."""
    assert word in get(server_url, "/sparql", "text/html", query=TASK, lang=lang).text


def test_old_iri_in_a_query_of_an_old_version(server_url: str) -> None:
    """In an old version its IRIs are not replaced."""
    query = f"SELECT ?s {{ GRAPH <{BASE}graph/official/netzwerk-iq> {{ ?s ?p ?o }} }}"
    reply = get(server_url, "/version/0.3.0/sparql", "text/csv", query=query)

    assert "period-2019-2022" in reply.text
