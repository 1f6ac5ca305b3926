"""A SPARQL endpoint elsewhere: a query goes out, and a whole answer comes back, or an error.

HTTP tells a whole answer from a part of it by the length or the last chunk; an answer without either ends where the
connection does, which proves nothing (RFC 9112, section 6.3). JSON has an end of its own. Turtle and N-Triples have
none, so they are accepted only if HTTP proves their end. Each answer is parsed by the library; if it is in the format
that the client wants, the bytes themselves are passed on.

Each query was parsed here before, so where an engine refuses one, its syntax is right. The message of an engine may
name files, addresses and versions of another machine, so none of it is passed on.
"""

import json
import re
import time
from collections import deque
from collections.abc import Collection, Mapping
from dataclasses import replace
from io import BytesIO
from traceback import clear_frames
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from pyoxigraph import QueryBoolean, parse, parse_query_results

from ...bilingual import Text
from ...client import BrokenConnection, Exchange, NoReply, Reply, ReplyTimeout, ReplyTooLong, Request, Server
from ...errors import Inexpressible
from ...formats import JSON, N_QUADS, N_TRIPLES, ROWS, TRIG, TURTLE, URLENCODED, Format, by_media_type
from ...serialisation import serialise
from ..embedded import write_results
from ..errors import (
    AnswerTooLarge,
    OutOfTime,
    Overloaded,
    QueryError,
    QueryEvaluationError,
    QueryTooExpensive,
    Unreachable,
    Unwritable,
)
from ..query import Query

GRAPH_PARAMETERS = ("default-graph-uri", "named-graph-uri")


class Endpoint:
    """An endpoint at one address, whose answers have at most `max_bytes`; any thread may ask it.

    Parameters of the protocol in the address, such as `default-graph-uri`, choose the graphs of each query that chooses
    none itself; the named graphs are then the `graphs` of the data here. Turtle is written with `prefixes`.
    """

    def __init__(self, server: Server, graphs: Collection[str], prefixes: Mapping[str, str], max_bytes: int) -> None:
        parts = urlsplit(server.url)
        parameters = parse_qsl(parts.query, keep_blank_values=True)
        self.default_graphs, named_graphs = (
            tuple(value for name, value in parameters if name == graph_parameter)
            for graph_parameter in GRAPH_PARAMETERS
        )
        self.named_graphs = named_graphs or (tuple(graphs) if self.default_graphs else ())
        if self.default_graphs or self.named_graphs:
            others = urlencode([parameter for parameter in parameters if parameter[0] not in GRAPH_PARAMETERS])
            server = Server(urlunsplit(parts._replace(query=others)), server.credentials)
        self.server = server
        self.prefixes, self.max_bytes = prefixes, max_bytes

    def with_graphs(self, query: Query) -> Query:
        """A query that chooses no graphs, with those that the address chooses."""
        return replace(query, default_graphs=self.default_graphs, named_graphs=self.named_graphs)

    def fetch(self, query: Query, output: Format, seconds: float, exchange: Exchange) -> bytes:
        """The whole answer, or a QueryError.

        If the connection breaks, the query is sent once more: queries change nothing, and behind a proxy another engine
        may answer then.
        """
        message, deadline = request(query, output), time.monotonic() + seconds
        try:
            try:
                reply = self.server.exchange(message, seconds, self.max_bytes, exchange)
            except BrokenConnection:
                reply = self.server.exchange(message, deadline - time.monotonic(), self.max_bytes, exchange)
        except ReplyTimeout as error:
            raise OutOfTime(seconds) from error
        except ReplyTooLong as error:
            raise AnswerTooLarge(self.max_bytes) from error
        except NoReply as error:
            raise Unreachable(str(error)) from error
        if query_error := refusal(reply):
            raise query_error
        content = transfer(reply, output, query.form, self.prefixes)
        if len(content) > self.max_bytes:
            raise AnswerTooLarge(self.max_bytes)
        return content


def request(query: Query, output: Format) -> Request:
    """The query as a form, which every endpoint accepts, whatever its length (SPARQL 1.1 Protocol, section 2.1.2)."""
    fields = [("query", query.text)]
    fields += [("default-graph-uri", graph) for graph in query.default_graphs]
    fields += [("named-graph-uri", graph) for graph in query.named_graphs]
    accept = ", ".join(
        source.media_type + (f";q={1 - number / 10:g}" if number else "")
        for number, source in enumerate(source_formats(output))
    )
    # A string of the query may hold half of a surrogate pair, which UTF-8 cannot have (RFC 3629, section 3).
    return Request("POST", {"Accept": accept, "Content-Type": URLENCODED}, urlencode(fields, errors="replace").encode())


INCLUSIONS = {(N_TRIPLES, N_QUADS), (TURTLE, TRIG)}  # a document in the first format is one in the second
OLD_LITERAL = b'"typed-literal"'  # https://www.w3.org/TR/rdf-sparql-json-res/ had it; SPARQL 1.1 has not


class YieldingReader(BytesIO):
    """Content whose parser calls Python code for each piece, so that other threads can run between them."""

    def read(self, size: int | None = -1, /) -> bytes:
        """The next bytes."""
        return super().read(size)


