"""Each input of a request, filled to its limit with each pathological shape: other clients are answered meanwhile."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from http.client import HTTPException, HTTPResponse
from threading import Event, Thread
from typing import NamedTuple, Self
from urllib.parse import quote, urlsplit

import pytest

from battery import CLOSED, FORM, MIB, QUERY, http
from iqgraph.engine.workers.sweeper import cpu_seconds
from loopback import launched
from shapes import SHAPES, repeated
from victim import children, title

pytestmark = pytest.mark.serial

HEADER, TARGET, BODY = 15_000, 60_000, MIB - 100
BRIEFLY = 1.0
PATIENCE = 30
RIGHT = {200, 303, 304, 307, 308, 400, 403, 404, 406, 413, 414, 415, 416, 422, 431, 503, CLOSED}
FIELDS = ("Accept", "Accept-Language", "Accept-Encoding", "If-None-Match", "Range", "Cookie")
TRUSTED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Prefix", "X-Request-ID")
PARAMETERS = ("sparql?query=", "sparql?timeout=", "explore?q=", "search?q=", "explore?place=", "describe?uri=")
PATHS = ("", "id/", "passage/", "q/~", "download/", "version/")
EMPTY = "ASK { FILTER(1<'a'&&false) } # "

Request = Callable[[str], bytes]


def header(name: str, path: str = "/id/involas.html") -> Request:
    """A request with a header field of the shape."""
    return lambda shape: http("GET", path, f"{name}: {repeated(shape, HEADER)}")


def target(before: str) -> Request:
    """A request with a target of the shape, percent-encoded; an encoded character counts as one."""
    return lambda shape: http(
        "GET", f"/{before}{quote(repeated(shape, TARGET // len(quote(shape, safe=SAFE)) * len(shape)), safe=SAFE)}"
    )


def body(before: str, after: str = "", media_type: str = QUERY, accept: str = "text/html") -> Request:
    """A request with a body of the shape."""
    return lambda shape: http(
        "POST",
        "/sparql",
        f"Content-Type: {media_type}",
        f"Accept: {accept}",
        body=f"{before}{repeated(shape, BODY)}{after}",
    )


SAFE = "%&/,;.'()-"
PLACES: dict[str, Request] = {
    **{name: header(name) for name in (*FIELDS, *TRUSTED)},
    "Accept of a query": header("Accept", "/sparql?query=ASK%7B%7D"),
    "If-Range": lambda shape: http("GET", "/download/ontology.ttl", f"If-Range: {repeated(shape, HEADER)}", "Range: x"),
    "Range of a file": header("Range: bytes=0-1,", "/download/ontology.ttl"),
    "Content-Type": lambda shape: http("POST", "/sparql", f"Content-Type: {repeated(shape, HEADER)}", body="query=x"),
    **{f"/{name}": target(name) for name in (*PATHS, *PARAMETERS)},
    "form": body("query=", media_type=FORM),
    "other fields": body("query=ASK{}&a=", media_type=FORM),
    "query": body("SELECT * { FILTER(", accept="application/json"),
    "query for a page": body("SELECT * { FILTER("),
    "comment": body(EMPTY),
    "prologue": body("# ", "\nASK {}"),
}


class Running(NamedTuple):
    """A server: its address, and the process that answers."""

    address: tuple[str, int]
    pid: int


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    """A server that trusts this machine as a proxy, with a timeout of one second."""
    arguments = ("--port", "0", "--timeout", "1", "--trusted-proxies", "127.0.0.1")
    with launched("-m", "iqgraph", "serve", *arguments) as (process, url):
        parts = urlsplit(url)
        (pid,) = [one for one in children(process.pid) if title(one) == "iqgraph server"]
        yield Running((parts.hostname or "", parts.port or 0), pid)


def status(address: tuple[str, int], request: bytes) -> int:
    """The status of the answer; 0 if the connection is closed."""
    with closing(socket.create_connection(address, PATIENCE)) as connection:
        with suppress(ConnectionError):  # the server may close early
            connection.sendall(request)
        try:
            response = HTTPResponse(connection)
            response.begin()
            response.read()
        except (ConnectionError, HTTPException):
            return CLOSED
        return response.status


class Neighbour:
    """Another client, which polls /health and records the longest wait.

    It measures processor time of the server, not the time that other programs take.
    """

    def __init__(self, server: Running) -> None:
        self.server, self.worst, self.over = server, 0.0, Event()
        self.thread = Thread(target=self._ask)

    def __enter__(self) -> Self:
        """Start polling."""
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End after the current request."""
        self.over.set()
        self.thread.join()

    def _ask(self) -> None:
        while not self.over.wait(0.01):
            before = cpu_seconds(self.server.pid)
            answer_status = status(self.server.address, http("GET", "/health"))
            self.worst = max(self.worst, cpu_seconds(self.server.pid) - before if answer_status == 200 else PATIENCE)


@pytest.mark.parametrize("place", PLACES)
def test_others_are_answered(server: Running, place: str, record_property: Callable[[str, object], None]) -> None:
    """Each shape gets a right status, and the other client does not wait."""
    slowest = 0.0
    with Neighbour(server) as neighbour:
        for name, shape in SHAPES.items():
            start = time.monotonic()
            answer_status = status(server.address, PLACES[place](shape))
            slowest = max(slowest, time.monotonic() - start)
            assert answer_status in RIGHT, name
    record_property("slowest answer", f"{slowest * 1000:.0f} ms")
    record_property("longest wait of a neighbour", f"{neighbour.worst * 1000:.0f} ms")
    assert neighbour.worst < BRIEFLY
