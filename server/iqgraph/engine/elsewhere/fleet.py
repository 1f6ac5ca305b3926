"""The engines elsewhere that hold the same data: which of them is asked next, and how each is looked after.

An engine that is up gets queries, the least busy one first. One that is not, costs nothing: queries do not wait for it.
Each is examined in the background, at intervals that are never quite the same, so that many servers do not examine it
at the same moment; one that does not answer is tried again soon, and then more and more rarely.
"""

import asyncio
import logging
import random
import time
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from ...client import Call
from ..interface import State
from .replica import Differs, Fault, Lost, Replica, Stalled

IF_RIGHT = ". If that data shall be served, run iqgraph reload"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When engines are examined; in seconds.

    `interval` between two examinations, `thorough` between two with hashes; `patience` for one, `long` for one with
    hashes; `first` and `last` are the shortest and the longest pause for one that does not answer.
    """

    interval: float = 5.0
    thorough: float = 60.0
    patience: float = 3.0
    long: float = 60.0
    first: float = 0.5
    last: float = 10.0


@dataclass(eq=False, slots=True)
class Member:
    """An engine, and how it is: `up` if it gets queries, `doubted` if it is being examined before it gets any more."""

    number: int
    replica: Replica
    up: bool = False
    doubted: bool = True
    why: str = "it was not asked yet"
    calls: set[Call] = field(default_factory=set)
    answered: int = 0
    failed: int = 0
    heard: float = 0.0
    proved: float = 0.0
    pause: float = 0.0
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def state(self) -> State:
        """How it is, for those who watch."""
        return State(self.number, self.up, "" if self.up else self.why, len(self.calls), self.answered, self.failed)


class Fleet:
    """Looks after engines; to be used from within one loop, in which it is begun."""

    def __init__(self, replicas: Sequence[Replica], rhythm: Rhythm) -> None:
        self.members = [Member(number, replica) for number, replica in enumerate(replicas, 1)]
        self.rhythm = rhythm
        self.threads = ThreadPoolExecutor(2 * len(replicas) + 1, "examination")
        self.changed = asyncio.Event()
        self.tasks: list[asyncio.Task[None]] = []

    def begin(self) -> None:
        """Look after all of them from now on."""
        loop = asyncio.get_running_loop()
        self.tasks = [loop.create_task(self._watch(member)) for member in self.members]

    def end(self) -> None:
        """Look after none any more."""
        for task in self.tasks:
            task.cancel()
        for member in self.members:
            member.replica.lines.close()

    async def next(self, tried: Collection[Member], end: float) -> Member | None:
        """The least busy engine that was not tried; None if there is none, and none can be expected before the end."""
        while True:
            free = [one for one in self.members if one.up and not one.doubted and one not in tried]
            if free:
                return min(free, key=lambda one: (len(one.calls), one.answered + one.failed))
            awaited = [one for one in self.members if one.doubted and one not in tried]
            left = end - asyncio.get_running_loop().time()
            if not awaited or left <= 0:
                return None
            self.changed.clear()
            try:
                await asyncio.wait_for(self.changed.wait(), left)
            except TimeoutError:
                return None

    def succeeded(self, member: Member) -> None:
        """Count an answer; an engine that gives answers is alive."""
        member.answered += 1
        member.heard = time.monotonic()

    def failed(self, member: Member, fault: Fault) -> None:
        """Take an engine out of service if the fault of one query says so; in any case, examine it now."""
        member.failed += 1
        log.warning("Engine %d (%s) did not answer a query: %s.", member.number, member.replica.server.shown, fault)
        if isinstance(fault, Differs):
            self._put_out(member, fault)
        elif isinstance(fault, Lost) and member.up:
            member.up, member.why = False, str(fault)
            member.doubted = True
        member.wake.set()

    async def _watch(self, member: Member) -> None:
        while True:
            member.wake.clear()
            await self._examine(member)
            pause = member.pause * random.uniform(0.8, 1.2)  # noqa: S311 - nobody is kept out by it
            try:
                await asyncio.wait_for(member.wake.wait(), pause)
                await asyncio.sleep(0 if member.doubted else self.rhythm.first)  # many queries may fail at once
            except TimeoutError:
                pass

    async def _examine(self, member: Member) -> None:
        begun = time.monotonic()
        thorough = not member.up or begun - member.proved > self.rhythm.thorough
        patience = self.rhythm.long if thorough else self.rhythm.patience
        call = Call(member.replica.lines)
        loop = asyncio.get_running_loop()
        job = loop.run_in_executor(self.threads, _examined, member.replica, patience, call, thorough)
        try:
            done, _ = await asyncio.wait({job}, timeout=patience)
        finally:
            call.cut()
        fault = job.result() if done else Stalled("no answer in time")
        if not done:
            job.add_done_callback(forget)
        if fault is None:
            self._put_in(member, begun if thorough else member.proved)
        elif not (isinstance(fault, Stalled) and member.up and member.heard > begun):
            self._put_out(member, fault)

    def _put_in(self, member: Member, proved: float) -> None:
        if not member.up:
            log.info("Engine %d (%s) is in service.", member.number, member.replica.server.shown)
        member.up, member.doubted, member.proved = True, False, proved
        member.pause = self.rhythm.interval
        self.changed.set()

    def _put_out(self, member: Member, fault: Fault) -> None:
        if member.up or member.why != str(fault):
            said = f"{fault}{IF_RIGHT}" if isinstance(fault, Differs) else f"does not answer: {fault}"
            log.warning("Engine %d (%s) is out of service: it %s.", member.number, member.replica.server.shown, said)
        served = member.up or member.doubted
        member.pause = self.rhythm.first if served else min(2 * member.pause, self.rhythm.last)
        member.up = member.doubted = False
        member.why = str(fault)
        for call in list(member.calls):
            call.cut()
        self.changed.set()


def _examined(replica: Replica, seconds: float, call: Call, thorough: bool) -> Fault | None:  # noqa: FBT001 - a job
    try:
        replica.examine(seconds, call, thorough=thorough)
    except Fault as fault:
        return fault
    return None


def forget(job: asyncio.Future[Any]) -> None:
    """Nobody waits for what comes of it any more."""
    if not job.cancelled():
        job.exception()
