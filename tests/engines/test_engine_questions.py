"""The competency questions, with our server in front of real engines: the rows are those expected."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from urllib.parse import urlencode

import pytest

from backends import NAMES, Engine, behind, port
from iqgraph.client import Request
from iqgraph.terms import BASE
from loopback import PATIENCE, get
from test_questions import QUESTIONS, expected, rows

NO_GRAPH = "http://example.org/none"
HEADERS = {"Accept": "application/sparql-results+json", "Content-Type": "application/x-www-form-urlencoded"}
MAX_BYTES = 1 << 28
pytestmark = pytest.mark.timeout(300)  # an engine may be started and loaded within it, twice
# It answers with fewer rows when its time is over, which may be on a busy machine; these tests are about the rows.
CHANGES = {"virtuoso": {"MaxQueryExecutionTime = 10": "MaxQueryExecutionTime = 60"}}
UNSORTED = {"virtuoso"}  # it sorts long texts differently, and takes empty cells as distinct
# With GRAPH, some of its plans find more than a path with a star leads to.
HAS_STAR_BESIDE_GRAPH = re.compile(r"GRAPH \?\w+ \{.*broader\* ", re.DOTALL)
REPEATED = pytest.mark.repeats(30)  # test_questions runs all of them with the same engine
NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?")
DURATION = re.compile(r"P(?=\d)(?:(\d+)Y)?(?:(\d+)M)?")


@pytest.fixture(scope="module")
def root(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of our server."""
    log = tmp_path_factory.mktemp("questions") / "stderr"
    with behind(engine, "--timeout 60", log=log) as process:
        yield f"http://127.0.0.1:{port(process, log)}/"


def value(text: str) -> str:
    """A cell in canonical form: Fuseki writes 3.0 for 3, Virtuoso 1 for true and months for years."""
    if text in ("true", "false"):
        return str(int(text == "true"))
    if years := DURATION.fullmatch(text):
        text = str(12 * int(years[1] or 0) + int(years[2] or 0))
    return str(Decimal(text).normalize()) if NUMBER.fullmatch(text) else text


@pytest.mark.parametrize(
    ("engine", "slug"),
    [pytest.param(name, slug, marks=REPEATED if name == "oxigraph" else []) for name in NAMES for slug in QUESTIONS],
    indirect=["engine"],
    scope="module",
)
def test_rows_are_those_expected(root: str, engine: Engine, slug: str) -> None:
    """The rows are the same with each engine."""
    status, text = get(f"{root}sparql?{urlencode({'query': QUESTIONS[slug], 'format': 'csv'})}")
    actual_rows, expected_rows = ([[*map(value, row)] for row in table] for table in (rows(text), expected(slug)))
    if engine.name in UNSORTED:
        actual_rows, expected_rows = (
            sorted(map(list, set(map(tuple, table)))) for table in (actual_rows, expected_rows)
        )
        if HAS_STAR_BESIDE_GRAPH.search(QUESTIONS[slug]):
            actual_rows = [row for row in actual_rows if row in expected_rows]

    assert (status, actual_rows) == (200, expected_rows)


def row(binding: dict[str, dict[str, str]]) -> dict[str, tuple[str, str]]:
    """A row of an answer, each term with its language."""
    return {name: (value(term["value"]), term.get("xml:lang", "").lower()) for name, term in binding.items()}


@pytest.mark.parametrize("slug", sorted(QUESTIONS)[::10])  # test_witnesses covers all with our own engine
def test_witnesses_hold(root: str, engine: Engine, slug: str) -> None:
    """The engine has a row with just the graphs of each witness, and not with one graph less."""
    status, text = get(f"{root}evidence?{urlencode({'query': QUESTIONS[slug], 'limit': 3, 'format': 'json'})}")
    there = engine.destination().query

    def has(binding: dict[str, dict[str, str]], graphs: list[str]) -> bool:
        dataset = {"default-graph-uri": graphs or [NO_GRAPH], "named-graph-uri": graphs or [NO_GRAPH]}
        fields = {"query": f"BASE <{BASE}> {QUESTIONS[slug]}", **dataset}
        reply = there.send(Request("POST", HEADERS, urlencode(fields, doseq=True).encode()), PATIENCE, MAX_BYTES)
        assert (reply.status, reply.headers.get("x-sql-state")) == (200, None)  # else rows may be missing
        answer = json.loads(reply.body)
        return (
            bool(answer["boolean"]) if "boolean" in answer else row(binding) in map(row, answer["results"]["bindings"])
        )

    assert status == 200
    for one in json.loads(text)["rows"]:
        for witness in one["witnesses"]:
            graphs = witness["graphs"]
            assert has(one["binding"], graphs)
            assert not any(has(one["binding"], [each for each in graphs if each != omitted]) for omitted in graphs)
