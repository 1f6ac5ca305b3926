"""The accounting of responses: budgets of clients, counts and latencies for the metrics, and the query log.

A client has a budget of seconds of work, not of requests: a token bucket that is full at first and fills evenly. What
a response costs is known afterwards, so the level may fall below zero; then the client waits until a second of work is
in the bucket. Only the clients used last are remembered; any other has a full bucket.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator

from prometheus_client import Counter, Histogram, disable_created_metrics
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from ...engine import Work
from ...settings import Settings
from ...web.http.messages import HttpResponse
from ...web.monitoring import counters
from ...web.query.endpoint import QUERY_PATHS
from .context import RequestContext
from .querylog import QueryLog, QueryLogEntry

MAX_CLIENTS = 1 << 15
PROBE, STATIC, DOWNLOAD, PAGE, DATA = "probe", "static", "download", "page", "data"
PATHS = {"health": PROBE, "ready": PROBE, "metrics": PROBE, "static": STATIC, "download": DOWNLOAD}
FREE = frozenset(PATHS.values())
METHODS = {"GET", "HEAD", "OPTIONS", "POST", "QUERY"}
HIT, MISS = "hit", "miss"
# In seconds, see https://prometheus.io/docs/practices/histograms/
BOUNDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

disable_created_metrics()  # type: ignore[no-untyped-call] # they would repeat the time of the start for each label


class Budget:
    """The buckets of all clients: seconds of work in a window of seconds; 0 is no limit."""

    def __init__(
        self, seconds: float, window: int, clock: Callable[[], float] = time.monotonic, max_clients: int = MAX_CLIENTS
    ) -> None:
        self.seconds, self.window, self.clock, self.max_clients = seconds, window, clock, max_clients
        self.rate = seconds / window
        self.refusals = 0
        self.levels: OrderedDict[str, tuple[float, float]] = OrderedDict()  # and when they were measured

    def level(self, client: str) -> float:
        """The seconds of work in the bucket of a client."""
        level, measured = self.levels.get(client, (self.seconds, 0.0))
        return min(self.seconds, level + (self.clock() - measured) * self.rate)

    def spend(self, client: str, seconds: float) -> None:
        """Take the cost of a response out of the bucket."""
        if not self.seconds or seconds <= 0:
            return
        self.levels[client] = self.level(client) - seconds, self.clock()
        self.levels.move_to_end(client)
        if len(self.levels) > self.max_clients:
            self.levels.popitem(last=False)

    def wait(self, client: str) -> int:
        """The whole seconds until a client whose bucket is empty has a second of work again; 0 for any other."""
        level = self.level(client)
        if not self.seconds or level > 0:
            return 0
        self.refusals += 1
        return max(1, math.ceil((min(1, self.seconds) - level) / self.rate))


class Accounting:
    """Charges responses to the budgets of clients, counts them, and passes queries to the query log."""

    def __init__(self, settings: Settings) -> None:
        labels, text = ("method", "status"), "Answers since the start, by method and status."
        self.responses = Counter("iqgraph_http_responses", text, labels, registry=None)
        labels, text = ("kind", "cache"), "Time until an answer was handed over, by kind."
        self.latencies = Histogram("iqgraph_answer_seconds", text, labels, registry=None, buckets=BOUNDS)
        self.budget = Budget(settings.budget, settings.budget_window)
        self.queries = QueryLog(settings) if settings.query_log else None

    def close(self) -> None:
        """Write the rest of the query log."""
        if self.queries:
            self.queries.close()

    def wait(self, context: RequestContext) -> int:
        """The seconds that a client without budget has to wait; files and probes are free."""
        return 0 if path_workload(context.path) in FREE else self.budget.wait(context.client)

    def charge(self, context: RequestContext, response: HttpResponse, work: Work) -> str:
        """Charge the cost of a response to its client; return its workload."""
        workload = path_workload(context.path)
        if workload in FREE:
            return workload
        if response.status != 429:  # a refusal is free, or the client would never have a budget again
            self.budget.spend(context.client, work.seconds)
        if work.workload and context.path in QUERY_PATHS:
            return work.workload
        is_page = dict(response.headers).get("content-type", "").startswith("text/html")
        return PAGE if is_page else work.workload or DATA

    def record(self, context: RequestContext, response: HttpResponse, seconds: float = 0.0, cache: str = MISS) -> None:
        """Count a response, a hit or a miss of the cache, and its latency; pass its query to the query log."""
        method = context.scope.method
        self.responses.labels(method if method in METHODS else "other", response.status).inc()
        self.latencies.labels(response.workload or DATA, cache).observe(seconds)
        if self.queries and response.query is not None:
            self.queries.put(QueryLogEntry(time.time(), response, seconds))

    def collect(self) -> Iterator[Metric]:
        """The metrics."""
        gauge, counter = GaugeMetricFamily, CounterMetricFamily
        yield from self.responses.collect()
        yield from self.latencies.collect()
        yield counter("iqgraph_budget_refused", "Requests refused to clients without budget.", self.budget.refusals)
        text = "Clients whose use of their budget is remembered."
        yield gauge("iqgraph_budget_clients", text, len(self.budget.levels))
        lost = {"query log": self.queries.lost} if self.queries else {}
        yield counters("iqgraph_log_lines_lost", "Lines that could not be written.", "log", lost)


def path_workload(path: str) -> str:
    """The workload that the path alone determines; empty for other paths."""
    return PATHS.get(path.split("/", 2)[1] if path.startswith("/") else "", "")
