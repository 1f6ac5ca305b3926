"""One endpoint elsewhere: a query goes out, and a whole answer comes back, or an error that can be told.

What engines have that SPARQL has not is here too: how each learns how long a query may take, and how each cuts an
answer short. An engine is known by the header `Server` of its answers. Whoever knows better writes the parameter into
the address of the engine, as in `http://localhost:9999/sparql?timeout=10`; then nothing is added.
"""

import re
import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from math import ceil
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from ...bilingual import Text
from ...client import BrokenConnection, Client, Exchange, NoReply, Reply, ReplyTimeout, ReplyTooLong, Request, Server
from ...formats import Format
from ..errors import AnswerTooLarge, OutOfTime, Overloaded, QueryTooExpensive, Unreachable, Unwritable
from ..query import Query
from .transfer import BUSY, refusal, source_formats, transfer

GRAPH_PARAMETERS = ("default-graph-uri", "named-graph-uri")


class Endpoint:
    """An engine at one address, of whose answers none is longer than `most`; any thread may ask it.

    If the address has parameters of the protocol that choose graphs, as `default-graph-uri`, they hold for each query
    that chooses none itself; the named graphs are then the `graphs` of the data here. What is written here is written
    with `prefixes`.
    """

    def __init__(self, server: Server, graphs: Collection[str], prefixes: Mapping[str, str], most: int) -> None:
        parts = urlsplit(server.url)
        pairs = parse_qsl(parts.query, keep_blank_values=True)
        self.default, named = (tuple(value for name, value in pairs if name == wanted) for wanted in GRAPH_PARAMETERS)
        self.named = named or (tuple(graphs) if self.default else ())
        if self.default or self.named:
            others = urlencode([pair for pair in pairs if pair[0] not in GRAPH_PARAMETERS])
            server = Server(urlunsplit(parts._replace(query=others)), server.credentials)
        self.server = server
        self.prefixes, self.most = prefixes, most
        self.client = Client(server)
        self.dialect = UNKNOWN

    def choose(self, query: Query) -> Query:
        """A query that chooses no graphs, with those that the address chooses, if it does."""
        return replace(query, default_graphs=self.default, named_graphs=self.named)

    def fetch(self, query: Query, chosen: Format, seconds: float, exchange: Exchange) -> bytes:
        """The whole answer, or a QueryError.

        A connection that ends too early is tried once more: queries change nothing, and behind a proxy another engine
        may answer then.
        """
        end = time.monotonic() + seconds
        try:
            try:
                reply = self._send(query, chosen, seconds, exchange)
            except BrokenConnection:
                reply = self._send(query, chosen, end - time.monotonic(), exchange)
        except ReplyTimeout as error:
            raise OutOfTime(seconds) from error
        except ReplyTooLong as error:
            raise AnswerTooLarge(self.most) from error
        except NoReply as error:
            raise Unreachable(str(error)) from error
        return self._content(reply, query, chosen)

    def _send(self, query: Query, chosen: Format, seconds: float, exchange: Exchange) -> Reply:
        parameters, headers = self.dialect.limit(seconds, self.server)
        asked = request(query, chosen, parameters, headers)
        reply = self.client.send(asked, seconds, self.most, exchange)
        self.dialect = dialect(reply)
        return reply

    def _content(self, reply: Reply, query: Query, chosen: Format) -> bytes:
        if error := refusal(reply, query.text):
            raise error
        if reply.status in BUSY:
            raise Overloaded
        if reason := shortened(reply):
            raise QueryTooExpensive(reason)
        if reply.status != 200:
            raise Unreachable(f"{reply.status} {reply.reason}")
        content, failure = transfer(reply, chosen, query.form, self.prefixes)
        if isinstance(failure, Unwritable):
            raise failure
        if failure:
            raise Unreachable(failure)
        if len(content) > self.most:
            raise AnswerTooLarge(self.most)
        return content


FORM = "application/x-www-form-urlencoded"


def request(
    query: Query,
    chosen: Format,
    parameters: Iterable[tuple[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> Request:
    """The query as a form: every endpoint understands that, whatever the length."""
    # SPARQL 1.1 Protocol, section 2.1.2
    fields = [("query", query.text)]
    fields += [("default-graph-uri", graph) for graph in query.default_graphs]
    fields += [("named-graph-uri", graph) for graph in query.named_graphs]
    accept = ", ".join(
        form.media_type + (f";q={1 - number / 10:g}" if number else "")
        for number, form in enumerate(source_formats(chosen))
    )
    # A string of the query may hold half of a surrogate pair, which UTF-8 cannot have (RFC 3629, section 3).
    body = urlencode([*fields, *parameters], errors="replace").encode()
    return Request("POST", {"Accept": accept, "Content-Type": FORM, **(headers or {})}, body)


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
    # https://github.com/blazegraph/database/wiki/REST_API:
    # Blazegraph and many others name only the web server that they run in; to the others the header means nothing.
    Dialect(r"^Jetty|Blazegraph|Bigdata", 1000, header="X-BIGDATA-MAX-QUERY-MILLIS"),
)


def dialect(reply: Reply) -> Dialect:
    """The kind of engine that an answer comes from."""
    name = reply.headers.get("server", "")
    return next((kind for kind in DIALECTS if re.search(kind.server, name, re.IGNORECASE)), UNKNOWN)


def shortened(reply: Reply) -> Text | None:
    """Why an answer is not the whole one although it looks like it; None if nothing says so.

    Virtuoso gives what it has when the time is over (with the state S1TAT), and no more than so many rows.
    """
    # https://github.com/openlink/virtuoso-opensource/issues/1034
    if "x-sql-state" in reply.headers or reply.status == 206:
        return Text(
            de="Als die Zeit der Engine um war, gab sie nur einen Teil der Antwort.",
            en="The engine gave only a part of the answer when its time was over.",
        )
    # It does not tell whether there are more: https://github.com/openlink/virtuoso-opensource/issues/112
    if rows := reply.headers.get("x-sparql-maxrows"):
        return Text(de=f"Die Engine gibt höchstens {rows} Zeilen.", en=f"The engine gives at most {rows} rows.")
    return None
