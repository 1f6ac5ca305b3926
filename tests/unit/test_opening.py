"""A store on disk, opened for workers: they can read all of it and open nothing else."""

import errno
import fcntl
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from iqgraph.dataset import Dataset
from iqgraph.dataset.storage import CONTENT, DATASET, open_or_load
from iqgraph.engine import Embedded, Isolated, Query
from iqgraph.formats import CSV, Format
from iqgraph.settings import Settings
from pools import running
from tiny import put


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder for the store."""
    return tmp_path_factory.mktemp("opening") / "store"


@pytest.fixture(scope="module")
def dataset(folder: Path) -> Dataset:
    """A store with more files than RocksDB opens by itself: each source adds some to every index."""
    sources = [put(folder.parent, f"{name}.nq", "".join(lines(name))) for name in "abc"]
    result = open_or_load(folder, sources)
    assert len(tables(folder)) > 16
    return result


@pytest.fixture(scope="module")
def engine(dataset: Dataset) -> Iterator[Isolated]:
    """Workers with that store."""
    with running(Isolated(Embedded(dataset.store, descriptors=dataset.descriptors), Settings())) as one:
        yield one


def tables(folder: Path) -> list[Path]:
    """The files with the statements."""
    return [*(folder / DATASET / CONTENT).glob("*.sst")]


def lines(name: str) -> Iterator[str]:
    """The N-Quads of a source: each statement in a graph and in the union."""
    for n in range(300):
        statement = f"<http://x/{name}/{n}> <http://x/{name}> <http://x/{name}/object/{n}>"
        yield f"{statement} <http://x/graph/{n % 5}> .\n{statement} .\n"


def test_workers_read_the_store_and_open_nothing(dataset: Dataset, folder: Path) -> None:
    """A worker has every file of the store open for reading, and cannot open anything else."""

    class Curious(Embedded):
        def answer(self, query: Query, output: Format, client: str = "") -> bytes:  # noqa: ARG002
            modes = {fcntl.fcntl(one, fcntl.F_GETFL) & os.O_ACCMODE for one in self.descriptors}
            tries = [_error(Path(query.text).read_bytes), _error(socket.socket)]
            return f"{len(self.descriptors)} {modes == {os.O_RDONLY}} {tries}".encode()

    with running(Isolated(Curious(dataset.store, descriptors=dataset.descriptors), Settings())) as engine:
        answer = engine.answer(Query(__file__), CSV).decode()

    assert answer == f"{len(tables(folder))} True ['EMFILE', 'EMFILE']"


@pytest.mark.parametrize(
    ("pattern", "count"),
    [
        ("?s ?p ?o", 900),
        ("?s <http://x/b> ?o", 300),
        ("?s ?p <http://x/c/object/7>", 1),
        ("<http://x/a/7> ?p ?o", 1),
        ("GRAPH ?g { ?s ?p ?o }", 900),
        ("GRAPH ?g { ?s <http://x/b> ?o }", 300),
        ("GRAPH ?g { ?s ?p <http://x/c/object/7> }", 1),
        ("GRAPH ?g { <http://x/a/7> ?p ?o }", 1),
        ("GRAPH <http://x/graph/2> { ?s ?p ?o }", 180),
        ("GRAPH <http://x/graph/2> { ?s <http://x/b> ?o }", 60),
        ("GRAPH <http://x/graph/2> { ?s ?p <http://x/c/object/7> }", 1),
        ("GRAPH <http://x/graph/2> { <http://x/a/7> ?p ?o }", 1),
    ],
)
def test_workers_find_everything(engine: Isolated, pattern: str, count: int) -> None:
    """Each index of the store works."""
    rows = engine.answer(Query(f"SELECT * {{ {pattern} }}"), CSV).decode().splitlines()

    assert len(rows) == count + 1


def _error(action: Callable[[], object]) -> str:
    try:
        action()
    except OSError as error:
        return errno.errorcode[error.errno or 0]
    return "nothing"
