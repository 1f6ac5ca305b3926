"""Answers as tables for offices: the cell of each term in a workbook and in CSV for German spreadsheets."""

import csv
import io
from datetime import date, timedelta
from traceback import walk_tb
from typing import cast
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import pytest
from pyoxigraph import QuerySolutions, Store

from iqgraph.engine import Embedded, Query
from iqgraph.engine.errors import AnswerTooLarge, Unwritable
from iqgraph.formats import CSV, CSV_DE, JSON, XLSX, Format
from iqgraph.serialisation import tables

SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
PREFIX = "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> "
# A term of SPARQL, the value and the kind of the cell in a workbook, and the cell in CSV.
CELLS = [
    ('"06413"', "06413", "s", "06413"),
    ('"06413"^^<http://a.example/key>', "06413", "s", "06413"),
    ('"Müller"@de', "Müller", "s", "Müller"),
    ("<http://a.example/ä>", "http://a.example/ä", "s", "http://a.example/ä"),
    ("5", 5, "n", "5"),
    ("-2.50", -2.5, "n", "-2,5"),
    ("1e300", 1e300, "n", "1e+300"),
    ('"NaN"^^xsd:double', "NaN", "s", "NaN"),
    ("12345678901234567890123", "12345678901234567890123", "s", "12345678901234567890123"),
    ('"x"^^xsd:integer', "x", "s", "x"),
    ('"2015"^^xsd:gYear', 2015, "n", "2015"),
    ("true", True, "b", "WAHR"),
    ("false", False, "b", "FALSCH"),
    ('"2015-12-31"^^xsd:date', date(2015, 12, 31), "d", "2015-12-31"),
    # Spreadsheets have a 29 February 1900, so days before March would be others in them.
    ('"1900-02-28"^^xsd:date', "1900-02-28", "s", "1900-02-28"),
    ('"1900-03-01"^^xsd:date', date(1900, 3, 1), "d", "1900-03-01"),
    ('"2015-12-31+01:00"^^xsd:date', "2015-12-31+01:00", "s", "2015-12-31+01:00"),
    ('"1871-01-18"^^xsd:date', "1871-01-18", "s", "1871-01-18"),
    ('"2015-02-30"^^xsd:date', "2015-02-30", "s", "2015-02-30"),
    ('"2024-02-29T12:30:00"^^xsd:dateTime', 45351 + 12.5 / 24, "t", "2024-02-29 12:30:00"),
    ('"=1+1"', "=1+1", "s", "'=1+1"),
    ('"+49 69"', "+49 69", "s", "'+49 69"),
    ('"-a"', "-a", "s", "'-a"),
    ('"@SUM(A1)"', "@SUM(A1)", "s", "'@SUM(A1)"),
    *((f'"{sign}1"', f"{sign}1", "s", f"'{sign}1") for sign in "\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}"),
    *((f'"{sign}1"', f"{sign}1", "s", f"'{sign}1") for sign in "\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH COMMERCIAL AT}"),
    ('"\\n=1"', "\n=1", "s", "'\n=1"),
    ('"\\t=1"', "\t=1", "s", "'\t=1"),
    ('"\\r=1"', "_x000D_=1", "s", "'\r=1"),
    ('"a;b \\"c\\"\\nd"', 'a;b "c"\nd', "s", 'a;b "c"\nd'),
    ('"<b>&amp;"', "<b>&amp;", "s", "<b>&amp;"),
    ('"_x0041_"', "_x005F_x0041_", "s", "_x0041_"),
    ('"\\u0001"', "_x0001_", "s", "\x01"),
    ("UNDEF", None, "n", ""),
]


def answer(query: str, format: Format, max_bytes: int | None = None) -> bytes:
    """The answer of an engine without data."""
    return Embedded(Store(), max_bytes=max_bytes).answer(Query(PREFIX + query), format)


def sheet(content: bytes) -> list[list[tuple[object, str]]]:
    """The rows of the only sheet of a workbook, each cell with its kind, by ECMA-376."""
    rows = ET.fromstring(ZipFile(io.BytesIO(content)).read(tables.SHEET)).iter(f"{SPACE}row")  # noqa: S314 - ours
    return [[value(cell) for cell in row] for row in rows]


