"""A worker: a process that evaluates one query at a time, and the messages between it and the server.

It may be killed at any moment, and before its first query it gives up whatever evaluation does not need. A message is
the length of its content, its type, and its content.
"""

import contextlib
import ctypes
import json
import logging
import marshal
import os
import resource
import signal
import socket
import struct
import traceback
from collections.abc import Callable, Sequence
from dataclasses import astuple
from itertools import pairwise
from pathlib import Path
from typing import Any

from ...bilingual import Text
from ...formats import FORMATS, Format
from ...settings import MIB, Settings
from .. import errors
from ..embedded import Embedded
from ..errors import Crashed, Interrupted, OutOfMemory, OutOfTime, QueryError
from ..query import Query, RowSelection

HEAD = struct.Struct("!QB")
CONTENT, FAILURE, FAULT, LOADED = range(4)
MAX_PART_BYTES = 1 << 16  # for more, the allocator asks the system for memory each time: 23 µs instead of 3
PR_SET_PDEATHSIG, PR_SET_NAME, PR_SET_NO_NEW_PRIVS = 1, 15, 38
ARG_START = 45  # its place among the fields of /proc/self/stat behind the name, see proc(5)
# The engine cannot be stopped (https://github.com/oxigraph/oxigraph/issues/1926), so its process is. An allocator that
# gets no memory aborts; a SIGKILL that is not ours comes from the system or the operator.
LOSS_BY_SIGNAL: dict[int, tuple[Callable[[], QueryError], str]] = {
    signal.SIGABRT: (OutOfMemory, "memory"),
    signal.SIGKILL: (Interrupted, "interrupted"),
    0: (Crashed, "crash"),  # any other end
}

log = logging.getLogger(__name__)


