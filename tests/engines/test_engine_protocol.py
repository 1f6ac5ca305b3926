"""The SPARQL 1.1 Protocol with our server in front of real engines: the table of `test_protocol` holds."""

from collections.abc import Iterator

import pytest

import test_protocol
from backends import Engine, behind, port
from iqgraph.dataset import load_plain
from iqgraph.release.push import push
from test_protocol import CASES, QUADS, Case
from tiny import put

pytestmark = pytest.mark.timeout(300)  # an engine may be started and loaded within it, twice
KNOWN_FAILURES = {("virtuoso", "query_multiple_dataset: the request wins over FROM"): "it joins the graphs of both"}


@pytest.fixture(scope="module")
def server(empty: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of our server in front of an engine with three small graphs."""
    folder = tmp_path_factory.mktemp("protocol")
    file = put(folder, "graphs.nq", QUADS)
    push(load_plain([file]), empty.destination(), bool, empty.union)
    with behind(empty, file, log=folder / "stderr") as process:
        yield port(process, folder / "stderr")


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.name))
def test_case(server: int, empty: Engine, case: Case, request: pytest.FixtureRequest) -> None:
    """Status, type and content are those of the table."""
    if reason := KNOWN_FAILURES.get((empty.name, case.name)):
        request.applymarker(pytest.mark.xfail(reason=reason))
    test_protocol.test_case(server, case, lambda *_: None)
