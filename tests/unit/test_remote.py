"""The remote engine: the same answers as the embedded one, and a fitting error for each failure."""

import asyncio
import json
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import quote

import pytest
from pyoxigraph import parse

from elsewhere import CONSTRUCT, SELECT, TEXT, Home, attached, home_of, ill, questions, well
from iqgraph.bilingual import Text
from iqgraph.client import Server
from iqgraph.engine import Query, QueryError, QuerySyntaxError, admit, fingerprint
from iqgraph.engine.elsewhere.endpoint import Endpoint
from iqgraph.engine.errors import (
    AnswerTooLarge,
    OutOfTime,
    QueryEvaluationError,
    QueryTooExpensive,
    ServiceRefused,
    Unreachable,
    UpdateRefused,
)
from iqgraph.engine.interface import EngineState
from iqgraph.errors import CallError, DatasetError
from iqgraph.formats import CSV, FORMATS, JSON, N_TRIPLES, ROWS, TURTLE, Format
from iqgraph.serialisation import serialise
from iqgraph.settings import MIB, Settings
from loopback import Asked, Handle, Other, answer, endless, get, other, raw, serving, until
from tiny import put

SOON = partial(time.sleep, 0.02)
LONG = Query("ASK { ?s ?p ?o }")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """The embedded engine with the data."""
    return home_of(put(tmp_path, "a.trig", TEXT))


@pytest.mark.parametrize("output", FORMATS, ids=lambda format: format.name)
def test_answers_are_those_of_the_embedded_engine(home: Home, output: Format) -> None:
    """In every format, even if the endpoint cannot write it."""
    queries = [SELECT, LONG] if output in ROWS else [CONSTRUCT]
    with other(well(home)) as there, attached(home, there.url) as engine:
        for query in queries:
            answer_there, answer_here = engine.answer(query, output), home.answer(query, output)
            assert canonical(answer_there, output) == canonical(answer_here, output)


def canonical(content: bytes, output: Format) -> bytes:
    """Rows as they are; RDF as N-Triples in order."""
    if output in ROWS:
        return content
    return serialise((quad.triple for quad in parse(content, output.rdf)), N_TRIPLES)


@pytest.mark.parametrize(
    "query",
    [
        Query(CONSTRUCT.text, ("http://x/h",)),
        Query("SELECT * { GRAPH ?g { ?s ?p ?o } }", named_graphs=("http://x/h", "http://x/none")),
        Query("SELECT * FROM <http://x/g> { ?s ?p ?o }"),
        Query("SELECT * { <http://x/a> ?p ?o . OPTIONAL { <a> ?q ?r } }"),
    ],
    ids=["default", "named", "FROM", "relative"],
)
def test_graphs_are_passed_on(home: Home, query: Query) -> None:
    """The dataset of the request and that of the query."""
    output = CSV if query.form == "SELECT" else TURTLE
    with other(well(home)) as there, attached(home, there.url) as engine:
        content = engine.answer(query, output)

    assert sorted(canonical(content, output).splitlines()) == sorted(
        canonical(home.answer(query, output), output).splitlines()
    )
    assert home.asked == []
    assert b"query=BASE+%3C" in there.asked[-1].body  # an engine would take its own address for the base


def test_an_address_keeps_its_other_parameters() -> None:
    """Those of the protocol become the graphs of queries that choose none; a named graph is then each of the data."""
    server = Server("http://x/sparql?key=&default-graph-uri=http://x/g&timeout=0")
    there = Endpoint(server, ("http://x/h",), {}, 1)

    assert there.server.url == "http://x/sparql?key=&timeout=0"
    assert there.with_graphs(LONG) == replace(LONG, default_graphs=("http://x/g",), named_graphs=("http://x/h",))


@pytest.mark.parametrize(
    "query",
    [
        Query("SELECT * FROM <http://x/g> FROM <http://x/h> { ?s ?p ?o }"),
        Query("SELECT * { ?s ?p ?o }", default_graphs=("http://x/g", "http://x/h")),
        Query("DESCRIBE <http://x/c>"),
    ],
    ids=["FROM twice", "two default graphs", "DESCRIBE"],
)
def test_some_queries_are_answered_by_the_embedded_engine(home: Home, query: Query) -> None:
    """Where engines differ: statements in two graphs count once, and descriptions are ours."""
    output = CSV if query.form == "SELECT" else N_TRIPLES
    with other(well(home)) as there, attached(home, there.url) as engine:
        assert engine.answer(query, output) == home.answer(query, output)

    assert home.asked == [query]
    assert questions(there.asked, query) == 0


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("INSERT DATA { <http://a> <http://b> <http://c> }", UpdateRefused),
        ("SELECT * { SERVICE <http://a/> { ?s ?p ?o } }", ServiceRefused),
        ("SELECT * {", QuerySyntaxError),
    ],
    ids=["update", "service", "mistake"],
)
def test_refused_queries_do_not_reach_the_engine(home: Home, query: str, kind: type[QueryError]) -> None:
    """The endpoint gets no request."""
    with other(well(home)) as there, attached(home, there.url) as engine, pytest.raises(kind):
        engine.answer(Query(query), CSV)

    assert questions(there.asked, Query(query)) == 0


OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/sparql-results+json\r\n"
HALF = b'{"head":{"vars":["s"]},"results":{"bindings":[{"s":{"type":"uri","value":"http://a"}},'
ODD = b'{"head":{},"boolean":true}'


@pytest.mark.parametrize(
    ("handle", "kind", "message"),
    [
        (answer(400, b"at 127.0.0.1 in Secret.java"), QueryEvaluationError, "cannot evaluate something in the query"),
        (answer(422, b"Secret took too long."), QueryTooExpensive, "aborted the query"),
        (answer(200, b"{}", JSON.media_type, **{"X-SQL-State": "S1TAT"}), QueryTooExpensive, "only a part"),
        (
            answer(200, HALF + b"\n##  Query cancelled due", JSON.media_type),
            QueryTooExpensive,
            "only a part",
        ),
        (answer(500, b"at com.example.Secret(Secret.java:1)"), Unreachable, "does not answer"),
        (answer(200, b"<html>", "text/html"), Unreachable, "does not answer"),
        (answer(200, HALF, JSON.media_type), Unreachable, "does not answer"),
        (raw(OK, b"Content-Length: 999\r\n\r\n", HALF), Unreachable, "does not answer"),
        (raw(OK, b"\r\n", HALF), Unreachable, "does not answer"),
        (raw(), Unreachable, "does not answer"),
        (answer(200, b" " * 3000 + b"{}", JSON.media_type), AnswerTooLarge, "larger"),
        (endless(OK + b"\r\n", b" ", SOON), OutOfTime, "after 0.5 seconds"),
        (endless(b"", b"", SOON), OutOfTime, "after 0.5 seconds"),
    ],
)
def test_failures(home: Home, handle: Handle, kind: type[QueryError], message: str) -> None:
    """Each failure has its error, and no message quotes the other machine."""
    limits = Settings(timeout=0.5, answer_size=2000 / MIB)
    with (
        other(ill(home, handle)) as there,
        attached(home, there.url, limits) as engine,
        pytest.raises(kind, match=re.escape(message)) as error,
    ):
        engine.answer(SELECT, CSV)

    assert not re.search(r"Secret|127\.0\.0\.1", str(error.value))


@pytest.mark.parametrize("breaks", [1, 2], ids=["once", "twice"])
def test_a_connection_that_breaks(home: Home, breaks: int) -> None:
    """The query is sent once more, as another engine behind the same address may answer, but not a third time."""
    failures = [raw(OK, b"Content-Length: 999\r\n\r\n", HALF)] * breaks

    def handle(handler: BaseHTTPRequestHandler, request: Asked) -> None:
        (failures.pop() if failures else well(home))(handler, request)

    with other(handle) as there, attached(home, there.url) as engine:
        if breaks == 1:
            assert engine.answer(SELECT, CSV) == home.answer(SELECT, CSV)
        else:
            with pytest.raises(Unreachable):
                engine.answer(SELECT, CSV)

    assert questions(there.asked) == 2


@pytest.mark.parametrize("status", [400, 422, 500, 503, 504], ids=str)
def test_an_error_is_an_answer(home: Home, status: int) -> None:
    """The query is not sent again."""
    with other(answer(status, b"no")) as there, attached(home, there.url) as engine, pytest.raises(QueryError):
        engine.answer(SELECT, CSV)

    assert questions(there.asked) == 1


@pytest.mark.parametrize("is_closed", [True, False])
def test_connections_are_used_again(home: Home, is_closed: bool) -> None:
    """Consecutive queries share one, until the engine closes it, or sends what nobody asked for."""
    ports: list[int] = []
    is_read, is_sent = threading.Semaphore(0), threading.Semaphore(0)

    def note(handler: BaseHTTPRequestHandler, request: Asked) -> None:
        ports.append(handler.client_address[1])
        well(home)(handler, request)
        handler.close_connection = is_closed and len(ports) == 3
        is_read.acquire(timeout=10)
        if not is_closed and len(ports) == 3:
            answer(500)(handler, request)
        is_sent.release()

    with other(note) as there, attached(home, there.url) as engine:
        for _ in range(5):
            assert engine.answer(SELECT, CSV) == home.answer(SELECT, CSV)
            is_read.release()
            assert is_sent.acquire(timeout=10)

    assert [len(set(ports[:3])), len(set(ports[3:]))] == [1, 1]
    assert ports[2] != ports[3]


