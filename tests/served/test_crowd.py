"""A crowd of queries: while the public waits for its turn, every page of ours answers."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Event

import pytest

from asking import get
from loopback import serving, until
from victim import ENDLESS

PAGES = [
    "/",
    "/about",
    "/document/11-jahre-iq",
    "/explore",
    "/search?q=Anerkennugsberatung",
    "/explore?q=a+e+i+n+r+s+t+d&kind=offer",
    "/id/bamf",
    "/id/involas.html",
    "/id/involas.ttl",
    "/links",
    "/ontology",
    "/passage/11-jahre-iq/S24.html",
    "/quality",
    "/query/who-coordinates-the-network.html",
    "/version/0.1.0/explore",
    "/version/0.1.0/id/involas.html",
]
CROWD = 4
NUMBER = count()


@pytest.fixture(scope="module")
def crowded() -> Iterator[str]:
    """A server with one worker and one place in the queue, both taken, and more who want them."""
    limits = ["--workers", "1", "--queue", "1", "--queue-time", "0.2", "--long-queries", "0", "--timeout", "2"]
    gone = Event()

    def insist(root: str) -> None:
        while not gone.wait(0.02):
            status(root)

    with serving(*limits) as root, ThreadPoolExecutor(CROWD) as crowd:
        for _ in range(CROWD):
            crowd.submit(insist, root)
        until(lambda: status(root) == 503)
        yield root
        gone.set()


def status(root: str) -> int:
    """What becomes of a slow query that nobody asked before."""
    return get(root, "/sparql", query=f"{ENDLESS} #{next(NUMBER)}").status


@pytest.mark.sample(3)
@pytest.mark.parametrize("path", PAGES)
def test_every_page_answers(crowded: str, path: str) -> None:
    """No page waits in the queue, of which each query meanwhile learns that it is full."""
    assert get(crowded, path, "text/html").status == 200
    until(lambda: status(crowded) == 503)
