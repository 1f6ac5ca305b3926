"""Query results as tables: CSV, and for spreadsheets a workbook (Office Open XML, ECMA-376) and CSV in German format.

In spreadsheets text stays text, so that a key such as 06413 keeps its zero and no cell is run as a formula. A workbook
is written row by row and takes no more memory than its bytes. It has no date, so equal results are equal bytes.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import partial
from io import TextIOWrapper
from itertools import chain
from math import inf, isinf
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from pyoxigraph import BlankNode, Literal, QueryBoolean, QuerySolutions, Triple

from ..errors import Inexpressible
from ..formats import XLSX, Format
from ..resources import read_toml
from ..terms import XSD

Cell = str | bool | int | float | date | None

# https://support.microsoft.com/en-us/office/1672b34d-7043-467e-8e27-269d656771c3
MAX_ROWS, MAX_COLUMNS, MAX_CELL_CHARS = 1 << 20, 1 << 14, (1 << 15) - 1
MAX_DIGITS = 15  # the precision of numbers in spreadsheets
FIRST_DAY, DAY_ZERO = date(1900, 3, 1), date(1899, 12, 30)  # before, spreadsheets count a 29 February 1900
INTEGERS = frozenset(
    XSD[name].value
    for name in (
        *("integer", "long", "int", "short", "byte", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"),
        *("nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger", "gYear"),
    )
)
DECIMALS = frozenset(XSD[name].value for name in ("decimal", "double", "float"))
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")  # with a leading zero it is rather a key
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATE_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}")


def write_table(results: QuerySolutions | QueryBoolean, format: Format, output: IO[bytes]) -> None:
    """Write solutions or a boolean as a table; Inexpressible if the format has no room for them."""
    if isinstance(results, QueryBoolean):
        names: list[str] = []
        rows: Iterator[list[Cell]] = iter([[bool(results)]])
    else:
        names = [variable.value for variable in results.variables]
        rows = ([_cell(term) for term in row] for row in results)
    if format is XLSX:
        _write_workbook(names, rows, output)
    else:
        output.write(BYTE_ORDER_MARK)
        _write_lines(chain([names] if names else (), (map(_german_value, row) for row in rows)), ";", output)


def write_csv(results: QuerySolutions, output: IO[bytes]) -> None:
    """Write solutions as SPARQL 1.1 CSV; the library would not quote cells with triple terms."""
    names = [variable.value for variable in results.variables]
    _write_lines(chain([names], (map(_csv_value, row) for row in results)), ",", output)


def _csv_value(term: object) -> str:
    """A term without quotes, brackets and datatype: https://www.w3.org/TR/sparql11-results-csv-tsv/#csv-terms."""
    if isinstance(term, Triple):
        return " ".join(map(_csv_value, term))
    return str(term) if isinstance(term, BlankNode) else getattr(term, "value", "")


def _cell(term: object) -> Cell:
    """The value of a term as a type of spreadsheets, else as text: an IRI, a label, a key, a date with a time zone."""
    if term is None:
        return None
    if not isinstance(term, Literal):
        return getattr(term, "value", None) or str(term)
    return PARSERS.get(term.datatype.value, str)(term.value)


def _integer(text: str) -> Cell:
    return int(text) if _INTEGER.fullmatch(text) and len(text.lstrip("-")) <= MAX_DIGITS else text


def _decimal(text: str) -> Cell:
    digits = re.split("[eE]", text)[0].lstrip("+-").replace(".", "").strip("0")
    number = float(text) if _DECIMAL.fullmatch(text) and len(digits) <= MAX_DIGITS else inf
    return text if isinf(number) else number


def _date(type_: type[date], pattern: re.Pattern[str], text: str) -> Cell:
    try:
        return type_.fromisoformat(text) if pattern.fullmatch(text) and text >= FIRST_DAY.isoformat() else text
    except ValueError:  # such as 30 February, which may be a literal
        return text


PARSERS: dict[str, Callable[[str], Cell]] = {
    **dict.fromkeys(INTEGERS, _integer),
    **dict.fromkeys(DECIMALS, _decimal),
    XSD.boolean.value: lambda text: text in ("true", "1"),
    XSD.date.value: partial(_date, date, _DATE),
    XSD.dateTime.value: partial(_date, datetime, _DATE_TIME),
}

