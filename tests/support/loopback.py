"""HTTP on loopback: a scripted server that records its requests, our own server, and a client."""

import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from urllib.parse import parse_qs

from asking import ask
from iqgraph.engine import Embedded, Query, QueryError
from iqgraph.formats import JSON, N_TRIPLES

PATIENCE = 60.0
STEP = 0.05
# The command, with other sources than the bundled ones.
OF_SOURCES = """
import sys
from pathlib import Path
from iqgraph.cli import main
from iqgraph.dataset import dataset
from iqgraph.resources import Sources
sources = Sources(*(Path(sys.argv[1], name) for name in ("ontology", "data", "shapes")))
dataset.packaged = lambda: sources
sys.exit(main(sys.argv[2:]))
"""


@dataclass(frozen=True)
class Asked:
    """A request to the scripted server."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Other:
    """A scripted server: its address and its requests."""

    url: str
    asked: list[Asked] = field(default_factory=list)


Handle = Callable[[BaseHTTPRequestHandler, Asked], None]


@contextmanager
def other(handle: Handle) -> Iterator[Other]:
    """Run a server that handles every request like this."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            request = Asked(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body)
            there.asked.append(request)
            handle(self, request)

        do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_QUERY = do  # noqa: N815 - the names are given

        def log_message(self, *_: object) -> None:
            """Write no log."""

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """Ignore clients that disconnect."""

    with Quiet(("127.0.0.1", 0), Handler) as server:
        there = Other(f"http://127.0.0.1:{server.server_port}/there")
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield there
        finally:  # else its thread would go on, with a file descriptor that may be another's by then
            server.shutdown()


def answer(status: int, body: bytes = b"", media_type: str = "text/plain", **headers: str) -> Handle:
    """The same answer to every request."""

    def handle(handler: BaseHTTPRequestHandler, _: Asked) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", media_type)
        handler.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return handle


def raw(*parts: bytes) -> Handle:
    """These bytes, valid HTTP or not, and the end of the connection."""

    def handle(handler: BaseHTTPRequestHandler, _: Asked) -> None:
        for part in parts:
            handler.wfile.write(part)
        handler.close_connection = True

    return handle


def endless(head: bytes, part: bytes, pause: Callable[[], object]) -> Handle:
    """Some bytes, and then others repeatedly until the client disconnects."""

    def handle(handler: BaseHTTPRequestHandler, _: Asked) -> None:
        handler.wfile.write(head)
        while True:
            handler.wfile.write(part)
            pause()

    return handle


def get(url: str, accept: str = "*/*") -> tuple[int, str]:
    """Status and text of an answer of any status."""
    reply = ask(url, headers={"Accept": accept})
    return reply.status, reply.text


def figure(root: str, name: str) -> float:
    """A value of the metrics of a server."""
    match = re.search(rf"^{name} (\S+)$", get(f"{root.rstrip('/')}/metrics")[1], re.MULTILINE)
    assert match, name
    return float(match[1])


def free_port() -> int:
    """An unused port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(holds: Callable[[], bool], patience: float = PATIENCE) -> float:
    """Wait until a condition holds; the seconds that it took. A server that does not answer yet is no error."""
    start, pause = time.monotonic(), Event()
    while True:
        with suppress(OSError, HTTPException):
            if holds():
                return time.monotonic() - start
        assert time.monotonic() - start < patience, "it did not come"
        pause.wait(STEP)


@contextmanager
def serving(*arguments: str | Path, sources: Path | None = None) -> Iterator[str]:
    """The address of a running server, without a trailing slash; the server ends with the block.

    A folder of `sources` replaces the bundled dataset.
    """
    program = ["-c", OF_SOURCES, str(sources)] if sources else ["-m", "iqgraph"]
    with launched(*program, "serve", "--port", "0", *arguments) as (_, address):
        yield address


@contextmanager
def launched(
    *program: str | Path, environment: Mapping[str, str] | None = None
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process of a server run by Python, and its address without a trailing slash."""
    command = [sys.executable, *map(str, program)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout
        line = process.stdout.readline()
        match = re.search(r"http://[\d.:]+\d", line)
        try:
            assert match, line
            yield process, match[0]
        finally:
            process.terminate()


def endpoint(engine: Embedded) -> Handle:
    """A SPARQL endpoint with one format for rows and one for graphs."""

    def handle(handler: BaseHTTPRequestHandler, request: Asked) -> None:
        form = parse_qs(request.body.decode())
        query = Query(
            form["query"][0], tuple(form.get("default-graph-uri", ())), tuple(form.get("named-graph-uri", ()))
        )
        output = JSON if query.form in ("SELECT", "ASK") else N_TRIPLES
        assert output.media_type in request.headers["accept"]
        try:
            content = engine.answer(query, output)
        except QueryError as error:
            answer(400, str(error).encode())(handler, request)
        else:
            answer(200, content, f"{output.media_type}; charset=utf-8")(handler, request)

    return handle
