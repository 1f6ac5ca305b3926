"""A worker: a process that evaluates one query at a time, and how a query and its answer cross the socket to it.

It may be killed at any moment, and before it takes its first query, it gives up whatever evaluating does not need. A
message is the length of its content, its kind, and its content.
"""

import contextlib
import ctypes
import json
import marshal
import os
import resource
import signal
import socket
import struct
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from ...bilingual import Text
from ...formats import FORMATS, Format
from ...settings import MIB, Settings
from .. import errors
from ..embedded import Embedded
from ..errors import OutOfMemory, QueryError
from ..query import Query, Wanted

HEAD = struct.Struct("!IB")  # four bytes for a length, so an answer ends at 4 GiB, as --answer-size does
CONTENT, FAILURE, LOADED = range(3)
MAX_PART_BYTES = 1 << 16  # for more, the allocator asks the system for memory each time: 23 µs in the place of 3
PR_SET_PDEATHSIG, PR_SET_NAME, PR_SET_NO_NEW_PRIVS = 1, 15, 38
ARG_START = 45  # fields of /proc/self/stat behind the name, as proc(5) counts them from 3 on


def work(channel: socket.socket, engine: Embedded, limits: Settings) -> None:
    """Answer the queries that come through the channel until it closes."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    confine(channel, limits, engine.descriptors)
    incoming = Incoming()
    with contextlib.suppress(OSError):
        while content := channel.recv(MAX_PART_BYTES):
            incoming.buffer += content
            if message := incoming.take():
                channel.sendall(_answer(message[1], engine, channel))


def _answer(content: bytes, engine: Embedded, channel: socket.socket) -> bytes:
    try:
        query, chosen = unpack_query(content)
        if query.version:
            engine.explainer_of(query.version)
            channel.sendall(frame(LOADED, b""))
        return frame(CONTENT, engine.answer(query, chosen))
    except MemoryError:
        return pack_error(OutOfMemory())
    except QueryError as error:
        return pack_error(error)


class Incoming:
    """What has come through a channel and was not taken yet."""

    def __init__(self) -> None:
        self.buffer = bytearray()

    def take(self) -> tuple[int, bytes] | None:
        """The kind and the content of the first message, once it is whole."""
        if len(self.buffer) < HEAD.size:
            return None
        size, kind = HEAD.unpack_from(self.buffer)
        end = HEAD.size + size
        if len(self.buffer) < end:
            return None
        whole, self.buffer = bytes(memoryview(self.buffer)[HEAD.size : end]), self.buffer[end:]
        return kind, whole


def frame(kind: int, content: bytes) -> bytes:
    """A message: the length of its content, its kind, its content."""
    return HEAD.pack(len(content), kind) + content


def pack_query(query: Query, chosen: Format) -> bytes:
    """A query and the format of its answer."""
    wanted = [(query.wanted.rows, query.wanted.limit, query.wanted.offset)] if query.wanted else []
    asked = query.text, query.default_graphs, query.named_graphs, None, query.version, query.is_parse_only
    return frame(CONTENT, marshal.dumps((asked, wanted, FORMATS.index(chosen))))


def unpack_query(content: bytes) -> tuple[Query, Format]:
    """What `pack_query` packed: in the server, whose code a worker runs anyway."""
    asked, wanted, place = marshal.loads(content)  # noqa: S302 - what a worker sends is JSON, since nobody trusts it
    return Query(*asked, *(Wanted(*one) for one in wanted)), FORMATS[place]


def pack_error(error: errors.QueryError) -> bytes:
    """An error with all that its class holds."""
    content = {"kind": type(error).__name__, "text": error.args[0], "more": vars(error)}
    return frame(FAILURE, json.dumps(content).encode())


def unpack_error(content: bytes) -> errors.QueryError:
    """What `pack_error` packed, an error of the same class."""
    found: dict[str, Any] = json.loads(content)
    kind = getattr(errors, found["kind"])
    error: errors.QueryError = kind.__new__(kind)
    error.args = (Text(*found["text"]),)
    vars(error).update(found["more"])
    return error


def die_with_parent(parent: int) -> None:
    """End this process when its parent ends, however that ends, and at once if it has ended already.

    Call it in the child, with the process id that the parent had before it forked. A process that is stopped ends too.
    """
    # The setting is lost at fork(2), so each child makes its own (prctl(2)).
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def fork(title: str, run: Callable[[], object], *closed: socket.socket) -> int:
    """Run something in a process of its own, without some sockets, which ends with this one; its process id."""
    parent = os.getpid()
    if pid := os.fork():
        return pid
    try:
        die_with_parent(parent)
        set_title(title)
        for one in closed:
            one.close()
        run()
    finally:
        os._exit(0)  # whatever happens, the code of the parent must not go on in this process


def set_title(title: str, *arguments: str) -> None:
    """Let `ps` show this process by a title of at most 15 bytes, followed by arguments as far as there is room.

    `ps -o comm` has the name of the main thread, `ps -f` the memory where the system put the command line (proc(5)).
    """
    ctypes.CDLL(None).prctl(PR_SET_NAME, title.encode(), 0, 0, 0)
    fields = Path("/proc/self/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    start, end = map(int, fields[ARG_START : ARG_START + 2])
    line = os.fsencode(" ".join([title, *arguments]))[: end - start - 1]
    if start and line:
        ctypes.memmove(start, line.ljust(end - start, b"\0"), end - start)


def confine(channel: socket.socket, limits: Settings, descriptors: Sequence[int] = ()) -> None:
    """Give up whatever evaluating a query does not need: files, sockets, processes, memory beyond the limit.

    The descriptors of a store on disk stay; they can only be read, and hold nothing that a query may not ask for.
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # an allocator that gives up has much to say
    kept = sorted({2, channel.fileno(), *descriptors, resource.getrlimit(resource.RLIMIT_NOFILE)[0]})
    for one, next_one in pairwise(kept):
        os.closerange(one + 1, next_one)
    # A core would be as large as the dataset, and the dataset is the same in each (core(5)).
    _limit(resource.RLIMIT_CORE, 0)
    # https://docs.kernel.org/userspace-api/no_new_privs.html
    ctypes.CDLL(None).prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    # Where memory runs out, let the system end a worker, which is replaced, and not what replaces it.
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:  # noqa: PTH123 - as below
        score.write("1000")
    pages = int(open("/proc/self/statm").read().split()[0])  # noqa: SIM115, PTH123 - the last file it opens
    _limit(resource.RLIMIT_AS, pages * resource.getpagesize() + int(limits.memory * MIB))
    _limit(resource.RLIMIT_NOFILE, 0)


def _limit(kind: int, most: int) -> None:
    resource.setrlimit(kind, (most, most))
