"""Answers as tables: plain CSV, and for offices a workbook (Office Open XML, ECMA-376) and CSV for German spreadsheets.

For offices text stays text, so that a key such as 06413 keeps its zero and no cell is run as a formula. The workbook is
written row by row and needs no more memory than its bytes; without a clock in it, equal answers are equal bytes.
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
from ..formats import CSV_DE, XLSX, Format
from ..resources import read_toml
from ..terms import XSD

Cell = str | bool | int | float | date | None

# https://support.microsoft.com/en-us/office/1672b34d-7043-467e-8e27-269d656771c3
MAX_ROWS, MAX_COLUMNS, MAX_CELL_CHARS = 1 << 20, 1 << 14, (1 << 15) - 1
MAX_DIGITS = 15  # of a number, as a spreadsheet keeps it
FIRST_DAY, DAY_ZERO = date(1900, 3, 1), date(1899, 12, 30)  # before, spreadsheets count a 29 February that was none
INTEGERS = frozenset(
    XSD[name].value
    for name in (
        *("integer", "long", "int", "short", "byte", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"),
        *("nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger", "gYear"),
    )
)
DECIMALS = frozenset(XSD[name].value for name in ("decimal", "double", "float"))
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")  # with a zero before it, it is rather a key
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}")


def write_table(results: QuerySolutions | QueryBoolean, form: Format, output: IO[bytes]) -> None:
    """Write rows, or a truth value, as a table; an Inexpressible where the format has no room for them."""
    if isinstance(results, QueryBoolean):
        names: list[str] = []
        rows: Iterator[list[Cell]] = iter([[bool(results)]])
    else:
        names = [variable.value for variable in results.variables]
        rows = ([_cell(term) for term in row] for row in results)
    if form is XLSX:
        _write_workbook(names, rows, output)
    elif form is CSV_DE:
        _write_german_csv(names, rows, output)
    else:
        raise TypeError(f"{form.name} is no table")


def write_csv(results: QuerySolutions, output: IO[bytes]) -> None:
    """Write rows as SPARQL has them in CSV, in the place of the library, which quotes no cell that holds a triple."""
    names = [variable.value for variable in results.variables]
    _write_lines(chain([names], (map(_plain, row) for row in results)), ",", output)


def _plain(term: object) -> str:
    """A term without quotes, brackets and datatype: https://www.w3.org/TR/sparql11-results-csv-tsv/#csv-terms."""
    if isinstance(term, Triple):
        return " ".join(map(_plain, term))
    return str(term) if isinstance(term, BlankNode) else getattr(term, "value", "")


def _cell(term: object) -> Cell:
    """A term as what a spreadsheet knows, or else as text: an IRI, a label, a key, a date with a time zone."""
    if term is None:
        return None
    if not isinstance(term, Literal):
        return getattr(term, "value", None) or str(term)
    return READERS.get(term.datatype.value, str)(term.value)


def _integer(text: str) -> Cell:
    return int(text) if _INTEGER.fullmatch(text) and len(text.lstrip("-")) <= MAX_DIGITS else text


def _decimal(text: str) -> Cell:
    number = float(text) if _DECIMAL.fullmatch(text) and _digits(text) <= MAX_DIGITS else inf
    return text if isinf(number) else number


def _digits(text: str) -> int:
    """How many digits a decimal number has that tell something."""
    return len(re.split("[eE]", text)[0].lstrip("+-").replace(".", "").strip("0"))


def _moment(kind: type[date], form: re.Pattern[str], text: str) -> Cell:
    try:
        return kind.fromisoformat(text) if form.fullmatch(text) and text >= FIRST_DAY.isoformat() else text
    except ValueError:  # such as a 30 February, which RDF can hold
        return text


READERS: dict[str, Callable[[str], Cell]] = {
    **dict.fromkeys(INTEGERS, _integer),
    **dict.fromkeys(DECIMALS, _decimal),
    XSD.boolean.value: lambda text: text in ("true", "1"),
    XSD.date.value: partial(_moment, date, _DATE),
    XSD.dateTime.value: partial(_moment, datetime, _TIME),
}

