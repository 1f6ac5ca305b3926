"""The engine: complete answers, precise errors, and datasets as SPARQL defines them."""

import json
import unicodedata
from string import ascii_uppercase

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from iqgraph.engine import Embedded, Query, QuerySyntaxError
from iqgraph.engine.diagnosis import INVISIBLE
from iqgraph.engine.errors import QueryEvaluationError, ServiceRefused, UpdateRefused
from iqgraph.formats import CSV, FORMATS, JSON, JSON_LD, N_QUADS, N_TRIPLES, RDF_FORMATS, TSV, TURTLE, XLSX, XML, Format
from iqgraph.terms import BASE

EX = "http://example.org/"
COUNT = "SELECT (COUNT(*) AS ?n) %s { ?s ?p ?o }"
ANYWHERE = "SELECT (COUNT(*) AS ?n) %s { GRAPH ?g { ?s ?p ?o } }"
ELSEWHERE = "<http://127.0.0.1:1/>"

SIMILAR_PREFIXES = " ".join(
    f"PREFIX true{'SERVICE'.replace('E', letter)}e: <x:>" for letter in ascii_uppercase.replace("E", "")
)
SERVICE_QUERIES = [
    f"SELECT * {{ SERVICE {ELSEWHERE} {{ ?s ?p ?o }} }}",
    f"SELECT * {{ service silent {ELSEWHERE} {{ ?s ?p ?o }} }}",
    f"SELECT * {{ ?s ?p 1SERVICESILENT{ELSEWHERE}{{}} }}",
    f"SELECT * {{ ?s ?p true.SERVICE{ELSEWHERE}{{}} }}",
    f"SELECT * {{ SERVICE # a comment {{\n {ELSEWHERE} {{}} }}",
    "SELECT * { VALUES ?x { <http://a> } SERVICE ?x {} }",
    f"PREFIX e: {ELSEWHERE} SELECT * {{ ?s ?p true SERVICEe:{{}} }}",
    f"PREFIX e: {ELSEWHERE} SELECT * {{ ?s ?p trueSERVICEe:{{}} }}",
    f"SELECT * {{ {{ SELECT * {{ OPTIONAL {{ SERVICE {ELSEWHERE} {{}} }} }} }} }}",
    f'SELECT * {{ ?s ?p ?o FILTER(?s<?p#>"""\n) SERVICE {ELSEWHERE} {{}} #"""\n}}',
    f'SELECT * {{ ?s ?p ?o FILTER(1<2#>"\n) SERVICE {ELSEWHERE} {{}} }}',
    f"PREFIX e: {ELSEWHERE} SELECT * {{ ?s ?p true #GRAPH\n SERVICEe:{{}} }}",
    f"PREFIX e: {ELSEWHERE} SELECT * {{ ?s ?p e:a\\~GRAPH SERVICEe:{{}} }}",
    f'SELECT * {{ ?s ?p "\\"" SERVICE {ELSEWHERE} {{}} }}',
    f"SELECT * {{ ?s ?p '''a'b''' SERVICE {ELSEWHERE} {{}} }}",
    *(
        f"PREFIX e: {ELSEWHERE} {declared} SELECT * {{ ?s ?p trueSERVICEe:{{}} }}"
        for declared in ("PREFIX trueservicee: <x:>", "PREFIX trueSARVICAe: <x:>", SIMILAR_PREFIXES)
    ),
]
QUERIES_WITHOUT_SERVICE = [
    f'SELECT * {{ ?s ?p "SERVICE {ELSEWHERE} {{ }}" }}',
    f"SELECT * {{ ?s ?p '''a \"\n SERVICE {ELSEWHERE} {{ }}''' }}",
    f"SELECT * {{ ?s ?p ?o # SERVICE {ELSEWHERE} {{ }}\n}}",
    "SELECT * { <http://example.org/SERVICE> ?p ?o }",
    "SELECT * { GRAPH <http://example.org/#service> { ?s ?p ?o } }",
    "PREFIX service: <http://a/> SELECT * { GRAPH service:g { ?service service:p ?o } }",
    "PREFIX e: <http://a/> SELECT ?service { ?service e:SERVICE ?o OPTIONAL { ?o ?p $SERVICE } }",
    "SELECT * { ?s ?p 'x'@service }",
]
SYNTAX_ERRORS = [
    ("", 1, 1, "empty"),
    ("SELECT * { ?s ex:p ?o }", 1, 15, "prefix ex: is not declared"),
    ("PREFIX ex: <http://a/>\nSELECT * {\n  ?ä exx:p ?o }", 3, 6, r"Did you mean ex:, which is declared\?"),
    ("SELECT * { ?s skos:p ?o }", 1, 15, "PREFIX skos: <http://www.w3.org/2004/02/skos/core#>"),
    ("SELECT * { ?s shos:p ?o }", 1, 15, r"Did you mean skos:\? Put this line before the query: PREFIX skos: <"),
    ("PREFIX dct: <http://a/> SELECT * { ?s rdf:type dct:x ; qqqq:p 1 }", 1, 39, "PREFIX rdf: <http://www.w3.org"),
    ("SELECT * { ?s zzzz:p ?o }", 1, 15, "Put this line before the query: PREFIX zzzz: <…>"),
    ("SELECT * WHER { ?s ?p ?o }", 1, 10, "Did you mean WHERE?"),
    ("SELECT * { ?s ?p ?o", 1, 10, "never closed"),
    ("SELECT * { ?s ?p ?o } }", 1, 23, "no opening counterpart"),
    ('SELECT * { ?s ?p "ä }', 1, 18, "does not end"),
    ("SELECT\u00a0* { ?s ?p ?o }", 1, 7, r"U\+00A0 NO-BREAK SPACE has no meaning in SPARQL. Write a space."),
    ("SELECT * {\n  ?s ?p \u201cx\u201d }", 2, 9, r'U\+201C LEFT DOUBLE QUOTATION MARK.* Write "\.'),
    ("SELECT * { ?s ?p ?o FILTER(?o \u2265 1) }", 1, 31, "Write >=."),
    ("SELECT * { ?s ?p ?o FILTER(?o &gt;= 1) }", 1, 31, "&gt; has no meaning in SPARQL. Write >."),
    ("SELECT * # \u00a0\n{ ?s ?p\u200b ?o }", 2, 8, r"U\+200B ZERO WIDTH SPACE.* Delete it"),
    ("SELECT * { ?s ?p ?o }\u2028 LIMIT 1", 1, 22, r"U\+2028 LINE SEPARATOR.* Write a space"),
    ("SELECT\ufeff * { ?s ?p ?o }", 1, 7, r"U\+FEFF ZERO WIDTH NO-BREAK SPACE.* Delete it"),
    ("SELECT * { ?s \u2013 ?p ?o }", 1, 15, "EN DASH.* Write -"),
    ("SELECT * { ?s ?p '\u201c\u00a0' ?o ?x }", 1, 30, "shortly before"),
    ("SELECT * { ?s ?p ?o } LIMIT x", 1, 29, "not a word of SPARQL"),
    ("SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p", 1, 52, "neither grouped nor aggregated"),
    (
        "SELECT * {\n  <http://a/b\u200bc> ?p ?o }",
        2,
        14,
        r"U\+200B ZERO WIDTH SPACE, .* Delete the character, or write it as \\u200B",
    ),
    ("PREFIX e: <http://a/\u00ad> SELECT * { e:x ?p ?o }", 1, 21, r"U\+00AD SOFT HYPHEN, which is invisible"),
    ("ASK FROM <http://a/\u00a0> { ?s ?p ?o }", 1, 20, r"U\+00A0 NO-BREAK SPACE, which is invisible"),
    ("SELECT * {\n  ?a ?b\n}", 3, 2, "at its end or shortly before"),
    ("SELECT * {\n  ?a ?b\n\n  .\n}  # end", 4, 4, "at or shortly before “}  # end”"),
]


