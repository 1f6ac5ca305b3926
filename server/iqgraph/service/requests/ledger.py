"""The ledger of the service: what answers cost, whose budget that is, and where it is written down."""

import time
from collections.abc import Iterator

from ...engine import Work
from ...web.monitoring.exposition import Family, counter, counters, gauge
from ...web.monitoring.metrics import Metrics
from .budget import Budget
from .cache import Answer, Cache, Headers
from .journal import Access
from .operation import Logs, Operation
from .proxies import household
from .querylog import Inquiry
from .wsgi import Asked, Request

PROBE, STATIC, DOWNLOAD, PAGE, DATA = "probe", "static", "download", "page", "data"
PLACES = {"health": PROBE, "ready": PROBE, "metrics": PROBE, "static": STATIC, "download": DOWNLOAD}
ENDPOINT = "/sparql"
FREE = frozenset(PLACES.values())


class Ledger:
    """Takes what answers cost from the budgets of their clients, and writes requests down."""

    def __init__(self, operation: Operation, metrics: Metrics, cache: Cache[Request]) -> None:
        self.cache = cache
        self.budget = Budget(operation.policy)
        self.logs = Logs(operation)
        metrics.sources.append(self.figures)

    def refuses(self, asked: Asked) -> int | None:
        """The seconds that a client has to wait who has used up its budget; files and probes are always free."""
        client = household(asked.seen.client)
        if place(asked.path) in FREE or not self.budget.refuses(client):
            return None
        return self.budget.wait(client)

    def settle(self, asked: Asked, answer: Answer, work: Work) -> str:
        """Take what an answer has cost from the budget of its client; the kind of the answer."""
        kind = place(asked.path)
        if kind in FREE:
            return kind
        if answer.status != 429:  # to be refused costs a client nothing, or it would never come back
            self.budget.spend(household(asked.seen.client), work.seconds)
        page = dict(answer.headers).get("content-type", "").startswith("text/html")
        if page and (asked.path != ENDPOINT or not work.way):
            return PAGE  # also one for which queries were asked
        return work.way or DATA

    def headers(self, asked: Asked, answer: Answer) -> Headers:
        """What a client is told of its budget, with an answer that had to be computed."""
        if not self.budget.policy.seconds or answer.kind in FREE:
            return []
        client = household(asked.seen.client)
        later = [("retry-after", str(self.budget.wait(client)))] if answer.status == 429 else []
        return [*self.budget.headers(client), *later]

    def write_down(self, asked: Asked, answer: Answer, status: int, seconds: float, cache: str) -> None:
        """Hand an answer that was given to the logs that are kept."""
        method, seen, now = asked.scope.method, asked.seen, time.time()
        if self.logs.access:
            size = len(answer.body) if status != 304 and method != "HEAD" else 0
            self.logs.access.put(
                Access(now, seen.id, seen.client, method, seen.path, status, size, seconds, answer.kind, cache)
            )
        if self.logs.queries and asked.path == ENDPOINT:
            self.logs.queries.put(Inquiry(now, asked.request, answer, seconds, asked.agent))

    def figures(self) -> Iterator[Family]:
        """What is counted here, for the metrics."""
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
