"""Queries a second: this server beside the Oxigraph server and rdflib-endpoint, warm and cold, in one run.

Needs wrk (Debian: wrk) and, for the peers, their commands on the path (PyPI: oxigraph, rdflib-endpoint); a peer that is
not there is left out and named. Usage: python tests/benchmarks/endpoint.py [--triples 3343] [--seconds 4] [--rounds 3]
"""

import argparse
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import urlopen

EX = "http://example.org/"
PREFIX = f"PREFIX e: <{EX}> "
QUERIES = {
    "lookup": "SELECT ?p ?o {{ e:s{n} ?p ?o }}",
    "join": "SELECT ?a ?name {{ ?a e:knows ?b . ?b e:age {m} . ?a e:name ?name }}",
    "aggregate": "SELECT ?c (COUNT(*) AS ?n) {{ ?s a ?c ; e:age ?age FILTER(?age > {m}) }} GROUP BY ?c",
    "path": "SELECT ?b {{ e:s{n} e:knows/e:knows/e:knows ?b }}",
    "text": 'SELECT ?s {{ ?s e:name ?name FILTER CONTAINS(LCASE(?name), "name {m}") }} LIMIT 50',
    "rows": "SELECT ?s ?p ?o {{ ?s ?p ?o }} LIMIT 1000 OFFSET {m}",
    "construct": "CONSTRUCT {{ ?s e:friend ?o }} {{ ?s e:knows ?o ; e:age {m} }}",
}
CONNECTIONS = 8
PATIENCE = 300
SCRIPT = """
local queries = {%s}
local accept = {%s}
local n = 0
function request()
  n = n + 1
  local q = queries[(n - 1) %% #queries + 1]
  %s
  return wrk.format("GET", "%s?query=" .. q, {["Accept"] = accept[(n - 1) %% #queries + 1]})
end
"""
COLD = "q = q:gsub('NUMBER', tostring(n * 7919 % SIZE)) .. '%20%23' .. n"
WARM = "q = q:gsub('NUMBER', '7')"


@dataclass(frozen=True)
class Server:
    """A server under test: how it is started on a file and a port, and where it answers."""

    name: str
    path: str
    command: list[str]


@dataclass(frozen=True)
class Running:
    """A server that answers: its process, and how long it took until it did."""

    pid: int
    seconds: float


