"""Three engines with the same data behind nginx: one is killed and restarted, and no query fails."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from backends import Engine, running
from iqgraph.dataset import load_plain
from iqgraph.release.push import push
from loopback import serving, until
from proxies import crowd, missing, nginx
from tiny import put

pytestmark = [pytest.mark.skipif(bool(missing()), reason=missing())]

DATA = '<urn:a> <urn:b> "one" <urn:g> .\n<urn:a> <urn:b> "two" <urn:h> .\n'


def query(number: int) -> bytes:
    """A query that is not cached."""
    return f"SELECT (COUNT(*) AS ?n) {{ ?s ?p ?o FILTER(?o != {number}) }}".encode()


def count_answers(folder: Path, address: str) -> int:
    """The number of answers from an engine in the log of nginx."""
    return (folder / "nginx/upstream.log").read_text(encoding="utf-8").splitlines().count(address)


@pytest.mark.timeout(600)  # three engines are started, one after the other
@pytest.mark.parametrize("name", ["oxigraph", "fuseki"])
def test_one_of_three_is_killed_and_comes_back(
    name: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """The others answer meanwhile, and the restarted one answers again."""
    file = put(tmp_path, "data.nq", DATA)
    dataset = load_plain([file])
    with ExitStack() as stack:
        engines = [stack.enter_context(running(Engine(name, tmp_path / str(place)))) for place in range(3)]
        with ThreadPoolExecutor(3) as threads:
            list(threads.map(lambda one: push(dataset, one.destination(), bool, one.union), engines))
        addresses = [urlsplit(one.url).netloc for one in engines]
        there = stack.enter_context(nginx(tmp_path / "nginx", addresses, "engines.conf"))
        url = urlsplit(engines[0].url)._replace(netloc=there).geturl()
        root = stack.enter_context(serving(file, "--engine", url))
        clients = stack.enter_context(crowd(urlsplit(root).netloc, query))
        clients.go_on(100)
        engines[0].stop()
        clients.go_on(200)
        engines[0].start()
        count_before = count_answers(tmp_path, addresses[0])
        until(lambda: count_answers(tmp_path, addresses[0]) > count_before + 20)
        clients.go_on(50)

    counts = {address: count_answers(tmp_path, address) for address in addresses}
    record_property("queries", clients.number)
    record_property("failed", len(clients.failed))
    assert clients.failed == []
    assert clients.answers == {b"n\r\n2\r\n"}
    assert min(counts.values()) > 50
