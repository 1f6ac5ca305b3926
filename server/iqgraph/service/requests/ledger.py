"""The ledger of the service: what answers cost, whose budget that is, how many there were, and the log of queries.

Fair use is a budget of seconds of work for each client, not of requests. Each client has a bucket that is full at first
and fills again evenly. What an answer has cost is taken out afterwards, so it may go below zero; then the client waits
until a whole second is in it again. Only so many clients are remembered; a client that is forgotten has a full bucket.
"""

import math
import time
from bisect import bisect_left
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

from ...engine import Work
from ...settings import Settings
from ...web.http.messages import Answer
from ...web.monitoring import counters
from ...web.query.endpoint import QUERIES
from .context import RequestContext
from .querylog import QueryLog, QueryLogEntry

MAX_CLIENTS = 1 << 15
PROBE, STATIC, DOWNLOAD, PAGE, DATA = "probe", "static", "download", "page", "data"
PLACES = {"health": PROBE, "ready": PROBE, "metrics": PROBE, "static": STATIC, "download": DOWNLOAD}
FREE = frozenset(PLACES.values())
METHODS = {"GET", "HEAD", "OPTIONS", "POST", "QUERY"}
HIT, MISS = "hit", "miss"
# Prometheus adds up these buckets: https://prometheus.io/docs/practices/histograms/
BOUNDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


@dataclass(slots=True)
class Latency:
    """How many durations were not longer than each bound; counted in one thread, so without a lock."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    total: float = 0.0

    def observe(self, seconds: float) -> None:
        """Count a duration."""
        self.counts[bisect_left(BOUNDS, seconds)] += 1
        self.total += seconds

    def buckets(self) -> list[tuple[str, float]]:
        """For each bound how many durations it holds, those of the smaller ones included."""
        return list(zip((*map(repr, BOUNDS), "+Inf"), map(float, accumulate(self.counts)), strict=True))


class Budget:
    """The buckets of all clients: so many seconds of work in a window of so many seconds; 0 is no limit."""

    def __init__(
        self,
        seconds: float,
        window: int,
        clock: Callable[[], float] = time.monotonic,
        most: int = MAX_CLIENTS,
    ) -> None:
        self.seconds, self.window, self.clock, self.most = seconds, window, clock, most
        self.rate = seconds / window  # what comes back in each second
        self.refusals = 0
        self.used: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def left(self, client: str) -> float:
        """The seconds of work that the client may still cause; less than 0 if it caused too many."""
        level, then = self.used.get(client, (self.seconds, 0.0))
        return min(self.seconds, level + (self.clock() - then) * self.rate)

    def spend(self, client: str, seconds: float) -> None:
        """Take out what an answer has cost."""
        if not self.seconds or seconds <= 0:
            return
        self.used[client] = self.left(client) - seconds, self.clock()
        self.used.move_to_end(client)
        if len(self.used) > self.most:
            self.used.popitem(last=False)

    def wait(self, client: str) -> int:
        """The whole seconds until a client that has used it up has a second of work again; 0 for any other."""
        left = self.left(client)
        if not self.seconds or left > 0:
            return 0
        self.refusals += 1
        return max(1, math.ceil((min(1, self.seconds) - left) / self.rate))


class Ledger:
    """Takes what answers cost from the budgets of their clients, counts them, and writes requests and queries down."""

    def __init__(self, settings: Settings) -> None:
        self.answers: Counter[tuple[str, int]] = Counter()
        self.latencies: dict[tuple[str, str], Latency] = {}
        self.budget = Budget(settings.budget, settings.budget_window)
        self.queries = QueryLog(settings) if settings.query_log else None

    def close(self) -> None:
        """Write what is left."""
        if self.queries:
            self.queries.close()

    def wait(self, context: RequestContext) -> int:
        """The seconds that a client has to wait who has used up its budget; files and probes are always free."""
        return 0 if place(context.path) in FREE else self.budget.wait(context.client)

    def charge(self, context: RequestContext, answer: Answer, work: Work) -> str:
        """Take what an answer has cost from the budget of its client; the kind of the answer."""
        kind = place(context.path)
        if kind in FREE:
            return kind
        if answer.status != 429:  # to be refused costs a client nothing, or it would never come back
            self.budget.spend(context.client, work.seconds)
        if work.way and context.path in QUERIES:
            return work.way
        page = dict(answer.headers).get("content-type", "").startswith("text/html")
        return PAGE if page else work.way or DATA  # a page also if queries were asked for it

    def record(self, context: RequestContext, answer: Answer, status: int, seconds: float, cache: str) -> None:
        """Count an answer that was given, a hit or a miss of the cache, and hand its query to the log of queries."""
        self.count(context.scope.method, status, answer.kind, cache, seconds)
        if self.queries and answer.query is not None:
            self.queries.put(QueryLogEntry(time.time(), answer, seconds))

    def count(self, method: str, status: int, kind: str = DATA, cache: str = MISS, seconds: float = 0.0) -> None:
        """Count an answer of a kind, and how long it took."""
        self.answers[method if method in METHODS else "other", status] += 1
        latency = self.latencies.get((kind, cache))
        if latency is None:
            latency = self.latencies[kind, cache] = Latency()
        latency.observe(seconds)

    def figures(self) -> Iterator[Metric]:
        """What is counted here, for the metrics."""
        gauge, counter = GaugeMetricFamily, CounterMetricFamily
        responses = counter(
            "iqgraph_http_responses", "Answers since the start, by method and status.", labels=("method", "status")
        )
        for (method, status), number in sorted(self.answers.items()):
            responses.add_metric((method, str(status)), number)
        seconds = HistogramMetricFamily(
            "iqgraph_answer_seconds", "Time until an answer was handed over, by kind.", labels=("kind", "cache")
        )
        for labels, latency in sorted(self.latencies.items()):
            seconds.add_metric(labels, latency.buckets(), latency.total)
        yield responses
        yield seconds
        yield counter("iqgraph_budget_refused", "Requests refused to clients without budget.", self.budget.refusals)
        yield gauge("iqgraph_budget_clients", "Clients whose use of their budget is remembered.", len(self.budget.used))
        lost = {"query log": self.queries.lost} if self.queries else {}
        yield counters("iqgraph_log_lines_lost", "Lines that could not be written.", "log", lost)


def place(path: str) -> str:
    """The kind of what lies at a path, if the path tells."""
    return PLACES.get(path.split("/", 2)[1] if path.startswith("/") else "", "")
