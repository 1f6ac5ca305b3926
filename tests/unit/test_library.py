"""The package as programs and notebooks use it, without a server."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import iqgraph
from iqgraph.dataset import Dataset, load_plain
from iqgraph.engine import QueryError
from iqgraph.library import Row
from iqgraph.resources import Sources
from iqgraph.terms import BASE
from repository import ROOT
from tiny import put

NAMES = "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> SELECT ?name { ?s skos:prefLabel ?name }"
LITERAL = "SELECT ?value ?none {{ BIND ({} AS ?value) }}"


@pytest.fixture
def tiny(sources: Sources) -> Dataset:
    """A small dataset."""
    return iqgraph.load(sources=sources)


def test_what_is_exported() -> None:
    """Each name exists; an error names any other."""
    assert {name for name in iqgraph.__all__ if getattr(iqgraph, name)} == {"Dataset", "__version__", "ask", "load"}
    with pytest.raises(AttributeError, match="'iqgraph' has no attribute 'nothing'"):
        iqgraph.nothing  # type: ignore[attr-defined] # noqa: B018 - the access is what is tested


def test_the_import_is_light() -> None:
    """It imports neither Flask nor the engine before their first use."""
    code = "import sys, iqgraph; print(sorted({'flask', 'pyoxigraph', 'click'} & set(sys.modules)))"
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert process.stdout == "[]\n"


def test_rows(tiny: Dataset) -> None:
    """One for each solution, in the order of the variables."""
    rows = iqgraph.ask(f"{NAMES} ORDER BY ?name LIMIT 2", tiny)

    assert isinstance(rows, list)
    assert [list(row) for row in rows] == [["name"], ["name"]]


@pytest.mark.parametrize(
    ("term", "value"),
    [
        ("1", 1),
        ("1.5", 1.5),
        ("1.5e3", 1500.0),
        ("true", True),
        ("false", False),
        ('"1"', "1"),
        ('"eins"@de', "eins"),
        ("<http://a/b>", "http://a/b"),
        ('"2020-01-01"^^<http://www.w3.org/2001/XMLSchema#date>', "2020-01-01"),
        ("<<( <http://a/b> <http://a/c> 'eins'@de )>>", '<<( <http://a/b> <http://a/c> "eins"@de )>>'),
    ],
)
def test_values(tiny: Dataset, term: str, value: object) -> None:
    """Numbers and booleans are those of Python, all others are text; unbound values are None."""
    expected: list[Row] = [{"value": value, "none": None}]  # type: ignore[dict-item]
    rows = iqgraph.ask(LITERAL.format(term), tiny)

    assert rows == expected
    assert isinstance(rows, list)
    assert type(rows[0]["value"]) is type(value)


def test_other_query_forms(tiny: Dataset) -> None:
    """A boolean, and Turtle."""
    assert iqgraph.ask("ASK { ?s ?p ?o }", tiny) is True
    assert iqgraph.ask("ASK { <http://a> ?p ?o }", tiny) is False
    assert "skos:prefLabel" in str(iqgraph.ask("CONSTRUCT WHERE { ?s ?p ?o }", tiny))


@pytest.mark.parametrize("query", ["SELECT * {", "DELETE WHERE { ?s ?p ?o }"])
def test_an_invalid_query_is_an_error(tiny: Dataset, query: str) -> None:
    """With the reason."""
    with pytest.raises(QueryError):
        iqgraph.ask(query, tiny)


def test_the_example_of_the_documents_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """The one for Python prints the labels of the first passages."""
    text = (ROOT / "docs/endpoint.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    exec(block, {})  # noqa: S102 - our own page

    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["1", "2", "3"]


def test_renamed_iris_are_resolved(tiny: Dataset, tmp_path: Path) -> None:
    """As the server does; not in data of users."""
    query = f"ASK {{ FILTER (<{BASE}concept/official> = <{BASE}concept/other-source>) }}"

    assert iqgraph.ask(query, tiny) is True
    assert iqgraph.ask(query, load_plain([put(tmp_path, "a.nt", "<x:a> <x:b> <x:c> .")])) is False
