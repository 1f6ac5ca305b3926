"""A worker: a process that evaluates one query at a time, cannot open anything, and may be killed at any moment."""

import contextlib
import ctypes
import os
import resource
import socket
import sys
from collections.abc import Sequence
from itertools import pairwise

from ..embedded import Embedded
from ..errors import OutOfMemory, QueryError
from ..limits import Limits
from ..wire import ANSWER, HEAD, frame, pack_error, unpack_query

_NO_NEW_PRIVILEGES = 38


def work(channel: socket.socket, engine: Embedded, limits: Limits) -> None:
    """Answer the queries that come through the channel until it closes."""
    confine(channel, limits, engine.descriptors)
    with contextlib.suppress(OSError):
        while content := _receive(channel):
            channel.sendall(_answer(content, engine))


def confine(channel: socket.socket, limits: Limits, descriptors: Sequence[int] = ()) -> None:
    """Give up whatever evaluating a query does not need: files, sockets, processes, memory beyond the limit.

    The descriptors of a store on disk stay; they can only be read, and hold nothing that a query may not ask for.
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # an allocator that gives up has much to say
    kept = sorted({2, channel.fileno(), *descriptors, resource.getrlimit(resource.RLIMIT_NOFILE)[0]})
    for one, next_one in pairwise(kept):
        os.closerange(one + 1, next_one)
    _limit(resource.RLIMIT_CORE, 0)
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        _go_first()
        pages = int(open("/proc/self/statm").read().split()[0])  # noqa: SIM115, PTH123 - the last file it opens
        _limit(resource.RLIMIT_AS, pages * resource.getpagesize() + limits.memory)
    _limit(resource.RLIMIT_NOFILE, 0)


def _go_first() -> None:
    """Where memory runs out, let the system end a worker, which is replaced, and not what replaces it."""
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:  # noqa: PTH123 - as below
        score.write("1000")


def _limit(kind: int, most: int) -> None:
    resource.setrlimit(kind, (most, most))


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