COLUMNS = [
    ("?s ?p ?o", "s,p,o"),
    ("?z ?y ?x OPTIONAL { ?x ?b ?a }", "z,y,x,b,a"),
    ("VALUES (?z ?a) { (1 2) }", "z,a"),
    ("{ ?z ?y ?x } UNION { ?c ?b ?a }", "z,y,x,c,b,a"),
    ("BIND(1 AS ?z) BIND(2 AS ?a)", "z,a"),
    ("{ SELECT ?z ?a { ?a ?hidden ?z } }", "z,a"),
    ("{ SELECT * { ?z ?p ?a } }", "z,p,a"),
    ("GRAPH ?z { ?s ?p ?a }", "z,s,p,a"),
    ("?z ?p ?x MINUS { ?a ?p ?x }", "z,p,x"),
    ('$z ?p "?b" . # ?c\n ?a <?d> ?a', "z,p,a"),
    ("?z ?p ?a } ORDER BY ?a LIMIT 1 #", "z,p,a"),
]


@pytest.fixture(scope="module")
def engine() -> Embedded:
    """Two named graphs that share a triple, and their union."""
    store = Store()
    for graph, subjects in {"g1": "ab", "g2": "bc"}.items():
        for subject in subjects:
            triple = NamedNode(EX + subject), NamedNode(EX + "p"), Literal('ä, "b"', language="de")
            store.extend([Quad(*triple, NamedNode(EX + graph)), Quad(*triple)])
    return Embedded(store, {"ex": EX})