def test_one_may_wait_less_than_the_limit(home: Home) -> None:
    """The time limit of the query counts."""
    with (
        other(ill(home, endless(b"", b"", SOON), LONG)) as there,
        attached(home, there.url) as engine,
        pytest.raises(OutOfTime, match=r"0\.2"),
    ):
        engine.answer(Query(LONG.text, seconds=0.2), CSV)


def test_no_more_than_there_is_room_for(home: Home) -> None:
    """Beyond the workers and the queue, queries are refused as overload."""
    limits = Settings(timeout=0.5, workers=2, queue=1, queue_time=5, long_queries=1)
    kinds: list[str] = []

    with other(ill(home, endless(b"", b"", SOON), LONG)) as there, attached(home, there.url, limits) as engine:

        def ask() -> None:
            try:
                engine.answer(LONG, CSV)
            except QueryError as error:
                kinds.append(type(error).__name__)

        crowd = [threading.Thread(target=ask) for _ in range(6)]
        for one in crowd:
            one.start()
        for one in crowd:
            one.join()
        assert engine.limiter.running == 0

    assert sorted(kinds) == ["OutOfTime"] * 3 + ["Overloaded"] * 3


def test_one_client_does_not_take_all_places(home: Home) -> None:
    """The long queries of one client leave some workers to others."""
    over = threading.Event()

    def wait(handler: BaseHTTPRequestHandler, request: Asked) -> None:
        over.wait(10)
        well(home)(handler, request)

    limits = Settings(workers=2, long_queries=1)
    with other(ill(home, wait, LONG)) as there, attached(home, there.url, limits) as engine:
        crowd = [threading.Thread(target=engine.answer, args=(LONG, CSV, "greedy")) for _ in range(3)]
        for one in crowd:
            one.start()
        until(lambda: (engine.metrics().running, engine.metrics().waiting) == (2, 1))
        assert engine.answer(SELECT, CSV, "modest") == home.answer(SELECT, CSV)
        over.set()
        for one in crowd:
            one.join()

    assert engine.metrics().running == 0


@pytest.mark.parametrize("leaves", [True, False], ids=["client", "time"])
def test_the_connection_is_closed(home: Home, leaves: bool) -> None:
    """If the client leaves or the time is over, the engine sees a closed connection."""
    is_closed, is_waiting = threading.Event(), threading.Event()

    def hang(handler: BaseHTTPRequestHandler, _: Asked) -> None:
        is_waiting.set()
        if handler.connection.recv(1) == b"":
            is_closed.set()
        handler.close_connection = True

    async def disconnect() -> None:
        while leaves and not is_waiting.is_set():
            await asyncio.sleep(0.01)
        if not leaves:
            await asyncio.sleep(60)

    with (
        other(ill(home, hang)) as there,
        attached(home, there.url, limits=Settings(timeout=30.0 if leaves else 0.3)) as engine,
    ):
        reply = asyncio.run_coroutine_threadsafe(engine.ask(SELECT, CSV, disconnect=disconnect), engine.loop)
        with pytest.raises(QueryTooExpensive):
            reply.result()
        assert is_closed.wait(10)


OTHER_DATA = [
    pytest.param(TEXT.replace('"f"', '"f", "g"'), "holds 3 statements in <http://x/h> instead of 2", id="more"),
    pytest.param("", "holds no data", id="none"),
]
NO_ENDPOINT = [
    pytest.param(answer(404), "404 Not Found", id="nothing there"),
    pytest.param(answer(200, b"<html>", "text/html"), "it answers with text/html", id="a page"),
    pytest.param(answer(503), "The endpoint is busy", id="busy"),
    pytest.param(answer(200, ODD, JSON.media_type), "its answer cannot be read: a boolean", id="odd"),
]


@pytest.mark.parametrize(("data", "sentence"), OTHER_DATA)
def test_other_data_is_refused(tmp_path: Path, home: Home, data: str, sentence: str) -> None:
    """It is an error of the data: the server does not start, and one that runs is not ready."""
    foreign = home_of(put(tmp_path, "b.trig", data))
    with other(well(foreign)) as there, attached(home, there.url) as engine:
        with pytest.raises(
            DatasetError, match=rf"^The engine {there.url} {sentence}; load the data with iqgraph push"
        ) as error:
            admit(Server(f"{there.url}?key=secret"), fingerprint(home.dataset))
        why = Text(*(words.replace(f" {there.url}", "") for words in error.value.text))
        assert engine.state() == EngineState(up=False, why=why)


