"""What engines have that SPARQL has not: how each learns how long a query may take, and how each cuts an answer short.

An engine is known by the header `Server` of its answers. Whoever knows better writes the parameter into the address of
the engine, as in `http://localhost:9999/sparql?timeout=10`; then nothing is added.
"""

import re
from math import ceil
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

from ...client import Reply, Server

TIMEOUT = "timeout"


class Dialect(NamedTuple):
    """How one kind of engine takes the time: as the parameter `timeout` or as a header, in parts of a second.

    `least` is the smallest number of parts that it takes.
    """

    server: str
    parts: int = 1
    least: int = 1
    unit: str = ""
    header: str = ""

    def limit(self, seconds: float, server: Server) -> tuple[list[tuple[str, str]], dict[str, str]]:
        """The parameters and headers that ask for so many seconds at most."""
        amount = f"{max(self.least, ceil(seconds * self.parts))}{self.unit}"
        if self.header:
            return [], {self.header: amount}
        given = {name for name, _ in parse_qsl(urlsplit(server.url).query, keep_blank_values=True)}
        return [(TIMEOUT, amount)] if self.server and TIMEOUT not in given else [], {}


UNKNOWN = Dialect("")
DIALECTS = (
    Dialect(r"^Virtuoso", 1000, least=1000),  # it passes over what is less than a second
    Dialect(r"Fuseki|GraphDB|RDF4J"),
    Dialect(r"Stardog", 1000),
    Dialect(r"QLever", unit="s"),
    # Blazegraph and many others name only the web server that they run in; to the others the header means nothing.
    Dialect(r"^Jetty|Blazegraph|Bigdata", 1000, header="X-BIGDATA-MAX-QUERY-MILLIS"),
)


def dialect(reply: Reply) -> Dialect:
    """The kind of engine that an answer comes from."""
    name = reply.headers.get("server", "")
    return next((kind for kind in DIALECTS if re.search(kind.server, name, re.IGNORECASE)), UNKNOWN)


def shortened(reply: Reply) -> str:
    """Why an answer is not the whole one although it looks like it; empty if nothing says so.

    Virtuoso gives what it has when the time is over (with the state S1TAT), and no more than so many rows.
    """
    if "x-sql-state" in reply.headers or reply.status == 206:
        return "The engine gave only a part of the answer when its time was over."
    if rows := reply.headers.get("x-sparql-maxrows"):
        return f"The engine gives no more than {rows} rows."
    return ""