@pytest.mark.parametrize("head", ["SELECT * {", "prefix e: <e:> # ?b\nselect distinct*where{", "SELECT REDUCED * {"])
@pytest.mark.parametrize(("pattern", "columns"), COLUMNS)
def test_the_columns_of_select_star(engine: Embedded, head: str, pattern: str, columns: str) -> None:
    """They are in the order of first occurrence, in every kind of pattern."""
    head = head.replace(" {", " FROM <http://example.org/g1> {")

    assert engine.answer(Query(f"{head} {pattern} }}"), CSV).decode().partition("\r\n")[0] == columns


def test_select_star_without_variables(engine: Embedded) -> None:
    """The answer is one row without columns."""
    assert json.loads(engine.answer(Query("SELECT * {}"), JSON)) == {
        "head": {"vars": []},
        "results": {"bindings": [{}]},
    }


def number(engine: Embedded, query: Query) -> int:
    """The number that a query returns."""
    return int(engine.answer(query, CSV).split()[1])


@pytest.mark.parametrize(
    ("text", "iri"),
    [
        ("SELECT ?x { BIND(<id/involas> AS ?x) }", f"{BASE}id/involas"),
        ("BASE <http://a.example/b/> SELECT ?x { BIND(<c> AS ?x) }", "http://a.example/b/c"),
        ("BASE <graph/> SELECT ?x { BIND(<meta> AS ?x) }", f"{BASE}graph/meta"),
        ("SELECT (COUNT(*) AS ?x) FROM <graph/none> FROM <graph/nothing> { ?s ?p ?o }", "0"),
    ],
)
def test_the_default_base(engine: Embedded, text: str, iri: str) -> None:
    """A query without BASE has that of the dataset (RFC 3986, section 5.1)."""
    assert engine.answer(Query(text), CSV).split()[1].decode() == iri


@pytest.mark.parametrize("format", FORMATS, ids=lambda format: str(format.name))
def test_every_format_is_written(engine: Embedded, format: Format) -> None:
    """A workbook is a ZIP file."""
    query = Query("SELECT * { ?s ?p ?o }" if format not in RDF_FORMATS else "CONSTRUCT WHERE { ?s ?p ?o }")

    assert format in query.formats
    answer = engine.answer(query, format)
    assert answer.startswith(b"PK") if format is XLSX else "ä" in answer.decode()


