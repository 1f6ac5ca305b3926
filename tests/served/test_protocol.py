"""The SPARQL 1.1 Protocol against the running server: a table of requests, named as in the W3C suite if it has them.

`make tables` prints the answers.
"""

import json
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from loopback import serving
from tiny import put

DATA = "http://data.example/"
G1, G2, G3 = (f"{DATA}g{n}" for n in (1, 2, 3))
QUADS = f"""<urn:a> <urn:p> "one" <{G1}> .
<urn:b> <urn:p> "two" <{G1}> .
<urn:b> <urn:p> "two" <{G2}> .
<urn:c> <urn:p> "three" <{G3}> .
<urn:ä%20/é> <urn:p> "ümlaut" <{G3}> .
"""
QUERY, FORM = "application/sparql-query", "application/x-www-form-urlencoded"
UPDATE = "application/sparql-update"
JSON, XML = "application/sparql-results+json", "application/sparql-results+xml"
PROBLEM = "application/problem+json"
ASK = "ASK {}"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
GRAPHS = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g"
DROP = "DROP ALL"


@dataclass(frozen=True)
class Case:
    """A request, and the status, the type and a part of the content of its answer."""

    name: str
    status: int
    kind: str
    content: str = ""
    method: str = "GET"
    parameters: str = ""
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def get(name: str, status: int, kind: str, content: str = "", *pairs: tuple[str, str], accept: str = "") -> Case:
    """A request by GET."""
    return Case(name, status, kind, content, "GET", urlencode(pairs), headers={"Accept": accept} if accept else {})


def form(name: str, status: int, kind: str, content: str = "", *pairs: tuple[str, str], accept: str = "") -> Case:
    """A posted form."""
    headers = {"Content-Type": FORM} | ({"Accept": accept} if accept else {})
    return Case(name, status, kind, content, "POST", "", urlencode(pairs).encode(), headers)


def direct(
    name: str,
    status: int,
    kind: str,
    content: str = "",
    query: str = ASK,
    *,
    parameters: str = "",
    media_type: str = QUERY,
    method: str = "POST",
) -> Case:
    """A query as the body."""
    headers = {"Content-Type": media_type} if media_type else {}
    return Case(name, status, kind, content, method, parameters, query.encode(), headers)


def q(text: str) -> tuple[str, str]:
    """The parameter with the query."""
    return "query", text


def default(*graphs: str) -> list[tuple[str, str]]:
    """Default graphs of the request."""
    return [("default-graph-uri", graph) for graph in graphs]


def named(*graphs: str) -> list[tuple[str, str]]:
    """Named graphs of the request."""
    return [("named-graph-uri", graph) for graph in graphs]


