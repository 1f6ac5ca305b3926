"""The ledger of the service: what answers cost, whose budget that is, and where it is written down."""

import time
from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from ...engine import Work
from ...settings import Settings
from ...web.http.messages import Answer, Headers, Request
from ...web.monitoring import Metrics, counters
from .budget import Budget
from .cache import Cache
from .context import Context
from .journal import Access, is_json, writer
from .lines import Lines
from .proxies import household
from .querylog import Inquiry, QueryLog

PROBE, STATIC, DOWNLOAD, PAGE, DATA = "probe", "static", "download", "page", "data"
PLACES = {"health": PROBE, "ready": PROBE, "metrics": PROBE, "static": STATIC, "download": DOWNLOAD}
ENDPOINT = "/sparql"
FREE = frozenset(PLACES.values())
OFF = "off"


class Logs:
    """The logs of requests and of queries, if they are kept."""

    def __init__(self, settings: Settings) -> None:
        self.access: Lines[Access] | None = None
        self.queries: Lines[Inquiry] | None = None
        if (where := settings.access_log) != OFF:
            write = writer(where, as_json=is_json(settings.log_format, where), addresses=settings.log_addresses)
            self.access = Lines("access log", write)
        if settings.query_log:
            queries = QueryLog(settings)
            self.queries = Lines("query log", queries.write, queries.tidy)
        self.kept = [one for one in (self.access, self.queries) if one is not None]

    def close(self) -> None:
        """Write what is left."""
        for one in self.kept:
            one.close()


class Ledger:
    """Takes what answers cost from the budgets of their clients, and writes requests down."""

    def __init__(self, settings: Settings, metrics: Metrics, cache: Cache[Request]) -> None:
        self.cache = cache
        self.budget = Budget(settings.budget, settings.budget_window)
        self.logs = Logs(settings)
        metrics.sources.append(self.figures)

    def refuses(self, context: Context) -> int | None:
        """The seconds that a client has to wait who has used up its budget; files and probes are always free."""
        client = household(context.client)
        if place(context.path) in FREE or not self.budget.refuses(client):
            return None
        return self.budget.wait(client)

    def settle(self, context: Context, answer: Answer, work: Work) -> str:
        """Take what an answer has cost from the budget of its client; the kind of the answer."""
        kind = place(context.path)
        if kind in FREE:
            return kind
        if answer.status != 429:  # to be refused costs a client nothing, or it would never come back
            self.budget.spend(household(context.client), work.seconds)
        if work.way and context.path == ENDPOINT:
            return work.way
        page = dict(answer.headers).get("content-type", "").startswith("text/html")
        return PAGE if page else work.way or DATA  # a page also if queries were asked for it

    def headers(self, context: Context, answer: Answer) -> Headers:
        """What a client is told of its budget, with an answer that had to be computed."""
        if not self.budget.seconds or answer.kind in FREE:
            return []
        client = household(context.client)
        later = [("retry-after", str(self.budget.wait(client)))] if answer.status == 429 else []
        return [*self.budget.headers(client), *later]

    def write_down(self, context: Context, answer: Answer, status: int, seconds: float, cache: str) -> None:
        """Hand an answer that was given to the logs that are kept."""
        method, path, now = context.scope.method, context.request.path, time.time()
        if self.logs.access:
            size = len(answer.body) if status != 304 and method != "HEAD" else 0
            self.logs.access.put(
                Access(now, context.id, context.client, method, path, status, size, seconds, answer.kind, cache)
            )
        if self.logs.queries and answer.query is not None:
            self.logs.queries.put(Inquiry(now, answer, seconds, context.agent))

    def figures(self) -> Iterator[Metric]:
        """What is counted here, for the metrics."""
        gauge, counter = GaugeMetricFamily, CounterMetricFamily
        yield gauge("iqgraph_answer_cache_bytes", "Bytes of answers that are kept.", self.cache.size)
        yield gauge("iqgraph_answer_cache_entries", "Answers that are kept.", len(self.cache.entries))
        yield counter("iqgraph_answer_cache_evictions", "Answers that were let go for others.", self.cache.evicted)
        yield counter("iqgraph_budget_refused", "Requests refused to clients without budget.", self.budget.refused)
        yield gauge("iqgraph_budget_clients", "Clients whose use of their budget is remembered.", len(self.budget.used))
        lost = {one.name: one.lost for one in self.logs.kept}
        yield counters("iqgraph_log_lines_lost", "Lines that could not be written.", "log", lost)


def place(path: str) -> str:
    """The kind of what lies at a path, if the path tells."""
    return PLACES.get(path.split("/", 2)[1] if path.startswith("/") else "", "")
