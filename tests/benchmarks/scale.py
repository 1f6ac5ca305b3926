"""The cost of size: seconds until ready, cold queries per second and memory, compared with the Oxigraph server.

Needs wrk (Debian: wrk) and, for the peer, the command oxigraph (PyPI: oxigraph).
Usage: python tests/benchmarks/scale.py [--triples 3000 30000 300000] [--seconds 3] [--rounds 3]
"""

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from endpoint import QUERIES, free_ports, generate, ours, oxigraph, oxigraph_on_disk, rate, running

from victim import descendants, memory

MIB = 1 << 20
SIZES = (3_000, 30_000, 300_000)
CONNECTIONS = 2  # one for each core; more would measure how queries share cores
MEMORY, STORE, AGAIN, PEER = "iqgraph", "iqgraph --store", "iqgraph --store, later", "oxigraph"


class Cost(NamedTuple):
    """The measurements of a server at one size."""

    ready: float
    rate: float
    memory: float


TITLES = Cost("seconds until ready", "cold mix, queries a second", "memory, MiB")  # type: ignore[arg-type]
Costs = dict[int, dict[str, Cost]]


def measure(triples: int, seconds: int, folder: Path) -> Iterator[tuple[str, Cost]]:
    """Measure each server in one round at one size."""
    file, ports = folder / "data.ttl", free_ports()
    subjects = generate(triples, file)
    for name in (MEMORY, STORE, AGAIN, PEER):
        start = time.monotonic()
        store = ["--store", str(folder / "store")] if name in (STORE, AGAIN) else []
        if name != PEER:
            server = ours(next(ports), "--timeout", "60", *store, *([str(file)] if name != AGAIN else []))
        elif program := oxigraph():
            server = oxigraph_on_disk(program, next(ports), folder / "peer", file)
        else:
            continue
        before = time.monotonic() - start
        with running(server) as process:
            throughput = rate(
                server, list(QUERIES), subjects, seconds, cold=True, folder=folder, connections=CONNECTIONS
            )
            mebibytes = sum(map(memory, descendants(process.pid))) / MIB
            yield name, Cost(before + process.seconds, throughput, mebibytes)


def medians(sizes: list[int], seconds: int, rounds: int) -> Costs:
    """The median of each number over the rounds; each round measures all servers."""
    costs: Costs = {}
    for triples in sizes:
        costs_by_server = defaultdict[str, list[Cost]](list)
        for _ in range(rounds):
            with tempfile.TemporaryDirectory() as folder:
                for name, cost in measure(triples, seconds, Path(folder)):
                    costs_by_server[name].append(cost)
        costs[triples] = {
            name: Cost(*(statistics.median(one) for one in zip(*server_costs, strict=True)))
            for name, server_costs in costs_by_server.items()
        }
        print(f"{triples:,} triples are done", file=sys.stderr)
    return costs


def table(costs: Costs) -> str:
    """A table in Markdown: a row for each size and number, with the ratio of our server in memory to the peer."""
    names = list(next(iter(costs.values())))
    lines = [f"| triples | | {' | '.join(names)} | ratio |", "|---:|---|" + "---:|" * (len(names) + 1)]
    for triples, row_costs in costs.items():
        for number, title in enumerate(TITLES):
            values = [row_costs[name][number] for name in names]
            ratio = f"{row_costs[MEMORY][number] / row_costs[PEER][number]:.2f}" if PEER in row_costs else "-"
            lines.append(f"| {triples:,} | {title} | {' | '.join(map(format_number, values))} | {ratio} |")
    return "\n".join(lines)


def format_number(value: float) -> str:
    """Three significant digits."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--triples", type=int, nargs="+", default=SIZES)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    if not shutil.which("wrk"):
        print("The benchmark needs wrk, which is not installed.")
        return
    print(table(medians(options.triples, options.seconds, options.rounds)))


if __name__ == "__main__":
    main()