CASES = [
    get("query_get", 200, JSON, "true", q(ASK)),
    form("query_post_form", 200, JSON, "true", q(ASK)),
    direct("query_post_direct", 200, JSON, "true"),
    direct("query_post_direct with charset", 200, JSON, "true", media_type=f"{QUERY}; charset=utf-8"),
    direct("query method, direct (RFC 10008)", 200, JSON, "true", method="QUERY"),
    direct("query method, form", 200, JSON, "true", urlencode([q(ASK)]), media_type=FORM, method="QUERY"),
    direct("query method, form without a query", 400, PROBLEM, "missing-query", "x=1", media_type=FORM, method="QUERY"),
    direct("query method, no type", 415, PROBLEM, "media-type", media_type="", method="QUERY"),
    Case("head", 200, JSON, "", "HEAD", urlencode([q(ASK)])),
    Case("options", 200, "", "", "OPTIONS"),
    get("query_content_type_ask", 200, XML, "<boolean>true", q(ASK), accept=XML),
    get("query_content_type_select", 200, "text/csv; charset=utf-8", "n\r\n4", q(COUNT), accept="text/csv"),
    get("query_content_type_describe", 200, "text/turtle; charset=utf-8", "", q("DESCRIBE <urn:a>")),
    get(
        "query_content_type_construct",
        200,
        "application/rdf+xml",
        "RDF",
        q("CONSTRUCT WHERE { ?s ?p ?o }"),
        accept="application/rdf+xml",
    ),
    get("default graph is the union", 200, JSON, '"4"', q(COUNT)),
    get("query_dataset_default_graph", 200, JSON, '"2"', q(COUNT), *default(G1)),
    get("query_dataset_default_graphs_get", 200, JSON, '"2"', q(COUNT), *default(G1, G2)),
    form("query_dataset_default_graphs_post", 200, JSON, '"2"', q(COUNT), *default(G1, G2)),
    direct("default graphs beside a direct query", 200, JSON, '"2"', COUNT, parameters=urlencode(default(G1, G2))),
    get("query_dataset_named_graphs_get", 200, JSON, G2, q(GRAPHS), *named(G2)),
    form("query_dataset_named_graphs_post", 200, JSON, G2, q(GRAPHS), *named(G2)),
    get("named graphs alone leave no default graph", 200, JSON, '"0"', q(COUNT), *named(G2)),
    get("default graphs alone leave no named graph", 200, JSON, "[]", q(GRAPHS), *default(G1)),
    get(
        "query_dataset_full",
        200,
        JSON,
        '"2"',
        q("SELECT (COUNT(*) AS ?n) { ?s ?p ?o . GRAPH ?g { ?s ?p ?o } }"),
        *default(G1),
        *named(G1),
    ),
    get(
        "query_multiple_dataset: the request wins over FROM",
        200,
        JSON,
        '"2"',
        q(COUNT.replace("{", f"FROM <{G3}> {{")),
        *default(G1),
    ),
    get("FROM", 200, JSON, '"2"', q(COUNT.replace("{", f"FROM <{G1}> {{"))),
    get("FROM two graphs: each statement once", 200, JSON, '"2"', q(COUNT.replace("{", f"FROM <{G1}> FROM <{G2}> {{"))),
    get("FROM NAMED", 200, JSON, G3, q(GRAPHS.replace("{ GRAPH", f"FROM NAMED <{G3}> {{ GRAPH"))),
    get("unknown graph is empty", 200, JSON, '"0"', q(COUNT), *default("urn:none")),
    get("relative graph name", 400, PROBLEM, "graph-name", q(COUNT), *default("g1")),
    Case(
        "percent-encoded IRIs arrive undamaged",
        200,
        JSON,
        "true",
        "GET",
        f"query={quote('ASK { <urn:ä%20/é> ?p ?o }')}",
    ),
    Case(
        "UTF-8 as it is, in a form",
        200,
        JSON,
        "true",
        "POST",
        "",
        "query=ASK { FILTER('ü' = '\\u00FC') }".encode(),
        {"Content-Type": FORM},
    ),
    Case("a plus is a blank", 200, JSON, "true", "GET", "query=ASK+{}"),
    Case("an encoded plus is a plus", 200, JSON, "true", "GET", f"query={quote('ASK { FILTER(1+1=2) }', safe='')}"),
    get("unknown parameters are ignored", 200, JSON, "true", q(ASK), ("x", "1"), ("update-ish", "1")),
    get("format=csv", 200, "text/csv; charset=utf-8", "true", q(ASK), ("format", "csv"), accept=XML),
    get("output=xml", 200, XML, "true", q(ASK), ("output", "xml")),
    get("results=tsv", 200, "text/tab-separated-values; charset=utf-8", "", q(ASK), ("results", "tsv")),
    get(
        "a format by its name and by its media type, as SPARQLWrapper asks: the first counts",
        200,
        "text/tab-separated-values; charset=utf-8",
        "",
        q(ASK),
        *((name, value) for name in ("format", "output", "results") for value in ("tsv", "text/tab-separated-values")),
    ),
    get("no query: service description", 200, "text/turtle; charset=utf-8", "sd:Service"),
    get("no query, for a browser", 200, "text/html; charset=utf-8", "<textarea", accept="text/html"),
    get("not acceptable", 406, PROBLEM, "not-acceptable", q(ASK), accept="image/png"),
    get("bad_multiple_queries", 400, PROBLEM, "repeated-query", q(ASK), q(ASK)),
    form("bad_multiple_queries, form", 400, PROBLEM, "repeated-query", q(ASK), q(ASK)),
    direct("two queries, address and body", 400, PROBLEM, "repeated-query", parameters=urlencode([q(ASK)])),
    direct("bad_query_wrong_media_type", 415, PROBLEM, "media-type", media_type="text/plain"),
    direct("bad_query_missing_direct_type", 415, PROBLEM, "media-type", media_type=""),
    direct("bad_query_missing_form_type", 415, PROBLEM, "media-type", urlencode([q(ASK)]), media_type=""),
    direct("form in parts", 415, PROBLEM, "media-type", "--x--", media_type="multipart/form-data; boundary=x"),
    direct("too large", 413, PROBLEM, "too-large", "#" * 2_000_000),
    form("form without a query", 400, PROBLEM, "missing-query", ("x", "1")),
    Case("bad_query_non_utf8", 400, PROBLEM, "encoding", "POST", "", b"ASK { ?s ?p '\xff' }", {"Content-Type": QUERY}),
    Case("not UTF-8 in a form", 400, PROBLEM, "encoding", "POST", "", b"query=\xff", {"Content-Type": FORM}),
    Case("not UTF-8 in the address", 400, PROBLEM, "encoding", "GET", "query=ASK%7B%FF%7D"),
    Case("UTF-16", 400, PROBLEM, "encoding", "POST", "", ASK.encode("utf-16"), {"Content-Type": QUERY}),
    get("bad_query_syntax", 400, PROBLEM, "query-syntax", q("ASK { ?s ?p }")),
    get("empty query", 400, PROBLEM, "query-syntax", q("")),
    Case("bad_query_method", 405, PROBLEM, "method", "PUT", urlencode([q(ASK)])),
    Case("delete", 405, PROBLEM, "method", "DELETE"),
    Case("not_in_capitals", 501, PROBLEM, "unknown-method", "get", urlencode([q(ASK)])),
    Case("patch", 405, PROBLEM, "method", "PATCH"),
    get("update by get", 403, PROBLEM, "read-only", ("update", DROP)),
    form("update by form", 403, PROBLEM, "read-only", ("update", DROP)),
    direct("update direct", 403, PROBLEM, "read-only", DROP, media_type=UPDATE),
    get("update as query", 403, PROBLEM, "read-only", q(DROP)),
    direct("update as direct query", 403, PROBLEM, "read-only", "INSERT DATA { <urn:a> <urn:b> <urn:c> }"),
    get("service", 403, PROBLEM, "service", q("ASK { SERVICE <http://127.0.0.1:9/> {} }")),
    get("timeout that is no time", 400, PROBLEM, "bad-request", q(ASK), ("timeout", "soon")),
    Case(
        "compressed body",
        415,
        PROBLEM,
        "media-type",
        "POST",
        "",
        b"\x1f\x8b",
        {"Content-Type": QUERY, "Content-Encoding": "gzip"},
    ),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a server with three small graphs."""
    with serving(put(tmp_path_factory.mktemp("protocol"), "graphs.nq", QUADS)) as address:
        yield int(address.rpartition(":")[2])


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.name))
def test_case(server: int, case: Case, record_property: Callable[[str, object], None]) -> None:
    """Status, type and content are those of the table."""
    connection = HTTPConnection("127.0.0.1", server)
    address = f"/sparql?{case.parameters}" if case.parameters else "/sparql"
    connection.putrequest(case.method, address, skip_accept_encoding=True)
    for name, value in case.headers.items():
        connection.putheader(name, value)
    if case.body:
        connection.putheader("Content-Length", str(len(case.body)))
    connection.endheaders(case.body or None)
    response = connection.getresponse()
    content = response.read().decode()
    kind = response.getheader("Content-Type", "")
    connection.close()
    record_property("asked", f"{case.method} {Path(address).name[:60]}")
    record_property("answered", f"{response.status} {kind}")

    assert (response.status, kind) == (case.status, case.kind)
    if kind == JSON and content:  # engines elsewhere write it with other spaces
        content = json.dumps(json.loads(content), ensure_ascii=False, separators=(",", ":"))
    assert case.content in content
    assert response.getheader("Access-Control-Allow-Origin") == "*"


def test_names_are_unique() -> None:
    """Each case has a unique name."""
    assert len({case.name for case in CASES}) == len(CASES)


def test_a_connection_serves_many_queries(server: int) -> None:
    """Requests after an error on the same connection are answered."""
    connection = HTTPConnection("127.0.0.1", server)
    statuses = []
    for query in (ASK, "nonsense", ASK):
        connection.request("GET", f"/sparql?{urlencode([q(query)])}")
        response = connection.getresponse()
        response.read()
        statuses.append(response.status)
    sock = connection.sock
    connection.close()

    assert statuses == [200, 400, 200]
    assert isinstance(sock, socket.socket)
