"""What it costs to ask an engine through our server: the Oxigraph server asked directly, and through ours.

Each query is new, so no answer is repeated; the rounds of both take turns. Run it with the package and the command
`oxigraph` installed: `python tests/benchmarks/through.py`.
"""

import argparse
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from threading import Thread
from urllib.parse import urlencode, urlsplit

from iqgraph.dataset import load
from iqgraph.dataset.profile import BUNDLED
from iqgraph.formats import JSON, N_QUADS, N_TRIPLES
from iqgraph.release.release import build

QUERIES = {
    "a lookup": "SELECT * {{ <https://w3id.org/iq-hessen/id/involas> ?p ?o FILTER(?o != {0}) }}",
    "1,000 rows": "SELECT * {{ ?s ?p ?o FILTER(?o != {0}) }} LIMIT 1000",
    "20,000 rows": "SELECT * {{ ?s ?p ?o . ?s ?q ?r FILTER(?o != {0}) }} LIMIT 20000",
}
ANSWERS = 40


@contextmanager
def running(command: list[str], url: str) -> Iterator[str]:
    """A server; its address once it answers."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                ask(connection(url), url, "ASK {}")
                break
            except OSError:
                time.sleep(0.05)
        yield url
        process.terminate()


def connection(url: str) -> HTTPConnection:
    """A connection to an address."""
    return HTTPConnection(urlsplit(url).netloc, timeout=30)


def ask(line: HTTPConnection, url: str, query: str) -> int:
    """The size of an answer, which is read to its end."""
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": JSON.media_type}
    line.request("POST", urlsplit(url).path, urlencode({"query": query}), headers)
    response = line.getresponse()
    content = response.read()
    if response.status != 200:
        raise OSError(f"{response.status}: {content[:200]!r}")
    return len(content)


def round_of(url: str, query: str, seed: int, clients: int) -> tuple[float, float]:
    """The median time of an answer in milliseconds, and the answers a second of all clients."""
    times: list[float] = []

    def client(number: int) -> None:
        line = connection(url)
        for turn in range(ANSWERS):
            begun = time.perf_counter()
            ask(line, url, query.format(f"{seed}{number:02}{turn:04}"))
            times.append(time.perf_counter() - begun)
        line.close()

    crowd = [Thread(target=client, args=(number,)) for number in range(clients)]
    begun = time.perf_counter()
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    return 1000 * median(times), len(times) / (time.perf_counter() - begun)


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    near = Path(sys.executable).parent
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        store, files = f"{folder}/store", build(load())
        for form in (N_QUADS, N_TRIPLES):
            file = Path(folder, f"{BUNDLED.stem}.{form.extension}")
            file.write_bytes(files[file.name])
            command = [f"{near}/oxigraph", "load", "--location", store, "--file", str(file)]
            subprocess.run(command, check=True, capture_output=True)
        ports = [free_port(), free_port()]
        command = [f"{near}/oxigraph", "serve-read-only", "--location", store, "--bind", f"127.0.0.1:{ports[0]}"]
        direct = stack.enter_context(running(command, f"http://127.0.0.1:{ports[0]}/query"))
        command = [f"{near}/iqgraph", "serve", "--port", str(ports[1]), "--engine", direct]
        through = stack.enter_context(running(command, f"http://127.0.0.1:{ports[1]}/sparql"))
        print("| query | clients | directly, ms | through, ms | directly, /s | through, /s | ratio |")
        print("|---|---:|---:|---:|---:|---:|---:|")
        for name, query in QUERIES.items():
            for clients in (1, 8):
                rounds = [
                    [round_of(url, query, 10 * turn + way, clients) for way, url in enumerate((direct, through), 1)]
                    for turn in range(1, options.rounds + 1)
                ]
                times = [median(one[way][0] for one in rounds) for way in (0, 1)]
                rates = [median(one[way][1] for one in rounds) for way in (0, 1)]
                print(
                    f"| {name} | {clients} | {times[0]:.2f} | {times[1]:.2f} | {rates[0]:,.0f} | {rates[1]:,.0f} "
                    f"| {rates[1] / rates[0]:.2f} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