def value(cell: ET.Element) -> tuple[object, str]:
    """The value of a cell, and its kind: string, number, boolean, day or time."""
    kind, style, text = cell.get("t", "n"), cell.get("s", "0"), "".join(cell.itertext())
    if kind == "inlineStr":
        return text, "s"
    if kind == "b":
        return text == "1", "b"
    if not text:
        return None, "n"
    number = float(text)
    return (tables.DAY_ZERO + timedelta(number), "d") if style == "3" else (number, "t" if style == "4" else "n")


def values(content: bytes) -> list[list[object]]:
    """The rows of a workbook without the kinds of their cells."""
    return [[cell for cell, _ in row] for row in sheet(content)]


@pytest.fixture(scope="module")
def rows() -> tuple[list[tuple[object, str]], list[list[str]]]:
    """All cells in a workbook, each with its kind, and in CSV."""
    query = f"SELECT ?a ?b {{ VALUES (?a ?b) {{ {' '.join(f'({term} 0)' for term, *_ in CELLS)} }} }}"
    book = [row[0] for row in sheet(answer(query, XLSX))[1:]]
    text = answer(query, CSV_DE).decode("utf-8-sig")
    return book, list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))[1:]


@pytest.mark.parametrize("number", range(len(CELLS)), ids=[term for term, *_ in CELLS])
def test_cells(rows: tuple[list[tuple[object, str]], list[list[str]]], number: int) -> None:
    """Numbers, days and booleans are typed; all else is text, even if it looks like a formula or a number."""
    _, expected, kind, text = CELLS[number]

    assert rows[0][number] == (expected, kind)
    assert rows[1][number] == [text, "0"]


def test_heads() -> None:
    """The names of the columns come first, in their order; in CSV after a byte order mark."""
    query = "SELECT ?b ?a { VALUES (?a ?b) { (1 2) } }"

    assert values(answer(query, XLSX)) == [["b", "a"], [2, 1]]
    assert answer(query, CSV_DE) == b"\xef\xbb\xbfb;a\r\n2;1\r\n"


@pytest.mark.parametrize("format", [XLSX, CSV_DE], ids=lambda format: format.name)
def test_empty_answers(format: Format) -> None:
    """Without rows there is the header; a boolean is a cell."""
    nothing, truth = answer("SELECT ?a { ?a ?b ?c }", format), answer("ASK { ?a ?b ?c }", format)

    if format is XLSX:
        assert values(nothing) == [["a"]]
        assert values(truth) == [[False]]
    else:
        assert (nothing, truth) == (b"\xef\xbb\xbfa\r\n", b"\xef\xbb\xbfFALSCH\r\n")


@pytest.mark.parametrize(
    ("term", "cell"),
    [
        ('TRIPLE(<urn:a>, <urn:b>, "x, \\"y\\"\\n")', 'urn:a urn:b x, "y"\n'),
        ("TRIPLE(<urn:a>, <urn:b>, TRIPLE(<urn:c>, <urn:d,e>, 1))", "urn:a urn:b urn:c urn:d,e 1"),
        ('"x, \\r\\"y\\""@de', 'x, \r"y"'),
        ("<urn:a,b>", "urn:a,b"),
        ("?unbound", ""),
    ],
)
def test_plain_csv_quotes_each_cell(term: str, cell: str) -> None:
    """A cell is one cell whatever its characters (RFC 4180); a triple is its terms."""
    text = answer(f"SELECT ?t (0 AS ?n) {{ BIND({term} AS ?t) }}", CSV).decode()

    assert list(csv.reader(io.StringIO(text, newline=""), strict=True)) == [["t", "n"], [cell, "0"]]