@pytest.mark.parametrize(("handle", "reason"), NO_ENDPOINT)
def test_other_addresses_are_refused(home: Home, handle: Handle, reason: str) -> None:
    """It is an error of the call, and the reason is given without the address."""
    with other(handle) as there, attached(home, there.url) as engine:
        with pytest.raises(CallError, match=rf"^The engine {there.url} does not answer queries \({reason}"):
            admit(Server(there.url), fingerprint(home.dataset))
        assert str(engine.state().why).startswith("Text(de='Die Engine beantwortet keine Abfragen (")
        assert f"The engine does not answer queries ({reason}" in str(engine.state().why)


def test_an_engine_that_holds_the_data(home: Home) -> None:
    """It is admitted and up, and its state is asked for once in a while, not at each request."""
    with other(well(home)) as there, attached(home, there.url) as engine:
        admit(Server(there.url), fingerprint(home.dataset))
        states = [engine.state() for _ in range(3)]

    assert states == [EngineState(up=True)] * 3
    assert len(there.asked) == 2


def test_nobody_waits_for_a_check(home: Home) -> None:
    """While one thread asks the engine for its state, others are told the last one."""
    end = threading.Event()

    def handle(handler: BaseHTTPRequestHandler, request: Asked) -> None:
        end.wait(10)
        well(home)(handler, request)

    with other(handle) as there, attached(home, there.url) as engine:
        check = threading.Thread(target=engine.state)
        check.start()
        until(lambda: bool(there.asked))
        state, is_checking = engine.state(), check.is_alive()
        end.set()
        check.join()

    assert (state, is_checking) == (EngineState(up=True), True)


@dataclass
class Site:
    """A server with a remote engine, the requests to that engine, and whether it hangs up."""

    root: str
    there: Other
    is_lost: threading.Event

    def new_query(self, query: Query) -> Query:
        """The query with a comment, so that no answer to it is cached."""
        return Query(f"{query.text} #{len(self.there.asked)}")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One for all tests; a test that loses its engine brings it back."""
    file = put(tmp_path_factory.mktemp("site"), "a.trig", TEXT)
    home, is_lost = home_of(file), threading.Event()

    def handle(handler: BaseHTTPRequestHandler, request: Asked) -> None:
        (raw() if is_lost.is_set() else well(home))(handler, request)

    with pytest.MonkeyPatch.context() as patch, other(handle) as there:
        patch.setenv("IQGRAPH_ENGINE_USER", "user")
        patch.setenv("IQGRAPH_ENGINE_PASSWORD", "secret")
        with serving(file, "--engine", there.url) as root:
            yield Site(root, there, is_lost)


def test_a_server_asks_its_engine(site: Site, home: Home) -> None:
    """The engine answers queries, the server pages and downloads, and errors keep their status."""
    root, query = site.root, site.new_query(SELECT)
    assert get(f"{root}/sparql?format=csv&query={quote(query.text)}") == (200, home.answer(query, CSV).decode())
    assert questions(site.there.asked, query) == 1
    assert "x:d" in get(f"{root}/sparql?query={quote(query.text)}", "text/html")[1]
    assert "http://x/d" in get(f"{root}/download/a.nt")[1]
    for refused, status in {"SELECT * {": 400, "DELETE WHERE { ?s ?p ?o }": 403}.items():
        assert get(f"{root}/sparql?query={quote(refused)}")[0] == status
    assert json.loads(get(f"{root}/ready")[1])["engine"] == {"up": True}
    assert "iqgraph_engine_up 1.0" in get(f"{root}/metrics")[1].splitlines()


def test_credentials(site: Site) -> None:
    """The engine gets them, and no page shows them."""
    output = get(f"{site.root}/ready")[1] + get(f"{site.root}/metrics")[1]

    assert {one.headers["authorization"] for one in site.there.asked} == {"Basic dXNlcjpzZWNyZXQ="}
    assert "secret" not in output


def test_an_engine_that_fails_later(site: Site) -> None:
    """502 for queries, while the server is healthy; 200 once the engine is back."""
    address = f"{site.root}/sparql?query={quote(site.new_query(LONG).text)}"
    site.is_lost.set()
    try:
        assert get(address)[0] == 502
        assert get(f"{site.root}/health")[0] == 200
    finally:
        site.is_lost.clear()
    assert get(address)[0] == 200


@pytest.mark.sample(0)  # the server looks every five seconds only whether its engine is there
def test_readiness_follows_the_engine(site: Site) -> None:
    """503 while the engine hangs up, 200 once it is back."""
    site.is_lost.set()
    try:
        until(lambda: get(f"{site.root}/ready")[0] == 503)
    finally:
        site.is_lost.clear()
    until(lambda: get(f"{site.root}/ready")[0] == 200)
