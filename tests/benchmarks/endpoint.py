"""Queries per second of this server, of Oxigraph in memory and on disk, and of Fuseki; warm and cold, in one run.

Needs wrk (Debian: wrk) and, for the peers, the command oxigraph (PyPI: oxigraph), and Java with Fuseki as in
docs/engines/fuseki.md; missing peers are named and skipped.
Usage: python tests/benchmarks/endpoint.py [--triples 3343] [--seconds 4] [--rounds 3]
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
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

sys.path.insert(0, str(Path(__file__).parent.parent / "support"))
sys.path.insert(0, str(Path(__file__).parent.parent / "engines"))
from backends import environment, jar

EX = "http://example.org/"
PREFIX = f"PREFIX e: <{EX}> "
# As people write them: a lookup often has the full IRI from a page, other queries a prefix.
QUERIES = {
    "lookup": f"SELECT ?p ?o WHERE {{{{ <{EX}s{{n}}> ?p ?o }}}}",
    "join": PREFIX + "SELECT ?a ?name {{ ?a e:knows ?b . ?b e:age {m} . ?a e:name ?name }}",
    "aggregate": PREFIX + "SELECT ?c (COUNT(*) AS ?n) {{ ?s a ?c ; e:age ?age FILTER(?age > {m}) }} GROUP BY ?c",
    "path": PREFIX + "SELECT ?b {{ e:s{n} e:knows/e:knows/e:knows ?b }}",
    "text": PREFIX + 'SELECT ?s {{ ?s e:name ?name FILTER CONTAINS(LCASE(?name), "name {m}") }} LIMIT 50',
    "rows": "SELECT ?s ?p ?o WHERE {{ ?s ?p ?o }} LIMIT 1000 OFFSET {m}",
    "construct": PREFIX + "CONSTRUCT {{ ?s e:friend ?o }} WHERE {{ ?s e:knows ?o ; e:age {m} }}",
}
OURS, IN_MEMORY, ON_DISK, FUSEKI = "iqgraph", "oxigraph in memory", "oxigraph on disk", "fuseki"
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
COLD = "q = q:gsub('NUMBER', tostring(n * 7919 % SIZE)) .. '%20%23RUN.' .. n"
WARM = "q = q:gsub('NUMBER', '7')"


@dataclass(frozen=True)
class Server:
    """A server under test: its command and the address of its endpoint."""

    name: str
    path: str
    command: list[str]
    place: Path | None = None  # its working directory
    upload: tuple[str, Path] | None = None  # address and file of an upload, if the command cannot load it


@dataclass(frozen=True)
class Running:
    """A running server: its process, and the seconds until it answered."""

    pid: int
    seconds: float


def generate(triples: int, file: Path) -> int:
    """Write about this number of triples with a fixed seed; return the number of subjects."""
    chance = random.Random(20250101)  # noqa: S311 - a benchmark needs the same numbers, not secret ones
    subjects = max(10, triples // 5)
    with file.open("w", encoding="utf-8") as out:
        out.write(f"@prefix e: <{EX}> .\n")
        for n in range(subjects):
            friends = ", ".join(f"e:s{chance.randrange(subjects)}" for _ in range(2))
            out.write(f'e:s{n} a e:C{n % 10} ; e:name "Name {n}" ; e:age {n % 90} ; e:knows {friends} .\n')
    return subjects


def servers(file: Path, folder: Path, ports: Iterator[int]) -> list[Server]:
    """The servers that can be started here; print the names of the others."""
    runnable_servers = [ours(next(ports), str(file))]
    if program := oxigraph():
        port = next(ports)
        command = [program, "serve", "--bind", f"127.0.0.1:{port}"]
        upload = f"http://127.0.0.1:{port}/store?default", file
        runnable_servers.append(Server(IN_MEMORY, f"http://127.0.0.1:{port}/query", command, upload=upload))
        runnable_servers.append(oxigraph_on_disk(program, next(ports), folder / "oxigraph", file))
    if shutil.which("java") and jar().exists():
        port, place = next(ports), folder / "fuseki"
        place.mkdir()
        command = ["java", "-Xmx1g", "-jar", str(jar()), "--localhost", f"--port={port}", f"--file={file}", "/e"]
        runnable_servers.append(Server(FUSEKI, f"http://127.0.0.1:{port}/e/query", command, place))
    missing = {IN_MEMORY, ON_DISK, FUSEKI} - {one.name for one in runnable_servers}
    print("".join(f"{name} is not installed here.\n" for name in sorted(missing)), end="")
    return runnable_servers


def ours(port: int, *arguments: str) -> Server:
    """Our server with its arguments."""
    command = [sys.executable, "-m", "iqgraph", "serve", "--port", str(port), *arguments]
    return Server(OURS, f"http://127.0.0.1:{port}/sparql", command)


def oxigraph() -> str | None:
    """The command of Oxigraph: beside this Python, or on the path."""
    return shutil.which("oxigraph", path=environment()["PATH"])


def oxigraph_on_disk(program: str, port: int, store: Path, *files: Path) -> Server:
    """The Oxigraph server of a store, into which the files are loaded."""
    for file in files:
        subprocess.run([program, "load", "--location", store, "--file", file], check=True, capture_output=True)
    command = [program, "serve-read-only", "--location", str(store), "--bind", f"127.0.0.1:{port}"]
    return Server(ON_DISK, f"http://127.0.0.1:{port}/query", command)


def free_ports() -> Iterator[int]:
    """Free ports."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        yield port


