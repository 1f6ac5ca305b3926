"""The engine elsewhere: the same answers as at home, and an honest error for everything that goes wrong on the way."""

import asyncio
import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import quote

import pytest

from iqgraph.cli import main
from iqgraph.client import Server
from iqgraph.dataset import load_plain
from iqgraph.engine import (
    Embedded,
    Limits,
    Overloaded,
    Query,
    QueryError,
    QueryEvaluationError,
    QueryTooExpensive,
    Remote,
    ServiceRefused,
    Unreachable,
    UpdateRefused,
)
from iqgraph.engine.errors import AnswerTooLarge, OutOfTime
from iqgraph.formats import CSV, FORMATS, JSON, TURTLE, Format
from loopback import Handle, answer, endless, endpoint, get, other, raw, serving
from tiny import put

TEXT = """@prefix x: <http://x/> .
x:g { x:a x:b x:c , "ä\\n"@de , 1.5 } x:h { x:a x:b x:c . x:d x:e "f" }
"""
SELECT = Query("SELECT ?s ?o { ?s ?p ?o } ORDER BY ?s ?o")
CONSTRUCT = Query("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }")
SOON = partial(time.sleep, 0.02)


@contextmanager
def attached(*urls: str, limits: Limits = Limits()) -> Iterator[Remote]:  # noqa: B008 - it is frozen
    """The engine with a loop that runs in a thread."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    engine = Remote([Server(url) for url in urls], limits)
    engine.attach(loop)
    yield engine
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture
def home(tmp_path: Path) -> Embedded:
    """The engine that has the data itself."""
    dataset = load_plain([put(tmp_path, "a.trig", TEXT)])
    return Embedded(dataset.store, dataset.prefixes)


@pytest.mark.parametrize("chosen", FORMATS, ids=lambda form: form.name)
def test_answers_are_those_of_home(home: Embedded, chosen: Format) -> None:
    """In every format, whatever the other endpoint can write."""
    queries = [SELECT, Query("ASK { ?s ?p ?o }")] if chosen.kind == "results" else [CONSTRUCT]
    with other(endpoint(home)) as there, attached(there.url) as engine:
        engine.prefixes = home.prefixes
        for query in queries:
            assert engine.answer(query, chosen) == home.answer(query, chosen)


@pytest.mark.parametrize(
    "query",
    [
        Query(CONSTRUCT.text, ("http://x/h",)),
        Query("SELECT * { GRAPH ?g { ?s ?p ?o } }", named_graphs=("http://x/h", "http://x/none")),
        Query("SELECT * FROM <http://x/g> FROM <http://x/h> { ?s ?p ?o }"),
    ],
    ids=["default", "named", "FROM"],
)
def test_graphs_are_handed_on(home: Embedded, query: Query) -> None:
    """The dataset of the request and that of the query."""
    chosen = CSV if query.form == "SELECT" else TURTLE
    with other(endpoint(home)) as there, attached(there.url) as engine:
        engine.prefixes = home.prefixes
        assert sorted(engine.answer(query, chosen).splitlines()) == sorted(home.answer(query, chosen).splitlines())


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("INSERT DATA { <http://a> <http://b> <http://c> }", UpdateRefused),
        ("SELECT * { SERVICE <http://a/> { ?s ?p ?o } }", ServiceRefused),
        ("SELECT * {" + " " * 200_000 + "}", QueryTooExpensive),
    ],
    ids=["update", "service", "length"],
)
def test_what_is_refused_is_refused_here(home: Embedded, text: str, kind: type[QueryError]) -> None:
    """The other endpoint does not even hear of it."""
    with other(endpoint(home)) as there, attached(there.url) as engine, pytest.raises(kind):
        engine.answer(Query(text), CSV)

    assert there.asked == []


OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/sparql-results+json\r\n"
HALF = b'{"head":{"vars":["s"]},"results":{"bindings":[{"s":{"type":"uri","value":"http://a"}},'
PROBLEM = json.dumps({"title": "No", "detail": "Line 3 is odd."}).encode()


@pytest.mark.parametrize(
    ("handle", "kind", "message"),
    [
        (answer(400, b"Parse error\n  in line 3"), QueryEvaluationError, "The engine says: Parse error in line 3"),
        (answer(400, PROBLEM, "application/problem+json"), QueryEvaluationError, "The engine says: Line 3 is odd."),
        (answer(400), QueryEvaluationError, "The engine says: Bad Request"),
        (answer(422, b"Too long."), QueryTooExpensive, "The engine says: Too long."),
        (answer(504), QueryTooExpensive, "The engine says: Gateway Timeout"),
        (answer(503), Overloaded, "busy"),
        (answer(429), Overloaded, "busy"),
        (answer(500, b"at com.example.Secret(Secret.java:1)"), Unreachable, "does not answer"),
        (answer(404), Unreachable, "does not answer"),
        (answer(401), Unreachable, "does not answer"),
        (answer(302, Location="http://127.0.0.1:9/"), Unreachable, "does not answer"),
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
def test_what_goes_wrong(handle: Handle, kind: type[QueryError], message: str) -> None:
    """Each has its kind, and nothing of the other machine is told but what it says of the query."""
    limits = Limits(seconds=0.5, answer=2000)
    with (
        other(handle) as there,
        attached(there.url, limits=limits) as engine,
        pytest.raises(kind, match=re.escape(message)) as told,
    ):
        engine.answer(SELECT, CSV)

    assert not re.search(r"Secret|127\.0\.0\.1", str(told.value))


@pytest.mark.parametrize("status", [500, 503, 404], ids=str)
def test_another_endpoint_takes_over(home: Embedded, status: int) -> None:
    """The query goes to the next one, and those that fail are asked last from then on."""
    with other(answer(status)) as ill, other(endpoint(home)) as well, attached(ill.url, well.url) as engine:
        for _ in range(3):
            assert engine.answer(SELECT, CSV) == home.answer(SELECT, CSV)

    assert (len(ill.asked), len(well.asked)) == (1, 3)


def test_nobody_there_and_somebody_else(home: Embedded) -> None:
    """A machine that is off is passed over."""
    with other(answer(200)) as gone:
        pass
    with other(endpoint(home)) as well, attached(gone.url, well.url) as engine:
        assert engine.answer(SELECT, CSV) == home.answer(SELECT, CSV)


def test_a_mistake_is_not_asked_twice(home: Embedded) -> None:
    """What is wrong with a query is wrong at every endpoint."""
    with (
        other(endpoint(home)) as first,
        other(endpoint(home)) as second,
        attached(first.url, second.url) as engine,
        pytest.raises(QueryEvaluationError, match="The engine says"),
    ):
        engine.answer(Query("SELECT * { ?s"), CSV)

    assert (len(first.asked), len(second.asked)) == (1, 0)


def test_one_may_wait_less_than_the_limit() -> None:
    """The asker's own time counts."""
    with (
        other(endless(b"", b"", SOON)) as there,
        attached(there.url) as engine,
        pytest.raises(OutOfTime, match=r"0\.2"),
    ):
        engine.answer(Query("ASK {}", seconds=0.2), CSV)


