"""The metrics: what was answered is counted, and the counts are read as Prometheus reads them."""

import asyncio
import re
from urllib.parse import urlencode

import pytest
from flask import Flask

from elsewhere import Home
from exposed import samples
from iqgraph import __version__
from iqgraph.dataset import Dataset
from iqgraph.engine import Embedded, Isolated
from iqgraph.engine.interface import State
from iqgraph.service.requests.front import Front
from iqgraph.settings import Settings
from iqgraph.web import create_app, monitoring
from iqgraph.web.site import EXTENSION
from pools import stop
from test_front import Channel, Scope, ask

TOO_LONG = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


@pytest.fixture(scope="module")
def made(letter: Dataset) -> Flask:
    """The bundled site."""
    return create_app(letter)


@pytest.fixture
def app(made: Flask) -> Flask:
    """The bundled site, with nothing counted yet."""
    made.extensions.pop(monitoring.METRICS, None)
    return made


@pytest.fixture
def site(app: Flask) -> Front:
    """The front of the bundled site."""
    return Front(app)


def numbers(site: Front) -> dict[str, float]:
    """The samples of the metrics now."""
    return samples(ask(site, Scope(path="/metrics")).body.decode())


def test_answers_are_counted(site: Front, letter: Dataset) -> None:
    """By method, status and kind; what was kept is told apart."""
    known = "/context.jsonld"
    for scope in (Scope(path=known), Scope(path=known), Scope(path="/nothing"), Scope("BREW", path=known)):
        ask(site, scope)
    found = numbers(site)

    assert found['iqgraph_http_responses_total{method="GET",status="200"}'] == 2
    assert found['iqgraph_http_responses_total{method="GET",status="404"}'] == 1
    assert found['iqgraph_http_responses_total{method="other",status="501"}'] == 1
    assert found['iqgraph_answer_seconds_count{cache="hit",kind="data"}'] == 1
    assert found['iqgraph_answer_seconds_count{cache="miss",kind="data"}'] == 3
    assert found["iqgraph_answer_cache_bytes"] > 0
    assert found["iqgraph_answer_cache_entries"] == 1
    assert found["iqgraph_statements"] == letter.statements


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "page"),
        ("/id/involas.ttl", "data"),
        ("/download/ontology.ttl", "download"),
        ("/static/style.css", "static"),
        ("/ready", "probe"),
    ],
)
def test_kinds(site: Front, path: str, kind: str) -> None:
    """What an answer is decides where its time is counted."""
    ask(site, Scope(path=path))

    assert numbers(site)[f'iqgraph_answer_seconds_count{{cache="miss",kind="{kind}"}}'] == 1


def test_metrics_are_never_repeated(site: Front) -> None:
    """Two looks see two states."""
    first, second = ask(site, Scope(path="/metrics")), ask(site, Scope(path="/metrics"))

    assert first.body != second.body
    assert ("cache-control", "no-store") in first.headers
    assert dict(first.headers)["content-type"] == "text/plain; version=0.0.4; charset=utf-8"


def test_what_is_served(site: Front) -> None:
    """Version and hash of the data, version of the program."""
    held = site.app.extensions[EXTENSION]
    found = numbers(site)

    assert found[f'iqgraph_data_info{{hash="{held.digest}",version="{held.version}"}}'] == 1
    assert any(re.fullmatch(rf'iqgraph_build_info{{python="3[.].+",version="{__version__}"}}', name) for name in found)
    assert found["process_resident_memory_bytes"] > 1 << 20


def test_workers(letter: Dataset) -> None:
    """Which queries ran where, how they failed, and what became of the workers."""
    app = create_app(letter)
    # One second is short, and yet enough for the other queries on a busy machine.
    engine = Isolated(Embedded(letter.store, letter.prefixes), Settings(timeout=1))
    app.extensions[EXTENSION] = app.extensions[EXTENSION].with_engine(engine)
    site = Front(app, engine)
    lookup = "SELECT * { <https://w3id.org/iq-hessen/id/ben> ?p ?o }"
    asked = [lookup, "ASK { ?s ?p ?o . ?o ?p ?s }", TOO_LONG, "SELECT", "ASK { SERVICE <http://a/> { } }"]

    async def all_of_them() -> dict[str, float]:
        engine.attach(asyncio.get_running_loop())
        for query in asked:
            await site.__rsgi__(Scope(path="/sparql", query_string=urlencode({"query": query})), Channel())
        await site.__rsgi__(Scope(path="/id/ben.html"), Channel())
        channel = Channel()
        await site.__rsgi__(Scope(path="/metrics"), channel)
        return samples(channel.body.decode())

    found = asyncio.run(all_of_them())
    stop(engine)

    assert found['iqgraph_answer_seconds_count{cache="miss",kind="lookup"}'] == 1
    assert found['iqgraph_answer_seconds_count{cache="miss",kind="query"}'] == 4
    assert found['iqgraph_answer_seconds_count{cache="miss",kind="page"}'] == 1
    assert found['iqgraph_queries_failed_total{reason="time"}'] == 1
    assert found['iqgraph_queries_failed_total{reason="syntax"}'] == 1
    assert found['iqgraph_queries_failed_total{reason="service"}'] == 1
    assert found['iqgraph_workers_ended_total{reason="time"}'] == 1
    assert found["iqgraph_workers_started_total"] >= 2
    assert found["iqgraph_queries_running"] == found["iqgraph_queries_waiting"] == 0


def test_a_range_of_an_answer_is_the_whole(app: Flask, letter: Dataset) -> None:
    """A query is asked in the loop and counted, whatever headers it has: threads are few, and pages need them."""
    site = Front(app, Home(letter))
    asked = urlencode({"query": "SELECT"})
    found = ask(site, Scope(path="/sparql", query_string=asked, headers={"host": "a.example", "range": "bytes=0-1"}))

    assert (found.status, site.metrics.failures) == (400, {"syntax": 1})


def test_a_client_that_went_away(app: Flask, letter: Dataset) -> None:
    """Its query was not too expensive."""

    class Disconnect(Channel):
        async def client_disconnect(self) -> None:
            """At once."""

    engine = Isolated(Embedded(letter.store, letter.prefixes), Settings())
    site = Front(app, engine)

    async def ask_and_go() -> None:
        engine.attach(asyncio.get_running_loop())
        await site.__rsgi__(Scope(path="/sparql", query_string=urlencode({"query": TOO_LONG})), Disconnect())

    asyncio.run(ask_and_go())
    stop(engine)

    assert site.metrics.failures == {"gone": 1}


@pytest.mark.parametrize("up", [True, False])
def test_an_engine_elsewhere(letter: Dataset, up: bool) -> None:  # noqa: FBT001 - a table
    """Whether it is well, without its address, which is nobody else's business."""

    class Elsewhere(Embedded):
        def state(self) -> State:
            return State(up)

    found = numbers(Front(create_app(letter, engine=Elsewhere(letter.store))))

    assert found["iqgraph_engine_up"] == up
