"""How many servers so many queries need: a simulation of arrivals, caches and servers, and a run to check it against.

    python tests/benchmarks/scaling.py [--plot FILE.svg]     the tables, always the same ones
    PYTHONPATH=tests python tests/benchmarks/scaling.py --measure    two servers behind nginx here, and their simulation

Arrivals are random (Poisson), what is asked follows Zipf's law but for a share that nobody asked before. A proxy keeps
what was asked last for a minute and then asks whether it still holds. Each server keeps answers as well, and works on
one query a core. What an answer costs of a core was measured; docs/scaling.md says how.
"""

import argparse
import heapq
import random
import time
from collections import OrderedDict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path
from statistics import fmean, quantiles
from tempfile import TemporaryDirectory
from urllib.parse import quote

SEED = 6
REQUESTS = 60_000
DAY = 86_400
PEAK = 4  # the busiest hour has so many times the queries of the average one
MINUTE = 60.0
FRESH, REPEATED = 0.001, 0.0001  # seconds of a core, cold and warm mix of docs/performance.md with what asks on top
MOST_SHOWN = 20.0
WIDTH, HEIGHT, LEFT, TOP = 300, 200, 60, 40
COLOURS = ("#0b5394", "#b45f06", "#38761d")


@dataclass(frozen=True)
class World:
    """What is asked of whom: queries a second, how they repeat, what is kept, and who answers."""

    rate: float
    kinds: int = 100_000
    skew: float = 1.0
    new: float = 0.2
    kept: int = 50_000
    servers: int = 2
    cores: int = 2
    own: int = 20_000
    fresh: float = FRESH
    repeated: float = REPEATED


@dataclass(frozen=True)
class Outcome:
    """What came of it; times in seconds, shares of one."""

    hits: float
    asked_again: float
    own_hits: float
    busy: float
    mean: float
    p95: float


