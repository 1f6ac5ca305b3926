"""The endpoint as clients meet it: three ways to ask, formats by header and by name, and ways to ask wrongly."""

import csv
import io
import json
from urllib.parse import quote, urlencode

import pytest

from asking import Reply, ask, get
from iqgraph.dataset import Dataset
from iqgraph.terms import BASE, passage_iri

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
JSON, XML = "application/sparql-results+json", "application/sparql-results+xml"
ASK = "ASK { ?s ?p ?o }"
NAMED = '(<http://a.example/2> "Ben") (<http://a.example/1> "Anna")'
NAMES = f"SELECT ?id ?name {{ VALUES (?id ?name) {{ {NAMED} }} }} ORDER BY ?id"
ROWS = "id,name\r\nhttp://a.example/1,Anna\r\nhttp://a.example/2,Ben\r\n"
GRAPH = "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } LIMIT 3"
G1, G2 = f"{BASE}graph/11-jahre-iq/S01", f"{BASE}graph/11-jahre-iq/S02"


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


@pytest.mark.parametrize("way", ["get", "form", "direct"])
def test_three_ways_to_ask(served: str, way: str) -> None:
    """GET, a posted form and a posted query have the same answer."""
    reply = asked(served, way, NAMES, "text/csv")

    assert (reply.status, reply.headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert "accept" in reply.headers["Vary"].lower().split(", ")
    assert reply.text == ROWS


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


@pytest.mark.parametrize("name", ["format", "output", "results"])
def test_shortcuts(served: str, name: str) -> None:
    """Who cannot set Accept names the format, by one parameter or by all."""
    reply = get(served, "/sparql", XML, query=NAMES, **{name: "csv"})

    assert list(csv.reader(io.StringIO(reply.text))) == [line.split(",") for line in ROWS.splitlines()]


@pytest.mark.parametrize(
    ("name", "query", "start"),
    [("json", NAMES, "{"), ("xml", NAMES, "<?xml"), ("n3", GRAPH, "@prefix"), ("json", ASK, "{")],
)
def test_what_sparqlwrapper_sends(served: str, name: str, query: str, start: str) -> None:
    """Three parameters with the same name of a format, and unknown ones."""
    more = {"format": name, "output": name, "results": name, "timeout": "5", "unknown": "x"}

    assert get(served, "/sparql", query=query, **more).text.startswith(start)


def test_format_that_does_not_fit(served: str) -> None:
    """A known format that the answer cannot have is refused, an unknown one is passed over."""
    assert problem(get(served, "/sparql", query=GRAPH, format="csv")) == (406, "not-acceptable")
    assert get(served, "/sparql", query=GRAPH, format="auto").status == 200


def test_not_acceptable_lists_the_offers(served: str) -> None:
    """What there is instead stands in the problem."""
    reply = get(served, "/sparql", "image/png", query=NAMES)

    assert problem(reply) == (406, "not-acceptable")
    assert json.loads(reply.body)["offers"][0] == JSON


@pytest.mark.parametrize("way", ["get", "form", "direct"])
def test_dataset_of_the_request(served: str, dataset: Dataset, way: str) -> None:
    """Graphs are chosen by parameters, repeated ones are merged."""
    graphs: dict[str, object] = {"default-graph-uri": [G1, G2, G1], "named-graph-uri": [G2], "format": "csv"}
    reply = asked(served, way, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "*/*", **graphs)
    said = {
        triple
        for graph in dataset.graphs()
        if getattr(graph, "value", "") in (G1, G2)
        for triple in dataset.triples(graph)
    }

    assert said
    assert reply.text == f"n\r\n{len(said)}\r\n"


@pytest.mark.parametrize("way", ["get", "form", "direct"])
@pytest.mark.parametrize(
    "iri", ["http://example.org/a%20b", "http://example.org/%C3%A4+%2B", "http://example.org/ä?a=b&c"]
)
def test_iris_arrive_undamaged(served: str, iri: str, way: str) -> None:
    """What is percent-encoded in an IRI is not decoded a second time."""
    assert asked(served, way, f"SELECT ?iri {{ VALUES ?iri {{ <{iri}> }} }}", format="csv").text == f"iri\r\n{iri}\r\n"


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ("query=ASK%7B%7D&query=ASK%7B%7D", (400, "repeated-query")),
        ("query=%FF", (400, "encoding")),
        ("query=ASK%7B%7D&default-graph-uri=g", (400, "graph-name")),
        ("query=", (400, "query-syntax")),
        ("query=SELECT", (400, "query-syntax")),
        ("query=CLEAR+ALL", (403, "read-only")),
        ("update=CLEAR+ALL", (403, "read-only")),
        ("query=ASK%7BSERVICE%3Chttp://a%3E%7B%7D%7D", (403, "service")),
        ("query=SELECT(%3Chttp://f%3E()AS?x)%7B%7D", (400, "query-evaluation")),
    ],
)
def test_wrong_addresses(served: str, parameters: str, expected: tuple[int, str]) -> None:
    """Each has its status and its kind, and none a trace of our code."""
    reply = get(served, f"/sparql?{parameters}")

    assert problem(reply) == expected
    assert "Traceback" not in reply.text


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        (ASK.encode(), "text/plain", (415, "media-type")),
        (b"--x\r\n\r\n--x--", "multipart/form-data; boundary=x", (415, "media-type")),
        (b"", FORM, (400, "missing-query")),
        (b"query=\xff", FORM, (400, "encoding")),
        (b"ASK { ?s ?p '\xff' }", DIRECT, (400, "encoding")),
        (b"update=CLEAR+ALL", FORM, (403, "read-only")),
        (b"CLEAR ALL", "application/sparql-update", (403, "read-only")),
        (b"#" * 2_000_000, DIRECT, (413, "too-large")),
    ],
    ids=lambda value: value[:20].decode("latin-1") if isinstance(value, bytes) else None,
)
def test_wrong_bodies(served: str, body: bytes, content_type: str, expected: tuple[int, str]) -> None:
    """Each has its status and its kind, and none a trace of our code."""
    reply = ask(f"{served}/sparql", body=body, headers={"Content-Type": content_type})

    assert problem(reply) == expected
    assert "Traceback" not in reply.text


