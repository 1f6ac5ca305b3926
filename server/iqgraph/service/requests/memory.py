"""What requests and answers hold in memory: bodies until they are whole, answers until their clients have taken them.

A body is read whole before it is answered, within bounds of size, time and memory. An answer is handed to granian
whole, which holds it until the client has taken it; it has no bound for that and tells nobody how far it is (its
streams do not push back either, see `src/rsgi/io.rs` there). Linux tells it of each connection, see tcp(7): whether
there is anything that the client has not acknowledged, and how much it has in all.
"""

import asyncio
import fcntl
import os
import socket
import stat
import struct
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from ...bilingual import Text
from ...engine import MIB
from ...web.http.problems import Problem, too_large
from .context import Channel, HttpScope, node

MAX_BODY_BYTES, MAX_BODY_SECONDS = 1 << 20, 10.0
MAX_DRAINED_BYTES = 64 << 20
MAX_BODIES_BYTES = 64 << 20
MAX_SMALL_BODY_BYTES = 1 << 16
BODILESS = {"GET", "HEAD", "OPTIONS"}
SLOW = Text(
    de=f"Der Inhalt der Anfrage kam nicht in {MAX_BODY_SECONDS:g} Sekunden. Senden Sie ihn noch einmal am Stück.",
    en=f"The body of the request did not arrive within {MAX_BODY_SECONDS:g} seconds. Send it again, in one piece.",
)
BROKEN = Text(
    de="Der Inhalt der Anfrage stimmt nicht mit ihren Kopfzeilen überein oder brach vor seinem Ende ab. "
    "Senden Sie die Anfrage noch einmal.",
    en="The body of the request does not match its header fields, or broke off before its end. Send the request again.",
)
FULL = Text(
    de="Der Server nimmt gerade so viele große Anfragen entgegen, wie er fassen kann. "
    "Versuchen Sie es gleich noch einmal.",
    en="The server is receiving as many large requests as it can hold. Try again in a moment.",
)
MIN_LARGE_BYTES = 1 << 18  # below, most fits into the buffers of the system
MAX_SENDING_ANSWERS, MAX_CLIENT_ANSWERS = 8, 4  # of the largest size
LOOK_SECONDS, WINDOW_SECONDS = 0.25, 30.0
MIN_WINDOW_BYTES = 1 << 18  # about 9 KB a second; a modem of 1998 took 7
SIOCOUTQ = 0x5411  # the constant of the C library, see tcp(7)
TCP_INFO_BYTES, BYTES_ACKED = 136, 120  # its size up to the field, and its place, see linux/tcp.h

Peer = tuple[str, int]


class BodyMemory:
    """The bytes of all bodies that have begun to come.

    Beyond the limit no body may become large; small ones, as those of nearly all queries are, come in all the same.
    """

    def __init__(self) -> None:
        self.bytes = 0

    def add(self, part: bytes, before: int) -> None:
        """Count a part of a body of which so many bytes came before; a Problem if there is no room for it."""
        if before + len(part) > MAX_SMALL_BODY_BYTES and self.bytes + len(part) > MAX_BODIES_BYTES:
            raise Problem("overloaded", FULL)
        self.bytes += len(part)

    def remove(self, size: int) -> None:
        """A body of this size is whole, or was given up."""
        self.bytes -= size


async def whole_body(scope: HttpScope, channel: Channel, body_memory: BodyMemory) -> bytes:
    """The whole body; a Problem if it has no end, is too large or comes too slowly.

    Many clients read nothing before they have sent all. If one that sends too much were answered and its connection
    closed meanwhile, it would be reset and never see the answer (RFC 9112, section 9.6); so what is too much is read
    on and let go, up to `MAX_DRAINED_BYTES`.
    """
    body, size = bytearray(), 0
    # granian says nothing of a body that breaks off, but gives one empty part more than at the end of a whole one.
    # A trailer is such a part too, and HTTP/2 has parts without content.
    ended, is_telling = False, scope.http_version != "2" and scope.headers.get("trailer") is None
    try:
        async with asyncio.timeout(MAX_BODY_SECONDS):
            async for part in channel:
                if ended and is_telling:
                    raise Problem("bad-request", BROKEN)
                ended = not part
                size += len(part)
                if size <= MAX_BODY_BYTES:
                    body_memory.add(part, len(body))
                    body += part
                elif size > MAX_DRAINED_BYTES:
                    break
    except TimeoutError:
        if size <= MAX_BODY_BYTES:
            raise Problem("slow", SLOW) from None
    finally:
        body_memory.remove(len(body))
    if size > MAX_BODY_BYTES:
        raise too_large(MAX_BODY_BYTES)
    return bytes(body)


@dataclass(eq=False, slots=True)
class PendingAnswer:
    """An answer on its way to a client: how much of the connection was acknowledged when its window began."""

    peer: Peer
    client: str
    size: int
    begun: float
    acked: int = 0
    descriptor: int = -1
    looks_empty: bool = False


