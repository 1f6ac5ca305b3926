"""Where the packaged files lie: ontology, data and shapes, and the rules written as SPARQL."""

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
from .errors import CallError, DatasetError
from .formats import of_file
from .terms import expanded

PUBLICATION, RELEASES_FOLDER = "publication.ttl", "releases"
PASSAGES = "passages.csv"


@dataclass(frozen=True)
class Sources:
    """The three roots that a dataset is made from."""

    ontology: Traversable
    data: Traversable
    shapes: Traversable

    @property
    def folder(self) -> Path:
        """The folder of the data, to write in."""
        if not isinstance(self.data, Path):
            raise CallError(
                de="Die Daten liegen in keinem Ordner, also lässt sich nichts hineinschreiben.",
                en="The data does not lie in a folder, so nothing can be written there.",
            )
        return self.data


@dataclass(frozen=True)
class File:
    """A source file and the name by which messages call it."""

    name: str
    content: Traversable

    def text(self) -> str:
        """The file's content, which is UTF-8."""
        try:
            # Editors of Windows begin a file with a mark that is no part of its text (RFC 3629, section 6).
            return self.content.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            raise DatasetError(
                de=f"{self.name}, Zeile {line}: Das ist kein UTF-8; speichern Sie die Datei in UTF-8.",
                en=f"{self.name}, line {line}: this is not UTF-8; save the file in UTF-8.",
            ) from error


@dataclass(frozen=True)
class Rule:
    """A rule written as one query; its first two comments say it in English and German.

    A number before the name of the file only says when the rule runs.
    """

    slug: str
    file: str
    text: Text
    query: str


def packaged() -> Sources:
    """The files that this package ships."""
    return Sources(files("iqgraph.ontology"), files("iqgraph.data"), files("iqgraph.shapes"))


class Row(dict[str, str]):
    """A row of a table by the heads of its columns; what is wanted of it has to have a column."""

    def __init__(self, cells: Iterable[tuple[str, str]], file: str, line: int) -> None:
        super().__init__(cells)
        self.file, self.line = file, line

    def __missing__(self, column: str) -> str:
        """Say that there is no such column."""
        raise DatasetError(
            de=f"{self.file}: Die Tabelle hat keine Spalte {column}, nur {', '.join(self)}.",
            en=f"{self.file}: the table has no column {column}, only {', '.join(self)}.",
        )

    def terms(self, column: str) -> tuple[NamedNode, ...]:
        """The terms that stand in a column by their names."""
        try:
            return tuple(map(expanded, self[column].split()))
        except ValueError as error:
            raise _malformed(self.file, self.line, untranslated(str(error))) from error

    def term(self, column: str) -> NamedNode:
        """The one term that stands in a column."""
        if len(found := self.terms(column)) != 1:
            raise _malformed(self.file, self.line, untranslated(f"{column}: {self[column]!r}"))
        return found[0]


def table(root: Traversable, name: str) -> list[Row]:
    """The rows of a CSV file below a root; none if it is not there. Of a malformed one the first such line is told."""
    place, file = f"{root.name}/{name}", root.joinpath(name)
    lines = csv.reader(File(place, file).text().splitlines() if file.is_file() else (), strict=True)
    rows: list[Row] = []
    line = 1  # where a row begins, which may go on in the next
    try:
        head = next(lines, [])
        line += 1
        for cells in lines:
            if len(cells) not in (0, len(head)):
                few = Text(
                    de=f"{len(cells)} statt {len(head)} Spalten", en=f"{len(cells)} columns instead of {len(head)}"
                )
                raise _malformed(place, line, few)
            if cells:
                rows.append(Row(zip(head, cells, strict=True), place, line))
            line = lines.line_num + 1
    except csv.Error as error:
        raise _malformed(place, line, untranslated(str(error))) from error
    return rows


def _malformed(file: str, line: int, reason: Text) -> DatasetError:
    return DatasetError(
        de=f"{file}, Zeile {line}: Damit ist nichts anzufangen: {reason.de}.",
        en=f"{file}, line {line}: this makes no sense: {reason.en}.",
    )


def read_toml(package: str, name: str) -> dict[str, Any]:
    """A file in TOML beside the modules of a package."""
    return tomllib.loads((files(package) / name).read_text(encoding="utf-8"))


def documentation(name: str) -> str:
    """A page of the documentation, in Markdown."""
    return (files("iqgraph.docs") / name).read_text(encoding="utf-8")


@cache
def queries(name: str) -> dict[str, str]:
    """The queries of a folder of the ontology that pages show, by the names of their files."""
    found = walk(packaged().ontology.joinpath(name), name)
    return {file.content.name.removesuffix(".rq"): file.text() for file in found}


def walk(root: Traversable, name: str) -> Iterator[File]:
    """All files below a root, folders in alphabetical order, each named with its path."""
    for entry in sorted(root.iterdir(), key=lambda one: one.name):
        # In the wheel these folders are packages, which have a __pycache__ and may have an __init__.py.
        if entry.name.startswith((".", "__")):
            continue
        path = f"{name}/{entry.name}"
        if entry.is_dir():
            yield from walk(entry, path)
        else:
            yield File(path, entry)


def rdf_files(root: Traversable, name: str) -> list[File]:
    """The files below a root that hold RDF."""
    return [file for file in walk(root, name) if of_file(file.name)]


def data_files(sources: Sources) -> list[File]:
    """The files that say what the data is: neither what it was, in the kept releases, nor what records say of it."""
    others = f"data/{RELEASES_FOLDER}/", f"data/{PUBLICATION}"
    found = walk(sources.data, "data")
    data = (file for file in found if of_file(file.name) or file.name.endswith(f"/{PASSAGES}"))
    return [file for file in data if not file.name.startswith(others)]


def rules(root: Traversable, name: str) -> list[Rule]:
    """The rules of a folder in the order of their file names; none if it is not there."""
    if not root.is_dir():
        return []
    return [_rule(file) for file in walk(root, name) if file.name.endswith(".rq")]


def derivation_rules(sources: Sources) -> list[Rule]:
    """The rules that derive statements."""
    return rules(sources.ontology / "rules", "ontology/rules")


def evidence_rules(sources: Sources) -> list[Rule]:
    """The rules that find breaches which SHACL cannot say."""
    return rules(sources.shapes / "evidence", "shapes/evidence")


def questions(sources: Sources) -> list[Rule]:
    """The competency questions."""
    return rules(sources.ontology / "questions", "ontology/questions")


def _rule(file: File) -> Rule:
    query = file.text()
    comments = [line.removeprefix("#").strip() for line in query.splitlines() if line.startswith("#")]
    slug = re.sub(r"^\d+-", "", file.name.rpartition("/")[2].removesuffix(".rq"))
    english = next((line.removeprefix("en:").strip() for line in comments if not line.startswith("de:")), slug)
    german = next((line.removeprefix("de:").strip() for line in comments if line.startswith("de:")), english)
    return Rule(slug, file.name, Text(de=german, en=english), query)
