"""The competency questions, asked of our server in front of real engines: the rows are those expected."""

import json
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from urllib.parse import urlencode

import pytest

from backends import PATIENCE, Engine, behind, port
from iqgraph.client import Request
from iqgraph.terms import BASE
from loopback import get
from test_questions import QUESTIONS, expected, rows

NO_GRAPH = "http://example.org/none"
HEADERS = {"Accept": "application/sparql-results+json", "Content-Type": "application/x-www-form-urlencoded"}
MAX_BYTES = 1 << 28
pytestmark = pytest.mark.timeout(300)  # an engine may be started and loaded within it, twice
KNOWN = {
    ("virtuoso", "since-when-has-there-been-land-funding"): "it writes true as 1",
    ("virtuoso", "what-is-the-document-about"): "it writes a duration as a number of months",
    ("virtuoso", "which-offers-does-involas-provide"): "it sorts long texts by something else than their letters",
}


@pytest.fixture(scope="module")
def root(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of our server."""
    log = tmp_path_factory.mktemp("questions") / "stderr"
    with behind(engine, log=log) as process:
        yield f"http://127.0.0.1:{port(process, log)}/"


@pytest.mark.parametrize("slug", QUESTIONS)
def test_rows_are_those_expected(root: str, engine: Engine, slug: str, request: pytest.FixtureRequest) -> None:
    """Whichever engine answers."""
    if reason := KNOWN.get((engine.name, slug)):
        request.applymarker(pytest.mark.xfail(reason=reason))
    status, text = get(f"{root}sparql?{urlencode({'query': QUESTIONS[slug], 'format': 'csv'})}")

    assert (status, rows(text)) == (200, expected(slug))


def value(term: dict[str, str]) -> tuple[str, ...]:
    """What a term says, however an engine writes it: Virtuoso has 1 for true, and integers for whole decimals."""
    if term.get("datatype", "").endswith("#boolean"):
        return ("boolean", {"1": "true", "0": "false"}.get(term["value"], term["value"]))
    with suppress(InvalidOperation):
        return ("number", str(Decimal(term["value"]).normalize()))
    return (term["value"], term.get("xml:lang", "").lower())


def row(binding: dict[str, dict[str, str]]) -> dict[str, tuple[str, ...]]:
    """A row of an answer."""
    return {name: value(term) for name, term in binding.items()}


@pytest.mark.sample(10)
@pytest.mark.parametrize("slug", QUESTIONS)
def test_witnesses_hold(root: str, engine: Engine, slug: str) -> None:
    """The engine itself has a row with the graphs of each witness alone, and not with one graph fewer."""
    status, text = get(f"{root}evidence?{urlencode({'query': QUESTIONS[slug], 'limit': 3, 'format': 'json'})}")
    there = engine.destination().query

    def has(wanted: dict[str, dict[str, str]], graphs: list[str]) -> bool:
        chosen = {"default-graph-uri": graphs or [NO_GRAPH], "named-graph-uri": graphs or [NO_GRAPH]}
        fields = {"query": f"BASE <{BASE}> {QUESTIONS[slug]}", **chosen}
        reply = there.send(Request("POST", HEADERS, urlencode(fields, doseq=True).encode()), PATIENCE, MAX_BYTES)
        answer = json.loads(reply.body)
        return (
            bool(answer["boolean"]) if "boolean" in answer else row(wanted) in map(row, answer["results"]["bindings"])
        )

    assert status == 200
    for one in json.loads(text)["rows"]:
        for witness in one["witnesses"]:
            graphs = witness["graphs"]
            assert has(one["binding"], graphs)
            assert not any(has(one["binding"], [each for each in graphs if each != left_out]) for left_out in graphs)
