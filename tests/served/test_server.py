"""The server process: every request is answered, and the internals of Granian that it uses exist."""

import asyncio
import inspect
import json
import logging
import select
import socket
from importlib.metadata import version
from typing import Any
from unittest.mock import Mock, call

import pytest
from flask import Flask
from granian.net import SocketHolder  # type: ignore[attr-defined]
from granian.server.embed import Server as Granian

from iqgraph.dataset import Dataset
from iqgraph.release.release import build
from iqgraph.service import serving
from iqgraph.service.checking import ServiceData
from iqgraph.service.processes.server import make_granian
from iqgraph.service.processes.sockets import listen, reserve, stop_accepting
from iqgraph.service.requests.accounting import MISS
from iqgraph.service.requests.front import Front
from iqgraph.settings import Settings
from iqgraph.web import create_app
from iqgraph.web.http.language import LANGUAGES
from test_front import Channel, Scope, counts


class Broken(Front):
    """A front that raises an exception."""

    async def _answer(self, *_: object) -> None:
        """Raise."""
        raise ValueError("SELECT secret")


def test_an_exception_is_reported(letter: Dataset, caplog: pytest.LogCaptureFixture) -> None:
    """An exception is a problem for the client, and appears in log and metrics."""
    front = Broken(create_app(letter))
    channel = Channel()
    with caplog.at_level(logging.ERROR):
        asyncio.run(front.__rsgi__(Scope(), channel))

    assert (channel.status, json.loads(channel.body)["title"]) == (500, "Something went wrong here")
    assert [one.getMessage() for one in caplog.records] == ["Fault at GET /page"]
    assert counts(front) == {("GET", "500"): 1}
    [latencies] = front.accounting.latencies.collect()
    assert {sample.labels["cache"] for sample in latencies.samples} == {MISS}
    assert len(channel.id) == 32
    assert not front.requests


def test_the_last_answer_on_a_connection_says_so() -> None:
    """A closing server sends `Connection: close`, also with a cached answer."""
    front = Front(Flask("site"))
    counts = []
    for front.is_closing in (False, True, True):
        channel = Channel()
        asyncio.run(front.__rsgi__(Scope(), channel))
        counts.append(channel.headers.count(("connection", "close")))

    assert counts == [0, 1, 1]


PATIENCE = 20
REQUEST = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
MISSING = f"granian {version('granian')} has another inner part than server.py needs: "


def test_granian_takes_an_open_socket() -> None:
    """There is no public parameter for a socket (https://github.com/emmett-framework/granian/issues/786)."""
    assert "self._init_shared_socket()" in inspect.getsource(Granian.startup), f"{MISSING}_init_shared_socket"
    assert "(self._ssp, self._shd)" in inspect.getsource(Granian._spawn_worker), f"{MISSING}_shd"  # noqa: SLF001
    with reserve("127.0.0.1", 0) as listener:
        granian: Any = make_granian(Always(), listener)
        granian._init_shared_socket()  # noqa: SLF001

        assert isinstance(granian._shd, SocketHolder), f"{MISSING}SocketHolder"  # noqa: SLF001
        assert granian._shd.get_fd() == listener.fileno(), f"{MISSING}SocketHolder"  # noqa: SLF001


class Always:
    """An application that always gives the same answer."""

    async def __rsgi__(self, _: object, channel: Channel) -> None:
        """Answer."""
        channel.response_bytes(200, [], b"here")


def test_granian_can_be_made_to_stop_accepting() -> None:
    """Open connections are answered; new ones wait for another process. The listener is in an epoll of this process."""

    async def scenario(listener: socket.socket) -> tuple[bytes, bool]:
        granian = make_granian(Always(), listener)
        serving = asyncio.ensure_future(granian.serve())
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_connection(*listener.getsockname())
            writer.write(REQUEST)
            await reader.readuntil(b"here")
            left = stop_accepting(listener)
            with left, socket.create_connection(left.getsockname()) as late:
                late.sendall(REQUEST)
                writer.write(REQUEST)
                answer = await reader.readuntil(b"here")
                is_accepted = not select.select([left], [], [], 0)[0]
        writer.close()
        granian.stop()
        await serving
        listener.detach()  # granian has closed it
        return answer, is_accepted

    with reserve("127.0.0.1", 0) as listener:
        listen(listener)
        answer, is_accepted = asyncio.run(scenario(listener))

    assert answer.startswith(b"HTTP/1.1 200"), f"{MISSING}how it serves"
    assert not is_accepted, f"{MISSING}an epoll of the process that waits for the listener"


def test_the_search_is_ready_before_processes_are_forked(letter: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    """They share its index, and no reader waits for it."""
    model = Mock()
    monkeypatch.setattr(serving, "Model", lambda _: model)
    monkeypatch.setattr(serving, "isolated_engine", Mock(side_effect=InterruptedError))

    with pytest.raises(InterruptedError):
        serving._prepare(Settings(), lambda: ServiceData(letter, build(letter)), 0, print)  # noqa: SLF001
    assert model.lookup.call_args_list == [call(language) for language in LANGUAGES]
