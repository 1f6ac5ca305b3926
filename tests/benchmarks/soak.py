"""A soak test: mixed load for half an hour, with memory, open files, processes and answers.

Every ten seconds it writes a row to a CSV file: the memory of all processes (shared memory counted once), open files,
processes, the answer times of each kind of request, and wrong answers. At the end it prints the growth of memory per
hour, with its uncertainty.
Usage: python tests/benchmarks/soak.py [--minutes 30] [--csv soak.csv] [--reload]
"""

import argparse
import csv
import itertools
import math
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).parent.parent / "support"))
from asking import ask
from loopback import figure, launched
from victim import ENDLESS, descendants, memory

EVERY = 10.0
MIB = 1 << 20
FULL = 62 * MIB
LIMIT = 10.0
WARM = "SELECT ?p ?o { <https://w3id.org/iq-hessen/id/involas> ?p ?o } ORDER BY ?p ?o"
COLD = "SELECT ?c (COUNT(*) AS ?n) { ?s a ?c ; ?p ?o } GROUP BY ?c ORDER BY ?c"
LARGE = "SELECT * { ?s ?p ?o } LIMIT 3000"
PAGES = (
    "",
    "id/involas",
    "id/iq",
    "id/network-hessen",
    "ontology",
    "shapes",
    "quality",
    "explore",
    "sparql",
    "download/",
)
FILES = ("iq-hessen.ttl", "iq-hessen.nt", "iq-hessen.trig", "iq-hessen.nq.gz", "iq-hessen.jsonld", "iq-hessen.rdf")
NUMBERS = itertools.count()


@dataclass
class Kind:
    """A kind of request: its rate per second, its path, and the right statuses."""

    often: float
    path: Callable[[int], str]
    right: frozenset[int] = frozenset({200})
    times: list[float] = field(default_factory=list)


def kinds() -> dict[str, Kind]:
    """The kinds of requests, each sent by its own thread."""
    return {
        "warm": Kind(20, lambda _: query(WARM)),
        "cold": Kind(10, lambda _: query(f"{COLD} #{next(NUMBERS)}")),
        "page": Kind(2, lambda n: PAGES[n % len(PAGES)]),
        "download": Kind(0.5, lambda n: f"download/{FILES[n % len(FILES)]}"),
        "hostile": Kind(0.1, lambda _: query(f"{ENDLESS} #{next(NUMBERS)}") + "&timeout=2", frozenset({422, 503})),
    }


def query(text: str) -> str:
    """The path of a query."""
    return f"sparql?format=csv&query={quote(text)}"


def status(url: str) -> int:
    """The status of a complete answer; 0 if there was none."""
    try:
        return ask(url).status
    except (OSError, HTTPException):
        return 0


@dataclass
class Run:
    """A server under load, with its errors."""

    process: subprocess.Popen[str]
    root: str
    kinds: dict[str, Kind] = field(default_factory=kinds)
    errors: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def fill(self) -> None:
        """Fill the answer cache, so that its growth is not measured."""
        while figure(self.root, "iqgraph_answer_cache_bytes") < FULL:
            status(self.root + query(f"{LARGE} #{next(NUMBERS)}"))

    def client(self, name: str) -> None:
        """Send requests of a kind at a constant rate."""
        kind = self.kinds[name]
        for n in itertools.count():
            path, start = kind.path(n), time.perf_counter()
            response_status = status(self.root + path)
            seconds = time.perf_counter() - start
            kind.times.append(seconds)
            if response_status not in kind.right:
                self.errors.append(f"{name} {path[:60]}: {response_status or 'no answer'}")
            if self.over.wait(max(0.0, 1 / kind.often - seconds)):
                return

    def reloads(self) -> None:
        """Reload the data once a minute."""
        while not self.over.wait(60):
            self.process.send_signal(signal.SIGHUP)

    def row(self, seconds: float) -> dict[str, float]:
        """The current figures, and the answer times since the last row."""
        pids = descendants(self.process.pid)
        row = {
            "seconds": round(seconds),
            "memory_mib": round(sum(map(memory, pids)) / MIB, 2),
            "open_files": sum(map(files, pids)),
            "processes": len(pids),
            "errors": len(self.errors),
        }
        for name, kind in self.kinds.items():
            times, kind.times = sorted(kind.times), []
            row[f"{name}_median_ms"] = round(statistics.median(times) * 1000, 1) if times else 0
            row[f"{name}_slowest_ms"] = round(times[-1] * 1000, 1) if times else 0
        return row