def test_other_wrong_requests(served: str) -> None:
    """A query twice, a compressed one, and a method that writes."""
    twice = ask(f"{served}/sparql?query={quote(ASK)}", body=ASK.encode(), headers={"Content-Type": DIRECT})
    packed = ask(f"{served}/sparql", body=b"\x1f\x8b", headers={"Content-Type": DIRECT, "Content-Encoding": "gzip"})
    put = ask(f"{served}/sparql", body=ASK.encode(), method="PUT", headers={"Content-Type": DIRECT})

    assert problem(twice) == (400, "repeated-query")
    assert problem(packed) == (415, "media-type")
    assert problem(put) == (405, "method")


def test_syntax_error_has_its_place(served: str) -> None:
    """Line and column count from 1."""
    body = json.loads(get(served, "/sparql", query="SELECT *\nWHERE { ?s ex:p ?o }").body)

    assert (body["line"], body["column"]) == (2, 12)
    assert "ex:" in body["detail"]


def test_head_and_options(served: str) -> None:
    """HEAD has the headers of GET without its body; a preflight is answered."""
    head = ask(f"{served}/sparql?query={quote(ASK)}", method="HEAD")
    wanted = {"Origin": "https://a.example", "Access-Control-Request-Method": "POST"}
    preflight = ask(f"{served}/sparql", method="OPTIONS", headers=wanted)

    assert (head.status, head.body, head.headers["Content-Type"]) == (200, b"", JSON)
    assert preflight.status == 200
    assert preflight.headers["Access-Control-Allow-Origin"] == "*"
    assert {"GET", "POST", "QUERY"} <= set(preflight.headers["Access-Control-Allow-Methods"].split(", "))
    assert "QUERY" in preflight.headers["Allow"].split(", ")


@pytest.mark.parametrize(("body", "content_type"), [(ASK, DIRECT), (f"query={quote(ASK)}", FORM)])
def test_query_method(served: str, body: str, content_type: str) -> None:
    """QUERY (RFC 10008) asks with a body, as POST does."""
    reply = ask(f"{served}/sparql", body=body.encode(), method="QUERY", headers={"Content-Type": content_type})

    assert (reply.status, json.loads(reply.body)["boolean"]) == (200, True)


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [(ASK.encode(), "text/plain", (415, "media-type")), (b"", FORM, (400, "missing-query"))],
)
def test_query_method_refuses_as_post_does(
    served: str, body: bytes, content_type: str, expected: tuple[int, str]
) -> None:
    """A body of another type, or none."""
    reply = ask(f"{served}/sparql", body=body, method="QUERY", headers={"Content-Type": content_type})

    assert problem(reply) == expected


def test_a_name_of_the_data(served: str) -> None:
    """What is asked is the bundled data."""
    passage = passage_iri("11-jahre-iq", "S24").value
    rows = get(served, "/sparql", "text/csv", query=f"SELECT ?type {{ <{passage}> a ?type }}").text.splitlines()

    assert f"{BASE}ontology#Passage" in rows


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
