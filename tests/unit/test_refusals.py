"""What an engine says of a query, as it may be told: its kind and place, without what is nobody else's business."""

import pytest

from iqgraph.client import Reply
from iqgraph.engine import QueryEvaluationError, QueryTooExpensive
from iqgraph.engine.elsewhere.transfer import refusal

QUERY = "SELECT * { ?s <http://x/internal> ?o }"
JENA = b"""Parse error: Encountered " "}" "} "" at line 2, column 7.
Was expecting one of:
    <IRIref> ...
\tat org.apache.jena.query.QueryException.make(QueryException.java:12)
"""
RDF4J = b"""MALFORMED QUERY: org.eclipse.rdf4j.query.parser.VisitorException: QName 'x:a' uses an undefined prefix
Caused by: java.lang.RuntimeException: secret
"""
VIRTUOSO = b"""Virtuoso 37000 Error SP030: SPARQL compiler, line 3: syntax error at '}' before '.'

SPARQL query:
define sql:secret 1
"""
HTML = b"<html><h1>Apache Tomcat/9.0.1</h1>secret</html>"


class Unread(bytes):
    """An answer that nobody may read."""

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        """Complain."""
        raise AssertionError(f"read as {encoding}, {errors}")


def told(status: int, body: bytes, media_type: str = "text/plain") -> Exception | None:
    """The error that an answer is."""
    return refusal(Reply(status, "Bad Request", media_type, body), QUERY)


@pytest.mark.parametrize(
    ("body", "media_type", "wanted"),
    [
        (JENA, "text/plain", "Was expecting one of: <IRIref> ..."),
        (RDF4J, "text/plain", "MALFORMED QUERY: QName 'x:a' uses an undefined prefix"),
        (VIRTUOSO, "text/plain", "Virtuoso 37000 Error SP030: SPARQL compiler, line 3: syntax error at '}' before '.'"),
        (HTML, "text/html", "The engine says: “Bad Request”"),
        (b"bad <http://x/internal>", "text/plain", "bad <http://x/internal>"),
        (b"at http://10.0.0.7:8080/db and 10.0.0.7 and /opt/db/x.jar", "text/plain", "at … and … and …"),
        (b"Server Foo/1.2.3 (build 4.5.6)", "text/plain", "Server … (build …)"),
        (b"", "text/plain", "The engine says: “Bad Request”"),
        (b'{"title": "x", "detail": "No such function."}', "application/problem+json", "says: “No such function.”"),
    ],
)
def test_what_is_told(body: bytes, media_type: str, wanted: str) -> None:
    """What is about the query, and no trace, address, file or version that is not in it."""
    said = str(told(400, body, media_type))

    assert wanted in said
    assert "secret" not in said
    assert "java:" not in said


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, b"no", QueryEvaluationError),
        (422, b"no", QueryTooExpensive),
        (503, b"Query timed out", QueryTooExpensive),
        (500, b"org.x.y.QueryTimeoutException", QueryTooExpensive),
        (500, b"The estimated execution time 4000 (sec) exceeds the limit", QueryTooExpensive),
        (500, b"The custom function <http://x/f> is not supported", QueryEvaluationError),
        (500, b"NullPointerException", type(None)),
        (503, b"", type(None)),
        (401, b"timeout", type(None)),
        (200, b"timeout", type(None)),
    ],
)
def test_kinds(status: int, body: bytes, kind: type[object]) -> None:
    """Whose fault it is."""
    assert type(told(status, body)) is kind


def test_an_answer_is_not_searched_for_refusals() -> None:
    """It may be long, and reading it would cost more than all else that is done with it."""
    assert told(200, Unread(b'{"head": {}}'), "application/sparql-results+json") is None
