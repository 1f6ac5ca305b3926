"""How a query and its answer cross the socket between the server and a worker: length, kind, content."""

import json
import struct
from typing import Any

from ..formats import FORMATS, Format
from . import errors
from .query import Query

HEAD = struct.Struct("!IB")
ANSWER, FAILURE = 0, 1


def frame(kind: int, content: bytes) -> bytes:
    """A message: the length of its content, its kind, its content."""
    return HEAD.pack(len(content), kind) + content


def pack_query(query: Query, chosen: Format) -> bytes:
    """A query and the format of its answer."""
    asked = (query.text, query.default_graphs, query.named_graphs, query.version, query.unasked, chosen.extension)
    return frame(ANSWER, json.dumps(asked, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def unpack_query(content: bytes) -> tuple[Query, Format]:
    """What `pack_query` packed."""
    text, default, named, version, unasked, extension = json.loads(content.decode("utf-8", "surrogatepass"))
    chosen = next(one for one in FORMATS if one.extension == extension)
    return Query(text, tuple(default), tuple(named), version=version, unasked=unasked), chosen


def pack_error(error: errors.QueryError) -> bytes:
    """An error with all that its class holds."""
    content = {"kind": type(error).__name__, "args": error.args, "more": vars(error)}
    return frame(FAILURE, json.dumps(content).encode())


def unpack_error(content: bytes) -> errors.QueryError:
    """What `pack_error` packed, an error of the same class."""
    found: dict[str, Any] = json.loads(content)
    kind = getattr(errors, found["kind"])
    error: errors.QueryError = kind.__new__(kind)
    error.args = tuple(found["args"])
    vars(error).update(found["more"])
    return error
