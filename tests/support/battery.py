"""The hostile battery: attacks on the running server, each with its correct statuses."""

import gzip
import json
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from victim import ENDLESS

MIB = 1 << 20
QUERY = "application/sparql-query"
FORM = "application/x-www-form-urlencoded"
CLOSED = 0  # the server hung up without an answer, as it may on what is not HTTP
DEAR = frozenset({422, 503})
DEEP = frozenset({400, 422})
BAD = frozenset({400, CLOSED})
PRODUCT = "{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
PAIRS = "{ ?a ?b ?c . ?d ?e ?f }"
PROPERTIES = [("rdf", "type"), ("iq", "about"), ("iq", "during"), ("iq", "theme"), ("skos", "prefLabel")]
EVERYTHING = "(!<x:x>|^!<x:x>)*"


@dataclass(frozen=True, slots=True)
class Attack:
    """The bytes to send, how, how many times at once, and the correct statuses."""

    kind: str
    name: str
    sent: bytes
    right: frozenset[int]
    manner: str = "ask"
    times: int = 1

    @property
    def method(self) -> str:
        """The HTTP method; answers to HEAD have no body."""
        return self.sent.partition(b" ")[0].decode("latin-1")


def http(method: str, target: str, *headers: str, body: bytes | str = b"", length: bool = True) -> bytes:
    """The bytes of a request that closes its connection."""
    content = body.encode() if isinstance(body, str) else body
    lines = [f"{method} {target} HTTP/1.1", "Host: battery.example", "Connection: close", *headers]
    lines += [f"Content-Length: {len(content)}"] if length and content else []
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + content


def get(query: str, format: str = "json", **more: str) -> bytes:
    """A query in the URL."""
    return http("GET", f"/sparql?{urlencode({'query': query, 'format': format, **more})}")


def post(query: str, format: str = "json", media_type: str = QUERY) -> bytes:
    """A query as the body."""
    return http("POST", f"/sparql?format={format}", f"Content-Type: {media_type}", body=query)


def nest(before: str, opening: str, middle: str, closing: str, after: str, *, depth: int = 20000) -> bytes:
    """A query with a deeply nested construct."""
    return post(f"{before}{opening * depth}{middle}{closing * depth}{after}")


def double(seed: str, times: int, last: str) -> str:
    """A query that doubles a string many times."""
    steps = " ".join(f"BIND(CONCAT(?s{n}, ?s{n}) AS ?s{n + 1})" for n in range(times))
    return f"SELECT ?z {{ BIND({seed} AS ?s0) {steps} BIND({last.replace('?s', f'?s{times}')} AS ?z) }}"


def raw(text: str) -> bytes:
    """The bytes of a text in Latin-1."""
    return text.encode("latin-1")


def _table(kind: str, right: frozenset[int], attacks: dict[str, bytes], manner: str = "ask") -> list[Attack]:
    return [Attack(kind, name, sent, right, manner) for name, sent in attacks.items()]


