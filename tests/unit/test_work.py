"""The cost of answers: each request has that of its own queries, even of one that was stopped."""

import asyncio
from contextlib import suppress

from iqgraph.dataset import Dataset
from iqgraph.engine import WORK, Embedded, Isolated, Query, QueryError, Work
from iqgraph.formats import CSV
from iqgraph.settings import Settings
from pools import stop

LOOKUP = "SELECT * { <https://w3id.org/iq-hessen/id/involas> ?p ?o }"
QUICK = "ASK { ?s ?p ?o . ?o ?p ?s }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


def test_each_request_has_its_own_cost(dataset: Dataset) -> None:
    """At the same time, in the same loop; a long query counts by its processor time."""
    engine = Isolated(Embedded(dataset.store, dataset.prefixes), Settings(timeout=2.0))

    async def ask(query: str) -> Work:
        work = Work()
        WORK.set(work)
        with suppress(QueryError):
            await engine.ask(Query(query), CSV)
        return work

    async def all_of_them() -> list[Work]:
        engine.attach(asyncio.get_running_loop())
        return list(await asyncio.gather(ask(LOOKUP), ask(QUICK), ask(ENDLESS)))

    lookup, quick, endless = asyncio.run(all_of_them())
    stop(engine)

    assert [work.workload for work in (lookup, quick, endless)] == ["lookup", "query", "query"]
    assert 0 < lookup.seconds < 1
    assert 0 < quick.seconds < 1
    assert 0.1 < endless.seconds < 2.5