# A spreadsheet takes a cell that begins so for a formula: https://owasp.org/www-community/attacks/CSV_Injection
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def _write_german_csv(names: Sequence[str], rows: Iterator[list[Cell]], output: IO[bytes]) -> None:
    """Semicolons, decimal commas, CRLF, and the mark by which Excel knows UTF-8."""
    output.write(BYTE_ORDER_MARK)
    _write_lines(chain([names] if names else (), (map(_german, row) for row in rows)), ";", output)


def _write_lines(lines: Iterable[Iterable[str]], delimiter: str, output: IO[bytes]) -> None:
    text = TextIOWrapper(output, encoding="utf-8", newline="", write_through=True)
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(lines)
    text.detach()


def _german(cell: Cell) -> str:
    if isinstance(cell, bool):
        return "WAHR" if cell else "FALSCH"
    if isinstance(cell, int | float):
        return _number(cell).replace(".", ",")
    if isinstance(cell, date):
        return str(cell)
    text = cell or ""
    return f"'{text}" if text.startswith(FORMULA) else text


def _number(cell: float) -> str:
    return repr(int(cell) if abs(cell) < 10**MAX_DIGITS and cell == int(cell) else cell)


PARTS: dict[str, str] = read_toml(__package__, "workbook.toml")
SHEET = "xl/worksheets/sheet1.xml"
_START, _TAG, _END = PARTS.pop(SHEET).partition("</sheetData>")  # the rows come between
# What XML cannot hold is written by its number; so is what looks like such a number (ECMA-376, part 1, 22.9.2.19).
_ESCAPED = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\r\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_MARKUP = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def _write_workbook(names: Sequence[str], rows: Iterator[list[Cell]], output: IO[bytes]) -> None:
    if len(names) > MAX_COLUMNS:
        raise _too_much(MAX_COLUMNS, de="Spalten", en="columns")
    with ZipFile(output, "w", ZIP_DEFLATED) as book:
        for name, content in PARTS.items():
            book.writestr(_part(name), content)
        # How long it will be is not known yet (https://docs.python.org/3/library/zipfile.html#zipfile.ZipFile.open).
        with book.open(_part(SHEET), "w", force_zip64=True) as sheet:
            sheet.write(_START.encode())
            for number, line in enumerate(_lines(names, rows)):
                if number == MAX_ROWS:
                    raise _too_much(MAX_ROWS, de="Zeilen", en="rows")
                sheet.write(line.encode())
            sheet.write(f"{_TAG}{_END}".encode())


def _part(name: str) -> ZipInfo:
    """A part of the workbook, of no date but the one that such an archive begins with."""
    info = ZipInfo(name)
    info.compress_type = ZIP_DEFLATED
    return info


def _lines(names: Sequence[str], rows: Iterator[list[Cell]]) -> Iterator[str]:
    if names:
        yield _line(_text(name, 2) for name in names)
    for row in rows:
        yield _line(map(_write_cell, row))


def _line(cells: Iterator[str]) -> str:
    return f"<row>{''.join(cells)}</row>"


def _write_cell(cell: Cell) -> str:
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
    return _text(cell, 1)


def _text(text: str, style: int) -> str:
    if len(text) > MAX_CELL_CHARS >> 1 and len(text.encode("utf-16-le", "surrogatepass")) >> 1 > MAX_CELL_CHARS:
        raise _too_much(MAX_CELL_CHARS, de="Zeichen in einer Zelle", en="characters a cell")
    escaped = _ESCAPED.sub(lambda found: f"_x{ord(found[0]):04X}_", text).translate(_MARKUP)
    return f'<c t="inlineStr" s="{style}"><is><t xml:space="preserve">{escaped}</t></is></c>'


def _too_much(most: int, *, de: str, en: str) -> Inexpressible:
    german = f"{most:,}".replace(",", ".")
    return Inexpressible(
        de=f"XLSX hat Platz für höchstens {german} {de}.", en=f"XLSX has room for at most {most:,} {en}."
    )
