"""The cost of a cached answer in the front: directly, and behind a trusted proxy.

The part of the HTTP server, some 35 µs, is not included. Usage: python tests/benchmarks/front.py [--rounds 25]
"""

import argparse
import statistics
import sys
import time
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from flask import Flask

from iqgraph.service.requests.front import Front
from iqgraph.settings import Settings
from iqgraph.web.http.messages import HttpResponse

sys.path.insert(0, str(Path(__file__).parent.parent / "support"))
from rsgi import Fields

REQUESTS = 5000
HEADERS = Fields(
    {"host": "kg.example", "accept": "text/csv", "x-forwarded-for": "203.0.113.7", "x-forwarded-proto": "https"}.items()
)
RESPONSE_HEADERS = [("content-type", "text/csv"), ("etag", '"x"'), *((f"x-{number}", "y") for number in range(9))]


class Scope:
    """A request in the interface of RSGI."""

    method, path, query_string, scheme, http_version, client = "GET", "/sparql", "query=x", "http", "1.1", "127.0.0.1:5"
    authority = None
    headers = HEADERS


class Channel:
    """A response channel."""

    status = 0

    def response_bytes(self, status: int, _: object, __: bytes) -> None:
        """Keep the status."""
        self.status = status


def microseconds(front: Front, scope: Any) -> float:  # noqa: ANN401 - a partial Scope
    """The processor time of a cached answer."""
    channel: Any = Channel()
    start = time.process_time()
    for _ in range(REQUESTS):
        try:
            front.__rsgi__(scope, channel).send(None)
        except StopIteration:
            continue
    assert channel.status == 200
    return (time.process_time() - start) / REQUESTS * 1e6


def main() -> None:
    """Print a table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=25)
    rounds = options.parse_args().rounds
    scope: Any = Scope()
    channel: Any = Channel()
    print("| repeated answer | µs, median | µs, least |\n|---|---|---|")
    cases = {"plain": Settings(), "behind a trusted proxy": Settings(trusted_proxies=(ip_network("127.0.0.1"),))}
    for name, settings in cases.items():
        front = Front(Flask("site"), settings=settings)
        request = front.proxies.read(scope, channel).request
        front.cache.put(request, HttpResponse(200, RESPONSE_HEADERS, b"x" * 500, '"x"', "query"))
        times = [microseconds(front, scope) for _ in range(rounds)]
        print(f"| {name} | {statistics.median(times):.1f} | {min(times):.1f} |")


if __name__ == "__main__":
    main()
