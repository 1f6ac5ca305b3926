"""The watchdog: what moves is left alone, what hangs is ended, and what was stopped together goes on together."""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Callable
from functools import partial
from typing import cast

import pytest

from iqgraph.service.watchdog import Beat, Watchdog

MISSED = 3


class Time:
    """The time of a loop, which passes when it is told to."""

    def __init__(self) -> None:
        self.loop = cast("asyncio.AbstractEventLoop", self)

    def call_later(self, _: float, call: Callable[..., object], *arguments: object) -> None:
        """Remember what to do next."""
        self.next = partial(call, *arguments)


@pytest.fixture
def process() -> multiprocessing.process.BaseProcess:
    """A process that does nothing."""
    process = multiprocessing.get_context("fork").Process(target=signal.pause, daemon=True)
    process.start()
    return process


def test_a_loop_that_moves_beats() -> None:
    """Every round counts."""
    beat, time = Beat(), Time()
    beat.start(time.loop)
    for _ in range(4):
        time.next()

    assert beat.count == 5


def test_the_parent_sees_the_beat_of_its_child() -> None:
    """The number lies in memory that both see."""
    beat = Beat()
    child = multiprocessing.get_context("fork").Process(target=beat.start, args=(Time().loop,))
    child.start()
    child.join()

    assert beat.count == 1


def test_silence_is_the_end(process: multiprocessing.process.BaseProcess, caplog: pytest.LogCaptureFixture) -> None:
    """A process that was stopped is ended after so many rounds, and the log says so."""
    beat = Beat()
    beat.start(Time().loop)
    assert process.pid
    os.kill(process.pid, signal.SIGSTOP)
    dog = Watchdog(beat, process.kill, MISSED)
    for _ in range(MISSED + 1):
        dog.look()
    process.join()

    assert process.exitcode == -signal.SIGKILL
    assert caplog.messages == ["The process that answers hangs, and is ended."]


@pytest.mark.parametrize("begun", [True, False], ids=["moves", "has not begun"])
def test_no_other_is_ended(process: multiprocessing.process.BaseProcess, begun: bool) -> None:  # noqa: FBT001 - two cases
    """Neither one that moves, nor one that is still being started."""
    beat = Beat()
    dog = Watchdog(beat, process.kill, MISSED)
    for _ in range(3 * MISSED):
        if begun:
            beat.start(Time().loop)
        dog.look()

    assert process.is_alive()
    process.kill()
    process.join()
