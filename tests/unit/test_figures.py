"""The table of the figures: its rows are those of the question, and each cell is what its column says."""

import csv
import io
import json
import re
from typing import Any

import pytest
from pyoxigraph import NamedNode

from iqgraph.dataset import Dataset
from iqgraph.release.dumps import TABLE_ENDING
from iqgraph.release.release import SUMS, Files
from iqgraph.terms import CONCEPT, IQ, RDFS

TABLE = "recognition-procedures.csv"
COLUMNS_FILE = f"recognition-procedures{TABLE_ENDING}"
DATATYPES = {"string": r".+", "gYear": r"\d{4}", "decimal": r"-?\d+(\.\d+)?"}


@pytest.fixture(scope="module")
def rows(files: Files) -> list[dict[str, str]]:
    """The rows of the table by the names of its columns."""
    return list(csv.DictReader(io.StringIO(files[TABLE].decode(), newline="")))


@pytest.fixture(scope="module")
def described(files: Files) -> dict[str, Any]:
    """What is said of the table."""
    found: dict[str, Any] = json.loads(files[COLUMNS_FILE])
    return found


def test_description_is_of_the_table(rows: list[dict[str, str]], described: dict[str, Any]) -> None:
    """It names the file and its columns in their order; a consumer finds it at the name of the table and an ending."""
    assert described["url"] == TABLE
    assert [column["name"] for column in described["tableSchema"]["columns"]] == list(rows[0])
    assert f"{TABLE}-metadata.json" == COLUMNS_FILE


def test_each_cell_is_of_its_datatype(rows: list[dict[str, str]], described: dict[str, Any]) -> None:
    """Each cell of a column is written as its datatype is."""
    for column in described["tableSchema"]["columns"]:
        form = DATATYPES[column["datatype"]]

        assert [row for row in rows if not re.fullmatch(form, row[column["name"]])] == []


def test_key_is_unique(rows: list[dict[str, str]], described: dict[str, Any]) -> None:
    """No two rows have the same key."""
    keys = [tuple(row[name] for name in described["tableSchema"]["primaryKey"]) for row in rows]

    assert len(keys) == len(set(keys))


def test_each_code_leads_to_a_thing(rows: list[dict[str, str]], described: dict[str, Any], dataset: Dataset) -> None:
    """What a cell stands for by the description of its column is described by the dataset."""
    known = {quad.subject.value for quad in dataset.store if hasattr(quad.subject, "value")}
    columns = [column for column in described["tableSchema"]["columns"] if "valueUrl" in column]
    meant = {column["valueUrl"].format(**row) for column in columns for row in rows}

    assert any(one.startswith(CONCEPT.iri) for one in meant)
    assert meant - known == set()


def test_columns_are_explained_in_both_languages(described: dict[str, Any], dataset: Dataset) -> None:
    """Each property of ours gives its column its names, those that it has in the ontology."""
    ours = [column for column in described["tableSchema"]["columns"] if NamedNode(column["propertyUrl"]) in IQ]
    said = [{one["@language"]: one["@value"] for one in column["dc:description"]} for column in ours]
    labels = [dataset.literals(NamedNode(column["propertyUrl"]), RDFS.label) for column in ours]

    assert len(ours) > 5
    assert said == [{one.language: one.value for one in found} for found in labels]


def test_both_files_are_among_the_checksums(files: Files) -> None:
    """Who checks the release checks the table too."""
    names = {line.split("  ")[1] for line in files[SUMS].decode().splitlines()}

    assert {TABLE, COLUMNS_FILE} <= names