class Kept:
    """What was used last, as much as fits."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.entries: OrderedDict[int, float] = OrderedDict()

    def since(self, key: int) -> float | None:
        """When it was put there; None if it is not there."""
        found = self.entries.get(key)
        if found is not None:
            self.entries.move_to_end(key)
        return found

    def put(self, key: int, now: float) -> None:
        """Keep it, and let go of what was not used longest."""
        self.entries[key] = now
        self.entries.move_to_end(key)
        if len(self.entries) > self.most:
            self.entries.popitem(last=False)


def asked(world: World, requests: int) -> Iterator[tuple[float, int]]:
    """When each request comes, and for what."""
    chance = random.Random(SEED)  # noqa: S311 - always the same arrivals
    popular = chance.choices(range(world.kinds), cum_weights=list(accumulate(weights(world))), k=requests)
    now = 0.0
    for number, kind in enumerate(popular):
        now += chance.expovariate(world.rate)
        yield now, world.kinds + number if chance.random() < world.new else kind


def weights(world: World) -> list[float]:
    """How often each thing is asked for, compared with the others."""
    return [1 / place**world.skew for place in range(1, world.kinds + 1)]


def filled(world: World, chance: random.Random) -> tuple[Kept, list[Kept]]:
    """The caches as they are after a long time: a minute is short, and a simulated hour of a busy site too long."""
    proxy, own = Kept(world.kept), [Kept(world.own) for _ in range(world.servers)]
    share = weights(world)
    often = world.rate * (1 - world.new) * MINUTE / sum(share)
    for kind in range(min(world.kept, world.kinds) - 1, -1, -1):
        expected = often * share[kind]
        is_fresh = chance.random() < expected / (1 + expected)
        proxy.put(kind, -MINUTE * (chance.random() if is_fresh else 1))
    for one in own:
        for kind in range(min(world.own, world.kinds) - 1, -1, -1):
            one.put(kind, 0.0)
    return proxy, own


def simulate(world: World, requests: int = REQUESTS, *, empty: bool = False) -> Outcome:
    """Let the requests come to caches that are filled or empty; what is told is of the second half of them."""
    chance = random.Random(SEED + 1)  # noqa: S311 - always the same work
    proxy, own = filled(world, chance)
    if empty:
        proxy, own = Kept(world.kept), [Kept(world.own) for _ in range(world.servers)]
    free = [(0.0, core % world.servers) for core in range(world.servers * world.cores)]
    hits, again, own_hits, work, start = 0, 0, 0, 0.0, 0.0
    waits: list[float] = []
    for number, (now, key) in enumerate(asked(world, requests)):
        if number == requests // 2:
            hits, again, own_hits, work, start, waits = 0, 0, 0, 0.0, now, []
        since = proxy.since(key)
        if since is not None and now - since < MINUTE:
            hits += 1
            waits.append(0.0)
            continue
        begins, server = heapq.heappop(free)
        known = own[server].since(key) is not None
        again += since is not None
        own_hits += known
        cost = world.repeated if known else chance.expovariate(1 / world.fresh)
        ends = max(now, begins) + cost
        heapq.heappush(free, (ends, server))
        own[server].put(key, now)
        proxy.put(key, now)
        work += cost
        waits.append(ends - now)
    cores = world.servers * world.cores
    counted = len(waits)
    return Outcome(
        hits / counted,
        again / counted,
        own_hits / max(1, counted - hits),
        work / (now - start) / cores,
        fmean(waits),
        quantiles(waits, n=20)[-1],
    )


def needed(world: World, slowest: float = 0.05) -> tuple[World, Outcome]:
    """The fewest servers with which 95 of 100 answers take less than so many seconds, and no core is always busy."""
    while True:
        found = simulate(world)
        if found.p95 < slowest and found.busy < 0.7:
            return world, found
        world = replace(world, servers=max(world.servers + 1, int(world.servers * found.busy / 0.7)))


def sizes() -> list[tuple[str, World]]:
    """The days that the table tells of, each at its busiest hour."""
    rate = PEAK / DAY
    return [
        ("1 million", World(1e6 * rate, servers=1)),
        ("1 million, no proxy cache", World(1e6 * rate, servers=1, kept=0)),
        ("1 million, nothing repeats", World(1e6 * rate, servers=1, new=1.0)),
        ("10 million", World(1e7 * rate, servers=1)),
        ("100 million", World(1e8 * rate, servers=1)),
        ("1 billion", World(1e9 * rate, servers=1)),
        ("1 billion, 1 of 100 is new", World(1e9 * rate, servers=1, new=0.01)),
        ("1 billion, nothing repeats", World(1e9 * rate, servers=1, new=1.0)),
    ]


def table() -> str:
    """What each day needs, as Markdown."""
    lines = [
        "| queries a day | a second | hits in the proxy | servers of two cores | cores busy | mean, ms | p95, ms |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for name, start in sizes():
        world, found = needed(start)
        cells = (f"{found.hits:.0%}", f"{world.servers}", f"{found.busy:.0%}", f"{1000 * found.mean:.2f}")
        lines.append(f"| {name} | {world.rate:,.0f} | {' | '.join(cells)} | {1000 * found.p95:.2f} |")
    return "\n".join(lines)


def curves() -> Iterator[tuple[str, str, dict[str, list[tuple[float, float]]]]]:
    """What the plot shows: a title, what runs along it, and a line for each case."""
    entries = [1_000, 3_000, 10_000, 30_000, 100_000]
    busy = World(2_000, servers=4)
    yield (
        "hits in the proxy, %",
        "answers kept (thousands)",
        {
            f"skew {skew}": [
                (n / 1000, 100 * simulate(replace(busy, kept=n, skew=skew), REQUESTS // 2).hits) for n in entries
            ]
            for skew in (0.7, 1.0, 1.3)
        },
    )
    rates = [1_000, 4_000, 6_000, 7_000, 8_000, 10_000, 12_000, 14_000]
    yield (
        "p95, ms",
        "queries a second",
        {
            f"{servers} server{'s' if servers > 1 else ''}": [
                (rate, min(MOST_SHOWN, 1000 * simulate(World(rate, servers=servers), REQUESTS // 2).p95))
                for rate in rates
            ]
            for servers in (1, 2, 4)
        },
    )


def plot() -> str:
    """The curves as SVG; equal bytes each time."""
    width, height = 2 * (WIDTH + LEFT) + 30, HEIGHT + TOP + 80
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" style="font:12px sans-serif">',
        "<title>What a cache keeps away, and what servers bear</title>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
    ]
    for number, (title, along, lines) in enumerate(curves()):
        parts += panel(title, along, lines, LEFT + number * (WIDTH + LEFT))
    return "\n".join([*parts, "</svg>", ""])


def panel(title: str, along: str, lines: dict[str, list[tuple[float, float]]], left: int) -> Iterator[str]:
    """One picture of the plot."""
    most_x = max(x for line in lines.values() for x, _ in line)
    most_y = max(y for line in lines.values() for _, y in line)
    yield f'<text x="{left}" y="{TOP - 16}" font-weight="bold">{title}</text>'
    yield f'<text x="{left + WIDTH / 2:.0f}" y="{TOP + HEIGHT + 34}" text-anchor="middle">{along}</text>'
    for part in (0, 0.5, 1):
        y = TOP + HEIGHT - part * HEIGHT
        yield f'<path d="M{left} {y:.0f}h{WIDTH}" stroke="#ddd"/>'
        yield f'<text x="{left - 6}" y="{y + 4:.0f}" text-anchor="end">{part * most_y:.3g}</text>'
        x, below = left + part * WIDTH, TOP + HEIGHT + 16
        yield f'<text x="{x:.0f}" y="{below}" text-anchor="middle">{part * most_x:,g}</text>'
    for number, (name, line) in enumerate(lines.items()):
        places = [f"{left + x / most_x * WIDTH:.1f} {TOP + HEIGHT - y / most_y * HEIGHT:.1f}" for x, y in line]
        yield f'<path d="M{" L".join(places)}" fill="none" stroke="{COLOURS[number]}" stroke-width="2"/>'
        x, y = left + number * 100, TOP + HEIGHT + 56
        yield f'<path d="M{x} {y - 4}h18" stroke="{COLOURS[number]}" stroke-width="2"/>'
        yield f'<text x="{x + 22}" y="{y}">{name}</text>'


def measure(requests: int, kinds: int) -> None:
    """Two servers behind nginx: what the proxy kept, what an answer cost, and what the simulation says of the same."""
    from proxies import Replica, ask, replicas, running  # noqa: PLC0415 - the simulation runs without the tests

    def cost(servers: list[Replica]) -> float:
        return sum(processor(one.process.pid) for one in servers if one.process)

    def one(address: str, key: int) -> tuple[float, bool, int]:
        query = f"SELECT ?s ?o {{ ?s a ?o FILTER(STRLEN(STR(?s)) != {key}) }} ORDER BY ?s LIMIT 100"
        begun = time.monotonic()
        reply = ask(address, f"/sparql?query={quote(query)}", {"Accept": "text/csv"})
        if reply.status != 200:
            raise RuntimeError(f"{reply.status}: {reply.body[:200]!r}")
        return time.monotonic() - begun, "; hit" in reply.headers.get("cache-status", ""), len(reply.body)

    with TemporaryDirectory() as folder, replicas(2) as servers:
        alone = servers[:1]
        spent = []
        for keys in (range(10**6, 10**6 + 500), [10**6] * 500):
            before = cost(alone)
            for key in keys:
                one(alone[0].address, key)
            spent.append((cost(alone) - before) / 500)
        world = World(1.0, kinds=kinds, own=10**6, kept=10**6, fresh=spent[0], repeated=spent[1], cores=1)
        stream = [key for _, key in asked(world, requests)]
        with running("nginx", Path(folder), [each.address for each in servers]) as proxy, ThreadPoolExecutor(8) as pool:
            before, begun = cost(servers), time.monotonic()
            seen = list(pool.map(lambda key: one(proxy.address, key), stream))
            seconds, work = time.monotonic() - begun, cost(servers) - before
    second = seen[requests // 2 :]
    found = simulate(replace(world, rate=requests / seconds), requests, empty=True)
    whole = sum(not hit for _, hit, _ in seen)
    expected = sum(spent[0] if key not in stream[:n] else spent[1] for n, key in enumerate(stream) if not seen[n][1])
    print("| | measured | simulated |\n|---|---:|---:|")
    print(f"| hits in the proxy | {sum(hit for _, hit, _ in second) / len(second):.1%} | {found.hits:.1%} |")
    print(f"| seconds of a core for {whole:,} answers of the servers | {work:.2f} | {expected:.2f} |")
    print(f"| p95, ms | {1000 * quantiles([t for t, _, _ in second], n=20)[-1]:.1f} | {1000 * found.p95:.1f} |")
    print(f"\nAn answer: {1000 * spent[0]:.2f} ms of a core if new, {1000 * spent[1]:.2f} ms if repeated, ", end="")
    print(f"{fmean(size for _, _, size in seen):,.0f} bytes; {requests / seconds:,.0f} queries a second.")


def processor(process: int) -> float:
    """The seconds of a core that a process and all below it have used, those that have ended among them."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        tasks = [task.read_text(encoding="ascii") for task in Path(f"/proc/{process}/task").glob("*/children")]
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    own = sum(int(field) for field in fields[11:15]) / 100
    return own + sum(processor(int(child)) for children in tasks for child in children.split())


def main() -> None:
    """Print the table, draw the plot, or measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plot", type=Path, metavar="FILE.svg")
    parser.add_argument("--measure", action="store_true")
    parser.add_argument("--requests", type=int, default=4_000)
    parser.add_argument("--kinds", type=int, default=500)
    options = parser.parse_args()
    if options.measure:
        measure(options.requests, options.kinds)
        return
    print(table())
    if options.plot:
        options.plot.write_text(plot(), encoding="utf-8")


if __name__ == "__main__":
    main()
