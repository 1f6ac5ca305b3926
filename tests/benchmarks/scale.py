"""What size costs: seconds until ready, cold queries a second and memory, beside the Oxigraph server in the same run.

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
CONNECTIONS = 2  # one for each core that was there; more would measure how the queries share them
MEMORY, STORE, AGAIN, PEER = "iqgraph", "iqgraph --store", "iqgraph --store, later", "oxigraph"


class Cost(NamedTuple):
    """What was measured of one server at one size; the names are those of the table."""

    ready: float
    rate: float
    memory: float


TITLES = Cost("seconds until ready", "cold mix, queries a second", "memory, MiB")  # type: ignore[arg-type]
Costs = dict[int, dict[str, Cost]]


def measure(triples: int, seconds: int, folder: Path) -> Iterator[tuple[str, Cost]]:
    """One round at one size."""
    file, ports = folder / "data.ttl", free_ports()
    subjects = generate(triples, file)
    for name in (MEMORY, STORE, AGAIN, PEER):
        begun = time.monotonic()
        store = ["--store", str(folder / "store")] if name in (STORE, AGAIN) else []
        if name != PEER:
            server = ours(next(ports), "--timeout", "60", *store, *([str(file)] if name != AGAIN else []))
        elif program := oxigraph():
            server = oxigraph_on_disk(program, next(ports), folder / "peer", file)
        else:
            continue
        before = time.monotonic() - begun
        with running(server) as process:
            found = rate(server, list(QUERIES), subjects, seconds, cold=True, folder=folder, connections=CONNECTIONS)
            mebibytes = sum(map(memory, descendants(process.pid))) / MIB
            yield name, Cost(before + process.seconds, found, mebibytes)


def medians(sizes: list[int], seconds: int, rounds: int) -> Costs:
    """The median of each number over the rounds; a round goes through all servers before the next begins."""
    costs: Costs = {}
    for triples in sizes:
        seen = defaultdict[str, list[Cost]](list)
        for _ in range(rounds):
            with tempfile.TemporaryDirectory() as folder:
                for name, cost in measure(triples, seconds, Path(folder)):
                    seen[name].append(cost)
        costs[triples] = {
            name: Cost(*(statistics.median(one) for one in zip(*found, strict=True))) for name, found in seen.items()
        }
        print(f"{triples:,} triples are done", file=sys.stderr)
    return costs


def table(costs: Costs) -> str:
    """Markdown: a row for each size and number, and the ratio of what is served from memory to the peer."""
    names = list(next(iter(costs.values())))
    lines = [f"| triples | | {' | '.join(names)} | ratio |", "|---:|---|" + "---:|" * (len(names) + 1)]
    for triples, found in costs.items():
        for number, title in enumerate(TITLES):
            values = [found[name][number] for name in names]
            ratio = f"{found[MEMORY][number] / found[PEER][number]:.2f}" if PEER in found else "-"
            lines.append(f"| {triples:,} | {title} | {' | '.join(map(short, values))} | {ratio} |")
    return "\n".join(lines)


def short(value: float) -> str:
    """Three digits that count."""
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
