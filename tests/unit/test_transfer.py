"""Answers of remote engines: passed on if they are complete, converted if necessary, else refused."""

from collections.abc import Mapping

import pytest

from iqgraph.client import Reply
from iqgraph.engine import Query
from iqgraph.engine.elsewhere.endpoint import refusal, request, source_formats, transfer
from iqgraph.engine.errors import Overloaded, QueryEvaluationError, QueryTooExpensive, Unreachable, Unwritable
from iqgraph.formats import CSV, FORMATS, JSON, JSON_LD, N_QUADS, N_TRIPLES, RDF_XML, TRIG, TSV, TURTLE, XML, Format

ROWS_JSON = (
    b'{ "head": {"vars": ["a"]},\n "results": {"bindings": [ {"a": {"type": "literal", "value": "x\\n}"}} ]} }\n'
)
ROWS_XML = (
    b'<?xml version="1.0"?><sparql xmlns="http://www.w3.org/2005/sparql-results#"><head><variable name="a"/></head>'
    b'<results><result><binding name="a"><literal>x</literal></binding></result></results></sparql>\n'
)
YES_JSON = b'{"head": {}, "boolean": true}'
OLD = ROWS_JSON.replace(b'"literal"', b'"typed-literal", "datatype": "http://x/d"')
LINES = b'<http://a> <http://b> "c" .\n<http://a> <http://b> "d" .\n'
TTL = b'@prefix x: <http://x/> .\nx:a x:b "c" .\n'
RDF = (
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="http://x/">'
    b'<rdf:Description rdf:about="http://a"><x:b>c</x:b></rdf:Description></rdf:RDF>'
)


