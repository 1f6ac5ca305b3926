"""The endpoint as clients meet it: three ways to ask, formats by header and by name, and ways to ask wrongly."""

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
NAMED = '(<http://a.example/2> "Ben") (<http://a.example/1> "Anna")'
NAMES = f"SELECT ?id ?name {{ VALUES (?id ?name) {{ {NAMED} }} }} ORDER BY ?id"
GRAPH = "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } LIMIT 3"


def asked(root: str, way: str, query: str, accept: str = "*/*", **parameters: object) -> Reply:
    """The answer to a query by GET, by a posted form, or posted as it is."""
    if way == "get":
        return get(root, "/sparql", accept, query=query, **parameters)
    if way == "form":
        body = urlencode({"query": query, **parameters}, doseq=True).encode()
        return ask(f"{root}/sparql", body=body, headers={"Content-Type": FORM, "Accept": accept})
    address = f"{root}/sparql?{urlencode(parameters, doseq=True)}"
    return ask(address, body=query.encode(), headers={"Content-Type": f"{DIRECT}; charset=UTF-8", "Accept": accept})


def problem(reply: Reply) -> tuple[int, str]:
    """The status and the kind of a problem."""
    assert reply.headers["Content-Type"] == "application/problem+json"
    body = json.loads(reply.body)
    assert body["status"] == reply.status
    return reply.status, body["type"].rpartition("/")[2]


def test_a_byte_order_mark_is_no_part_of_a_query(served: str) -> None:
    """Some editors begin a text with it, and nobody sees it."""
    assert json.loads(asked(served, "direct", f"\ufeff{ASK}").body)["boolean"] is True


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
def test_formats(served: str, query: str, accept: str, content_type: str) -> None:
    """The Accept header decides."""
    reply = get(served, "/sparql", accept, query=query)

    assert (reply.status, reply.headers["Content-Type"]) == (200, content_type)
    assert "accept" in reply.headers["Vary"].lower().split(", ")


@pytest.mark.parametrize(("query", "status"), [("SELECT * { ?s ?p }", 400), (ASK, 406)])
def test_what_is_wrong_with_a_query_is_said_first(served: str, query: str, status: int) -> None:
    """Before its form is refused; and whoever reads text alone is told in text."""
    reply = get(served, "/sparql", "text/plain", query=query)

    assert (reply.status, reply.headers["Content-Type"]) == (status, "text/plain; charset=utf-8")
    assert ("line: 1" in reply.text) == (status == 400)


@pytest.mark.parametrize(
    ("name", "query", "start"),
    [("json", NAMES, "{"), ("xml", NAMES, "<?xml"), ("n3", GRAPH, "@prefix"), ("json", ASK, "{")],
)
def test_what_sparqlwrapper_sends(served: str, name: str, query: str, start: str) -> None:
    """Three parameters with the same name of a format, and unknown ones."""
    more = {"format": name, "output": name, "results": name, "timeout": "5", "unknown": "x"}

    assert get(served, "/sparql", query=query, **more).text.startswith(start)


def test_not_acceptable_lists_the_offers(served: str) -> None:
    """What there is instead stands in the problem."""
    reply = get(served, "/sparql", "image/png", query=NAMES)

    assert problem(reply) == (406, "not-acceptable")
    assert json.loads(reply.body)["offers"][0] == JSON


@pytest.mark.parametrize("way", ["get", "form", "direct"])
@pytest.mark.parametrize(
    "iri", ["http://example.org/a%20b", "http://example.org/%C3%A4+%2B", "http://example.org/ä?a=b&c"]
)
def test_iris_arrive_undamaged(served: str, iri: str, way: str) -> None:
    """What is percent-encoded in an IRI is not decoded a second time."""
    assert asked(served, way, f"SELECT ?iri {{ VALUES ?iri {{ <{iri}> }} }}", format="csv").text == f"iri\r\n{iri}\r\n"


def test_syntax_error_has_its_place(served: str) -> None:
    """Line and column count from 1."""
    body = json.loads(get(served, "/sparql", query="SELECT *\nWHERE { ?s ex:p ?o }").body)

    assert (body["line"], body["column"]) == (2, 12)
    assert "ex:" in body["detail"]


def test_preflight(served: str) -> None:
    """Scripts of other sites may ask by each method."""
    wanted = {"Origin": "https://a.example", "Access-Control-Request-Method": "POST"}
    preflight = ask(f"{served}/sparql", method="OPTIONS", headers=wanted)

    assert preflight.status == 200
    assert preflight.headers["Access-Control-Allow-Origin"] == "*"
    assert {"GET", "POST", "QUERY"} <= set(preflight.headers["Access-Control-Allow-Methods"].split(", "))
    assert "QUERY" in preflight.headers["Allow"].split(", ")


def test_what_the_server_can_do_at_all(served: str) -> None:
    """Asked without an address (RFC 9110, section 9.3.7)."""
    reply = proxies.ask(urlsplit(served).netloc, "*", method="OPTIONS")

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
def test_old_iri_in_a_query(served: str, way: str, query: str, parameters: dict[str, str]) -> None:
    """What was called otherwise is found under its old name, wherever a query has it."""
    assert json.loads(asked(served, way, query, JSON, **parameters).body)["boolean"] is True


TASK = f"SELECT ?task {{ ?task <{BASE}ontology#taskOf> <{BASE}id/information-offices> }}"
DID = "http://www.w3.org/ns/prov#wasAssociatedWith"


@pytest.mark.parametrize("form", ["json", "xml", "csv", "tsv"])
def test_old_way_that_finds_nothing_leads_to_the_new_term(served: str, form: str) -> None:
    """In every format for programs; the answer stays one, since nothing is wrong with the query."""
    reply = get(served, "/sparql", query=TASK, format=form)

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
def test_no_other_answer_leads_there(served: str, path: str, query: str) -> None:
    """Neither one with rows, nor one about something else, nor one from data in which the old way is the way."""
    assert DID not in ", ".join(get(served, path, query=query, format="csv").headers.get_all("Link", []))


@pytest.mark.parametrize(("lang", "word"), [("de", "sondern eine Tätigkeit"), ("en", "but an activity")])
def test_page_without_rows_names_the_new_term(served: str, lang: str, word: str) -> None:
    """In the language of the page."""
    assert word in get(served, "/sparql", "text/html", query=TASK, lang=lang).text


def test_old_iri_in_a_query_of_an_old_version(served: str) -> None:
    """There it is no old one."""
    query = f"SELECT ?s {{ GRAPH <{BASE}graph/official/netzwerk-iq> {{ ?s ?p ?o }} }}"
    reply = get(served, "/version/0.3.0/sparql", "text/csv", query=query)

    assert "period-2019-2022" in reply.text