def test_plain_csv_is_that_of_the_library() -> None:
    """If the cells that need quotes have them there."""
    query = f"{PREFIX} SELECT ?a ?b {{ VALUES (?a ?b) {{ {' '.join(f'({term} 0)' for term, *_ in CELLS)} }} }}"
    for text in (query, "SELECT * {}", "SELECT ?a { ?a ?b ?c }"):
        results = cast("QuerySolutions", Store().query(text))

        assert Embedded(Store()).answer(Query(text), CSV) == results.serialize(format=CSV.results)


def test_a_workbook_has_no_time_of_creation() -> None:
    """Equal answers are equal bytes."""
    content = answer("SELECT ?a { VALUES ?a { 1 } }", XLSX)

    assert content == answer("SELECT ?a { VALUES ?a { 1 } }", XLSX)
    assert {part.date_time for part in ZipFile(io.BytesIO(content)).infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_workbook_is_consistent() -> None:
    """The counts of fonts, fills and formats are right, and all references of parts and cells lead somewhere."""
    book = ZipFile(io.BytesIO(answer("SELECT ?a { VALUES ?a { 1 'b' true '2024-01-01'^^xsd:date } }", XLSX)))
    parts = {name: ET.fromstring(book.read(name)) for name in book.namelist()}  # noqa: S314 - ours
    styles = parts["xl/styles.xml"]
    formats = styles.findall(f"{SPACE}cellXfs/{SPACE}xf")
    part_names = {one.get("PartName", "").removeprefix("/") for one in parts["[Content_Types].xml"]}
    targets = {one.get("Target") for name, part in parts.items() if name.endswith(".rels") for one in part}

    assert {int(one.get("count", 0)) - len(one) for one in styles.iter() if one.get("count")} == {0}
    assert {int(one.get("fontId", 0)) for one in formats} <= set(
        range(len(styles.findall(f"{SPACE}fonts/{SPACE}font")))
    )
    assert {int(one.get("s", 0)) for one in parts[tables.SHEET].iter(f"{SPACE}c")} <= set(range(len(formats)))
    assert part_names - {""} <= set(parts)
    assert targets == {"xl/workbook.xml", "worksheets/sheet1.xml", "styles.xml"}


@pytest.mark.parametrize(
    ("name", "most", "words"),
    [
        ("MAX_ROWS", 2, ("2 Zeilen", "2 rows")),
        ("MAX_COLUMNS", 1, ("1 Spalten", "1 columns")),
        ("MAX_CELL_CHARS", 3, ("3 Zeichen in einer Zelle", "3 characters per cell")),
    ],
)
def test_limits_of_a_workbook(monkeypatch: pytest.MonkeyPatch, name: str, most: int, words: tuple[str, str]) -> None:
    """A workbook is never cut: the message gives the limit, and CSV has none."""
    monkeypatch.setattr(tables, name, most)
    query = 'SELECT ?a ?b { VALUES (?a ?b) { ("long" 1) ("x" 2) } }'

    with pytest.raises(Unwritable) as error:
        answer(query, XLSX)
    assert words[0] in error.value.text.de
    assert words[1] in error.value.text.en
    assert answer(query, CSV_DE)


@pytest.mark.parametrize("format", [XLSX, CSV_DE], ids=lambda format: format.name)
def test_the_size_is_limited(format: Format) -> None:
    """By the limit of all answers."""
    query = "SELECT ?a { VALUES ?a { " + " ".join(f'"{number * 7919 % 10007:x}"' for number in range(3000)) + " } }"

    with pytest.raises(AnswerTooLarge):
        answer(query, format, max_bytes=2000)


@pytest.mark.parametrize("format", [JSON, XLSX, CSV_DE], ids=lambda format: format.name)
def test_a_refusal_holds_no_rows(format: Format) -> None:
    """Only the thread of the query may free them; a traceback would leave that to another one."""
    with pytest.raises(AnswerTooLarge) as refusal:
        answer(f"SELECT ?a {{ VALUES ?a {{ {' '.join(map(str, range(3000)))} }} }}", format, max_bytes=2000)

    local_values = [value for frame, _ in walk_tb(refusal.value.__traceback__) for value in frame.f_locals.values()]
    assert [value for value in local_values if isinstance(value, QuerySolutions)] == []
