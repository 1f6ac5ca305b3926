"""What a repeated answer costs in the front itself: plain, and behind a trusted proxy.

The server's own part of a request, some 35 µs, is not in it. Usage: python tests/benchmarks/front.py [--rounds 25]
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
from iqgraph.web.http.messages import Answer

sys.path.insert(0, str(Path(__file__).parent.parent / "support"))
from rsgi import Fields

REQUESTS = 5000
HEADERS = Fields(
    {"host": "kg.example", "accept": "text/csv", "x-forwarded-for": "203.0.113.7", "x-forwarded-proto": "https"}.items()
)
ANSWERED = [("content-type", "text/csv"), ("etag", '"x"'), *((f"x-{number}", "y") for number in range(9))]


class Scope:
    """A request as the server tells it."""

    method, path, query_string, scheme, http_version, client = "GET", "/sparql", "query=x", "http", "1.1", "127.0.0.1:5"
    authority = None
    headers = HEADERS


class Channel:
    """Takes what is sent."""

    status = 0

    def response_bytes(self, status: int, _: object, __: bytes) -> None:
        """Keep the status."""
        self.status = status


def microseconds(front: Front, scope: Any) -> float:  # noqa: ANN401 - as much of a Scope as is looked at
    """The time of a processor for one repeated answer."""
    channel: Any = Channel()
    begun = time.process_time()
    for _ in range(REQUESTS):
        try:
            front.__rsgi__(scope, channel).send(None)
        except StopIteration:
            continue
    assert channel.status == 200
    return (time.process_time() - begun) / REQUESTS * 1e6


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
        front.cache.put(request, Answer(200, ANSWERED, b"x" * 500, '"x"', "query"))
        times = [microseconds(front, scope) for _ in range(rounds)]
        print(f"| {name} | {statistics.median(times):.1f} | {min(times):.1f} |")


if __name__ == "__main__":
    main()
