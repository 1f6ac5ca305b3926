"""One endpoint elsewhere: a query goes out, and a whole answer comes back, or an error that can be told.

HTTP tells half of an answer from a whole by its length or its last chunk; an answer without either ends where the
connection does, which proves nothing (RFC 9112, section 6.3). JSON has an end of its own. Turtle and N-Triples have
none, so they are taken only if HTTP proves their end. The parsers of the library run over each answer; if it is in the
format that the client wants, the bytes themselves are handed on.

Each query was read at home before, so where an engine refuses one, syntax is no longer in question. What it says then
may name files, addresses and versions of another machine, so none of its words are passed on.
"""

import json
import re
import time
from collections import deque
from collections.abc import Collection, Mapping
from dataclasses import replace
from io import BytesIO
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from pyoxigraph import QueryBoolean, parse, parse_query_results

from ...bilingual import Text
from ...client import BrokenConnection, Exchange, NoReply, Reply, ReplyTimeout, ReplyTooLong, Request, Server
from ...errors import Inexpressible
from ...formats import JSON, N_QUADS, N_TRIPLES, ROWS, TRIG, TURTLE, URLENCODED, Format, by_media_type
from ...serialisation import serialise
from ..embedded import write_rows
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

    def choose(self, query: Query) -> Query:
        """A query that chooses no graphs, with those that the address chooses, if it does."""
        return replace(query, default_graphs=self.default, named_graphs=self.named)

    def fetch(self, query: Query, chosen: Format, seconds: float, exchange: Exchange) -> bytes:
        """The whole answer, or a QueryError.

        A connection that ends too early is tried once more: queries change nothing, and behind a proxy another engine
        may answer then.
        """
        asked, end = request(query, chosen), time.monotonic() + seconds
        try:
            try:
                reply = self.server.exchange(asked, seconds, self.most, exchange)
            except BrokenConnection:
                reply = self.server.exchange(asked, end - time.monotonic(), self.most, exchange)
        except ReplyTimeout as error:
            raise OutOfTime(seconds) from error
        except ReplyTooLong as error:
            raise AnswerTooLarge(self.most) from error
        except NoReply as error:
            raise Unreachable(str(error)) from error
        return self._content(reply, query, chosen)

    def _content(self, reply: Reply, query: Query, chosen: Format) -> bytes:
        if error := refusal(reply):
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


def request(query: Query, chosen: Format) -> Request:
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
    return Request("POST", {"Accept": accept, "Content-Type": URLENCODED}, urlencode(fields, errors="replace").encode())


# N-Triples is N-Quads, and Turtle is TriG.
SAME = {(N_TRIPLES, N_QUADS), (TURTLE, TRIG)}
OLD_LITERAL = b'"typed-literal"'  # https://www.w3.org/TR/rdf-sparql-json-res/ had it; SPARQL 1.1 has not


class Paced(BytesIO):
    """Content that is read in pieces by code of Python, so that other threads have their turn between them."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Some more of it."""
        return super().read(size)


def source_formats(chosen: Format) -> tuple[Format, ...]:
    """The formats from which an answer in the chosen one can be made, the best first.

    Every engine writes these. In RDF/XML some cannot write each property, CSV and TSV could end after any line, and
    JSON-LD may lead to a context elsewhere.
    """
    if chosen in ROWS:
        return (JSON,)
    return (TURTLE, N_TRIPLES) if chosen in (TURTLE, TRIG) else (N_TRIPLES, TURTLE)


def transfer(reply: Reply, chosen: Format, form: str, prefixes: Mapping[str, str]) -> tuple[bytes, str | Unwritable]:
    """The answer to a query of this form in the chosen format, or empty and why there is none.

    If the chosen format has no way to write the answer, that is no fault of the engine.
    Nothing is raised from here: results may only be let go in the thread that made them, and a trace would keep them
    until another one does.
    """
    sent, encoding = by_media_type(reply.media_type), reply.headers.get("content-encoding", "identity")
    if sent not in source_formats(chosen) or encoding != "identity":
        return b"", f"it answers with {reply.media_type} in the encoding {encoding}"
    try:
        if chosen in ROWS:
            return _results(reply.body, chosen, asks=form == "ASK"), ""
        if not reply.framed:
            return b"", "nothing proves where its answer ends"
        return _graph(reply.body, sent, chosen, prefixes), ""
    except Inexpressible as error:
        return b"", Unwritable(error.text)
    except (SyntaxError, ValueError) as error:
        return b"", f"its answer cannot be read: {str(error)[:200]}"


def _results(body: bytes, chosen: Format, *, asks: bool) -> bytes:
    found = parse_query_results(Paced(body), JSON.results)
    if isinstance(found, QueryBoolean):
        if not asks:
            raise ValueError("a boolean instead of rows")
        json.loads(body)  # the library stops reading at the boolean
        return write_rows(found, chosen)
    if asks:
        raise ValueError("rows instead of a boolean")
    if chosen is JSON and OLD_LITERAL not in body:
        deque(found, 0)
        return body
    return write_rows(found, chosen)


def _graph(body: bytes, sent: Format, chosen: Format, prefixes: Mapping[str, str]) -> bytes:
    triples = (quad.triple for quad in parse(Paced(body), sent.rdf))
    if sent is chosen or (sent, chosen) in SAME:
        deque(triples, 0)
        return body
    return serialise(triples, chosen, prefixes)


WRONG = 400
EXPENSIVE = (408, 413, 422, 504)
BUSY = (429, 503)
MAX_SEARCHED_BYTES = 1 << 11
_LATE = re.compile(
    r"timed? ?-?out|time ?limit|execution time|TimeoutException|deadline exceeded|query (was )?(interrupted|cancel)",
    re.IGNORECASE,
)
_UNKNOWN = re.compile(r"(custom|unknown|unsupported) (function|aggregate)|not (supported|implemented)", re.IGNORECASE)
REFUSED = Text(
    de="Die Engine hinter diesem Endpunkt kann etwas in der Abfrage nicht auswerten, vielleicht eine Funktion. "
    "Stellen Sie die Abfrage ohne diesen Teil.",
    en="The engine behind this endpoint cannot evaluate something in the query, perhaps a function. "
    "Ask it without that part.",
)
GIVEN_UP = Text(
    de="Die Engine hinter diesem Endpunkt hat die Abfrage aufgegeben.",
    en="The engine behind this endpoint gave the query up.",
)


def refusal(reply: Reply) -> QueryError | None:
    """The error of the query that an answer tells of; None if there is none, or the fault is not the query's."""
    if reply.status < WRONG:
        return None  # before anything is read of it: it may be long
    # Many engines say only in their words that the time was over, with a status for their own faults.
    words = reply.body[:MAX_SEARCHED_BYTES].decode(errors="replace") if reply.status >= 500 else ""
    if reply.status in EXPENSIVE or _LATE.search(words):
        return QueryTooExpensive(GIVEN_UP)
    return QueryEvaluationError(REFUSED) if reply.status == WRONG or _UNKNOWN.search(words) else None


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