class Outbox:
    """The large answers that are on their way; of the largest there may be a few at once, and fewer of one client."""

    def __init__(self, largest: int = 64 * MIB, window: float = WINDOW_SECONDS) -> None:
        self.most, self.most_of_one, self.window = largest * MAX_SENDING_ANSWERS, largest * MAX_CLIENT_ANSWERS, window
        self.answers: list[PendingAnswer] = []
        self.bytes: Counter[str] = Counter()
        self.refusals = self.cuts = 0

    def add(self, address: str, client: str, size: int) -> bool:
        """Whether there is room for an answer to this address of the network; if so, it counts until it is taken."""
        if self.bytes.total() + size > self.most or self.bytes[client] + size > self.most_of_one:
            self.refusals += 1
            return False
        self.bytes[client] += size
        if not self.answers:
            self._look_later()
        self.answers.append(PendingAnswer(_peer(address), client, size, time.monotonic()))
        return True

    def figures(self) -> Iterator[Metric]:
        """What is counted here, for the metrics."""
        gauge, counter = GaugeMetricFamily, CounterMetricFamily
        yield gauge("iqgraph_sending_bytes", "Bytes of large answers not yet taken.", self.bytes.total())
        yield counter("iqgraph_sending_refused", "Answers refused for want of room to send them.", self.refusals)
        yield counter("iqgraph_sending_cut", "Answers cut because their clients did not read.", self.cuts)

    def _look_later(self) -> None:
        loop = asyncio.get_running_loop()
        loop.call_later(LOOK_SECONDS, lambda: loop.create_task(self._look()))

    async def _look(self) -> None:
        """Let go of what is taken; there may be thousands of connections, so it happens beside the loop."""
        answers = list(self.answers)
        for one in await asyncio.get_running_loop().run_in_executor(None, self._taken, answers):
            self.answers.remove(one)
            self.bytes[one.client] -= one.size
        self.bytes += Counter()  # those without any
        if self.answers:
            self._look_later()

    def _taken(self, answers: Sequence[PendingAnswer]) -> list[PendingAnswer]:
        """Those that were taken, or cut now."""
        if not all(_is_open(one) for one in answers):
            found = dict(connections())
            for one in answers:
                one.descriptor = found.get(one.peer, -1)
        return [one for one in answers if self._is_over(one)]

    def _is_over(self, one: PendingAnswer) -> bool:
        with suppress(OSError), _connection(one.descriptor) as connection:
            if not _unacknowledged(connection):
                was_empty, one.looks_empty = one.looks_empty, True
                return was_empty  # twice in a row: the server fills the buffer at once if it has more
            one.looks_empty = False
            now, acked = time.monotonic(), _acknowledged(connection)
            if not one.acked:
                one.begun, one.acked = now, acked
            elif now - one.begun > self.window:
                if acked - one.acked < MIN_WINDOW_BYTES * self.window / WINDOW_SECONDS:
                    _cut(connection)
                    self.cuts += 1
                    return True
                one.begun, one.acked = now, acked
            return False
        return True  # there is no such connection any more


def _peer(address: str) -> Peer:
    host, _, port = address.rpartition(":")
    return node(host.strip("[]")), int(port or 0)


@contextmanager
def _connection(descriptor: int) -> Iterator[socket.socket]:
    """The socket of a descriptor that granian may close at any time; OSError if it has."""
    with socket.socket(fileno=os.dup(descriptor)) as connection:
        yield connection


def _is_open(one: PendingAnswer) -> bool:
    with suppress(OSError), _connection(one.descriptor) as connection:
        return _peer_of(connection) == one.peer
    return False


def descriptors() -> Iterator[tuple[int, os.stat_result]]:
    """What this process has open, see proc_pid_fd(5)."""
    for name in os.listdir("/proc/self/fd"):  # noqa: PTH208 - names are all that is wanted
        with suppress(OSError):
            yield int(name), os.fstat(int(name))


def connections() -> Iterator[tuple[Peer, int]]:
    """The connections of this process, by the address of the other end; one that is no network has none."""
    for number in (number for number, status in descriptors() if stat.S_ISSOCK(status.st_mode)):
        with suppress(OSError), _connection(number) as connection:
            yield _peer_of(connection), number


def _peer_of(connection: socket.socket) -> Peer:
    if connection.family == socket.AF_UNIX:
        return "", 0
    host, port = connection.getpeername()[:2]
    return node(host), port


def _unacknowledged(connection: socket.socket) -> int:
    return int.from_bytes(fcntl.ioctl(connection.fileno(), SIOCOUTQ, bytes(4)), sys.byteorder)


def _acknowledged(connection: socket.socket) -> int:
    info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, TCP_INFO_BYTES)
    return int.from_bytes(info[BYTES_ACKED : BYTES_ACKED + 8], sys.byteorder)


def _cut(connection: socket.socket) -> None:
    """End a connection at once; what is in the buffer of the system is let go, see SO_LINGER in socket(7)."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.shutdown(socket.SHUT_RDWR)
