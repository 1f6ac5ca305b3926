"""One engine elsewhere: it is asked, its answers are proved, and the data that it holds is compared with that here.

No answer is from other data than is served here. The argument:

- An engine gets queries only after an examination: its mark (version and counts) is that of the data here and, up to a
  size, so is the hash of every graph. It is examined again every few seconds, the hashes every minute.
- The mark is read again after each answer, before the answer is given away. One reading that begins after several
  answers have ended is enough for all of them.
- On a connection that is older than the last examination, the engine is the very process that was examined, so the
  version alone is read, one lookup. On a newer one it may be another process: then the counts are read as well.
- Where a connection was lost, the engine may have been replaced: no query goes to it before an examination with hashes.

What is left: data that is changed in a running engine without a change of its version or, if it names none, of its
counts is seen at the next examination only; and two changes, there and back, while one query runs are not seen.
"""

import threading
import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from ...client import Call, Dropped, Lines, NoConnection, NoReply, NoTime, Reply, Server, TooLong
from ...formats import Format
from ..errors import AnswerTooLarge, QueryError, QueryTooExpensive, Unwritable
from ..query import Query
from . import probe
from .dialects import UNKNOWN, dialect, shortened
from .fingerprint import HASHED, PUSH, Fingerprint, difference, without_counts
from .outgoing import Errand, request
from .refusals import BUSY, refusal
from .transfer import transfer

GRAPH_PARAMETERS = ("default-graph-uri", "named-graph-uri")
MOST_OF_DATA = 64 << 20
UNUSED = 8.0
Seen = TypeVar("Seen")


class Fault(Exception):
    """The engine did not answer a query as it should; another one may."""


class Lost(Fault):
    """Nobody is there, or a connection was lost."""


class Stalled(Fault):
    """No answer in time."""


class Busy(Fault):
    """The engine has no room for a query now."""


class Differs(Fault):
    """The engine holds other data than is served here."""


class Replica:
    """An engine at one address; its methods take time, and may be called from any thread.

    If the address has parameters of the protocol that choose graphs, as `default-graph-uri`, they hold for each query
    that chooses none itself; the named graphs are then those of the data here.
    """

    def __init__(self, server: Server, expected: Fingerprint, answer: int) -> None:
        parts = urlsplit(server.url)
        pairs = parse_qsl(parts.query, keep_blank_values=True)
        graphs = [pair for pair in pairs if pair[0] in GRAPH_PARAMETERS]
        if graphs and not any(name == "named-graph-uri" for name, _ in graphs):
            graphs += [("named-graph-uri", name) for name in expected.mark.graphs]
        others = urlencode([pair for pair in pairs if pair[0] not in GRAPH_PARAMETERS])
        self.server = Server(urlunsplit(parts._replace(query=others)), server.credentials) if graphs else server
        self.graphs = tuple(graphs)
        self.expected, self.answer = expected, answer
        self.lines = Lines(self.server)
        self.dialect = UNKNOWN
        self.examined = self.compared = self.read = 0.0
        self.reading = threading.Lock()

    def fetch(self, errand: Errand, seconds: float, call: Call) -> bytes:
        """The whole answer to a query, from the data that is served here; else a Fault, or an error of the query."""
        end = time.monotonic() + seconds
        reply = self._send(errand, seconds, call, self.answer)
        opened = call.opened
        if error := refusal(reply, errand.query.text):
            raise error
        if reply.status in BUSY:
            raise Busy(f"{reply.status} {reply.reason}")
        if reply.status != 200 and not shortened(reply):
            raise Fault(f"{reply.status} {reply.reason}")
        if reason := shortened(reply):
            raise QueryTooExpensive(reason)
        content, failure = transfer(reply, errand.chosen, errand.query.form, self.expected.prefixes)
        if isinstance(failure, Unwritable):
            raise failure
        if failure:
            raise Fault(failure)
        if len(content) > self.answer:
            raise AnswerTooLarge(self.answer)
        self._confirm(call, opened, end)
        return content

    def examine(self, seconds: float, call: Call, *, thorough: bool) -> None:
        """Compare the data there with that here, with their hashes if it shall be thorough; a Fault if it differs."""
        begun = time.monotonic()
        end = begun + seconds
        try:
            self.lines.tidy(UNUSED)
        except Dropped:
            thorough = True
        self._compare(call, end)
        if thorough and self.expected.contents:
            if other := self._look(partial(probe.contents, self.expected), call, end):
                raise Differs(f"holds as many statements as here in {other}, but not the same; {PUSH}")
            self._compare(call, end)

    def _confirm(self, call: Call, opened: float, end: float) -> None:
        """Read the mark once more, unless somebody else has begun to since this was called."""
        arrived = time.monotonic()
        if not self.reading.acquire(timeout=max(0.0, end - arrived)):
            raise Stalled("no mark in time")
        try:
            known = opened < self.examined
            if (self.read if known else self.compared) > arrived:
                return
            self.read = time.monotonic()
            names_version = bool(self.expected.mark.version) or self.expected.mark.union > HASHED
            if known and names_version and self._is_version(call, end) and call.opened < self.examined:
                return
            self._compare(call, end)
        finally:
            self.reading.release()

    def _is_version(self, call: Call, end: float) -> bool:
        found = self._look(probe.version, call, end)
        return found == without_counts(self.expected.mark)

    def _compare(self, call: Call, end: float) -> None:
        begun = time.monotonic()
        if reason := difference(self.expected.mark, self._look(probe.mark, call, end)):
            raise Differs(reason)
        self.compared = begun
        self.examined = max(self.examined, begun)

    def _look(self, look: Callable[[probe.Ask], Seen], call: Call, end: float) -> Seen:
        """What is seen of the data there; a Fault if the engine does not show it."""
        try:
            return look(lambda text, form: self._ask(text, form, call, end))
        except (SyntaxError, ValueError, QueryError) as error:
            raise Fault(f"what it says of its data cannot be read: {str(error)[:200]}") from error

    def _ask(self, text: str, form: Format, call: Call, end: float) -> bytes:
        left = end - time.monotonic()
        if left <= 0:
            raise Stalled("no answer in time")
        reply = self._send(Errand(Query(text), form), left, call, MOST_OF_DATA)
        if reply.status != 200 or (reason := shortened(reply)):
            raise Fault(reason if reply.status == 200 else f"{reply.status} {reply.reason}")
        content, failure = transfer(reply, form, Query(text).form, self.expected.prefixes)
        if failure:
            raise Fault(str(failure))
        return content

    def _send(self, errand: Errand, seconds: float, call: Call, most: int) -> Reply:
        parameters, headers = self.dialect.told(seconds, self.server)
        graphs = () if errand.stated else self.graphs
        try:
            reply = call.ask(request(errand.query, errand.chosen, (*graphs, *parameters), headers), seconds, most)
        except NoTime as error:
            raise Stalled(str(error)) from error
        except NoConnection as error:
            raise Lost(str(error)) from error
        except TooLong as error:
            raise AnswerTooLarge(most) from error
        except NoReply as error:
            raise (Fault if self.lines.any_open() else Lost)(str(error)) from error
        self.dialect = dialect(reply)
        return reply
