"""What the evidence of ten rows costs: the seconds of a processor for each stored question, and the slowest.

Usage: python tests/benchmarks/evidence.py
"""

import statistics
import time

from iqgraph.dataset import load
from iqgraph.engine import Embedded, Query
from iqgraph.engine.query import Wanted
from iqgraph.formats import JSON
from iqgraph.resources import packaged, questions

ROUNDS = 3
SHOWN = 5


def cost(engine: Embedded, query: Query) -> float:
    """The milliseconds of a processor that an answer takes, the least of some rounds."""
    found = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        engine.answer(query, JSON)
        found.append((time.process_time() - begun) * 1000)
    return min(found)


def main() -> None:
    """Print the figures."""
    engine = Embedded(load().store)
    wanted = Wanted()
    costs = {one.slug: cost(engine, Query(one.query, wanted=wanted)) for one in questions(packaged())}
    print(f"Evidence of {wanted.limit} rows, {len(costs)} questions, milliseconds of a processor:")
    print(f"  median {statistics.median(costs.values()):.1f}")
    for slug in sorted(costs, key=lambda slug: -costs[slug])[:SHOWN]:
        print(f"  {slug} {costs[slug]:.1f}")


if __name__ == "__main__":
    main()