NOTHING = "SELECT * { ?s <x:y> ?o }"
COUNTED = get(f"SELECT (COUNT(*) AS ?n) {PRODUCT}")
DISTINCT = get(f"SELECT DISTINCT ?a ?d ?g {PRODUCT}", timeout="1")
SORTED = get(f"SELECT * {PRODUCT} ORDER BY ?a ?l")
STRINGS = get(double("'aaaaaaaa'", 40, "STRLEN(?s)"))
REGEX = get('SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f FILTER REGEX(CONCAT(STR(?c), STR(?f)), "(a|b|ab)*c.*d$") }')
WRITTEN = get(f"SELECT * {PRODUCT}", "csv")
CLOSURE = get(f"SELECT (COUNT(*) AS ?n) {{ ?a {EVERYTHING} ?b . ?c {EVERYTHING} ?d }}", timeout="1")
TRIPLES = " ".join(f"<x:{n}>" for n in range(MIB // 12))
LARGE = get(f"SELECT * {PAIRS} LIMIT 120000")

PRODUCTS = _table(
    "product",
    DEAR,
    {
        "counted": COUNTED,
        "not exists": get(f"ASK {{ ?q ?r ?s . ?t ?u ?v FILTER NOT EXISTS {{ {PRODUCT} }} }}", timeout="0.5"),
        "optional": get(f"SELECT (COUNT(*) AS ?n) {{ {PAIRS} OPTIONAL {{ {PRODUCT} }} }}", timeout="0.5"),
        "minus": get(f"SELECT (COUNT(*) AS ?n) {{ {PRODUCT} MINUS {PRODUCT} }}", timeout="0.5"),
        "tables": get(ENDLESS, timeout="0.5"),
        "inner": get(f"SELECT * {{ {{ SELECT (COUNT(*) AS ?n) {PRODUCT} }} }} LIMIT 1", timeout="0.5"),
        "a second is asked for": get(f"SELECT (COUNT(*) AS ?n) {PRODUCT}", timeout="99999999"),
    },
)
MEMORY = _table(
    "memory",
    DEAR,
    {
        "sorted": SORTED,
        "distinct": DISTINCT,
        "grouped": get(f"SELECT ?a ?d ?g (COUNT(*) AS ?n) {PRODUCT} GROUP BY ?a ?d ?g", timeout="1"),
        "concatenated": get(f"SELECT (GROUP_CONCAT(?c) AS ?all) {PRODUCT}", timeout="1"),
        "counted distinct": get(f"SELECT (COUNT(DISTINCT *) AS ?n) {PRODUCT}"),
        "doubled": STRINGS,
        "replaced": get(double("'aaaaaaaa'", 24, "REPLACE(?s, 'a', 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb')")),
        "encoded": get(double("'ä'", 27, "ENCODE_FOR_URI(?s)")),
        "hashed": get(double("'aaaaaaaa'", 40, "SHA512(?s)")),
    },
)
PATHS = _table(
    "path",
    DEAR,
    {
        "closures": CLOSURE,
        "closures of closures": get(f"SELECT (COUNT(*) AS ?n) {{ ?a ({EVERYTHING}/{EVERYTHING})+ ?b }}", timeout="1"),
        "sequence": get("SELECT (COUNT(*) AS ?n) { ?a " + "/".join(["(!<x:x>|^!<x:x>)"] * 60) + " ?b }", timeout="1"),
    },
)
PATTERNS = [
    *_table("pattern", DEAR, {"over a product": REGEX}),
    *_table(
        "pattern",
        frozenset({200, 400, 422}),
        {
            "counted twice": get('SELECT (REGEX("a", "(a{1000}){1000}") AS ?x) {}'),
            "nested": get('SELECT (REGEX("a", "' + "(" * 900 + "a" + ")*" * 900 + '") AS ?x) {}'),
            "backtracking": get('SELECT (REGEX("' + "a" * 3000 + '", "^(a+)+$b") AS ?x) {}'),
            "unclosed": get('SELECT (REGEX("a", "(((") AS ?x) {}'),
        },
    ),
]
NESTING = _table(
    "nesting",
    DEEP,
    {
        "braces": nest("SELECT * ", "{", "", "}", ""),
        "brackets": nest("SELECT (", "(", "1", ")", " AS ?x) {}"),
        "negations": nest("SELECT * { FILTER(", "!", "true", "", ") }", depth=50000),
        "paths": nest("SELECT * { ?s ", "(", "<x:p>", ")*", " ?o }"),
        "triple terms": nest("SELECT * { ?s ?p ", "<<( ?s ?p ", "?o", ")>>", " }"),
        "lists": nest("SELECT * { ", "( ", "?o", " )", " ?p ?o }"),
        "sum": post("SELECT (1" + "+1" * 200000 + " AS ?x) {}"),
        "never closed": nest("SELECT * ", "{", "", "", "", depth=500000),
    },
)
LANE = [
    *_table(
        "fast path",
        frozenset({200, 400, 422}),
        {
            "half an escape": get("SELECT * { <x:%> ?p ?o }"),
            "prefixes without end": get("PREFIX a:<x:>" * 300 + "SELECT * { a:b ?p ?o"),
            "service within": get("SELECT * { <x:SERVICE#> ?p ?o } # SERVICE <x:y> {"),
        },
    ),
    *_table("fast path", DEAR, {"many after one": get("SELECT * { ?s ?p ?o " + PAIRS + PRODUCT + " }", timeout="0.5")}),
]
HUGE = [
    *_table(
        "huge text",
        frozenset({200, 422}),
        {
            "values": post(f"SELECT (COUNT(*) AS ?n) {{ VALUES ?v {{ {TRIPLES} }} }}"),
            "comments": post("#" * (MIB - 99) + "\nASK {}"),
            "one literal": post(f"SELECT (STRLEN('{'ä' * (MIB // 2 - 99)}') AS ?n) {{}}"),
            "prefixes": post("".join(f"PREFIX p{n}: <x:{n}>\n" for n in range(40000)) + "ASK {}"),
            "unions": post("ASK { " + " UNION ".join(["{ ?s ?p ?o }"] * 5000) + " }"),
        },
    ),
    *_table(
        "huge text",
        DEEP,
        {
            "one word": post("A" * (MIB - 99)),
            "unknown words": post("SELECT " + "zz " * (MIB // 4)),
        },
    ),
    *_table(
        "huge text",
        frozenset({413, CLOSED}),
        {
            "beyond the limit": post("#" * (2 * MIB) + "\nASK {}"),
            "beyond all limits": post("#" * (16 * MIB) + "\nASK {}"),
        },
    ),
    *_table(
        "huge text",
        frozenset({400, 413, 414, 431, CLOSED}),
        {"address": http("GET", f"/sparql?query={'%23' * (2 * MIB)}&format=json"), "path": http("GET", "/a" * MIB)},
    ),
]
SIZE = [
    *_table(
        "answer size",
        DEAR,
        {
            **{name: get(f"SELECT * {PRODUCT}", name) for name in ("json", "xml", "tsv", "html")},
            "csv": WRITTEN,
            **{
                name: get(f"CONSTRUCT {{ ?a ?b ?f . ?d ?e ?c }} {PRODUCT}", name, timeout="0.7")
                for name in ("turtle", "nt", "rdfxml", "jsonld")
            },
            "blank nodes": get(f"CONSTRUCT {{ [] ?b [] }} {PRODUCT}", "nt", timeout="0.7"),
        },
    ),
    *_table("answer size", frozenset({200, 422, 503}), {"large and allowed": LARGE}),
]
OUT = [
    *_table(
        "way out",
        frozenset({400, 403}),
        {
            "loopback": get("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"),
            "file": get("SELECT * { SERVICE SILENT <file:///etc/passwd> { ?s ?p ?o } }"),
            "escaped letters": get("SELECT * { \\u0053ERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"),
            "load": get("LOAD <http://127.0.0.1:9/> INTO GRAPH <x:g>"),
            "a graph that is no IRI": get("ASK {}", **{"default-graph-uri": "../../etc/passwd"}),
        },
    ),
    *_table(
        "way out",
        frozenset({200, 400}),
        {
            "from a file": get("SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }"),
            "from loopback": get("SELECT * FROM <http://127.0.0.1:9/> { ?s ?p ?o }"),
            "graph of a file": get("SELECT * { ?s ?p ?o }", **{"default-graph-uri": "file:///etc/passwd"}),
        },
    ),
]
CONFUSION = [  # what an endpoint should say to other mistakes is in the table of the protocol
    *_table(
        "confusion",
        frozenset({400, 415}),
        {
            "half a percent": http("GET", "/sparql?query=ASK%7B%7"),
            "surrogate": http("GET", "/sparql?query=ASK%7B%7D%23%ed%a0%80"),
            "NUL": get("ASK {} \0"),
            "fields beyond number": http("POST", "/sparql", f"Content-Type: {FORM}", body="a=b&" * 250000),
            "timeout that is no time": get("ASK {}", timeout="-1e99"),
        },
    ),
    *_table("confusion", frozenset({200, 400, 406}), {"format": get("ASK {}", "../../etc/passwd")}),
]
MALFORMED = _table(
    "malformed",
    BAD | {404, 408, 411, 413, 414, 417, 431, 501, 505},
    {
        "no words": raw("\r\n\r\n\0\0\0\r\n\r\n"),
        "half a line": raw("GET\r\n\r\n"),
        "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),
        "HTTP 9": raw("GET / HTTP/9.9\r\nHost: x\r\n\r\n"),
        "giant header": http("GET", "/", "X: " + "x" * (2 * MIB)),
        "many headers": http("GET", "/", *["X: y"] * 5000),
        "header without a colon": http("GET", "/", "nonsense"),
        "NUL in a header": http("GET", "/", "X: a\0b"),
        "folded header": http("GET", "/", "X: a\r\n b"),
        "two lengths": http("POST", "/sparql", "Content-Length: 1", "Content-Length: 2", body="abc", length=False),
        "negative length": http("POST", "/sparql", "Content-Length: -1", body="abc", length=False),
        "length beyond number": http("POST", "/sparql", f"Content-Length: {'9' * 40}", body="abc", length=False),
        "chunk garbage": http(
            "POST", "/sparql", f"Content-Type: {QUERY}", "Transfer-Encoding: chunked", body="zz\r\nASK", length=False
        ),
        "chunk beyond number": http(
            "POST",
            "/sparql",
            f"Content-Type: {QUERY}",
            "Transfer-Encoding: chunked",
            body="fffffffffffffffff\r\nx",
            length=False,
        ),
        "unknown transfer": http("POST", "/sparql", "Transfer-Encoding: zip", body="x", length=False),
        "header injection": raw("GET /sparql?query=\r\nX: y HTTP/1.1\r\nHost: x\r\n\r\n"),
    },
) + _table(
    "malformed",
    BAD | {200, 415},
    {
        "length and chunks": http(
            "POST",
            "/sparql",
            f"Content-Type: {QUERY}",
            "Content-Length: 3",
            "Transfer-Encoding: chunked",
            body="6\r\nASK {}\r\n0\r\n\r\n",
            length=False,
        ),
        "injection by escape": http("GET", "/sparql?query=ASK%7B%7D&format=json%0d%0aX-Evil:%20y"),
        "strange host": raw("GET / HTTP/1.1\r\nHost: a/b?c#d@[::1\r\nConnection: close\r\n\r\n"),
    },
)
UNCLOSED = "SELECT * { FILTER(1<'a'&&'b>\"\"\"" + '\\"' * 500000 + "') }"
MANY_NAMES = f"SELECT * {{ VALUES ?x {{ {' '.join(f'<https://w3id.org/iq-hessen/id/x{n}>' for n in range(20000))} }} }}"
COLUMNS = [{"pid": f"{prefix}:{name}", "v": [f"{name} {n}" for n in range(50)]} for prefix, name in PROPERTIES]
CELLS = urlencode({"queries": json.dumps({f"q{n}": {"properties": COLUMNS} for n in range(30)})})
CLIENT_TEXT = [
    *_table(
        "client text",
        frozenset({200, 422}),
        {
            "escaped quotes": http("GET", "/sparql?query=ASK%7B%7D", "Accept: " + '\\"' * 7500),
            "languages": http("GET", "/about", "Accept-Language: " + ",".join(f"a{n}-b;q=0.5" for n in range(1200))),
            "strings that do not close": http(
                "POST", "/sparql", f"Content-Type: {QUERY}", "Accept: text/html", body=UNCLOSED
            ),
            "names that nothing has": http(
                "POST", "/sparql", f"Content-Type: {QUERY}", "Accept: text/html", body=f"{MANY_NAMES} LIMIT 0"
            ),
            "cells of a table": http("POST", "/reconcile", f"Content-Type: {FORM}", body=CELLS),
            "two prefixes, one in a comment": get("PREFIX a: <x:a> # PREFIX a: <x:b>\nSELECT * { a:c ?p ?o }"),
        },
    ),
    *_table(
        "client text",
        frozenset({431}),
        {
            "cookies": http("GET", "/", "Cookie: " + "a=b; " * 4000),
            "escaped quotes beyond the limit": http("GET", "/sparql?query=ASK%7B%7D", "Accept: " + '\\"' * 20000),
        },
    ),
]
BOMB = gzip.compress(b"ASK {}" + b" " * (16 * MIB))  # sixteen times what a request may have
ENCODING = _table(
    "encoding",
    frozenset({400, 413, 415}),
    {
        "gzip": http("POST", "/sparql", f"Content-Type: {QUERY}", "Content-Encoding: gzip", body=BOMB),
        "gzip twice": http(
            "POST", "/sparql", f"Content-Type: {QUERY}", "Content-Encoding: gzip, gzip", body=gzip.compress(BOMB)
        ),
        "gzip form": http("POST", "/sparql", f"Content-Type: {FORM}", "Content-Encoding: gzip", body=BOMB),
        "unknown": http("POST", "/sparql", f"Content-Type: {QUERY}", "Content-Encoding: x", body="ASK {}"),
    },
)
WHERE = (
    *("/download/../../../../etc/passwd", "/download/%2e%2e/%2e%2e/pyproject.toml", "/download/..%2f..%2fetc%2fpasswd"),
    *("/static/../../sparql.py", "/static/%2e%2e/%2e%2e/sparql.py", "/static/..%5c..%5csparql.py"),
    *("//etc/passwd", "/%00", "/%ff%fe", "/download/%252e%252e/x", "/id/" + "../" * 999, "/id/" + "%2F" * 9999),
)
TRICKS = _table(
    "path trick", frozenset({301, 302, 303, 307, 308, 400, 404, CLOSED}), {w[:40]: http("GET", w) for w in WHERE}
)
METHODS = _table(
    "method",
    frozenset({400, 404, 405, 501, CLOSED}),
    {
        **{
            method: http(method, f"/sparql?query={quote('ASK {}')}")
            for method in ("TRACE", "PUT", "DELETE", "PATCH", "BREW")
        },
        "CONNECT": raw("CONNECT 127.0.0.1:9 HTTP/1.1\r\nHost: 127.0.0.1:9\r\n\r\n"),
        "long": http("A" * 5000, "/sparql"),
    },
)
WHOLE = frozenset({200, 422, 503})
DESCRIPTIONS = [
    *_table(
        "describe",
        WHOLE,
        {
            "everything": get("DESCRIBE ?s { ?s ?p ?o }", "ttl"),
            "every kind": get("DESCRIBE ?c { ?s a ?c }", "ttl"),
            "many names": post("DESCRIBE " + " ".join(f"<x:{n}>" for n in range(50000)), "ttl"),
            "many graphs": get("DESCRIBE ?s " + "FROM <x:g> " * 500 + "{ ?s ?p ?o }", "ttl"),
        },
    ),
    *_table("describe", DEAR, {"a product": get(f"DESCRIBE ?a ?d ?g {PRODUCT}", "ttl")}),
    *_table("describe", DEEP, {"nested": post("DESCRIBE ?s " + "{" * 20000 + "}" * 20000, "ttl")}),
]
PACKED = [
    *_table(
        "compressed answer",
        WHOLE,
        {
            "large": LARGE.replace(b"Connection", b"Accept-Encoding: gzip\r\nConnection", 1),
            "nonsense": get("ASK {}").replace(
                b"Connection", b"Accept-Encoding: " + b"gzip;q=," * 1500 + b"\r\nConnection", 1
            ),
        },
    ),
    Attack(
        "compressed answer",
        "large, often",
        LARGE.replace(b"Connection", b"Accept-Encoding: gzip\r\nConnection", 1),
        WHOLE,
        times=12,
    ),
]
PAGES = [
    Attack("page", "large answers", get(f"SELECT * {PAIRS} LIMIT 120000", "html"), WHOLE, times=6),
    Attack("page", "products", get(f"SELECT (COUNT(*) AS ?n) {PRODUCT}", "html"), DEAR, times=24),
    Attack("page", "script", get("SELECT ('<script>alert(1)</script>' AS ?x) { }", "html"), frozenset({200})),
]
SLOW = _table(
    "slow client",
    frozenset({200, 400, 408, CLOSED}),
    {"head": get("ASK {}"), "body": post("ASK {}"), "rest that never comes": post("ASK {}")[:-3]},
    "slow",
)
ABSENT = [
    Attack("gone client", "in a product", COUNTED, frozenset(), "leave", 8),
    Attack("gone client", "in a sort", SORTED, frozenset(), "leave", 8),
    Attack("gone client", "in a body", post("ASK {}" + " " * 1000)[:-500], frozenset(), "leave", 50),
    Attack("gone client", "never asks", b"", frozenset(), "leave", 200),
    Attack("unread answer", "large", LARGE, frozenset(), "unread", 12),
]
BURSTS = [
    Attack("burst", "cheap", get("ASK {}"), frozenset({200, 503}), times=200),
    Attack("burst", "products", COUNTED, DEAR, times=64),
    Attack("burst", "sorts", SORTED, DEAR, times=32),
    Attack("burst", "long queries", post(f"#{'a' * 900000}\n{NOTHING}", "html"), frozenset({200, 422, 503}), times=40),
    Attack("burst", "large answers", LARGE, frozenset({200, 422, 503}), times=16),
    Attack("burst", "nonsense", raw("\0\r\n\r\n"), BAD, times=200),
]
KILLS = [
    Attack("kill", "idle workers", b"", frozenset(), "kill worker"),
    Attack("kill", "busy worker", COUNTED, DEAR, "kill worker"),
    Attack("kill", "server", b"", frozenset(), "kill server"),
]
ATTACKS = [
    Attack("kill", "zygote", b"", frozenset(), "kill zygote"),  # far from the server's: two at once end it
    *(
        *PRODUCTS,
        *MEMORY,
        *PATHS,
        *PATTERNS,
        *NESTING,
        *LANE,
        *HUGE,
        *SIZE,
        *OUT,
        *CONFUSION,
        *MALFORMED,
        *ENCODING,
        *CLIENT_TEXT,
    ),
    *(*TRICKS, *METHODS, *DESCRIPTIONS, *PACKED, *PAGES, *SLOW, *ABSENT, *BURSTS, *KILLS),
]
BESIDE_A_NEIGHBOUR = {
    "product": COUNTED,
    "sort": SORTED,
    "distinct": DISTINCT,
    "texts": STRINGS,
    "paths": CLOSURE,
    "regular expressions": REGEX,
    "large answers": LARGE,
    "nesting": NESTING[0].sent,
    "huge texts": HUGE[0].sent,
    "escaped quotes": CLIENT_TEXT[0].sent,
    "cells of a table": http("POST", "/reconcile", f"Content-Type: {FORM}", body=CELLS),
    "citations": http("GET", f"/cite?query={quote(f'SELECT (COUNT(*) AS ?n) {PRODUCT}')}"),
    "fields": http("POST", "/sparql", f"Content-Type: {FORM}", body="a&" * (MIB // 2 - 99)),
}
