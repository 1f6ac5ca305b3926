"""Parsers of client input, for any text: they read it correctly or refuse it with a message."""

import re
from contextlib import suppress
from urllib.parse import parse_qsl, quote, urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pyoxigraph import NamedNode, Quad, Store

from iqgraph.engine import Embedded, Query, QueryError
from iqgraph.engine.diagnosis import syntax_error
from iqgraph.engine.embedded import DEFAULT_DATASET, route
from iqgraph.engine.nearest import Words, local
from iqgraph.engine.tokens import prefix_declarations, tokens
from iqgraph.engine.workers.isolated import FastPath
from iqgraph.formats import CSV, URLENCODED
from iqgraph.model.facets import FACETS, Choice
from iqgraph.model.wording import split
from iqgraph.service.requests.context import client_key, node_address
from iqgraph.service.requests.querylog import skeleton
from iqgraph.web.http.language import LANGUAGES, negotiate_language
from iqgraph.web.http.messages import Request
from iqgraph.web.http.negotiation import media_ranges, negotiate_coding
from iqgraph.web.http.problems import Problem
from iqgraph.web.query.protocol import parse_pairs, read_request
from shapes import SHAPES

PIECES = (
    *SHAPES.values(),
    "'''",
    "\n",
    "\r",
    "é",
    "𝄞",
    "SERVICE",
    "FROM",
    "PREFIX",
    "a:",
    "<x:y>",
    "?v",
    "1",
    "}",
    ")",
    "]",
    "*",
    "=",
    "@de",
)
TEXTS = st.lists(st.sampled_from(PIECES), max_size=30).map("".join) | st.text(max_size=60)
NAME = "Anna-Muster"
BETWEEN = re.compile(r"(?:\s|#[^\r\n]*)*")
OPERANDS = ("?a", "?b", "1", "2.5", '"c<d>"', "'e>'", "<x:f>", "x:g", '"h"@en', "(?a+1)", "STR(?a)", "true", "x:i(?a)")
HUB = Store()
HUB.extend(Quad(NamedNode("x:hub"), NamedNode("x:p"), NamedNode(f"x:{n}")) for n in range(1001))
OPERATORS = ("<", "<=", ">", ">=", "=", "!=", "&&", "||", "+")


@given(TEXTS)
def test_tokens_joined_are_the_text(text: str) -> None:
    """Only white space and comments are left out, for any text."""
    end = 0
    for token in tokens(text):
        assert BETWEEN.fullmatch(text, end, token.start)
        end = token.start + len(token.text)
        assert text[token.start : end] == token.text
    assert BETWEEN.fullmatch(text, end)


@given(TEXTS)
def test_any_text_can_be_read(text: str) -> None:
    """Even if it is no query, since the answer has to explain the error."""
    for name in ("calls_service", "form", "from_clauses", "is_repeatable"):
        getattr(Query(text), name)
    skeleton(text)
    prefix_declarations(Query(text).prologue)


@pytest.mark.parametrize("escape", [*(f"\\{one}" for one in "tbnrf\"'\\"), r"\u00E4", r"\U0001F600"])
@pytest.mark.parametrize("quotes", ['"', "'", '"' * 3, "'" * 3])
def test_escapes_are_part_of_a_string(escape: str, quotes: str) -> None:
    """Those of the grammar, in each kind of quotes."""
    text = f"{quotes}a{escape}b{quotes}"

    assert [token.text for token in tokens(text)] == [text]


@pytest.mark.parametrize("function", ["NOW()", "now ( )", "RAND()", "UUID()", "StrUUID()", "BNODE(?x)", "RAND#\n()"])
def test_random_functions_are_not_repeatable(function: str) -> None:
    """In each spelling that the engine accepts."""
    text = f"SELECT ({function} AS ?x) {{ VALUES ?y {{ 1 }} }}"
    Embedded(Store()).answer(Query(text), CSV)

    assert not Query(text).is_repeatable


@pytest.mark.parametrize("text", ["SELECT ?now { ?now a <x:rand> }", "SELECT (YEAR(?x) AS ?uuid) { ?x ?p ?o }", ""])
def test_queries_without_random_functions_are_repeatable(text: str) -> None:
    """Variables and things may have the names of functions."""
    assert Query(text).is_repeatable


@given(TEXTS)
def test_every_text_has_a_diagnosis(text: str) -> None:
    """Its line and column are in the text."""
    error = syntax_error(text, "error at 1:1: expected x", {})

    assert 1 <= error.line <= text.count("\n") + 1
    assert error.column >= 1


