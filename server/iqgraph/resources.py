"""Where the packaged files lie: ontology, data and shapes, and the rules written as SPARQL."""

import csv
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from .bilingual import Text
from .errors import CallError, DatasetError
from .formats import of_file

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
        # Editors of Windows begin a file with a mark that is no part of its text (RFC 3629, section 6).
        return self.content.read_text(encoding="utf-8-sig")


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

    def __missing__(self, column: str) -> str:
        """Say that there is no such column."""
        heads = ", ".join(head for head in self if head)  # what stands behind the last head has none
        raise DatasetError(
            de=f"Eine Tabelle der Ontologie oder der Daten hat keine Spalte {column}, nur {heads}.",
            en=f"A table of the ontology or the data has no column {column}, only {heads}.",
        )


def table(root: Traversable, name: str) -> list[Row]:
    """The rows of a CSV file below a root; none if it is not there."""
    file = root.joinpath(name)
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else ()
    return [Row(row) for row in csv.DictReader(lines, restval="")]


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