@contextmanager
def running(server: Server) -> Iterator[Running]:
    """Run a server."""
    start = time.monotonic()
    quiet = subprocess.DEVNULL
    with subprocess.Popen(server.command, stdout=quiet, stderr=quiet, cwd=server.place) as process:
        try:
            while not answers(server.path):
                if process.poll() is not None or time.monotonic() - start > PATIENCE:
                    raise RuntimeError(f"{server.name} does not start")
                time.sleep(0.02)
            if server.upload:
                address, file = server.upload
                urlopen(Request(address, file.read_bytes(), {"Content-Type": "text/turtle"})).close()  # noqa: S310
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
    """Queries per second; each cold query has a new text."""
    texts = [quote(QUERIES[name].format(n="NUMBER", m="NUMBER")) for name in names]
    accepts = ["text/turtle" if name == "construct" else "application/sparql-results+json" for name in names]
    lists = [", ".join(f'"{one}"' for one in many) for many in (texts, accepts)]
    size = min(subjects, 90) if names != ["lookup"] else subjects
    change = COLD.replace("SIZE", str(size)).replace("RUN", str(time.monotonic_ns())) if cold else WARM
    script = folder / "script.lua"
    script.write_text(SCRIPT % (*lists, change, "/" + server.path.split("/", 3)[3]), encoding="utf-8")
    host = server.path.split("/", 3)[:3]
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}", "--timeout", "30", "-s", str(script), "/".join(host)]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in output:
        raise RuntimeError(f"{server.name} gave errors:\n{output}")
    return float(next(line.split()[1] for line in output.splitlines() if line.startswith("Requests/sec")))


def main() -> None:
    """Measure, and print a table."""
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
        runnable_servers = servers(folder / "data.ttl", folder, free_ports())
        ready = {server.name: stack.enter_context(running(server)).seconds for server in runnable_servers}
        rates: dict[tuple[str, str], list[float]] = defaultdict(list)
        for _ in range(options.rounds):  # they take turns, since the speed of a machine varies
            for kind, (names, cold) in kinds.items():
                for server in runnable_servers:
                    queries_per_second = rate(server, names, subjects, options.seconds, cold=cold, folder=folder)
                    rates[kind, server.name].append(queries_per_second)
        report(runnable_servers, kinds, {key: statistics.median(values) for key, values in rates.items()}, ready)


def report(
    runnable_servers: list[Server],
    kinds: dict[str, tuple[list[str], bool]],
    rates: dict[tuple[str, str], float],
    ready: dict[str, float],
) -> None:
    """Print the medians, and the ratio to the faster Oxigraph server."""
    print(f"| queries a second | {' | '.join(server.name for server in runnable_servers)} | ratio |")
    print("|---|" + "---:|" * (len(runnable_servers) + 1))
    for kind in kinds:
        peer = max(rates.get((kind, name), 0.0) for name in (IN_MEMORY, ON_DISK))
        ratio = f"{rates[kind, OURS] / peer:.2f}" if peer else "-"
        print(f"| {kind} | {' | '.join(f'{rates[kind, server.name]:,.0f}' for server in runnable_servers)} | {ratio} |")
    print(f"| seconds until ready | {' | '.join(f'{ready[server.name]:.2f}' for server in runnable_servers)} | |")


if __name__ == "__main__":
    main()
