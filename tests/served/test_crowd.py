"""A full queue of queries: every page still answers."""

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
def full_server() -> Iterator[str]:
    """A server with one busy worker, a full queue of one, and more clients waiting."""
    limits = ["--workers", "1", "--queue", "1", "--queue-time", "0.2", "--long-queries", "0", "--timeout", "2"]
    is_over = Event()

    def insist(root: str) -> None:
        while not is_over.wait(0.02):
            status(root)

    with serving(*limits) as root, ThreadPoolExecutor(CROWD) as crowd:
        for _ in range(CROWD):
            crowd.submit(insist, root)
        until(lambda: status(root) == 503)
        yield root
        is_over.set()


def status(root: str) -> int:
    """The status of a slow query that is not cached."""
    return get(root, "/sparql", query=f"{ENDLESS} #{next(NUMBER)}").status


@pytest.mark.sample(3)
@pytest.mark.parametrize("path", PAGES)
def test_every_page_answers(full_server: str, path: str) -> None:
    """No page waits in the queue, while each query gets 503."""
    assert get(full_server, path, "text/html").status == 200
    until(lambda: status(full_server) == 503)