@given(st.lists(st.tuples(st.sampled_from(OPERANDS), st.sampled_from(OPERATORS)), min_size=1, max_size=6))
def test_less_than_is_read_as_the_engine_reads_it(pairs: list[tuple[str, str]]) -> None:
    """After an operand in an expression `<` compares, even if the rest could be an IRI."""
    text = "".join(f"{operand}{operator}" for operand, operator in pairs) + "?z"
    texts = [one.text for one in tokens(f"SELECT * {{ ?s <x:p> ?o FILTER({text}) }}")][8:-2]

    assert "".join(texts) == text
    assert [one for one in texts if one.startswith("<") and len(one) > 1] == re.findall("<x:f>", text)


@pytest.mark.parametrize(
    ("text", "iris"),
    [
        ("SELECT * { ?s<x:p>?o }", ["<x:p>"]),
        ("SELECT * { ?s ?p (1<x:a>2<x:b>) }", ["<x:a>", "<x:b>"]),
        ("SELECT * { ?s a (1<x:a>) ; (<x:p>/<x:q>)* ?o }", ["<x:a>", "<x:p>", "<x:q>"]),
        ("SELECT * { VALUES (?a ?b) { (1<x:a>) (UNDEF<x:b>) } }", ["<x:a>", "<x:b>"]),
        ("SELECT (?a<?b&&?c>?d AS ?e) { }", []),
        ("SELECT ?a (?a<?b&&?c>?d AS ?e) { ?s ?p (?a<x:b>) }", ["<x:b>"]),
        ("SELECT * { } GROUP BY ?a (?a<?b&&?c>?d) HAVING(?a<?b&&?c>1) ORDER BY ?a (?a<?b&&?c>1)", []),
        ("SELECT * { FILTER(?a<?b&&EXISTS{?s<x:p>?o}&&?c>1) }", ["<x:p>"]),
        ("SELECT * { FILTER<x:f>(?a<?b&&?c>?d) }", ["<x:f>"]),
        ("SELECT * { BIND(<<( ?s<x:p>?o )>> AS ?t) }", ["<x:p>"]),
        ("SELECT * { FILTER(?a IN (<x:a>,<x:b>)) }", ["<x:a>", "<x:b>"]),
        ("DESCRIBE ?a<x:b> FROM<x:g>{ ?a ?p ?o }", ["<x:b>", "<x:g>"]),
    ],
)
def test_iris(text: str, iris: list[str]) -> None:
    """Elsewhere `<` begins an IRI."""
    assert [one.text for one in tokens(text) if one.type == "iri"] == iris


@given(st.sampled_from(["'", '"', "'''", '"""']), st.sampled_from(OPERATORS), TEXTS)
@example("'", "<", "")
def test_a_skeleton_has_no_literals(mark: str, operator: str, rest: str) -> None:
    """Whatever comes before and after a literal, its text is not in the skeleton."""
    text = f"SELECT * {{ FILTER(?a{operator}{mark}{NAME}{mark}&&?b>1) }} # {rest}"

    assert NAME not in skeleton(text)


@given(
    st.lists(st.sampled_from(["#", "PREFIX a: <x:none>", "\n", " ", "PREFIX b: <x:none>", "#\n", "<", "'"]), max_size=6)
)
@example(["# PREFIX a: <x:none>", "\n"])
def test_the_fast_path_resolves_subjects_as_the_engine(between: list[str]) -> None:
    """If the fast path takes a query, the engine finds a subject with as few statements."""
    query = Query(f"PREFIX a: <x:> {''.join(between)} SELECT * {{ a:hub ?p ?o }}")
    try:
        rows = Embedded(HUB).answer(query, CSV).count(b"\n") - 1
    except QueryError:
        rows = 0

    assert rows == 0 or not FastPath(HUB).match(query)


TOKENS = st.text("abcxyz!#$&^.+-", min_size=1, max_size=5)
QUOTED = st.text('abc,;="\\ /q', max_size=8).map(lambda text: '"' + re.sub(r'(["\\])', r"\\\1", text) + '"')
PARAMETERS = st.lists(st.tuples(st.sampled_from(["x", "profile", "qq"]), TOKENS | QUOTED), max_size=3)
RANGES = st.tuples(TOKENS, TOKENS, PARAMETERS, st.integers(0, 1000))