def source_formats(output: Format) -> tuple[Format, ...]:
    """The formats from which an answer in a format can be made, the best first.

    Every engine writes these. In RDF/XML some cannot write each property, CSV and TSV could end after any line, and
    JSON-LD may refer to a context elsewhere.
    """
    if output in ROWS:
        return (JSON,)
    return (TURTLE, N_TRIPLES) if output in (TURTLE, TRIG) else (N_TRIPLES, TURTLE)


def transfer(reply: Reply, output: Format, query_form: str, prefixes: Mapping[str, str]) -> bytes:
    """The answer to a query in a format; Unreachable if it is not whole, Unwritable if it cannot be.

    The error refers to no results any more, which only this thread may free (see `release_frames`).
    """
    source, encoding = by_media_type(reply.media_type), reply.headers.get("content-encoding", "identity")
    if source not in source_formats(output) or encoding != "identity":
        raise Unreachable(f"it answers with {reply.media_type} in the encoding {encoding}")
    try:
        if output in ROWS:
            return _transfer_results(reply.body, output, is_ask=query_form == "ASK")
        if not reply.is_framed:
            raise Unreachable("nothing proves where its answer ends")
        return _transfer_graph(reply.body, source, output, prefixes)
    except (Inexpressible, SyntaxError, ValueError) as error:
        clear_frames(error.__traceback__)
        if isinstance(error, Inexpressible):
            raise Unwritable(error.text) from error
        raise Unreachable(f"its answer cannot be read: {str(error)[:200]}") from error


def _transfer_results(body: bytes, output: Format, *, is_ask: bool) -> bytes:
    results = parse_query_results(YieldingReader(body), JSON.results)
    if isinstance(results, QueryBoolean) != is_ask:
        raise ValueError("rows instead of a boolean" if is_ask else "a boolean instead of rows")
    if isinstance(results, QueryBoolean):
        json.loads(body)  # the library stops reading at the boolean
    elif output is JSON and OLD_LITERAL not in body:
        deque(results, 0)
        return body
    return write_results(results, output)


def _transfer_graph(body: bytes, source: Format, output: Format, prefixes: Mapping[str, str]) -> bytes:
    triples = (quad.triple for quad in parse(YieldingReader(body), source.rdf))
    if source is output or (source, output) in INCLUSIONS:
        deque(triples, 0)
        return body
    return serialise(triples, output, prefixes)


BAD_REQUEST = 400
LIMIT_REACHED = (408, 413, 422, 504)
BUSY = (429, 503)
MAX_SEARCHED_BYTES = 1 << 11
_TIMEOUT = re.compile(
    r"timed? ?-?out|time ?limit|execution time|TimeoutException|deadline exceeded|query (was )?(interrupted|cancel)",
    re.IGNORECASE,
)
# Fuseki has sent its status by then: https://jena.apache.org/documentation/query/timeouts.html
_CANCELLATION = re.compile(rb"^## +Query cancelled", re.MULTILINE)
_UNSUPPORTED = re.compile(
    r"(custom|unknown|unsupported) (function|aggregate)|not (supported|implemented)", re.IGNORECASE
)
UNSUPPORTED = Text(
    de="Die Engine hinter diesem Endpunkt kann etwas in der Abfrage nicht auswerten, vielleicht eine Funktion. "
    "Stellen Sie die Abfrage ohne diesen Teil.",
    en="The engine behind this endpoint cannot evaluate something in the query, perhaps a function. "
    "Ask it without that part.",
)
STOPPED = Text(
    de="Die Engine hinter diesem Endpunkt hat die Abfrage abgebrochen.",
    en="The engine behind this endpoint aborted the query.",
)


def refusal(reply: Reply) -> QueryError | None:
    """The error by which an engine refused a query, or gave only a part of the answer; None for a whole answer."""
    if reply.status >= BAD_REQUEST:
        # Many engines report a timeout only in their message, with a status for faults of their own.
        message = reply.body[:MAX_SEARCHED_BYTES].decode(errors="replace") if reply.status >= 500 else ""
        if reply.status in LIMIT_REACHED or _TIMEOUT.search(message):
            return QueryTooExpensive(STOPPED)
        if reply.status == BAD_REQUEST or _UNSUPPORTED.search(message):
            return QueryEvaluationError(UNSUPPORTED)
        if reply.status in BUSY:
            return Overloaded()
    # Virtuoso returns what it has when its time is over, with the state S1TAT, and at most so many rows.
    # https://github.com/openlink/virtuoso-opensource/issues/1034
    if "x-sql-state" in reply.headers or reply.status == 206 or _CANCELLATION.search(reply.body[-MAX_SEARCHED_BYTES:]):
        return QueryTooExpensive(
            de="Als die Zeit der Engine um war, gab sie nur einen Teil der Antwort.",
            en="The engine timed out with only a part of the answer.",
        )
    # It does not say whether there are more: https://github.com/openlink/virtuoso-opensource/issues/112
    if rows := reply.headers.get("x-sparql-maxrows"):
        return QueryTooExpensive(
            de=f"Die Engine gibt höchstens {rows} Zeilen.", en=f"The engine gives at most {rows} rows."
        )
    return None if reply.status == 200 else Unreachable(f"{reply.status} {reply.reason}")
