"""The table of the figures: its rows are those of the question, and each cell is as its column declares."""

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
def metadata(files: Files) -> dict[str, Any]:
    """The metadata of the table."""
    content: dict[str, Any] = json.loads(files[COLUMNS_FILE])
    return content


def test_metadata_is_of_the_table(rows: list[dict[str, str]], metadata: dict[str, Any]) -> None:
    """It names the file and its columns in order, at the URL that a consumer tries (CSVW)."""
    assert metadata["url"] == TABLE
    assert [column["name"] for column in metadata["tableSchema"]["columns"]] == list(rows[0])
    assert f"{TABLE}-metadata.json" == COLUMNS_FILE


def test_each_cell_is_of_its_datatype(rows: list[dict[str, str]], metadata: dict[str, Any]) -> None:
    """Its lexical form is one of the datatype."""
    for column in metadata["tableSchema"]["columns"]:
        pattern = DATATYPES[column["datatype"]]

        assert [row for row in rows if not re.fullmatch(pattern, row[column["name"]])] == []


def test_key_is_unique(rows: list[dict[str, str]], metadata: dict[str, Any]) -> None:
    """No two rows have the same key."""
    keys = [tuple(row[name] for name in metadata["tableSchema"]["primaryKey"]) for row in rows]

    assert len(keys) == len(set(keys))


def test_each_code_is_described(rows: list[dict[str, str]], metadata: dict[str, Any], dataset: Dataset) -> None:
    """The IRI of a cell, by the metadata of its column, is a subject of the dataset."""
    subjects = {quad.subject.value for quad in dataset.store if hasattr(quad.subject, "value")}
    columns = [column for column in metadata["tableSchema"]["columns"] if "valueUrl" in column]
    iris = {column["valueUrl"].format(**row) for column in columns for row in rows}

    assert any(one.startswith(CONCEPT.iri) for one in iris)
    assert iris - subjects == set()


def test_columns_have_descriptions_in_both_languages(metadata: dict[str, Any], dataset: Dataset) -> None:
    """Those of our properties are their labels in the ontology."""
    ours = [column for column in metadata["tableSchema"]["columns"] if NamedNode(column["propertyUrl"]) in IQ]
    descriptions = [{one["@language"]: one["@value"] for one in column["dc:description"]} for column in ours]
    labels = [dataset.literals(NamedNode(column["propertyUrl"]), RDFS.label) for column in ours]

    assert len(ours) > 5
    assert descriptions == [{one.language: one.value for one in literals} for literals in labels]


def test_both_files_are_among_the_checksums(files: Files) -> None:
    """So the check of a release covers the table."""
    names = {line.split("  ")[1] for line in files[SUMS].decode().splitlines()}

    assert {TABLE, COLUMNS_FILE} <= names
