"""The metrics: responses are counted, and the counts are parsed as Prometheus parses them."""

import asyncio
import re
from dataclasses import asdict
from urllib.parse import urlencode

import pytest
from flask import Flask

from elsewhere import Home
from exposed import samples
from iqgraph import __version__
from iqgraph.dataset import Dataset
from iqgraph.engine import Embedded, Isolated
from iqgraph.engine.interface import EngineMetrics, EngineState
from iqgraph.service.requests.front import Front
from iqgraph.settings import Settings
from iqgraph.web import create_app, monitoring
from iqgraph.web.site import EXTENSION
from pools import stop
from test_front import Channel, Scope, ask

TOO_LONG = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


@pytest.fixture(scope="module")
def tiny_app(letter: Dataset) -> Flask:
    """The site of the tiny dataset."""
    return create_app(letter)


@pytest.fixture
def app(tiny_app: Flask) -> Flask:
    """The same site, with counts of zero."""
    tiny_app.extensions.pop(monitoring.METRICS, None)
    return tiny_app


@pytest.fixture
def site(app: Flask) -> Front:
    """The front of the site."""
    return Front(app)


def numbers(site: Front) -> dict[str, float]:
    """The current samples of the metrics."""
    return samples(ask(site, Scope(path="/metrics")).body.decode())


def test_each_figure_of_the_engine_has_its_metric(site: Front, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under its own name."""
    stated = EngineMetrics(running=11, long=12, idle=13, waiting=14, started=15, memory=16)
    monkeypatch.setattr(type(app.extensions[EXTENSION].engine), "metrics", lambda _: stated)
    metrics = {
        name.split("_")[2]: n for name, n in numbers(site).items() if name.startswith(("iqgraph_q", "iqgraph_w"))
    }

    assert {name: metrics.get(name) for name in asdict(stated)} == asdict(stated) | {"ended": None}


def test_responses_are_counted(site: Front, letter: Dataset) -> None:
    """By method, status and kind; answers from the cache are counted separately."""
    path = "/context.jsonld"
    for scope in (Scope(path=path), Scope(path=path), Scope(path="/nothing"), Scope("BREW", path=path)):
        ask(site, scope)
    metrics = numbers(site)

    assert metrics['iqgraph_http_responses_total{method="GET",status="200"}'] == 2
    assert metrics['iqgraph_http_responses_total{method="GET",status="404"}'] == 1
    assert metrics['iqgraph_http_responses_total{method="other",status="501"}'] == 1
    assert metrics['iqgraph_answer_seconds_count{cache="hit",kind="data"}'] == 1
    assert metrics['iqgraph_answer_seconds_count{cache="miss",kind="data"}'] == 3
    assert metrics["iqgraph_answer_cache_bytes"] > 0
    assert metrics["iqgraph_answer_cache_entries"] == 1
    assert metrics["iqgraph_statements"] == letter.statements


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
def test_the_kind_of_an_answer(site: Front, path: str, kind: str) -> None:
    """The time of an answer is counted under its kind."""
    ask(site, Scope(path=path))

    assert numbers(site)[f'iqgraph_answer_seconds_count{{cache="miss",kind="{kind}"}}'] == 1


def test_metrics_are_not_cached(site: Front) -> None:
    """Two requests get two states."""
    first, second = ask(site, Scope(path="/metrics")), ask(site, Scope(path="/metrics"))

    assert first.body != second.body
    assert ("cache-control", "no-store") in first.headers
    assert dict(first.headers)["content-type"] == "text/plain; version=0.0.4; charset=utf-8"


def test_versions(site: Front) -> None:
    """The version and hash of the data, and the version of the program."""
    current = site.app.extensions[EXTENSION]
    metrics = numbers(site)

    assert metrics[f'iqgraph_data_info{{hash="{current.digest}",version="{current.version}"}}'] == 1
    assert any(
        re.fullmatch(rf'iqgraph_build_info{{python="3[.].+",version="{__version__}"}}', name) for name in metrics
    )
    assert metrics["process_resident_memory_bytes"] > 1 << 20


def test_queries_and_workers_are_counted(letter: Dataset) -> None:
    """Where queries ran, how they failed, and how workers ended."""
    # One second is short, and yet enough for the other queries on a busy machine.
    engine = Isolated(Embedded(letter.store, letter.prefixes), Settings(timeout=1))
    site = Front(create_app(letter, engine=engine), engine)
    lookup = "SELECT * { <https://w3id.org/iq-hessen/id/ben> ?p ?o }"
    queries = [lookup, "ASK { ?s ?p ?o . ?o ?p ?s }", TOO_LONG, "SELECT", "ASK { SERVICE <http://a/> { } }"]

    async def send_all() -> dict[str, float]:
        engine.attach(asyncio.get_running_loop())
        for query in queries:
            await site.__rsgi__(Scope(path="/sparql", query_string=urlencode({"query": query})), Channel())
        await site.__rsgi__(Scope(path="/id/ben.html"), Channel())
        channel = Channel()
        await site.__rsgi__(Scope(path="/metrics"), channel)
        return samples(channel.body.decode())

    metrics = asyncio.run(send_all())
    stop(engine)

    assert metrics['iqgraph_answer_seconds_count{cache="miss",kind="lookup"}'] == 1
    assert metrics['iqgraph_answer_seconds_count{cache="miss",kind="query"}'] == 4
    assert metrics['iqgraph_answer_seconds_count{cache="miss",kind="page"}'] == 1
    assert metrics['iqgraph_queries_failed_total{reason="time"}'] == 1
    assert metrics['iqgraph_queries_failed_total{reason="syntax"}'] == 1
    assert metrics['iqgraph_queries_failed_total{reason="service"}'] == 1
    assert metrics['iqgraph_workers_ended_total{reason="time"}'] == 1
    assert metrics["iqgraph_workers_started_total"] >= 2
    assert metrics["iqgraph_queries_running"] == metrics["iqgraph_queries_waiting"] == 0


def test_a_range_request_gets_the_whole_answer(app: Flask, letter: Dataset) -> None:
    """The event loop evaluates and counts the query whatever its headers; the few threads are for pages."""
    site = Front(app, Home(letter))
    query_string = urlencode({"query": "SELECT"})
    response = ask(
        site, Scope(path="/sparql", query_string=query_string, headers={"host": "a.example", "range": "bytes=0-1"})
    )

    assert (response.status, site.metrics.failures) == (400, {"syntax": 1})


def test_a_query_of_a_client_that_disconnects(app: Flask, letter: Dataset) -> None:
    """It is not counted as too expensive."""

    class Disconnect(Channel):
        async def client_disconnect(self) -> None:
            """Return at once."""

    engine = Isolated(Embedded(letter.store, letter.prefixes), Settings())
    site = Front(app, engine)

    async def send() -> None:
        engine.attach(asyncio.get_running_loop())
        await site.__rsgi__(Scope(path="/sparql", query_string=urlencode({"query": TOO_LONG})), Disconnect())

    asyncio.run(send())
    stop(engine)

    assert site.metrics.failures == {"gone": 1}


@pytest.mark.parametrize("up", [True, False])
def test_a_remote_engine(letter: Dataset, up: bool) -> None:
    """The metrics have its state but not its address, which is confidential."""

    class RemoteEngine(Embedded):
        def state(self) -> EngineState:
            return EngineState(up)

    metrics = numbers(Front(create_app(letter, engine=RemoteEngine(letter.store))))

    assert metrics["iqgraph_engine_up"] == up