def convert(
    body: bytes,
    input_format: Format,
    output_format: Format,
    query_form: str = "SELECT",
    *,
    is_framed: bool = True,
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """An answer in the output format."""
    reply = Reply(200, "OK", input_format.media_type, body, headers or {}, is_framed)
    return transfer(reply, output_format, query_form, {})


@pytest.mark.parametrize(
    ("body", "input_format", "output_format", "query_form"),
    [
        (ROWS_JSON, JSON, JSON, "SELECT"),
        (LINES, N_TRIPLES, N_TRIPLES, "CONSTRUCT"),
        (LINES, N_TRIPLES, N_QUADS, "CONSTRUCT"),
        (TTL, TURTLE, TURTLE, "CONSTRUCT"),
        (TTL, TURTLE, TRIG, "CONSTRUCT"),
        (b"", N_TRIPLES, N_TRIPLES, "CONSTRUCT"),
    ],
)
def test_pass_through(body: bytes, input_format: Format, output_format: Format, query_form: str) -> None:
    """A complete answer in the output format keeps its bytes."""
    assert convert(body, input_format, output_format, query_form) == body


@pytest.mark.parametrize(
    ("body", "input_format", "output_format", "query_form", "expected"),
    [
        (ROWS_JSON, JSON, CSV, "SELECT", b'a\r\n"x\n}"\r\n'),
        (ROWS_JSON, JSON, TSV, "SELECT", b'?a\n"x\\n}"\n'),
        (ROWS_JSON.replace(b"x\\n", b"\\r"), JSON, XML, "SELECT", b"<literal>&#13;}</literal>"),
        (OLD, JSON, JSON, "SELECT", b'{"type":"literal","value":"x\\n}","datatype":"http://x/d"}'),
        (YES_JSON, JSON, XML, "ASK", b"<boolean>true</boolean>"),
        (YES_JSON, JSON, CSV, "ASK", b"true"),
        (LINES, N_TRIPLES, TURTLE, "CONSTRUCT", b'<http://a> <http://b> "c"'),
        (TTL, TURTLE, RDF_XML, "CONSTRUCT", b"<rdf:Description"),
        (LINES, N_TRIPLES, JSON_LD, "CONSTRUCT", b'"@id"'),
    ],
)
def test_conversion(body: bytes, input_format: Format, output_format: Format, query_form: str, expected: bytes) -> None:
    """Into the output format, and the typed literals of old engines into the current ones."""
    assert expected in convert(body, input_format, output_format, query_form)


@pytest.mark.parametrize(("body", "query_form"), [(ROWS_JSON, "SELECT"), (YES_JSON, "ASK")], ids=["rows", "boolean"])
def test_a_part_is_no_answer(body: bytes, query_form: str) -> None:
    """Wherever an answer is cut, it is refused."""
    whole = body.rstrip()
    for end in range(len(whole)):
        with pytest.raises(Unreachable):
            convert(whole[:end], JSON, JSON, query_form, is_framed=False)


@pytest.mark.parametrize(
    ("body", "input_format", "output_format", "query_form", "reason"),
    [
        (ROWS_JSON + b"Internal error", JSON, JSON, "SELECT", "cannot be read"),
        (YES_JSON + b"Internal error", JSON, JSON, "ASK", "cannot be read"),
        (ROWS_JSON, JSON, JSON, "ASK", "rows instead of a boolean"),
        (YES_JSON, JSON, JSON, "SELECT", "a boolean instead of rows"),
        (b'{"error": "no"}', JSON, JSON, "SELECT", "cannot be read"),
        (ROWS_XML, XML, XML, "SELECT", "answers with application/sparql-results+xml"),
        (RDF, RDF_XML, RDF_XML, "CONSTRUCT", "answers with application/rdf+xml"),
        (ROWS_JSON.replace(b"x", b"\xff"), JSON, JSON, "SELECT", "cannot be read"),
        (LINES + b"*** time is over", N_TRIPLES, N_TRIPLES, "CONSTRUCT", "cannot be read"),
        (b"<a> <b> <c> .", TURTLE, TURTLE, "CONSTRUCT", "cannot be read"),
        (b"a\n1\n", CSV, CSV, "SELECT", "answers with text/csv"),
        (LINES, N_TRIPLES, CSV, "SELECT", "answers with application/n-triples"),
        (ROWS_JSON, JSON, TURTLE, "CONSTRUCT", "answers with application/sparql-results+json"),
    ],
)
def test_refusals(body: bytes, input_format: Format, output_format: Format, query_form: str, reason: str) -> None:
    """The error has the reason, for the log."""
    with pytest.raises(Unreachable) as error:
        convert(body, input_format, output_format, query_form)
    assert reason in error.value.reason


def test_lines_need_a_proof_of_their_end() -> None:
    """Turtle and N-Triples could end after any statement, so HTTP has to frame them."""
    for body, query_form in ((LINES, N_TRIPLES), (TTL, TURTLE)):
        with pytest.raises(Unreachable) as error:
            convert(body, query_form, query_form, "CONSTRUCT", is_framed=False)
        assert error.value.reason == "nothing proves where its answer ends"


def test_compressed_answers_are_refused() -> None:
    """The request does not accept any coding."""
    with pytest.raises(Unreachable) as error:
        convert(ROWS_JSON, JSON, JSON, headers={"content-encoding": "gzip"})
    assert "encoding gzip" in error.value.reason


@pytest.mark.parametrize(
    ("body", "output_format"),
    [
        (b'<http://a> <http://b> <<( <http://a> <http://b> "c" )>> .\n', JSON_LD),
        (b'<http://a> <http://b/1> "c" .\n', RDF_XML),
        (b'<http://a> <http://b> "\\u0001" .\n', RDF_XML),
    ],
)
def test_terms_that_the_format_cannot_write(body: bytes, output_format: Format) -> None:
    """That is an error of its own, since another engine could not do better."""
    with pytest.raises(Unwritable):
        convert(body, N_TRIPLES, output_format, "CONSTRUCT")


@pytest.mark.parametrize(
    ("status", "headers", "reason"),
    [
        (200, {"x-sql-state": "S1TAT"}, "only a part"),
        (206, {}, "only a part"),
        (200, {"x-sparql-maxrows": "10000"}, "at most 10000 rows"),
        (200, {"server": "Virtuoso/07"}, "None"),
    ],
)
def test_parts_of_answers(status: int, headers: Mapping[str, str], reason: str) -> None:
    """Virtuoso marks them by headers, which a complete answer lacks."""
    assert reason in str(refusal(Reply(status, "OK", JSON.media_type, ROWS_JSON, headers)))


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, b"no", QueryEvaluationError),
        *((status, b"no", QueryTooExpensive) for status in (206, 408, 413, 422, 504)),
        (429, b"no", Overloaded),
        (503, b"Query timed out", QueryTooExpensive),
        (500, b"org.x.y.QueryTimeoutException", QueryTooExpensive),
        (500, b"The estimated execution time 4000 (sec) exceeds the limit", QueryTooExpensive),
        (500, b"The custom function <http://x/f> is not supported", QueryEvaluationError),
        (500, b"NullPointerException", Unreachable),
        (503, b"", Overloaded),
        (302, b"", Unreachable),
        (401, b"timeout", Unreachable),
        (200, b"timeout", type(None)),
    ],
)
def test_status_and_message_determine_the_error(status: int, body: bytes, kind: type[object]) -> None:
    """It is that of the query, of its cost, or of the engine."""
    assert type(refusal(Reply(status, "Bad Request", "text/plain", body))) is kind


class Unread(bytes):
    """A body that must not be decoded."""

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        """Fail."""
        raise AssertionError(f"read as {encoding}, {errors}")


def test_an_answer_is_not_searched_for_refusals() -> None:
    """It may be long, and decoding it would cost more than the rest."""
    assert refusal(Reply(200, "OK", JSON.media_type, Unread(YES_JSON))) is None


@pytest.mark.parametrize("output", FORMATS, ids=lambda form: form.name)
def test_engines_are_asked_for_the_best_source(output: Format) -> None:
    """The media types in their order, each of a lower quality than the one before (RFC 9110, section 12.4.2)."""
    accept = request(Query("ASK {}"), output).headers["Accept"].split(", ")
    qualities = [float(one.partition(";q=")[2] or 1) for one in accept]

    assert [one.partition(";")[0] for one in accept] == [source.media_type for source in source_formats(output)]
    assert qualities == sorted(set(qualities), reverse=True)
    assert qualities[0] == 1
