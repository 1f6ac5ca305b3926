"""The competency questions, asked of our server in front of real engines: the rows are those expected."""

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from backends import Engine, behind, port
from loopback import get
from test_questions import QUESTIONS, expected, rows

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