def work(channel: socket.socket, engine: Embedded, limits: Settings) -> None:
    """Answer the queries that arrive on the channel until it closes."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    confine(channel, limits, engine.descriptors)
    messages = MessageBuffer()
    with contextlib.suppress(OSError):
        while messages.receive(channel):
            if message := messages.pop():
                channel.sendall(_answer(message[1], engine, channel))


def answer_in_child(query: Query, output: Format, engine: Embedded, limits: Settings) -> bytes:
    """The whole answer of a worker that is forked for this query alone; a QueryError, also if the engine aborts."""
    ours, theirs = socket.socketpair()

    def run() -> None:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)  # which ends the process
        signal.setitimer(signal.ITIMER_REAL, limits.timeout)
        work(theirs, engine, limits)

    pid = fork("iqgraph worker", run, ours)
    theirs.close()
    messages, message = MessageBuffer(), None
    with ours, contextlib.suppress(OSError):  # of a worker that has ended
        ours.sendall(pack_query(query, output))
        while not (message := messages.pop()) and messages.receive(ours):
            pass
    _, status = os.waitpid(pid, 0)
    if message:
        return unpack_answer(*message)
    raise OutOfTime(limits.timeout) if os.WTERMSIG(status) == signal.SIGALRM else loss(status)[0]()


def loss(status: int) -> tuple[Callable[[], QueryError], str]:
    """The error for the query of a worker that ended with a wait status, and how metrics call such an end."""
    return LOSS_BY_SIGNAL.get(os.WTERMSIG(status), LOSS_BY_SIGNAL[0])


def _answer(content: bytes, engine: Embedded, channel: socket.socket) -> bytes:
    try:
        query, output = unpack_query(content)
        if query.version:
            engine.explainer_of(query.version)
            channel.sendall(frame(LOADED, b""))
        return frame(CONTENT, engine.answer(query, output))
    except MemoryError:
        return pack_error(OutOfMemory())
    except QueryError as error:
        return pack_error(error)
    except Exception:  # noqa: BLE001 - the server logs it, since standard error is closed
        return frame(FAULT, traceback.format_exc().encode())


class MessageBuffer:
    """The bytes that were received from a channel, until their messages are complete."""

    def __init__(self) -> None:
        self.buffer = bytearray()

    def receive(self, channel: socket.socket) -> bool:
        """Add what has arrived on the channel; whether its other end is still open."""
        try:
            content = channel.recv(MAX_PART_BYTES)
        except BlockingIOError:
            return True
        except OSError:
            return False
        self.buffer += content
        return bool(content)

    def pop(self) -> tuple[int, bytes] | None:
        """Remove the first message and return its type and its content; None if it is not complete."""
        if len(self.buffer) < HEAD.size:
            return None
        size, message_type = HEAD.unpack_from(self.buffer)
        end = HEAD.size + size
        if len(self.buffer) < end:
            return None
        content, self.buffer = bytes(memoryview(self.buffer)[HEAD.size : end]), self.buffer[end:]
        return message_type, content


def frame(message_type: int, content: bytes) -> bytes:
    """A message: the length of its content, its type, its content."""
    return HEAD.pack(len(content), message_type) + content


def pack_query(query: Query, output: Format) -> bytes:
    """The message for a query and the format of its answer."""
    selection = [astuple(query.selection)] if query.selection else []
    fields = query.text, query.default_graphs, query.named_graphs, None, query.version, query.is_parse_only
    return frame(CONTENT, marshal.dumps((fields, selection, FORMATS.index(output))))


def unpack_query(content: bytes) -> tuple[Query, Format]:
    """The query and the format in such a message; it is from the server, whose code a worker runs anyway."""
    fields, selection, number = marshal.loads(content)  # noqa: S302 - workers, which nobody trusts, send JSON
    return Query(*fields, *(RowSelection(*rows) for rows in selection)), FORMATS[number]


def pack_error(error: errors.QueryError) -> bytes:
    """The message for an error with its attributes."""
    content = {"class": type(error).__name__, "text": error.args[0], "attributes": vars(error)}
    return frame(FAILURE, json.dumps(content).encode())


def unpack_answer(message_type: int, content: bytes) -> bytes:
    """The answer in a message, or a QueryError; a fault of the engine is logged, and told as a crash."""
    if message_type == FAULT:
        log.error("Fault in a worker:\n%s", content.decode())
        raise Crashed
    if message_type == FAILURE:
        raise unpack_error(content)
    return content


def unpack_error(content: bytes) -> errors.QueryError:
    """The error in such a message, of the same class and with the same attributes."""
    members: dict[str, Any] = json.loads(content)
    class_ = getattr(errors, members["class"])
    error: errors.QueryError = class_.__new__(class_)
    error.args = (Text(*members["text"]),)
    vars(error).update(members["attributes"])
    return error


def die_with_parent(parent: int) -> None:
    """Have this process killed when its parent ends in any way, or end it at once if the parent has ended already.

    Call it in the child, with the process id that the parent had before it forked. A stopped process is killed too.
    """
    # fork(2) clears this setting, so each child has to make it (prctl(2)).
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def fork(title: str, run: Callable[[], object], *parent_sockets: socket.socket) -> int:
    """Run a function in a child process, which closes the sockets of the parent and ends with it; its process id."""
    parent = os.getpid()
    if pid := os.fork():
        return pid
    try:
        die_with_parent(parent)
        set_title(title)
        for parent_socket in parent_sockets:
            parent_socket.close()
        run()
    finally:
        os._exit(0)  # in no case may the code of the parent go on in this process


def set_title(title: str, *arguments: str) -> None:
    """Set the title that `ps` shows, of at most 15 bytes, and arguments behind it as far as there is room.

    `ps -o comm` shows the name of the main thread, `ps -f` the memory where the system put the command line (proc(5)).
    """
    ctypes.CDLL(None).prctl(PR_SET_NAME, title.encode(), 0, 0, 0)
    fields = Path("/proc/self/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    start, end = map(int, fields[ARG_START : ARG_START + 2])
    line = os.fsencode(" ".join([title, *arguments]))[: end - start - 1]
    if start and line:
        ctypes.memmove(start, line.ljust(end - start, b"\0"), end - start)


def confine(channel: socket.socket, limits: Settings, descriptors: Sequence[int] = ()) -> None:
    """Give up whatever the evaluation of a query does not need: files, sockets, processes, memory beyond the limit.

    The descriptors of a store on disk stay open; they are read-only, and of data that any query may ask for.
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # an allocator that fails prints much
    remaining = sorted({2, channel.fileno(), *descriptors, resource.getrlimit(resource.RLIMIT_NOFILE)[0]})
    for descriptor, following in pairwise(remaining):
        os.closerange(descriptor + 1, following)
    # A core dump would be as large as the dataset, and contain little else (core(5)).
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # https://docs.kernel.org/userspace-api/no_new_privs.html
    ctypes.CDLL(None).prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    # If memory runs out, let the system kill a worker, which is replaced, and not the process that replaces it.
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:  # noqa: PTH123 - as below
        score.write("1000")
    pages = int(open("/proc/self/statm").read().split()[0])  # noqa: SIM115, PTH123 - the last file it opens
    max_bytes = pages * resource.getpagesize() + int(limits.memory * MIB)
    resource.setrlimit(resource.RLIMIT_AS, (max_bytes, max_bytes))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
