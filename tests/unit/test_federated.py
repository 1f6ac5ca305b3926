"""Queries that call other services: allowed ones are called over HTTP, within the same limits, each time."""

import asyncio
import json
from functools import partial
from pathlib import Path
from time import sleep
from urllib.parse import quote

import pytest

from iqgraph.client import Server
from iqgraph.dataset import load_plain
from iqgraph.engine import Embedded, Federated, Query, QueryError
from iqgraph.engine.elsewhere.federation import MAX_CALLERS
from iqgraph.engine.errors import Overloaded, QueryEvaluationError, QueryTooExpensive
from iqgraph.formats import CSV, JSON, Format
from iqgraph.settings import Settings
from loopback import Handle, answer, endless, endpoint, get, other, raw, serving
from near import Near
from tiny import put

HERE = '<http://x/a> <http://x/name> "Anna" .\n<http://x/b> <http://x/name> "Ben" .\n'
THERE = '<http://x/a> <http://x/age> "40" .\n'
JOIN = "SELECT ?name ?age {{ ?who <http://x/name> ?name . SERVICE <{}> {{ ?who <http://x/age> ?age }} }}"
SOON = partial(sleep, 0.02)


@pytest.fixture
def home(tmp_path: Path) -> Near:
    """The engine that has the names."""
    return Near(load_plain([put(tmp_path, "here.nt", HERE)]).store)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Handle:
    """An endpoint that has the ages."""
    return endpoint(Embedded(load_plain([put(tmp_path, "there.nt", THERE)]).store))


def ask(home: Near, query: Query, output: Format, *urls: str) -> bytes:
    """The answer to a query that may call these endpoints."""

    async def evaluate() -> bytes:
        engine = Federated(home, [Server(url) for url in urls])
        engine.attach(asyncio.get_running_loop())
        return await engine.ask(query, output)

    home.limits = Settings(timeout=0.5)
    return asyncio.run(evaluate())


def test_rows_are_joined(home: Near, elsewhere: Handle) -> None:
    """The other endpoint gets one request, for its block alone."""
    with other(elsewhere) as there:
        rows = ask(home, Query(JOIN.format(there.url)), CSV, there.url)

    assert rows == b"name,age\r\nAnna,40\r\n"
    assert len(there.asked) == 1
    assert b"name" not in there.asked[0].body


def test_the_number_of_waiting_queries_is_bounded(home: Near) -> None:
    """One more is refused without a request."""
    with other(answer(500)) as there:
        engine = Federated(home, [Server(there.url)])
        engine.running = MAX_CALLERS
        with pytest.raises(Overloaded):
            asyncio.run(engine.ask(Query(JOIN.format(there.url)), JSON))

    assert there.asked == []


@pytest.mark.parametrize(
    ("handle", "kind", "message"),
    [
        (answer(500, b"broken"), QueryEvaluationError, "answered 500"),
        (answer(400, b"bad"), QueryEvaluationError, "answered 400"),
        (answer(302, Location="http://127.0.0.1:9/"), QueryEvaluationError, "answered 302"),
        (answer(200, b"<html>"), QueryEvaluationError, "cannot be read"),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"), QueryEvaluationError, "did not answer"),
        (raw(), QueryEvaluationError, "did not answer"),
        (endless(b"HTTP/1.1 200 OK\r\n\r\n", b" ", SOON), QueryTooExpensive, "after 0.5 seconds"),
    ],
    ids=["fault", "mistake", "redirect", "page", "half", "nothing", "slow"],
)
def test_errors_of_a_service(home: Near, handle: Handle, kind: type[QueryError], message: str) -> None:
    """They are reported within the time limit, and SILENT ignores them."""
    with other(handle) as there:
        with pytest.raises(kind, match=message):
            ask(home, Query(JOIN.format(there.url)), JSON, there.url)
        silent = Query(JOIN.format(there.url).replace("SERVICE", "SERVICE SILENT"), seconds=0.2)
        if kind is QueryEvaluationError:
            assert sorted(ask(home, silent, CSV, there.url).split()) == [b"Anna,", b"Ben,", b"name,age"]


def test_rows_that_cannot_be_used(home: Near) -> None:
    """The thread that read them frees them, as the library demands, although the error goes on to another one."""
    row = {"age": {"type": "bnode", "value": "b"}}
    content = json.dumps({"head": {"vars": ["age"]}, "results": {"bindings": [row]}}).encode()
    with other(answer(200, content)) as there, pytest.raises(QueryEvaluationError, match="blank node"):
        ask(home, Query(JOIN.format(there.url)), JSON, there.url)


def test_federated_answers_are_not_cached(tmp_path: Path) -> None:
    """The service may answer differently the next time; other answers are cached."""
    body = {"head": {"vars": ["age"]}, "results": {"bindings": [{"age": {"type": "literal", "value": "40"}}]}}
    content = json.dumps(body).encode()
    with (
        other(answer(200, content, JSON.media_type)) as there,
        serving(put(tmp_path, "here.nt", HERE), "--allow-service", there.url) as root,
    ):
        for accept in ("text/csv", "text/csv", "text/html", "text/html"):
            status, text = get(f"{root}/sparql?query={quote(JOIN.format(there.url))}", accept)
            assert status == 200
            assert "40" in text
        assert len(there.asked) == 4
        assert "BasicFederatedQuery" in get(f"{root}/sparql")[1]
