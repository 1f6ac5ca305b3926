"""The programs on the query page run unchanged against a server."""

import csv
import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from iqgraph.dataset import Dataset
from iqgraph.dataset.questions import questions
from iqgraph.engine import Embedded, Query
from iqgraph.formats import CSV
from iqgraph.resources import packaged
from iqgraph.terms import DERIVED, META, ONTOLOGY, XSD
from iqgraph.web.query.snippets import Snippet, keys, snippets
from tiny import put

RUN = {"sh": ["sh"], "py": [sys.executable], "R": ["Rscript"]}
AWKWARD = """SELECT ?text WHERE { VALUES ?text { "it's \\\\ ${x} `y` \\"z\\" ä" "two" } } # 'end"""
QUESTIONS = {one.slug: one.query for one in questions(packaged())}
EXAMPLES = {
    "coordinates": QUESTIONS["who-coordinates-the-network"],
    "organisations": QUESTIONS["which-organisations-are-named"],
    "counts": QUESTIONS["which-counts-does-the-document-state"],
    "awkward": AWKWARD,
}
NAMES = [snippet.name for snippet in snippets("", "")]


def rows(answer: str) -> list[list[str]]:
    """The rows of CSV, however it is quoted; R writes missing values as NA."""
    lines = [row for row in csv.reader(io.StringIO(answer)) if row]
    return [[plain(cell) for cell in row] for row in lines]


def plain(cell: str) -> str:
    """A cell without the differences between tools: some read integers as floats."""
    cell = "" if cell == "NA" else cell
    return cell.removesuffix(".0") if cell.replace(".", "", 1).isdigit() else cell


@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.sample(2, of=name)) for name in NAMES])
@pytest.mark.parametrize("question", EXAMPLES)
def test_snippet_prints_the_answer(server_url: str, dataset: Dataset, tmp_path: Path, name: str, question: str) -> None:
    """The program prints the rows of the endpoint."""
    snippet = next(one for one in snippets(f"{server_url}/sparql", EXAMPLES[question]) if one.name == name)
    expected = Embedded(dataset.store).answer(Query(EXAMPLES[question]), CSV).decode()

    assert rows(output(snippet, tmp_path)) == rows(expected)


@pytest.mark.parametrize("name", NAMES)
def test_snippet_asks_the_same_graphs(server_url: str, dataset: Dataset, tmp_path: Path, name: str) -> None:
    """The program queries the graphs that the request selects."""
    query = "SELECT ?named (COUNT(*) AS ?count) { { ?s ?p ?o } UNION { GRAPH ?named { ?s ?p ?o } } } GROUP BY ?named"
    graphs = {"default-graph-uri": [META.value, DERIVED.value], "named-graph-uri": [ONTOLOGY.value]}
    snippet = next(one for one in snippets(f"{server_url}/sparql", query, graphs) if one.name == name)
    request = Query(query, tuple(graphs["default-graph-uri"]), tuple(graphs["named-graph-uri"]))
    expected = Embedded(dataset.store).answer(request, CSV).decode()

    assert rows(output(snippet, tmp_path)) == rows(expected)


def output(snippet: Snippet, folder: Path) -> str:
    """The output of the program."""
    command = RUN[snippet.suffix]
    if not shutil.which(command[0]):
        pytest.skip(f"{command[0]} is not installed")
    file = put(folder, f"snippet.{snippet.suffix}", snippet.code)
    environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": str(folder)}
    process = subprocess.run(
        [*command, str(file)], capture_output=True, text=True, env=environment, check=False, timeout=60
    )
    assert process.returncode == 0, process.stderr
    return process.stdout


def test_keys_stay_text(server_url: str, tmp_path: Path) -> None:
    """A key keeps its zero in each program, and a number beside it stays a number."""
    query = 'SELECT ?key ?number { VALUES (?key ?number) { ("06413" 5) ("abc" 7) } }'
    columns = keys([("key", "06413", ""), ("number", "5", XSD.integer.value)])
    programs = snippets(f"{server_url}/sparql", query, keys=columns)

    assert columns == ["key"]
    for one in programs:
        if one.name in ("Python: pandas", "R") and shutil.which(RUN[one.suffix][0]):
            assert rows(output(one, tmp_path)) == [["key", "number"], ["06413", "5"], ["abc", "7"]]
