"""Queries that call other services: those that are allowed are asked over HTTP, within the same limits, each time."""

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
from iqgraph.engine.errors import Overloaded, QueryEvaluationError, QueryTooExpensive, ServiceRefused
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


def ask(home: Near, query: Query, chosen: Format, *urls: str) -> bytes:
    """The answer to a query that may call these endpoints."""

    async def asked() -> bytes:
        engine = Federated(home, [Server(url) for url in urls])
        engine.attach(asyncio.get_running_loop())
        return await engine.ask(query, chosen)

    home.limits = Settings(timeout=0.5)
    return asyncio.run(asked())


def test_rows_are_joined(home: Near, elsewhere: Handle) -> None:
    """The other endpoint is asked once, for its block alone."""
    with other(elsewhere) as there:
        rows = ask(home, Query(JOIN.format(there.url)), CSV, there.url)

    assert rows == b"name,age\r\nAnna,40\r\n"
    assert len(there.asked) == 1
    assert b"name" not in there.asked[0].body


def test_nobody_else_is_asked(home: Near, elsewhere: Handle) -> None:
    """What is not allowed is refused with the list of what is, and no connection is made."""
    with other(elsewhere) as there, other(elsewhere) as stranger:
        with pytest.raises(ServiceRefused, match="calls only these"):
            ask(home, Query(JOIN.format(stranger.url)), JSON, there.url)
        assert ask(home, Query("ASK {}"), CSV, there.url) == b"true"

    assert stranger.asked == []


def test_no_more_wait_for_others_than_may(home: Near) -> None:
    """One more is told that there is no room, and nobody is asked."""
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
def test_what_goes_wrong_there(home: Near, handle: Handle, kind: type[QueryError], message: str) -> None:
    """It is said, it has an end, and SILENT passes over it."""
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


def test_answers_with_others_in_them_are_not_kept(tmp_path: Path) -> None:
    """What the other service says may be another thing the next time; the rest is kept as ever."""
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
