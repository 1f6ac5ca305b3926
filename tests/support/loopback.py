"""HTTP on loopback: a small server that does what a test wants and remembers what it was asked, ours, and a client."""

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
# The command, for the dataset of other sources than the bundled ones.
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
    """A request as it came."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Other:
    """Somebody else's server: its address, and what it was asked."""

    url: str
    asked: list[Asked] = field(default_factory=list)


Handle = Callable[[BaseHTTPRequestHandler, Asked], None]


@contextmanager
def other(handle: Handle) -> Iterator[Other]:
    """Run a server whose every request is handled like this."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            asked = Asked(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body)
            there.asked.append(asked)
            handle(self, asked)

        do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_QUERY = do  # noqa: N815 - the names are given

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """A client that goes away is no fault."""

    with Quiet(("127.0.0.1", 0), Handler) as server:
        there = Other(f"http://127.0.0.1:{server.server_port}/there")
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield there
        finally:  # else its thread would go on, with a file descriptor that may be another's by then
            server.shutdown()


def answer(status: int, body: bytes = b"", media_type: str = "text/plain", **headers: str) -> Handle:
    """The same answer to everything."""

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
    """These bytes and the end of the connection, whatever HTTP says."""

    def handle(handler: BaseHTTPRequestHandler, _: Asked) -> None:
        for part in parts:
            handler.wfile.write(part)
        handler.close_connection = True

    return handle


def endless(head: bytes, part: bytes, pause: Callable[[], object]) -> Handle:
    """Some bytes, and then the same again and again as long as somebody takes them."""

    def handle(handler: BaseHTTPRequestHandler, _: Asked) -> None:
        handler.wfile.write(head)
        while True:
            handler.wfile.write(part)
            pause()

    return handle


def get(url: str, accept: str = "*/*") -> tuple[int, str]:
    """The status and the text of an answer, whatever the status."""
    reply = ask(url, headers={"Accept": accept})
    return reply.status, reply.text


def figure(root: str, name: str) -> float:
    """A figure of the metrics of a server."""
    found = re.search(rf"^{name} (\S+)$", get(f"{root.rstrip('/')}/metrics")[1], re.MULTILINE)
    assert found, name
    return float(found[1])


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(holds: Callable[[], bool], patience: float = PATIENCE) -> float:
    """Wait for something that comes soon; the seconds that it took. A server that does not answer yet is waited for."""
    start, pause = time.monotonic(), Event()
    while True:
        with suppress(OSError, HTTPException):
            if holds():
                return time.monotonic() - start
        assert time.monotonic() - start < patience, "it did not come"
        pause.wait(STEP)


@contextmanager
def serving(*arguments: str | Path, sources: Path | None = None) -> Iterator[str]:
    """The address of a running server, without a slash at its end; afterwards the server has ended.

    If a folder with `sources` is given, their dataset takes the place of the bundled one.
    """
    program = ["-c", OF_SOURCES, str(sources)] if sources else ["-m", "iqgraph"]
    with launched(*program, "serve", "--port", "0", *arguments) as (_, address):
        yield address


@contextmanager
def launched(
    *program: str | Path, environment: Mapping[str, str] | None = None
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process of a server that Python runs, and its address without a slash at its end."""
    command = [sys.executable, *map(str, program)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout
        line = process.stdout.readline()
        found = re.search(r"http://[\d.:]+\d", line)
        try:
            assert found, line
            yield process, found[0]
        finally:
            process.terminate()


def endpoint(engine: Embedded) -> Handle:
    """A SPARQL endpoint that knows one format of each kind, as small ones do."""

    def handle(handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        form = parse_qs(asked.body.decode())
        query = Query(
            form["query"][0], tuple(form.get("default-graph-uri", ())), tuple(form.get("named-graph-uri", ()))
        )
        chosen = JSON if query.form in ("SELECT", "ASK") else N_TRIPLES
        assert chosen.media_type in asked.headers["accept"]
        try:
            content = engine.answer(query, chosen)
        except QueryError as error:
            answer(400, str(error).encode())(handler, asked)
        else:
            answer(200, content, f"{chosen.media_type}; charset=utf-8")(handler, asked)

    return handle
