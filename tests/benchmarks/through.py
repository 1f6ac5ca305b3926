"""The cost of querying an engine through our server: Oxigraph directly, and through our server.

Each query is new, so no answer is cached; the rounds of both take turns.
Needs the command oxigraph (PyPI: oxigraph). Usage: python tests/benchmarks/through.py [--rounds 5] [--answers 40]
"""

import argparse
import tempfile
import time
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from threading import Thread
from urllib.parse import urlencode, urlsplit

from endpoint import free_ports, ours, oxigraph, oxigraph_on_disk, running

from iqgraph.dataset import load
from iqgraph.dataset.profile import BUNDLED
from iqgraph.formats import JSON, N_QUADS, N_TRIPLES
from iqgraph.release.release import build

QUERIES = {
    "a lookup": "SELECT * {{ <https://w3id.org/iq-hessen/id/involas> ?p ?o FILTER(?o != {0}) }}",
    "1,000 rows": "SELECT * {{ ?s ?p ?o FILTER(?o != {0}) }} LIMIT 1000",
    "20,000 rows": "SELECT * {{ ?s ?p ?o . ?s ?q ?r FILTER(?o != {0}) }} LIMIT 20000",
}


def connection(url: str) -> HTTPConnection:
    """A connection to the server of an address."""
    return HTTPConnection(urlsplit(url).netloc, timeout=30)


def ask(connection_to_server: HTTPConnection, url: str, query: str) -> int:
    """Send a query, and return the size of the answer."""
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": JSON.media_type}
    connection_to_server.request("POST", urlsplit(url).path, urlencode({"query": query}), headers)
    response = connection_to_server.getresponse()
    content = response.read()
    if response.status != 200:
        raise OSError(f"{response.status}: {content[:200]!r}")
    return len(content)


def run_round(url: str, query: str, seed: int, clients: int, answers: int) -> tuple[float, float]:
    """The median time of an answer in milliseconds, and the answers a second of all clients."""
    times: list[float] = []

    def client(number: int) -> None:
        connection_to_server = connection(url)
        for turn in range(answers):
            start = time.perf_counter()
            ask(connection_to_server, url, query.format(f"{seed}{number:02}{turn:04}"))
            times.append(time.perf_counter() - start)
        connection_to_server.close()

    crowd = [Thread(target=client, args=(number,)) for number in range(clients)]
    start = time.perf_counter()
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    return 1000 * median(times), len(times) / (time.perf_counter() - start)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--answers", type=int, default=40, help="number for each client")
    options = parser.parse_args()
    if not (program := oxigraph()):
        print("The benchmark needs the command oxigraph, which is not installed.")
        return
    with tempfile.TemporaryDirectory() as place, ExitStack() as stack:
        folder, ports, files = Path(place), free_ports(), build(load())
        dumps = [folder / f"{BUNDLED.stem}.{format.extension}" for format in (N_QUADS, N_TRIPLES)]
        for file in dumps:
            file.write_bytes(files[file.name])
        direct = oxigraph_on_disk(program, next(ports), folder / "store", *dumps)
        stack.enter_context(running(direct))
        through = ours(next(ports), "--engine", direct.path)
        stack.enter_context(running(through))
        ways = direct.path, through.path
        print("| query | clients | directly, ms | through, ms | directly, /s | through, /s | ratio |")
        print("|---|---:|---:|---:|---:|---:|---:|")
        for name, query in QUERIES.items():
            for clients in (1, 8):
                rounds = [
                    [
                        run_round(url, query, 10 * turn + way, clients, options.answers)
                        for way, url in enumerate(ways, 1)
                    ]
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
