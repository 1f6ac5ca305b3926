"""Monitoring: liveness, readiness, and metrics for Prometheus."""

import platform
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from flask import Blueprint, Response, current_app, jsonify
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from .. import __version__
from ..bilingual import Text
from .http.language import language, localize
from .http.messages import NO_STORE
from .site import current_site, site

bp = Blueprint("monitoring", __name__)

STOPPING = "iqgraph.stopping"
STOPPED = Text(de="Der Dienst wird gerade beendet.", en="The service is being stopped.")
METRICS = "iqgraph.metrics"


@dataclass(slots=True)
class Metrics(Collector):
    """The metrics of this process, collected on request; `sources` yield those of other parts of the service."""

    failures: Counter[str] = field(default_factory=Counter)
    restarts: int = 0
    sources: list[Callable[[], Iterable[Metric]]] = field(default_factory=list)

    def collect(self) -> Iterator[Metric]:
        """Yield all metrics."""
        yield CounterMetricFamily("iqgraph_server_restarts", "Losses of the server process.", self.restarts)
        yield from _data()
        for source in (self._queries, *self.sources, ProcessCollector(registry=None).collect):
            yield from source()

    def _queries(self) -> Iterator[Metric]:
        gauge, metrics = GaugeMetricFamily, current_site().engine.metrics()
        yield gauge("iqgraph_queries_running", "Queries that run now, for at most 0.1 s.", metrics.running)
        yield gauge("iqgraph_queries_long", "Queries that run for longer now.", metrics.long)
        yield gauge("iqgraph_queries_waiting", "Queries that wait for their turn now.", metrics.waiting)
        yield counters("iqgraph_queries_failed", "Queries without an answer, by reason.", "reason", self.failures)
        yield gauge("iqgraph_workers_idle", "Workers that wait for a query now.", metrics.idle)
        yield gauge("iqgraph_workers_memory_bytes", "Memory that workers share with nobody now.", metrics.memory)
        yield CounterMetricFamily("iqgraph_workers_started", "Workers that were started.", metrics.started)
        text = "Workers that ended, by reason; served: after the answer to a long query."
        yield counters("iqgraph_workers_ended", text, "reason", metrics.ended)
        if state := current_site().engine.state():
            yield gauge("iqgraph_engine_up", "Whether the engine elsewhere holds the same data.", int(state.up))


def _data() -> Iterator[Metric]:
    """Yield the metrics of the dataset and of the program."""
    current, build = current_site(), {"version": __version__, "python": platform.python_version()}
    data = {"version": current.version, "hash": current.digest} if current.is_bundled else {"version": "", "hash": ""}
    yield GaugeMetricFamily(
        "iqgraph_statements", "Statements in the dataset, each counted once.", current.dataset.statements
    )
    yield InfoMetricFamily("iqgraph_data", "The data that is served.", data)
    yield InfoMetricFamily("iqgraph_build", "The program that serves it.", build)


def counters(name: str, documentation: str, label: str, values: Mapping[str, float]) -> Metric:
    """Return a counter with a label, and its value for each value of the label."""
    family = CounterMetricFamily(name, documentation, labels=(label,))
    for key, value in sorted(values.items()):
        family.add_metric((key,), value)
    return family


@bp.get("/metrics")
def metrics() -> Response:
    """Return the metrics in the text format of Prometheus."""
    collector: Metrics = current_app.extensions.get(METRICS) or Metrics()
    return _uncacheable(Response(generate_latest(collector), content_type=CONTENT_TYPE_PLAIN_0_0_4))


@bp.get("/health")
def health() -> Response:
    """Report that the process answers."""
    return _uncacheable(jsonify(status="up"))


@bp.get("/ready")
def ready() -> Response:
    """Report whether queries can be answered: 200, or 503 with the reasons why not.

    The server starts only with a dataset that is loaded and, if it is the bundled one, valid. A remote engine must also
    hold the same data.
    """
    state = current_site().engine.state()
    reasons = [STOPPED] if current_app.extensions.get(STOPPING) else []
    reasons += [state.why] if state and state.why else []
    content: dict[str, object] = {"status": "not ready" if reasons else "ready", "triples": site().dataset.statements}
    content |= {"validated": site().report is not None} | ({"engine": {"up": state.up}} if state else {})
    response = jsonify(content | ({"reasons": list(map(localize, reasons))} if reasons else {}))
    response.status_code = 503 if reasons else 200
    response.content_language.add(language())
    return _uncacheable(response)


def _uncacheable(response: Response) -> Response:
    response.headers["Cache-Control"] = NO_STORE
    return response
