"""What it costs to ask an engine through our server: the Oxigraph server asked directly, and through ours.

Each query is new, so no answer is repeated; the rounds of both take turns.
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


def round_of(url: str, query: str, seed: int, clients: int, answers: int) -> tuple[float, float]:
    """The median time of an answer in milliseconds, and the answers a second of all clients."""
    times: list[float] = []

    def client(number: int) -> None:
        line = connection(url)
        for turn in range(answers):
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


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--answers", type=int, default=40, help="that each client asks for")
    options = parser.parse_args()
    if not (program := oxigraph()):
        print("The benchmark needs the command oxigraph, which is not installed.")
        return
    with tempfile.TemporaryDirectory() as place, ExitStack() as stack:
        folder, ports, files = Path(place), free_ports(), build(load())
        written = [folder / f"{BUNDLED.stem}.{form.extension}" for form in (N_QUADS, N_TRIPLES)]
        for file in written:
            file.write_bytes(files[file.name])
        direct = oxigraph_on_disk(program, next(ports), folder / "store", *written)
        stack.enter_context(running(direct))
        through = ours(next(ports), "--engine", direct.path)
        stack.enter_context(running(through))
        ways = direct.path, through.path
        print("| query | clients | directly, ms | through, ms | directly, /s | through, /s | ratio |")
        print("|---|---:|---:|---:|---:|---:|---:|")
        for name, query in QUERIES.items():
            for clients in (1, 8):
                rounds = [
                    [round_of(url, query, 10 * turn + way, clients, options.answers) for way, url in enumerate(ways, 1)]
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
