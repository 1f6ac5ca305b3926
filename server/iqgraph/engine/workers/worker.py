"""A worker: a process that evaluates one query at a time, and how a query and its answer cross the socket to it.

A message is the length of its content, its kind, and its content. The worker may be killed at any moment; what it gave
up before it took its first query is in `sandbox`.
"""

import contextlib
import json
import socket
import struct
from typing import Any

from ...bilingual import Text
from ...formats import FORMATS, Format
from .. import errors
from ..embedded import Embedded
from ..errors import OutOfMemory, QueryError
from ..interface import Limits
from ..query import Query, Wanted
from .sandbox import confine

HEAD = struct.Struct("!IB")
ANSWER, FAILURE = 0, 1


def work(channel: socket.socket, engine: Embedded, limits: Limits) -> None:
    """Answer the queries that come through the channel until it closes."""
    confine(channel, limits, engine.descriptors)
    with contextlib.suppress(OSError):
        while content := _receive(channel):
            channel.sendall(_answer(content, engine))


def _receive(channel: socket.socket) -> bytes:
    head = channel.recv(HEAD.size, socket.MSG_WAITALL)
    if len(head) < HEAD.size:
        return b""
    return channel.recv(HEAD.unpack(head)[0], socket.MSG_WAITALL)


def _answer(content: bytes, engine: Embedded) -> bytes:
    try:
        query, chosen = unpack_query(content)
        return frame(ANSWER, engine.answer(query, chosen))
    except MemoryError:
        return pack_error(OutOfMemory())
    except QueryError as error:
        return pack_error(error)


class Incoming:
    """What has come through a channel of the message that is on its way."""

    def __init__(self) -> None:
        self.buffer = bytearray()

    def take(self, content: bytes) -> tuple[int, bytes] | None:
        """Take what came; the kind and the content of the message once it is whole."""
        self.buffer += content
        if len(self.buffer) < HEAD.size:
            return None
        size, kind = HEAD.unpack_from(self.buffer)
        if len(self.buffer) < HEAD.size + size:
            return None
        whole = bytes(memoryview(self.buffer)[HEAD.size :])
        self.buffer = bytearray()
        return kind, whole


def frame(kind: int, content: bytes) -> bytes:
    """A message: the length of its content, its kind, its content."""
    return HEAD.pack(len(content), kind) + content


def pack_query(query: Query, chosen: Format) -> bytes:
    """A query and the format of its answer."""
    wanted = query.wanted and (query.wanted.rows, query.wanted.limit, query.wanted.offset)
    graphs = query.default_graphs, query.named_graphs
    asked = (query.text, *graphs, query.version, query.is_parse_only, wanted, chosen.extension)
    return frame(ANSWER, json.dumps(asked, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def unpack_query(content: bytes) -> tuple[Query, Format]:
    """What `pack_query` packed."""
    text, default, named, version, is_parse_only, wanted, extension = json.loads(
        content.decode("utf-8", "surrogatepass")
    )
    chosen = next(one for one in FORMATS if one.extension == extension)
    rows = Wanted(tuple(wanted[0]), *wanted[1:]) if wanted else None
    return Query(text, tuple(default), tuple(named), version=version, is_parse_only=is_parse_only, wanted=rows), chosen


def pack_error(error: errors.QueryError) -> bytes:
    """An error with all that its class holds."""
    content = {"kind": type(error).__name__, "text": error.text, "more": vars(error)}
    return frame(FAILURE, json.dumps(content).encode())


def unpack_error(content: bytes) -> errors.QueryError:
    """What `pack_error` packed, an error of the same class."""
    found: dict[str, Any] = json.loads(content)
    kind = getattr(errors, found["kind"])
    error: errors.QueryError = kind.__new__(kind)
    error.args = (Text(*found["text"]),)
    vars(error).update(found["more"])
    return error