# Spreadsheets take a cell that begins so for a formula: https://owasp.org/www-community/attacks/CSV_Injection
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # by which Excel recognises UTF-8


def _write_lines(lines: Iterable[Iterable[str]], delimiter: str, output: IO[bytes]) -> None:
    text = TextIOWrapper(output, encoding="utf-8", newline="", write_through=True)
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(lines)
    text.detach()


def _german_value(cell: Cell) -> str:
    if isinstance(cell, bool):
        return "WAHR" if cell else "FALSCH"
    if isinstance(cell, int | float):
        return _number(cell).replace(".", ",")
    if isinstance(cell, date):
        return str(cell)
    text = cell or ""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _number(cell: float) -> str:
    return repr(int(cell) if abs(cell) < 10**MAX_DIGITS and cell == int(cell) else cell)


PARTS: dict[str, str] = read_toml(__package__, "workbook.toml")
SHEET = "xl/worksheets/sheet1.xml"
_SHEET_START, _SHEET_END_TAG, _SHEET_END = PARTS.pop(SHEET).partition("</sheetData>")  # rows go before the end tag
# Characters that XML cannot express are escaped by their number, and so is the start of what looks like such an escape
# (ECMA-376, part 1, 22.9.2.19).
_TO_ESCAPE = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\r\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_MARKUP = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def _write_workbook(names: Sequence[str], rows: Iterator[list[Cell]], output: IO[bytes]) -> None:
    if len(names) > MAX_COLUMNS:
        raise _too_large(MAX_COLUMNS, de="Spalten", en="columns")
    with ZipFile(output, "w", ZIP_DEFLATED) as book:
        for name, content in PARTS.items():
            book.writestr(_part(name), content)
        # Its length is not known yet (https://docs.python.org/3/library/zipfile.html#zipfile.ZipFile.open).
        with book.open(_part(SHEET), "w", force_zip64=True) as sheet:
            sheet.write(_SHEET_START.encode())
            for number, row in enumerate(_xml_rows(names, rows)):
                if number == MAX_ROWS:
                    raise _too_large(MAX_ROWS, de="Zeilen", en="rows")
                sheet.write(row.encode())
            sheet.write(f"{_SHEET_END_TAG}{_SHEET_END}".encode())


def _part(name: str) -> ZipInfo:
    """A part of the workbook, dated with the first day of ZIP."""
    info = ZipInfo(name)
    info.compress_type = ZIP_DEFLATED
    return info


def _xml_rows(names: Sequence[str], rows: Iterator[list[Cell]]) -> Iterator[str]:
    header = [[_xml_text(name, 2) for name in names]] if names else []
    for cells in chain(header, (map(_xml_cell, row) for row in rows)):
        yield f"<row>{''.join(cells)}</row>"


def _xml_cell(cell: Cell) -> str:
    if cell is None:
        return "<c/>"
    if isinstance(cell, bool):
        return f'<c t="b"><v>{cell:d}</v></c>'
    if isinstance(cell, datetime):
        days = (cell.date() - DAY_ZERO).days + (cell.hour * 3600 + cell.minute * 60 + cell.second) / 86400
        return f'<c s="4"><v>{days!r}</v></c>'
    if isinstance(cell, date):
        return f'<c s="3"><v>{(cell - DAY_ZERO).days}</v></c>'
    if isinstance(cell, int | float):
        return f"<c><v>{_number(cell)}</v></c>"
    return _xml_text(cell, 1)


def _xml_text(text: str, style: int) -> str:
    if len(text) > MAX_CELL_CHARS >> 1 and len(text.encode("utf-16-le", "surrogatepass")) >> 1 > MAX_CELL_CHARS:
        raise _too_large(MAX_CELL_CHARS, de="Zeichen in einer Zelle", en="characters per cell")
    text = _TO_ESCAPE.sub(lambda match: f"_x{ord(match[0]):04X}_", text).translate(_MARKUP)
    return f'<c t="inlineStr" s="{style}"><is><t xml:space="preserve">{text}</t></is></c>'


def _too_large(limit: int, *, de: str, en: str) -> Inexpressible:
    german = f"{limit:,}".replace(",", ".")
    return Inexpressible(
        de=f"XLSX hat Platz für höchstens {german} {de}.", en=f"XLSX has room for at most {limit:,} {en}."
    )