def test_formats_of_rows(engine: Embedded) -> None:
    """CSV has CRLF and doubled quotes, TSV has terms, JSON has languages, XML has a declaration."""
    query = Query("SELECT ?s ?o { ?s ?p ?o } ORDER BY ?s LIMIT 1")

    assert engine.answer(query, CSV).decode() == 's,o\r\nhttp://example.org/a,"ä, ""b"""\r\n'
    assert engine.answer(query, TSV).decode() == '?s\t?o\n<http://example.org/a>\t"ä, \\"b\\""@de\n'
    assert json.loads(engine.answer(query, JSON))["results"]["bindings"][0]["o"]["xml:lang"] == "de"
    assert engine.answer(query, XML).startswith(b"<?xml")


def test_a_graph_is_a_set(engine: Embedded) -> None:
    """CONSTRUCT returns no triple twice, and only the prefixes in use."""
    query = Query("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o { } UNION { } }")

    for format in (N_TRIPLES, N_QUADS):
        assert engine.answer(query, format).count(b"\n") == 3
    assert engine.answer(query, TURTLE).decode().startswith("@prefix ex: <http://example.org/> .\n\nex:a ex:p ")
    assert len(json.loads(engine.answer(query, JSON_LD))["@graph"]) == 3


@pytest.mark.parametrize(
    ("clauses", "default_count", "named_count"),
    [
        ("", 3, 4),
        (f"FROM <{EX}g1>", 2, 0),
        (f"FROM <{EX}g1> FROM <{EX}g2>", 3, 0),
        (f"FROM <{EX}g1>FROM<{EX}g2> FROM NAMED <{EX}g2>", 3, 2),
        (f"FROM NAMED <{EX}g1>", 0, 2),
        (f"FROM <{EX}unknown>", 0, 0),
        (f"FROM <{EX}g1> FROM <{EX}unknown>", 2, 0),
        (f"FROM <file:///etc/passwd> FROM <{EX}g1>", 2, 0),
    ],
)
def test_from_clauses(engine: Embedded, clauses: str, default_count: int, named_count: int) -> None:
    """Default graphs are merged without duplicates; unknown ones are empty and never fetched."""
    assert number(engine, Query(COUNT % clauses)) == default_count
    assert number(engine, Query(ANYWHERE % clauses)) == named_count


@pytest.mark.parametrize("clauses", ["FROM ex:g1 FROM ex:g2", "FROM <g1> FROM # one more\n <g2>"])
def test_from_with_relative_and_prefixed_names(engine: Embedded, clauses: str) -> None:
    """Prefixes and the base are resolved."""
    query = f"BASE <{EX}> PREFIX ex: <{EX}> {COUNT % clauses}"

    assert number(engine, Query(query)) == 3


def test_from_as_a_name_is_no_clause(engine: Embedded) -> None:
    """Nor is a variable."""
    query = "PREFIX from: <http://example.org/> SELECT (COUNT(*) AS ?n) { ?from from:p ?o }"

    assert number(engine, Query(query)) == 3


def test_the_request_precedes_from(engine: Embedded) -> None:
    """The dataset of the protocol replaces that of the query."""
    text = COUNT % f"FROM <{EX}g1> FROM <{EX}g2>"

    assert number(engine, Query(text, default_graphs=(f"{EX}g1",))) == 2
    assert number(engine, Query(text, default_graphs=(f"{EX}g1", f"{EX}g2", f"{EX}g1"))) == 3
    assert number(engine, Query(text, named_graphs=(f"{EX}g1",))) == 0
    assert number(engine, Query(ANYWHERE % "", named_graphs=(f"{EX}g1",))) == 2
    assert number(engine, Query(ANYWHERE % "", default_graphs=(f"{EX}g1",))) == 0


