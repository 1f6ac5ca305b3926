"""What engines have that SPARQL has not: how each is told how long a query may take, and how each cuts an answer short.

An engine is known by the header `Server` of its answers. Whoever knows better writes the parameter into the address of
the engine, as in `http://localhost:9999/sparql?timeout=10`; then nothing is added.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import ceil
from urllib.parse import parse_qsl, urlsplit

from ...client import Reply, Server

Amount = Callable[[float], str]
TIMEOUT = "timeout"


def _seconds(seconds: float) -> str:
    return str(max(1, ceil(seconds)))


def _milliseconds(seconds: float) -> str:
    return str(max(1, ceil(seconds * 1000)))


def _virtuoso(seconds: float) -> str:
    """Virtuoso passes over what is less than a second."""
    return str(max(1000, ceil(seconds * 1000)))


def _with_unit(seconds: float) -> str:
    return f"{max(1, ceil(seconds))}s"


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one kind of engine is told the time: by the parameter `timeout` or by a header."""

    name: str
    known: str
    parameter: Amount | None = None
    headers: Mapping[str, Amount] = field(default_factory=dict)

    def told(self, seconds: float, server: Server) -> tuple[list[tuple[str, str]], dict[str, str]]:
        """The parameters and headers that ask for so many seconds at most."""
        given = {name for name, _ in parse_qsl(urlsplit(server.url).query, keep_blank_values=True)}
        chosen = self.parameter if TIMEOUT not in given else None
        parameters = [(TIMEOUT, chosen(seconds))] if chosen else []
        return parameters, {name: amount(seconds) for name, amount in self.headers.items()}


UNKNOWN = Dialect("unknown", "")
DIALECTS = (
    Dialect("Virtuoso", r"^Virtuoso", _virtuoso),
    Dialect("Fuseki", r"Fuseki", _seconds),
    Dialect("GraphDB", r"GraphDB|RDF4J", _seconds),
    Dialect("Stardog", r"Stardog", _milliseconds),
    Dialect("QLever", r"QLever", _with_unit),
    # Blazegraph and many others name only the web server that they run in; to the others the header means nothing.
    Dialect("Blazegraph", r"^Jetty|Blazegraph|Bigdata", headers={"X-BIGDATA-MAX-QUERY-MILLIS": _milliseconds}),
)


def dialect(reply: Reply) -> Dialect:
    """The kind of engine that an answer comes from."""
    name = reply.headers.get("server", "")
    return next((one for one in DIALECTS if re.search(one.known, name, re.IGNORECASE)), UNKNOWN)


def shortened(reply: Reply) -> str:
    """Why an answer is not the whole one although it looks like it; empty if nothing says so.

    Virtuoso gives what it has when the time is over (with the state S1TAT), and no more than so many rows.
    """
    if "x-sql-state" in reply.headers or reply.status == 206:
        return "The engine gave only a part of the answer when its time was over."
    if rows := reply.headers.get("x-sparql-maxrows"):
        return f"The engine gives no more than {rows} rows."
    return ""
