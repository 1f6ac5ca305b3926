"""What the running site has done, as Prometheus and OpenMetrics read it."""

import platform
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from flask import Blueprint, Response, current_app, request

from ... import __version__
from ..http.negotiation import Page, negotiate
from ..site import current_site
from . import process
from .exposition import (
    OPENMETRICS,
    PROMETHEUS,
    Family,
    Histogram,
    Sample,
    counter,
    counters,
    gauge,
    info,
    openmetrics,
    prometheus,
)

bp = Blueprint("metrics", __name__)

EXTENSION = "iqgraph.metrics"
METHODS = {"GET", "HEAD", "OPTIONS", "POST", "QUERY"}
FORMS = PLAIN, OPEN = (
    Page("Prometheus", "txt", ("text/plain",)),
    Page("OpenMetrics", "txt", ("application/openmetrics-text",)),
)
HIT, MISS = "hit", "miss"


@dataclass(slots=True)
class Metrics:
    """Counts since the start; `sources` tell what is counted elsewhere."""

    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    latencies: dict[tuple[str, str], Histogram] = field(default_factory=dict)
    failed: Counter[str] = field(default_factory=Counter)
    restarts: int = 0
    sources: list[Callable[[], Iterable[Family]]] = field(default_factory=list)

    def count(self, method: str, status: int, kind: str, cache: str, seconds: float) -> None:
        """Count an answer of a kind, and how long it took; `cache` is a hit or a miss."""
        self.answers[method if method in METHODS else "other", status] += 1
        latency = self.latencies.get((kind, cache))
        if latency is None:
            latency = self.latencies[kind, cache] = Histogram()
        latency.observe(seconds)


@bp.get("/metrics")
def metrics() -> Response:
    """The numbers now; they are never kept."""
    found: Metrics = current_app.extensions.get(EXTENSION) or Metrics()
    families = [*_served(found), *_asked(found), *_elsewhere(), *_about()]
    for source in found.sources:
        families += source()
    families += process.figures()
    if negotiate(request.headers.get("Accept"), FORMS) is OPEN:
        response = Response(openmetrics(families), content_type=OPENMETRICS)
    else:
        response = Response(prometheus(families), content_type=PROMETHEUS)
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("Accept")
    return response


def _served(found: Metrics) -> Iterator[Family]:
    repeated = sum(sum(one.counts) for (_, cache), one in found.latencies.items() if cache == HIT)
    answers = [
        Sample(number, (("method", method), ("status", str(status))), "_total")
        for (method, status), number in sorted(found.answers.items())
    ]
    latencies = [
        sample
        for (kind, cache), one in sorted(found.latencies.items())
        for sample in one.samples((("kind", kind), ("cache", cache)))
    ]
    yield Family("iqgraph_answers", "counter", "Answers since the start, by method and status.", answers)
    yield counter("iqgraph_answers_repeated", "Answers that were given before and kept.", repeated)
    yield Family("iqgraph_answer_seconds", "histogram", "Time until an answer was handed over, by kind.", latencies)
    yield counter("iqgraph_server_restarts", "Losses of the process that answers.", found.restarts)


def _asked(found: Metrics) -> Iterator[Family]:
    engine = current_site().engine
    figures = engine.figures()
    yield gauge("iqgraph_queries_running", "Queries that run now, for at most 0.1 s.", figures.running)
    yield gauge("iqgraph_queries_long", "Queries that run for longer now.", figures.long)
    yield gauge("iqgraph_queries_waiting", "Queries that wait for their turn now.", figures.waiting)
    yield counters("iqgraph_queries_failed", "Queries without an answer, by reason.", "reason", found.failed)
    yield gauge("iqgraph_workers_idle", "Workers that wait for a query now.", figures.idle)
    yield gauge("iqgraph_workers_memory_bytes", "Memory that workers share with nobody now.", figures.memory)
    yield counter("iqgraph_workers_made", "Workers that were made.", figures.made)
    about = "Workers that ended, by reason; served: after the answer to a long query."
    yield counters("iqgraph_workers_ended", about, "reason", figures.killed)


def _elsewhere() -> Iterator[Family]:
    """Whether the engine elsewhere is well, if there is one."""
    if state := current_site().engine.state():
        yield gauge("iqgraph_engine_up", "Whether the engine elsewhere holds the same data.", int(state.up))


def _about() -> Iterator[Family]:
    site = current_site()
    yield gauge("iqgraph_statements", "Statements in the dataset, each counted once.", site.dataset.statements)
    digest = site.digest if site.bundled else ""
    yield info("iqgraph_data", "The data that is served.", version=site.version if site.bundled else "", hash=digest)
    yield info("iqgraph_build", "The program that serves it.", version=__version__, python=platform.python_version())
