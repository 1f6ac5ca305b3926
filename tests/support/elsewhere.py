"""Engines elsewhere for tests: the engine at home, one that asks another, and what that other one may do."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import parse_qs

from iqgraph.client import Server
from iqgraph.dataset import Dataset, load_plain
from iqgraph.engine import Embedded, Query, Remote, Shared, fingerprint
from iqgraph.engine.interface import Disconnect
from iqgraph.formats import Format
from iqgraph.settings import Settings
from iqgraph.terms import BASE
from loopback import Asked, Handle, endpoint

TEXT = """@prefix x: <http://x/> .
x:g { x:a x:b x:c , "ä\\n"@de , 1.5 } x:h { x:a x:b x:c . x:d x:e "f" }
"""
SELECT = Query("SELECT ?s ?o { ?s ?p ?o } ORDER BY ?s ?o")
CONSTRUCT = Query("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }")


class Home(Shared):
    """The engine that has the data itself, asked in a loop without workers."""

    limits = Settings()

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self.engine = Embedded(dataset.store, dataset.prefixes)
        self.asked: list[Query] = []

    def answer(self, query: Query, chosen: Format, client: str = "") -> bytes:
        """Answer in whatever thread it is asked."""
        return self.engine.answer(query, chosen, client)

    async def ask(self, query: Query, chosen: Format, client: str = "", disconnect: Disconnect | None = None) -> bytes:  # noqa: ARG002 - all are one
        """Remember what is asked, and answer it."""
        if not query.is_parse_only:
            self.asked.append(query)
        return self.engine.answer(query, chosen)


def home_of(*files: Path) -> Home:
    """The engine at home over some files."""
    return Home(load_plain(files))


@contextmanager
def attached(home: Home, url: str, limits: Settings = Settings()) -> Iterator[Remote]:
    """The engine that asks another one, with a loop that runs in a thread."""
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
    """An engine that answers as it should."""
    return endpoint(home.engine)


def ill(home: Home, handle: Handle, query: Query = SELECT) -> Handle:
    """An engine that answers as it should, but for one query."""

    def handle_all(handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        (handle if text(asked) == query.text else well(home))(handler, asked)

    return handle_all


def text(asked: Asked) -> str:
    """The query that was asked, without our base; nothing if whoever asked broke off."""
    return parse_qs(asked.body.decode()).get("query", [""])[0].removeprefix(f"BASE <{BASE}> ")


def questions(asked: Sequence[Asked], query: Query = SELECT) -> int:
    """How often a query was asked."""
    return sum(text(one) == query.text for one in asked)
