"""One endpoint elsewhere: a query goes out, and a whole answer comes back, or an error that can be told."""

import time
from collections.abc import Collection, Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from ...client import Broken, Client, Exchange, NoReply, NoTime, Reply, Server, TooLong
from ...formats import Format
from ..errors import AnswerTooLarge, OutOfTime, Overloaded, QueryTooExpensive, Unreachable, Unwritable
from ..query import Query
from .dialects import UNKNOWN, dialect, shortened
from .outgoing import request
from .refusals import BUSY, refusal
from .transfer import transfer

DEFAULT, NAMED = GRAPH_PARAMETERS = ("default-graph-uri", "named-graph-uri")


class Endpoint:
    """An engine at one address, of whose answers none is longer than `most`; any thread may ask it.

    If the address has parameters of the protocol that choose graphs, as `default-graph-uri`, they hold for each query
    that chooses none itself; the named graphs are then the `graphs` of the data here. What is written here is written
    with `prefixes`.
    """

    def __init__(self, server: Server, graphs: Collection[str], prefixes: Mapping[str, str], most: int) -> None:
        parts = urlsplit(server.url)
        pairs = parse_qsl(parts.query, keep_blank_values=True)
        chosen = [pair for pair in pairs if pair[0] in GRAPH_PARAMETERS]
        if chosen:
            others = urlencode([pair for pair in pairs if pair not in chosen])
            server = Server(urlunsplit(parts._replace(query=others)), server.credentials)
        if chosen and all(name != NAMED for name, _ in chosen):
            chosen += [(NAMED, graph) for graph in graphs]
        self.server, self.graphs = server, tuple(chosen)
        self.prefixes, self.most = prefixes, most
        self.client = Client(server)
        self.dialect = UNKNOWN

    def fetch(
        self, query: Query, chosen: Format, seconds: float, exchange: Exchange, *, has_dataset: bool = False
    ) -> bytes:
        """The whole answer, or a QueryError; `has_dataset` says that the query chooses its graphs.

        A connection that ends too early is tried once more: queries change nothing, and behind a proxy another engine
        may answer then.
        """
        end = time.monotonic() + seconds
        try:
            try:
                reply = self._send(query, chosen, seconds, exchange, has_dataset=has_dataset)
            except Broken:
                reply = self._send(query, chosen, end - time.monotonic(), exchange, has_dataset=has_dataset)
        except NoTime as error:
            raise OutOfTime(seconds) from error
        except TooLong as error:
            raise AnswerTooLarge(self.most) from error
        except NoReply as error:
            raise Unreachable(str(error)) from error
        return self._content(reply, query, chosen)

    def _send(self, query: Query, chosen: Format, seconds: float, exchange: Exchange, *, has_dataset: bool) -> Reply:
        parameters, headers = self.dialect.limit(seconds, self.server)
        graphs = () if has_dataset else self.graphs
        asked = request(query, chosen, (*graphs, *parameters), headers)
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