@given(st.lists(RANGES, max_size=6))
def test_accept_is_read_as_it_was_written(ranges: list[tuple[str, str, list[tuple[str, str]], int]]) -> None:
    """Quoted strings may hold anything (RFC 9110, section 5.6.4), even the separators of members and parameters."""
    header = ", ".join(
        f"{kind}/{subtype}" + "".join(f";{name}={value}" for name, value in parameters) + f" ; q={quality / 1000}"
        for kind, subtype, parameters, quality in ranges
    )
    expected: dict[str, float] = {}
    for kind, subtype, _, quality in ranges:
        name = f"{kind}/{subtype}"
        expected[name] = max(quality / 1000, expected.get(name, 0.0))

    assert media_ranges(header) == expected


@given(TEXTS)
def test_any_text_may_be_in_a_field(text: str) -> None:
    """A field that cannot be parsed counts as absent."""
    assert all(0 <= quality <= 1 for quality in media_ranges(text).values())
    assert negotiate_language(text) in LANGUAGES
    assert negotiate_coding(text) in ("gzip", "")
    assert len(node_address(text)) <= max(len(text), 40)
    assert client_key(text)[:100] is not None


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("de", "de"),
        ("de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7", "de"),
        ("en-US,de;q=0.5", "en"),
        ("de-CH", "de"),
        ("fr, de;q=0.5", "de"),
        ("fr, de;q=0.5, en;q=0.6", "en"),
        ("de, en", "de"),
        ("en, de", "en"),
        ("*", "en"),
        ("*;q=0.5, de", "de"),
        ("en;q=0, *", "de"),
        ("de;q=0", "en"),
        ("deutsch", "en"),
        (",".join(f"a{n}" for n in range(200)) + ",de", "en"),
    ],
)
def test_languages(header: str, language: str) -> None:
    """The preferred one of the two, else English; members after very many others are ignored."""
    assert negotiate_language(header) == language


def post(body: bytes, query: str = "") -> Request:
    """The request that submits a form."""
    return Request("POST", query=query, body_type=URLENCODED, body=body)


@given(st.text(st.characters(codec="utf-8"), max_size=60), st.booleans())
def test_a_form_is_read_as_it_was_sent(text: str, is_quoted: bool) -> None:
    """It is decoded once, and a byte order mark is removed."""
    body = f"x=1&query={quote(text, safe='')}" if is_quoted else urlencode({"x": 1, "query": text})
    query = read_request(post(body.encode()), is_bundled=True)[0]

    assert query
    assert query.text == text.removeprefix("\ufeff")


@given(st.binary(max_size=60))
def test_a_form_is_refused_with_a_problem(body: bytes) -> None:
    """For any bytes."""
    with suppress(Problem):
        assert read_request(post(body, query=body.decode("latin-1")), is_bundled=True)[0]


@given(TEXTS)
def test_any_words_can_be_searched(text: str) -> None:
    """They lead to a valid query."""
    choice = Choice(split(text)[0], dict.fromkeys(FACETS, text))

    assert route(Query(choice.query("de"))) == DEFAULT_DATASET


@given(TEXTS, st.lists(TEXTS, max_size=5))
def test_near_words_are_some_of_the_words(word: str, words: list[str]) -> None:
    """And the word itself is one of them, if it is there."""
    matches = Words(words).nearest(word, 3)

    assert set(matches) <= set(words)
    assert word not in words or len(word) < 2 or word in matches
    assert local(word) in word


@given(TEXTS)
def test_the_engine_agrees_about_the_prefixes(text: str) -> None:
    """A prefix that the engine accepts has the same namespace here."""
    query = f"PREFIX a: <x:a> {text} PREFIX b: <x:b> SELECT (STR(a:c) AS ?r) {{}}"
    try:
        row = Embedded(Store()).answer(Query(query), CSV).decode().split()
    except QueryError:
        return

    assert row[1:] in ([], [prefix_declarations(Query(query).prologue)["a"] + "c"])


def test_an_open_string_is_a_quotation_mark() -> None:
    """The text after it is read as usual."""
    assert [one.text for one in tokens('ASK { ?s ?p "Anna }')][-4:] == ["?p", '"', "Anna", "}"]


@given(st.lists(st.sampled_from(["a", "b", "=", "&", "+", "%26", "%3D", "%C3%A4", ";"])).map("".join))
def test_forms_are_read_as_the_standard_library_reads_them(form: str) -> None:
    """Empty fields are none, and a field may lack its name, its value or its sign of equality."""
    assert parse_pairs(form.encode()) == parse_qsl(form, keep_blank_values=True)
