"""External engines for tests: the local engine, one that uses a remote one, and behaviours of the remote one."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import parse_qs

from iqgraph.client import Server
from iqgraph.dataset import Dataset, load_plain
from iqgraph.engine import Query, Remote, fingerprint
from iqgraph.engine.interface import Disconnect
from iqgraph.formats import Format
from iqgraph.settings import Settings
from iqgraph.terms import BASE
from loopback import Asked, Handle, endpoint
from near import Near

TEXT = """@prefix x: <http://x/> .
x:g { x:a x:b x:c , "ä\\n"@de , 1.5 } x:h { x:a x:b x:c . x:d x:e "f" }
"""
SELECT = Query("SELECT ?s ?o { ?s ?p ?o } ORDER BY ?s ?o")
CONSTRUCT = Query("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }")


class Home(Near):
    """The engine with the data, which records what it is asked."""

    def __init__(self, dataset: Dataset) -> None:
        super().__init__(dataset.store, dataset.prefixes)
        self.dataset = dataset
        self.asked: list[Query] = []

    async def ask(self, query: Query, output: Format, client: str = "", disconnect: Disconnect | None = None) -> bytes:  # noqa: ARG002 - all are one
        """Record a query, and answer it."""
        if not query.is_parse_only:
            self.asked.append(query)
        return self.answer(query, output)


def home_of(*files: Path) -> Home:
    """The local engine of some files."""
    return Home(load_plain(files))


@contextmanager
def attached(home: Home, url: str, limits: Settings = Settings()) -> Iterator[Remote]:
    """The engine that uses a remote one, with a loop in a thread."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    engine = Remote(Server(url), home, fingerprint(home.dataset), limits)
    engine.attach(loop)
    try:
        yield engine
    finally:
        engine.threads.shutdown()
        engine.endpoint.server.close()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def well(home: Home) -> Handle:
    """A remote engine that answers correctly."""
    return endpoint(home)


def ill(home: Home, handle: Handle, query: Query = SELECT) -> Handle:
    """A remote engine that answers correctly except for one query."""

    def handle_all(handler: BaseHTTPRequestHandler, request: Asked) -> None:
        (handle if text(request) == query.text else well(home))(handler, request)

    return handle_all


def text(request: Asked) -> str:
    """The query of a request without our base; empty if the client disconnected."""
    return parse_qs(request.body.decode()).get("query", [""])[0].removeprefix(f"BASE <{BASE}> ")


def questions(requests: Sequence[Asked], query: Query = SELECT) -> int:
    """The number of requests with a query."""
    return sum(text(one) == query.text for one in requests)