def test_no_more_than_there_is_room_for() -> None:
    """Beyond the places and the queue, the answer is that there is no room."""
    limits = Limits(seconds=0.5, running=2, waiting=1, wait=0.1)
    kinds: list[str] = []

    def ask(engine: Remote) -> None:
        try:
            engine.answer(Query("ASK {}"), CSV)
        except QueryError as error:
            kinds.append(type(error).__name__)

    with other(endless(b"", b"", SOON)) as there, attached(there.url, limits=limits) as engine:
        crowd = [threading.Thread(target=ask, args=(engine,)) for _ in range(6)]
        for one in crowd:
            one.start()
        for one in crowd:
            one.join()
        assert engine.running == 0

    assert sorted(kinds) == ["OutOfTime"] * 2 + ["Overloaded"] * 4


def test_one_server_asks_another(tmp_path: Path, home: Embedded) -> None:
    """Queries are answered there, pages and downloads here, and errors keep their kind."""
    here, there = put(tmp_path, "here.nt", "<http://x/here> <http://x/is> <http://x/here> .\n"), tmp_path / "a.trig"
    with serving(there) as remote, serving(here, "--engine", f"{remote}sparql") as root:
        assert get(f"{root}sparql?format=csv&query={quote(SELECT.text)}") == (200, home.answer(SELECT, CSV).decode())
        assert "http://x/d" in get(f"{root}sparql?query={quote(SELECT.text)}", "text/html")[1]
        assert "http://x/here" in get(f"{root}download/iq-hessen.nt")[1]
        for query, status in {"SELECT * {": 400, "DELETE WHERE { ?s ?p ?o }": 403}.items():
            assert get(f"{root}sparql?query={quote(query)}")[0] == status


def test_one_server_asks_nobody(tmp_path: Path) -> None:
    """502, and the site itself is up."""
    with other(answer(200)) as gone:
        pass
    with serving(put(tmp_path, "a.trig", TEXT), "--engine", gone.url) as root:
        assert get(f"{root}sparql?query=ASK%7B%7D")[0] == 502
        assert get(f"{root}ready")[0] == 200


@pytest.mark.parametrize("arguments", [["--engine"], ["--engine", "a.ttl"], ["--engine", "ftp://a/"]])
def test_wrong_call(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    """One sentence, and nothing is started."""
    assert main(["serve", "--port", "0", *arguments]) == 2
    assert re.fullmatch(r"iqgraph: .+\.\n", capsys.readouterr().err)
