"""The memory of requests and responses: bodies until they are complete, large responses until their clients have them.

A body is read whole, within limits of size, time and memory. granian holds a response until it is sent, without a limit
and without a sign of progress (its streams have no back pressure either, see `src/rsgi/io.rs` there). Linux has both
for each connection, see tcp(7): the bytes that the client has not acknowledged, and those that it has.
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
from .context import Channel, HttpScope, node_address

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
    de="Der Inhalt der Anfrage stimmt nicht mit ihren Kopfzeilen überein, brach vor seinem Ende ab, oder ihm folgen "
    "Felder, die Trailer nicht ankündigt. Senden Sie die Anfrage noch einmal.",
    en="The body of the request does not match its header fields, broke off before its end, or is followed by fields "
    "that Trailer does not announce. Send the request again.",
)
FULL = Text(
    de="Der Server nimmt gerade so viele große Anfragen entgegen, wie er fassen kann. "
    "Versuchen Sie es gleich noch einmal.",
    en="The server is receiving as many large requests as it can hold. Try again in a moment.",
)
MIN_LARGE_BYTES = 1 << 18  # smaller ones mostly fit into the buffers of the system
MAX_RESPONSES, MAX_CLIENT_RESPONSES = 8, 4  # of the largest size
POLL_SECONDS, WINDOW_SECONDS = 0.25, 30.0
MIN_WINDOW_BYTES = 1 << 18  # about 9 KB a second; a modem of 1998 took 7
SIOCOUTQ = 0x5411  # of the C library, see tcp(7)
TCP_INFO_BYTES, BYTES_ACKED = 136, 120  # the offsets after and before tcpi_bytes_acked in linux/tcp.h

Peer = tuple[str, int]


class BodyMemory:
    """The bytes of all incomplete bodies. When they reach the limit, no body may become larger than a small one."""

    def __init__(self) -> None:
        self.bytes = 0

    def add(self, part: bytes, size: int) -> None:
        """Count a part of a body that has this size before it; Problem if there is no room for it."""
        if size + len(part) > MAX_SMALL_BODY_BYTES and self.bytes + len(part) > MAX_BODIES_BYTES:
            raise Problem("overloaded", FULL)
        self.bytes += len(part)


async def read_body(scope: HttpScope, channel: Channel, body_memory: BodyMemory) -> bytes:
    """The body of a request; Problem if it is incomplete, too large or too slow.

    Many clients read nothing before they have sent everything. If the connection were closed meanwhile, it would be
    reset and they would never see the response (RFC 9112, section 9.6), so an excess of up to MAX_DRAINED_BYTES is read
    and dropped.
    """
    body, size = bytearray(), 0
    # granian does not report a truncated body, but then gives one empty part more than at the end of a complete one. A
    # trailer is such a part too, and HTTP/2 has empty parts.
    has_ended, has_signal = False, scope.http_version != "2" and scope.headers.get("trailer") is None
    try:
        async with asyncio.timeout(MAX_BODY_SECONDS):
            async for part in channel:
                if has_ended and has_signal:
                    raise Problem("bad-request", BROKEN)
                has_ended = not part
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
        body_memory.bytes -= len(body)
    if size > MAX_BODY_BYTES:
        raise too_large(MAX_BODY_BYTES)
    return bytes(body)


@dataclass(eq=False, slots=True)
class PendingResponse:
    """A response that its client has not received: the bytes acknowledged on its connection when its window began."""

    peer: Peer
    client: str
    size: int
    window_start: float
    acked_bytes: int = 0
    descriptor: int = -1
    looks_empty: bool = False


class Outbox:
    """The pending large responses: room for a few of the largest size, and for fewer to one client."""

    def __init__(self, max_answer_bytes: int = 64 * MIB, window: float = WINDOW_SECONDS) -> None:
        self.max_bytes, self.window = max_answer_bytes * MAX_RESPONSES, window
        self.max_client_bytes = max_answer_bytes * MAX_CLIENT_RESPONSES
        self.responses: list[PendingResponse] = []
        self.bytes: Counter[str] = Counter()
        self.refusals = self.cuts = 0

    def add(self, address: str, client: str, size: int) -> bool:
        """Add a response to the connection with this address, if there is room for it."""
        if self.bytes.total() + size > self.max_bytes or self.bytes[client] + size > self.max_client_bytes:
            self.refusals += 1
            return False
        self.bytes[client] += size
        if not self.responses:
            self._poll_later()
        host, _, port = address.rpartition(":")
        peer = node_address(host.strip("[]")), int(port or 0)
        self.responses.append(PendingResponse(peer, client, size, time.monotonic()))
        return True

    def collect(self) -> Iterator[Metric]:
        """The metrics."""
        gauge, counter = GaugeMetricFamily, CounterMetricFamily
        yield gauge("iqgraph_sending_bytes", "Bytes of large answers not yet taken.", self.bytes.total())
        yield counter("iqgraph_sending_refused", "Answers refused for want of room to send them.", self.refusals)
        yield counter("iqgraph_sending_cut", "Answers cut because their clients did not read.", self.cuts)

    def _poll_later(self) -> None:
        loop = asyncio.get_running_loop()
        loop.call_later(POLL_SECONDS, lambda: loop.create_task(self._poll()))

    async def _poll(self) -> None:
        """Remove the responses that are done; in a thread, as there may be thousands of connections."""
        responses = list(self.responses)
        for response in await asyncio.get_running_loop().run_in_executor(None, self._done, responses):
            self.responses.remove(response)
            self.bytes[response.client] -= response.size
        self.bytes += Counter()  # drops the clients without any
        if self.responses:
            self._poll_later()

    def _done(self, responses: Sequence[PendingResponse]) -> list[PendingResponse]:
        """The responses that were received, or are cut now."""
        if not all(_is_open(response) for response in responses):
            numbers = dict(connections())
            for response in responses:
                response.descriptor = numbers.get(response.peer, -1)
        return [response for response in responses if self._is_done(response)]

    def _is_done(self, response: PendingResponse) -> bool:
        with suppress(OSError), _connection(response.descriptor) as connection:
            if not int.from_bytes(fcntl.ioctl(connection, SIOCOUTQ, bytes(4)), sys.byteorder):
                was_empty, response.looks_empty = response.looks_empty, True
                return was_empty  # twice in a row: the server fills the buffer at once if it has more
            response.looks_empty = False
            info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, TCP_INFO_BYTES)
            now, acked = time.monotonic(), int.from_bytes(info[BYTES_ACKED : BYTES_ACKED + 8], sys.byteorder)
            elapsed, progress = now - response.window_start, acked - response.acked_bytes
            if response.acked_bytes and elapsed <= self.window:
                return False
            if response.acked_bytes and progress < MIN_WINDOW_BYTES * self.window / WINDOW_SECONDS:
                # Reset it at once, and drop what is in the buffer of the system, see SO_LINGER in socket(7).
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                connection.shutdown(socket.SHUT_RDWR)
                self.cuts += 1
                return True
            response.window_start, response.acked_bytes = now, acked
            return False
        return True  # the connection is closed


@contextmanager
def _connection(descriptor: int) -> Iterator[socket.socket]:
    """The socket of a descriptor that granian may close at any time; OSError if it has."""
    with socket.socket(fileno=os.dup(descriptor)) as connection:
        yield connection


def _is_open(response: PendingResponse) -> bool:
    with suppress(OSError), _connection(response.descriptor) as connection:
        return _peer(connection) == response.peer
    return False


def descriptors() -> Iterator[tuple[int, os.stat_result]]:
    """The open descriptors of this process, see proc_pid_fd(5)."""
    for name in os.listdir("/proc/self/fd"):  # noqa: PTH208 - only names are needed
        with suppress(OSError):
            yield int(name), os.fstat(int(name))


def connections() -> Iterator[tuple[Peer, int]]:
    """The connections of this process by the address of their peers; sockets of the system have none."""
    for number in (number for number, status in descriptors() if stat.S_ISSOCK(status.st_mode)):
        with suppress(OSError), _connection(number) as connection:
            yield _peer(connection), number


def _peer(connection: socket.socket) -> Peer:
    if connection.family == socket.AF_UNIX:
        return "", 0
    host, port = connection.getpeername()[:2]
    return node_address(host), port