def generate(triples: int, file: Path) -> int:
    """Write about so many triples with a fixed seed; answer the number of subjects."""
    chance = random.Random(20250101)  # noqa: S311 - a benchmark needs the same numbers, not secret ones
    subjects = max(10, triples // 5)
    with file.open("w", encoding="utf-8") as out:
        out.write(f"@prefix e: <{EX}> .\n")
        for n in range(subjects):
            known = ", ".join(f"e:s{chance.randrange(subjects)}" for _ in range(2))
            out.write(f'e:s{n} a e:C{n % 10} ; e:name "Name {n}" ; e:age {n % 90} ; e:knows {known} .\n')
    return subjects


def servers(file: Path, folder: Path, ports: Iterator[int]) -> list[Server]:
    """Those that can be started here."""
    port = next(ports)
    found = [
        Server(
            "iqgraph",
            f"http://127.0.0.1:{port}/sparql",
            [sys.executable, "-m", "iqgraph", "serve", "--port", str(port), str(file)],
        )
    ]
    if oxigraph := shutil.which("oxigraph"):
        port, place = next(ports), folder / "oxigraph"
        subprocess.run([oxigraph, "load", "--location", place, "--file", file], check=True, capture_output=True)
        command = [oxigraph, "serve-read-only", "--location", str(place), "--bind", f"127.0.0.1:{port}"]
        found.append(Server("oxigraph", f"http://127.0.0.1:{port}/query", command))
    if endpoint := shutil.which("rdflib-endpoint"):
        port = next(ports)
        found.append(
            Server("rdflib-endpoint", f"http://127.0.0.1:{port}/", [endpoint, "serve", "--port", str(port), str(file)])
        )
    return found


def free_ports() -> Iterator[int]:
    """Ports that nobody listens on."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        yield port


@contextmanager
def running(server: Server) -> Iterator[Running]:
    """Start a server, and end it."""
    start = time.monotonic()
    with subprocess.Popen(server.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            while not answers(server.path):
                if process.poll() is not None or time.monotonic() - start > PATIENCE:
                    raise RuntimeError(f"{server.name} does not start")
                time.sleep(0.02)
            yield Running(process.pid, time.monotonic() - start)
        finally:
            process.terminate()


def answers(path: str) -> bool:
    """Whether the endpoint answers a query."""
    try:
        with urlopen(f"{path}?query={quote('ASK {}')}", timeout=PATIENCE) as response:  # noqa: S310 - loopback
            return bool(response.status == 200)
    except (URLError, ConnectionError):
        return False


def rate(
    server: Server,
    names: list[str],
    subjects: int,
    seconds: int,
    *,
    cold: bool,
    folder: Path,
    connections: int = CONNECTIONS,
) -> float:
    """Queries a second; cold ones are each of a text that was never sent before."""
    texts = [quote(PREFIX + QUERIES[name].format(n="NUMBER", m="NUMBER")) for name in names]
    accepts = ["text/turtle" if name == "construct" else "application/sparql-results+json" for name in names]
    lists = [", ".join(f'"{one}"' for one in many) for many in (texts, accepts)]
    change = COLD.replace("SIZE", str(min(subjects, 90) if names != ["lookup"] else subjects)) if cold else WARM
    script = folder / "script.lua"
    script.write_text(SCRIPT % (*lists, change, "/" + server.path.split("/", 3)[3]), encoding="utf-8")
    host = server.path.split("/", 3)[:3]
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}", "--timeout", "30", "-s", str(script), "/".join(host)]
    done = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in done:
        raise RuntimeError(f"{server.name} gave errors:\n{done}")
    return float(next(line.split()[1] for line in done.splitlines() if line.startswith("Requests/sec")))


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--triples", type=int, default=3343)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    if not shutil.which("wrk"):
        print("The benchmark needs wrk, which is not installed.")
        return
    kinds = {"warm mix": (list(QUERIES), False), "warm lookup": (["lookup"], False)}
    kinds |= {"cold mix": (list(QUERIES), True), "cold lookup": (["lookup"], True)}
    with tempfile.TemporaryDirectory() as place, ExitStack() as stack:
        folder = Path(place)
        subjects = generate(options.triples, folder / "data.ttl")
        found = servers(folder / "data.ttl", folder, free_ports())
        ready = {server.name: stack.enter_context(running(server)).seconds for server in found}
        rates: dict[tuple[str, str], float] = {}
        for kind, (names, cold) in kinds.items():
            for server in found:
                seen = [
                    rate(server, names, subjects, options.seconds, cold=cold, folder=folder)
                    for _ in range(options.rounds)
                ]
                rates[kind, server.name] = statistics.median(seen)
        report(found, kinds, rates, ready)


def report(
    found: list[Server],
    kinds: dict[str, tuple[list[str], bool]],
    rates: dict[tuple[str, str], float],
    ready: dict[str, float],
) -> None:
    """The medians, and the ratio to the Oxigraph server if it ran."""
    print(f"| queries a second | {' | '.join(server.name for server in found)} | ratio |")
    print("|---|" + "---:|" * (len(found) + 1))
    for kind in kinds:
        peer = rates.get((kind, "oxigraph"))
        ratio = f"{rates[kind, 'iqgraph'] / peer:.2f}" if peer else "-"
        print(f"| {kind} | {' | '.join(f'{rates[kind, server.name]:,.0f}' for server in found)} | {ratio} |")
    print(f"| seconds until ready | {' | '.join(f'{ready[server.name]:.2f}' for server in found)} | |")


if __name__ == "__main__":
    main()