@pytest.mark.parametrize("text", SERVICE_QUERIES)
def test_service_is_refused(engine: Embedded, text: str) -> None:
    """However it is written, no query calls another server."""
    with pytest.raises(ServiceRefused, match="no other server is called"):
        engine.answer(Query(text), JSON)


@pytest.mark.parametrize("text", QUERIES_WITHOUT_SERVICE)
def test_the_word_service_is_no_call(text: str) -> None:
    """In strings, comments, names and variables."""
    assert not Query(text).calls_service


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { <a:b> <a:b> 1 }",
        "PREFIX a: <http://a/> delete where { a:b a:c 1 }",
        "WITH <a:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
        *("LOAD <http://a/>", "CLEAR ALL", "CREATE GRAPH <a:g>", "DROP GRAPH <a:g>"),
        *(f"{word} <a:g> TO <a:h>" for word in ("COPY", "MOVE", "ADD")),
    ],
)
def test_update_is_refused(engine: Embedded, text: str) -> None:
    """The endpoint is read-only, and the error has this reason."""
    with pytest.raises(UpdateRefused, match="read-only"):
        engine.answer(Query(text), JSON)


@pytest.mark.parametrize(("text", "line", "column", "message"), SYNTAX_ERRORS)
def test_syntax_errors_have_a_remedy(engine: Embedded, text: str, line: int, column: int, message: str) -> None:
    """The position is exact, and the message says how to mend the query."""
    with pytest.raises(QuerySyntaxError, match=message) as error:
        engine.answer(Query(text), JSON)

    assert (error.value.line, error.value.column) == (line, column)


@pytest.mark.parametrize(
    "text",
    [
        "{ <x:a\u200b> ?p ?o }",
        "{ ?s <x:\u00adp> ?o }",
        "{ ?s ?p <x:\ufeff> }",
        "{ GRAPH <x:\u00a0> { ?s ?p ?o } }",
        "{ <x:a\\u200B> ?p ?o }",
        "{ ?s ?p ?o FILTER(?o != '\u200b') }  # <x:\u200b>",
    ],
)
def test_invisible_characters_are_allowed_on_purpose(text: str) -> None:
    """If the data has the IRI, if they are escaped, or outside of IRIs."""
    triple = NamedNode("x:a\u200b"), NamedNode("x:\u00adp"), NamedNode("x:\ufeff")
    engine = Embedded(Store())
    engine.store.extend([Quad(*triple), Quad(*triple, NamedNode("x:\u00a0"))])

    assert engine.answer(Query(f"ASK {text}"), CSV) == b"true"


def test_an_unknown_function_is_an_evaluation_error(engine: Embedded) -> None:
    """The syntax is correct."""
    with pytest.raises(QueryEvaluationError, match=r"example\.org/f"):
        engine.answer(Query(f"SELECT (<{EX}f>(1) AS ?x) {{}}"), JSON)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("SELECT * {}", "SELECT"),
        ("# ask\nPREFIX ask: <http://a/>\nBASE <http://b/> describeask:x", "DESCRIBE"),
        ("constructWHERE { ?s ?p ?o }", "CONSTRUCT"),
        ("ask{}", "ASK"),
        ("nonsense", "SELECT"),
    ],
)
def test_the_form_of_a_query(text: str, form: str) -> None:
    """It is known before the evaluation, since the format depends on it."""
    assert Query(text).form == form


# Signs with a shape, or that words of some languages need: https://www.unicode.org/reports/tr44/#General_Category_Values
VISIBLE = {*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x200C, 0x200D, *range(0xFFF9, 0xFFFC), ord(" ")}


def test_all_invisible_characters_are_known() -> None:
    """The spaces and format characters of the Basic Multilingual Plane."""
    signs = {n for n in range(0xFFFF) if unicodedata.category(chr(n)) in ("Zs", "Zl", "Zp", "Cf")} - VISIBLE

    assert {n for n in range(0xFFFF) if INVISIBLE.match(chr(n))} == signs