def files(pid: int) -> int:
    """The number of open files of a process, including connections."""
    with suppress(OSError):
        return len(list(Path(f"/proc/{pid}/fd").iterdir()))
    return 0


@contextmanager
def running() -> Iterator[Run]:
    """A server of the bundled graph."""
    with launched("-m", "iqgraph", "serve", "--port", "0") as (process, address):
        yield Run(process, f"{address}/")


def slope(xs: Sequence[float], ys: Sequence[float]) -> tuple[float, float]:
    """The slope of y over x, and the half width of its 95 % confidence interval.

    Successive rows are correlated, so the effective sample is smaller; it is estimated from the lag-1 autocorrelation
    of the residuals.
    """
    line = statistics.linear_regression(xs, ys)
    rests = [y - line.intercept - line.slope * x for x, y in zip(xs, ys, strict=True)]
    spread = sum(rest**2 for rest in rests)
    if not spread:
        return line.slope, 0.0
    alike = max(0.0, sum(a * b for a, b in itertools.pairwise(rests)) / spread)
    effective = max(3.0, len(xs) * (1 - alike) / (1 + alike))
    width = sum((x - statistics.fmean(xs)) ** 2 for x in xs)
    return line.slope, 1.96 * math.sqrt(spread / (effective - 2) / width * len(xs) / effective)


def span(rows: Sequence[dict[str, float]], name: str) -> str:
    """The range of a column."""
    return f"{min(row[name] for row in rows):.0f} to {max(row[name] for row in rows):.0f}"


def verdict(rows: Sequence[dict[str, float]], errors: Sequence[str]) -> tuple[bool, str]:
    """Whether the run passes, and a report."""
    hours, memory = [row["seconds"] / 3600 for row in rows], [row["memory_mib"] for row in rows]
    growth, half_width = slope(hours, memory)
    is_well = not errors and growth - half_width < LIMIT
    figures = f"{statistics.fmean(memory):.0f} MiB on average, {max(memory):.0f} at most"
    sentences = [
        f"{rows[-1]['seconds'] / 60:.0f} minutes, {len(rows)} rows.",
        f"Memory: {figures}; {growth:+.1f} ± {half_width:.1f} MiB an hour.",
        f"Open files: {span(rows, 'open_files')}; processes: {span(rows, 'processes')}.",
        f"Errors: {len(errors)}.",
    ]
    for name in kinds():
        medians = statistics.median(row[f"{name}_median_ms"] for row in rows)
        slowest = max(row[f"{name}_slowest_ms"] for row in rows)
        sentences.append(f"Answers, {name}: median {medians:.1f} ms, slowest {slowest:.0f} ms.")
    return is_well, "\n".join([*sentences, *errors[:20], "All is well." if is_well else "It is not well."])


def main() -> int:
    """Run the load, write the rows, print the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--csv", type=Path, default=Path("soak.csv"))
    parser.add_argument("--reload", action="store_true", help="reload the data once a minute")
    options = parser.parse_args()
    rows: list[dict[str, float]] = []
    with running() as run, options.csv.open("w", newline="", encoding="utf-8") as out:
        run.fill()
        clients = [threading.Thread(target=run.client, args=(name,)) for name in run.kinds]
        clients += [threading.Thread(target=run.reloads)] if options.reload else []
        for client in clients:
            client.start()
        start = time.monotonic()
        try:
            writer: csv.DictWriter[str] | None = None
            while time.monotonic() - start < options.minutes * 60:
                run.over.wait(EVERY)
                rows.append(run.row(time.monotonic() - start))
                writer = writer or csv.DictWriter(out, list(rows[0]))
                if len(rows) == 1:
                    writer.writeheader()
                writer.writerow(rows[-1])
                out.flush()
        finally:
            run.over.set()
            for client in clients:
                client.join()
    is_well, report_text = verdict(rows, run.errors)
    print(report_text)
    return 0 if is_well else 1


if __name__ == "__main__":
    sys.exit(main())
