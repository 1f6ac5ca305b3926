"""The way into the site: nobody is left without an answer."""

import asyncio
import json
import logging

import pytest
from flask import Flask

from iqgraph.service.processes.doorway import Doorway
from iqgraph.service.requests.front import Front
from iqgraph.web.monitoring.metrics import MISS
from test_front import Channel, Scope


class Broken(Front):
    """A front with a fault."""

    async def __rsgi__(self, scope: Scope, channel: Channel) -> None:  # type: ignore[override]
        """Answer nothing."""
        raise ValueError("SELECT secret")


def test_a_fault_is_told(caplog: pytest.LogCaptureFixture) -> None:
    """To the client as each problem, to the keeper of the service in the log, and in the metrics."""
    front = Broken(Flask("site"))
    doorway, channel = Doorway(front), Channel()
    with caplog.at_level(logging.ERROR):
        asyncio.run(doorway.__rsgi__(Scope(), channel))

    assert (channel.status, json.loads(channel.body)["title"]) == (500, "Something went wrong here")
    assert [one.getMessage() for one in caplog.records] == ["Fault at GET /page"]
    assert front.metrics.answers == {("GET", 500): 1}
    assert {cache for _, cache in front.metrics.latencies} == {MISS}
    assert len(channel.id) == 32
    assert not doorway.inside


def test_half_a_request_is_not_handed_on() -> None:
    """The process that follows would take it for a whole one."""

    class Nobody:
        async def ask(self, *_: object) -> None:
            raise AssertionError("it was handed on")

    doorway, channel = Doorway(Front(Flask("site"))), Channel((b"ASK {", b"", b""))
    doorway.successor = Nobody()  # type: ignore[assignment]
    asyncio.run(doorway.__rsgi__(Scope("POST"), channel))

    assert (channel.status, "broke off" in channel.body.decode()) == (400, True)
    assert ("connection", "close") in channel.headers
