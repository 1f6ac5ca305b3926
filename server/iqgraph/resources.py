"""The packaged files: ontology, data, shapes, tables, documentation, and rules written in SPARQL."""

import csv
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from pyoxigraph import NamedNode

from .bilingual import Text, untranslated
from .errors import DatasetError, not_utf8
from .formats import of_file
from .terms import expand

PUBLICATION, RELEASES_FOLDER = "publication.ttl", "releases"
PASSAGES = "passages.csv"
# The columns of each table; no two rows are equal in those before the bar.
COLUMNS = {
    "data/digests.csv": "|graph,name,digest",  # of which the comparison with the seals finds duplicates
    "data/names.csv": "thing|nominative,accusative,genitive,english",
    "ontology/changed.csv": "old|new,de,en",
    "ontology/kinds.csv": "kind|de,en,plural_de,plural_en,classes,glyph",
    "ontology/pictures/columns.csv": "picture,column|de,en",
    "ontology/questions/columns.csv": "variable,question|de,en",
    "ontology/questions/topics.csv": "topic|de,en",
    "ontology/renamed.csv": "old|new",
    "ontology/reused.csv": "term|de,en,row_de,row_en",
    "ontology/tables/quality.csv": "column|de,en",
    "ontology/topics.csv": "topic|de,en,classes",
    "ontology/verbs.csv": "role|de_now,de_then,de_more,de_particle,case,en_now,en_since,en_then",
}


@dataclass(frozen=True)
class Sources:
    """The three root folders of a dataset."""

    ontology: Path
    data: Path
    shapes: Path


@dataclass(frozen=True)
class File:
    """A source file, and the name that messages use for it."""

    name: str
    content: Traversable

    def text(self) -> str:
        """Read the file as UTF-8."""
        try:
            # Windows editors write a byte order mark (RFC 3629, section 6).
            return self.content.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            raise DatasetError(not_utf8(self.name, error)) from error


@dataclass(frozen=True)
class Rule:
    """A rule or question written as one query; its first comments state it in English and German.

    A number at the start of the file name sets the order only.
    """

    slug: str
    file: str
    text: Text
    query: str


def packaged() -> Sources:
    """Return the sources that this package ships."""
    return Sources(*(Path(str(files(f"iqgraph.{name}"))) for name in ("ontology", "data", "shapes")))


class Row(dict[str, str]):
    """A row of a CSV table by column name."""

    def __init__(self, cells: Iterable[tuple[str, str]], file: str, line: int) -> None:
        super().__init__(cells)
        self.file, self.line = file, line

    def terms(self, column: str) -> tuple[NamedNode, ...]:
        """Return the terms in a cell, written as prefixed names with spaces between them."""
        try:
            return tuple(map(expand, self[column].split()))
        except ValueError as error:
            raise _row_error(self.file, self.line, untranslated(str(error))) from error

    def term(self, column: str) -> NamedNode:
        """Return the only term in a cell."""
        if len(terms := self.terms(column)) != 1:
            raise _row_error(self.file, self.line, untranslated(f"{column}: {self[column]!r}"))
        return terms[0]


def table(root: Traversable, name: str) -> list[Row]:
    """Return the rows of a CSV file, none if it does not exist.

    A DatasetError names the first line that is malformed or has the key of an earlier one; line 1 if a column is wrong.
    """
    path, file = f"{root.name}/{name}", root.joinpath(name)
    lines = csv.reader(File(path, file).text().splitlines() if file.is_file() else (), strict=True)
    rows, keys = list[Row](), set[tuple[str, ...]]()
    line = 1  # the first line of the current row, which may span several
    try:
        head = next(lines, [])
        key, _, others = COLUMNS.get(path, f"|{','.join(head)}").partition("|")
        if head and head != (columns := [*filter(None, key.split(",")), *others.split(",")]):
            expected = ",".join(columns)
            raise _row_error(path, line, Text(de=f"Hier muss {expected} stehen", en=f"this must be {expected}"))
        line += 1
        for cells in lines:
            if len(cells) not in (0, len(head)):
                reason = Text(
                    de=f"Spalten: {len(cells)} statt {len(head)}", en=f"columns: {len(cells)} instead of {len(head)}"
                )
                raise _row_error(path, line, reason)
            if tuple(names := cells[: len(head) - others.count(",") - 1]) in keys:
                reason = Text(
                    de=f"{' '.join(names)} steht schon in einer Zeile davor; streichen Sie eine von beiden",
                    en=f"an earlier row already has {' '.join(names)}; delete one of them",
                )
                raise _row_error(path, line, reason)
            keys |= {tuple(names)} - {()}
            if cells:
                rows.append(Row(zip(head, cells, strict=True), path, line))
            line = lines.line_num + 1
    except csv.Error as error:
        raise _row_error(path, line, untranslated(str(error))) from error
    if file.is_file() and not rows:
        raise DatasetError(de=f"{path}: Die Tabelle hat keine Zeilen.", en=f"{path}: the table has no rows.")
    return rows


