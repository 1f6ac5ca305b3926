"""What size costs: seconds until ready, cold queries a second and memory, beside the Oxigraph server in the same run.

Needs wrk (Debian: wrk) and, for the peer, the command oxigraph (PyPI: oxigraph).
Usage: python tests/benchmarks/scale.py [--triples 3000 30000 300000] [--seconds 3] [--rounds 3] [--plot FILE.svg]
"""

import argparse
import math
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

SIZES = (3_000, 30_000, 300_000)
CONNECTIONS = 2  # one for each core that was there; more would measure how the queries share them
MEMORY, STORE, AGAIN, PEER = "iqgraph", "iqgraph --store", "iqgraph --store, later", "oxigraph"
COLOURS = {MEMORY: "#0b5394", STORE: "#38761d", AGAIN: "#8e44ad", PEER: "#b45f06"}
WIDTH, HEIGHT, LEFT, TOP = 300, 220, 56, 34


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
            yield name, Cost(before + process.seconds, found, memory(process.pid))


def memory(process: int) -> float:
    """The memory of a process and all below it in MiB; what several share is counted once."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines()
        tasks = [task.read_text(encoding="ascii") for task in Path(f"/proc/{process}/task").glob("*/children")]
    except (FileNotFoundError, ProcessLookupError):  # a worker that has just ended
        return 0.0
    own = next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
    return own + sum(memory(int(child)) for children in tasks for child in children.split())


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


def plot(costs: Costs) -> str:
    """SVG: a panel for each number over the size, both axes logarithmic; equal costs give equal bytes."""
    names = list(next(iter(costs.values())))
    width, height = 3 * (WIDTH + LEFT) + 20, HEIGHT + TOP + 70
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" style="font:12px sans-serif">',
        "<title>What size costs</title>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
    ]
    for number, title in enumerate(TITLES):
        lines = {name: [(size, found[name][number]) for size, found in costs.items()] for name in names}
        parts += panel(str(title), lines, LEFT + number * (WIDTH + LEFT))
    for number, name in enumerate(names):
        x = LEFT + number * 220
        parts.append(f'<path d="M{x} {height - 16}h24" stroke="{COLOURS[name]}" stroke-width="2"/>')
        parts.append(f'<text x="{x + 30}" y="{height - 12}">{name}</text>')
    return "\n".join([*parts, "</svg>", ""])


def panel(title: str, lines: dict[str, list[tuple[int, float]]], left: int) -> Iterator[str]:
    """One number over the size."""
    points = [point for line in lines.values() for point in line]
    low_x, high_x = math.log10(min(x for x, _ in points)), math.log10(max(x for x, _ in points))
    low_y, high_y = math.floor(math.log10(min(y for _, y in points))), math.ceil(math.log10(max(y for _, y in points)))

    def place(x: float, y: float) -> str:
        right = (math.log10(x) - low_x) / ((high_x - low_x) or 1) * (WIDTH - 20)
        down = HEIGHT - (math.log10(y) - low_y) / ((high_y - low_y) or 1) * HEIGHT
        return f"{left + right:.1f} {TOP + down:.1f}"

    yield f'<text x="{left}" y="{TOP - 14}" font-weight="bold">{title}</text>'
    for exponent in range(low_y, high_y + 1):
        x, y = place(10**low_x, 10.0**exponent).split()
        yield f'<path d="M{x} {y}h{WIDTH - 20}" stroke="#ddd"/>'
        yield f'<text x="{left - 6}" y="{float(y) + 4:.1f}" text-anchor="end">{10.0**exponent:,g}</text>'
    for size, _ in next(iter(lines.values())):
        x, y = place(size, 10.0**low_y).split()
        yield f'<text x="{x}" y="{float(y) + 18:.1f}" text-anchor="middle">{named(size)}</text>'
    for name, line in lines.items():
        path = "L".join(place(*point) for point in line)
        yield f'<path d="M{path}" fill="none" stroke="{COLOURS[name]}" stroke-width="2"/>'
        for point in line:
            x, y = place(*point).split()
            yield f'<circle cx="{x}" cy="{y}" r="3" fill="{COLOURS[name]}"/>'


def named(size: int) -> str:
    """A number of triples as an axis shows it."""
    return f"{size // 1_000_000} M" if size >= 1_000_000 else f"{size // 1000} k"


def main() -> None:
    """Measure, print a table, and draw it if a file for that is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--triples", type=int, nargs="+", default=SIZES)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--plot", type=Path)
    options = parser.parse_args()
    if not shutil.which("wrk"):
        print("The benchmark needs wrk, which is not installed.")
        return
    costs = medians(options.triples, options.seconds, options.rounds)
    print(table(costs))
    if options.plot:
        options.plot.write_text(plot(costs), encoding="utf-8")


if __name__ == "__main__":
    main()
