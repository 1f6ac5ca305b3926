"""Tables: queries of the ontology whose answers are released as CSV, each described as CSV on the Web has it."""

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

from pyoxigraph import NamedNode, QuerySolutions

from ..dataset import Dataset
from ..errors import DatasetError
from ..formats import CSV
from ..resources import Sources, rules
from .dumps import File

FOLDER = "tables"
ENDING = f".{CSV.extension}-metadata.json"  # where CSV on the Web looks for it: https://www.w3.org/TR/tabular-metadata/


def tables(dataset: Dataset, sources: Sources) -> Iterator[File]:
    """Each table with the description of its columns, which names the question that it answers."""
    folder = sources.ontology / FOLDER
    for rule in rules(folder, f"ontology/{FOLDER}"):
        content = (folder / f"{rule.slug}{ENDING}").read_bytes()
        described: dict[str, Any] = json.loads(content)
        columns = [column["name"] for column in described["tableSchema"]["columns"]]
        question = NamedNode(described["rdfs:seeAlso"]["@id"])
        make = partial(_rows, dataset, rule.query, rule.file, columns)
        yield File(f"{rule.slug}.{CSV.extension}", "table", make, question)
        yield File(f"{rule.slug}{ENDING}", "table", partial(bytes, content), question)


def _rows(dataset: Dataset, query: str, file: str, columns: list[str]) -> bytes:
    """The rows with their codes; the columns are those that are described."""
    answers = dataset.store.query(query)
    if not isinstance(answers, QuerySolutions) or [one.value for one in answers.variables] != columns:
        raise DatasetError(
            de=f"{file}: Die Beschreibung der Tabelle hat andere Spalten: {', '.join(columns)}.",
            en=f"{file}: the description of the table has other columns: {', '.join(columns)}.",
        )
    return answers.serialize(format=CSV.results) or b""