def _row_error(file: str, line: int, reason: Text) -> DatasetError:
    return DatasetError(
        de=f"{file}, Zeile {line}: Die Zeile ist ungültig: {reason.de}.",
        en=f"{file}, line {line}: this row is invalid: {reason.en}.",
    )


def read_toml(package: str, name: str) -> dict[str, Any]:
    """Read a TOML file of a package."""
    return tomllib.loads((files(package) / name).read_text(encoding="utf-8"))


def documentation(name: str) -> str:
    """Read a page of the documentation, in Markdown."""
    return (files("iqgraph.docs") / name).read_text(encoding="utf-8")


@cache
def queries(name: str) -> dict[str, str]:
    """Return the queries in a folder of the ontology by file name, without `.rq`."""
    return {file.content.name.removesuffix(".rq"): file.text() for file in walk(packaged().ontology / name, name)}


def walk(root: Path, name: str) -> Iterator[File]:
    """Yield all files below a folder in alphabetical order, each named by its path."""
    for entry in sorted(root.iterdir(), key=lambda entry: entry.name):
        # In the wheel these folders are packages, with __pycache__ and perhaps __init__.py.
        if entry.name.startswith((".", "__")):
            continue
        path = f"{name}/{entry.name}"
        if entry.is_dir() and not root.resolve().is_relative_to(entry.resolve()):
            yield from walk(entry, path)
        elif entry.is_file():
            yield File(path, entry)
        else:
            raise DatasetError(
                de=f"{path}: Das ist keine Datei, oder ein Link, der im Kreis oder ins Leere führt; löschen Sie es.",
                en=f"{path}: this is no file, or a link that leads in a circle or nowhere; delete it.",
            )


def rdf_files(root: Path, name: str) -> list[File]:
    """Return the RDF files below a folder."""
    return [file for file in walk(root, name) if of_file(file.name)]


def data_files(sources: Sources) -> list[File]:
    """Return the files of the current data: without the releases, and without the catalogue record."""
    others = f"data/{RELEASES_FOLDER}/", f"data/{PUBLICATION}"
    data = (file for file in walk(sources.data, "data") if of_file(file.name) or file.name.endswith(f"/{PASSAGES}"))
    return [file for file in data if not file.name.startswith(others)]


def rules(root: Path, name: str) -> list[Rule]:
    """Return the rules of a folder in the order of file names; none if it does not exist."""
    if not root.is_dir():
        return []
    return [_rule(file) for file in walk(root, name) if file.name.endswith(".rq")]


def derivation_rules(sources: Sources) -> list[Rule]:
    """Return the rules that derive statements."""
    return rules(sources.ontology / "rules", "ontology/rules")


def evidence_rules(sources: Sources) -> list[Rule]:
    """Return the rules that find violations which SHACL cannot express."""
    return rules(sources.shapes / "evidence", "shapes/evidence")


def questions(sources: Sources) -> list[Rule]:
    """Return the competency questions."""
    return rules(sources.ontology / "questions", "ontology/questions")


def _rule(file: File) -> Rule:
    query = file.text()
    comments = [line.removeprefix("#").strip() for line in query.splitlines() if line.startswith("#")]
    slug = re.sub(r"^\d+-", "", file.name.rpartition("/")[2].removesuffix(".rq"))
    english = next((line.removeprefix("en:").strip() for line in comments if not line.startswith("de:")), slug)
    german = next((line.removeprefix("de:").strip() for line in comments if line.startswith("de:")), english)
    return Rule(slug, file.name, Text(de=german, en=english), query)
