"""The competency questions, asked of our server in front of real engines: the rows are those expected."""

import json
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from backends import Engine, behind, port
from loopback import get
from test_questions import QUESTIONS, expected, rows

NO_GRAPH = "http://example.org/none"
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
def test_rows_are_those_expected(
    root: str,
    engine: Engine,
    slug: str,
    request: pytest.FixtureRequest,
) -> None:
    """Whichever engine answers."""
    if reason := KNOWN.get((engine.name, slug)):
        request.applymarker(pytest.mark.xfail(reason=reason))
    status, text = get(f"{root}sparql?{urlencode({'query': QUESTIONS[slug], 'format': 'csv'})}")

    assert (status, rows(text)) == (200, expected(slug))


@pytest.mark.sample(10)
@pytest.mark.parametrize("slug", QUESTIONS)
def test_witnesses_hold(root: str, engine: Engine, slug: str, request: pytest.FixtureRequest) -> None:
    """A row is there with the graphs of each witness alone, and not with one graph fewer."""
    if engine.name == "virtuoso":
        request.applymarker(pytest.mark.xfail(reason="it writes some values otherwise, so rows are not the same"))
    query = {"query": QUESTIONS[slug]}
    status, text = get(f"{root}evidence?{urlencode({**query, 'limit': 3, 'format': 'json'})}")

    def has(row: dict[str, object], graphs: list[str]) -> bool:
        chosen = {"default-graph-uri": graphs or [NO_GRAPH], "named-graph-uri": graphs or [NO_GRAPH]}
        _, found = get(f"{root}sparql?{urlencode({**query, **chosen, 'format': 'json'}, doseq=True)}")
        answer = json.loads(found)
        return bool(answer["boolean"]) if "boolean" in answer else row in answer["results"]["bindings"]

    assert status == 200
    for row in json.loads(text)["rows"]:
        for witness in row["witnesses"]:
            graphs = witness["graphs"]
            assert has(row["binding"], graphs)
            assert not any(has(row["binding"], [one for one in graphs if one != left_out]) for left_out in graphs)
