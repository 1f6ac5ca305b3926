"""How a process hands requests to the one that follows it, and gets whole answers back.

Connections stay with the process that took them. A client that keeps one open over a change of the data sends its next
request to the old process, and this one asks the new.
"""

import asyncio
import contextlib
import itertools
import json
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from ..requests.cache import Headers
from ..requests.wsgi import Channel, Scope

HEAD = struct.Struct("!III")
GONE = "the process that follows is gone"
FIELDS = ("method", "path", "query_string", "scheme", "http_version", "client", "authority")
Application = Callable[[Scope, Channel], Awaitable[None]]


class Fields:
    """The headers of a request, each of which may come several times."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self.pairs = [(name, value) for name, value in pairs]
        self.lines: dict[str, list[str]] = {}
        for name, value in self.pairs:
            self.lines.setdefault(name, []).append(value)

    def items(self) -> list[tuple[str, str]]:
        """All of them, for a process that hands the request on once more."""
        return self.pairs

    def get(self, name: str) -> str | None:
        """The first value, if there is one."""
        return self.get_all(name)[0] if name in self.lines else None

    def get_all(self, name: str) -> list[str]:
        """All values."""
        return self.lines.get(name, [])


@dataclass(eq=False)
class Relayed:
    """A request that came through another process, and the answer for it; a Scope and a Channel in one."""

    method: str
    path: str
    query_string: str
    scheme: str
    http_version: str
    client: str
    authority: str | None
    headers: Fields
    body: bytes
    status: int = 500
    answered: Headers = field(default_factory=list)
    content: bytes = b""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """The body, which is there."""
        yield self.body

    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None:
        """Keep an answer."""
        self.status, self.answered, self.content = status, headers, body

    def response_empty(self, status: int, headers: Headers) -> None:
        """Keep an answer without a body."""
        self.response_bytes(status, headers, b"")

    async def client_disconnect(self) -> None:
        """Nobody tells whether the client went away; limits of time hold all the same."""
        await asyncio.Event().wait()


class Successor:
    """The process that follows, as the old one sees it."""

    def __init__(self, end: socket.socket) -> None:
        self.end = end
        self.numbers = itertools.count()
        self.waiting: dict[int, asyncio.Future[tuple[dict[str, Any], bytes]]] = {}
        self.opened: asyncio.Task[asyncio.StreamWriter] = asyncio.ensure_future(self._open())

    async def ask(self, scope: Scope, body: bytes, channel: Channel) -> None:
        """Answer a request as the new process does; a ConnectionError if it is gone."""
        writer = await asyncio.shield(self.opened)
        if self.reading.done():
            raise ConnectionError(GONE)
        number = next(self.numbers)
        answer = self.waiting[number] = asyncio.get_running_loop().create_future()
        about = {name: getattr(scope, name) for name in FIELDS}
        about["headers"] = list(scope.headers.items())
        _write(writer, number, about, body)
        await writer.drain()
        told, content = await answer
        headers = [(name, value) for name, value in told["headers"]]
        if scope.method == "HEAD":
            channel.response_empty(told["status"], headers)
        else:
            channel.response_bytes(told["status"], headers, content)

    async def _open(self) -> asyncio.StreamWriter:
        reader, writer = await asyncio.open_connection(sock=self.end)
        self.reading = asyncio.ensure_future(self._read(reader))
        return writer

    async def _read(self, reader: asyncio.StreamReader) -> None:
        async for number, told, content in _messages(reader):
            answer = self.waiting.pop(number)
            if not answer.done():
                answer.set_result((told, content))
        for answer in self.waiting.values():
            if not answer.done():
                answer.set_exception(ConnectionError(GONE))


async def answer_for(end: socket.socket, application: Application) -> None:
    """Answer what the process before sends, until it has ended."""
    reader, writer = await asyncio.open_connection(sock=end)
    running: set[asyncio.Task[None]] = set()
    async for number, about, body in _messages(reader):
        asked = Relayed(**about | {"headers": Fields(about["headers"])}, body=body)
        task = asyncio.ensure_future(_answer(writer, number, asked, application))
        running.add(task)
        task.add_done_callback(running.discard)
    writer.close()


async def _answer(writer: asyncio.StreamWriter, number: int, asked: Relayed, application: Application) -> None:
    try:
        await application(asked, asked)
    finally:  # without an answer it is 500, as with the server itself
        with contextlib.suppress(ConnectionError):
            _write(writer, number, {"status": asked.status, "headers": asked.answered}, asked.content)
            await writer.drain()


def _write(writer: asyncio.StreamWriter, number: int, about: dict[str, Any], body: bytes) -> None:
    head = json.dumps(about).encode()
    writer.write(HEAD.pack(number, len(head), len(body)) + head + body)


async def _messages(reader: asyncio.StreamReader) -> AsyncIterator[tuple[int, dict[str, Any], bytes]]:
    with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
        while True:
            number, head, body = HEAD.unpack(await reader.readexactly(HEAD.size))
            yield number, json.loads(await reader.readexactly(head)), await reader.readexactly(body)
