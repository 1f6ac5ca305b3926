"""The scoreboard: what a server says, its master sees; what hangs is noticed, what only stood still is not."""

import asyncio
import itertools
import multiprocessing
from collections.abc import Callable
from functools import partial
from typing import cast

import pytest

from iqgraph.service.processes.server import MAX_BYTES, MAX_MISSED_BEATS, SECONDS_PER_BEAT, Scoreboard, State


class Time:
    """The time of a loop, which passes when it is told to."""

    def __init__(self) -> None:
        self.loop = cast("asyncio.AbstractEventLoop", self)

    def call_later(self, _: float, call: Callable[..., object], *arguments: object) -> None:
        """Remember what to do next."""
        self.next = partial(call, *arguments)


def looks(board: Scoreboard, seconds: float = SECONDS_PER_BEAT, between: Callable[[], object] = bool) -> list[bool]:
    """What more than enough looks at it see, so many seconds apart."""
    seen = []
    for number in range(1, 2 * MAX_MISSED_BEATS):
        seen.append(board.is_silent(number * seconds))
        between()
    return seen


def test_a_loop_that_moves_beats() -> None:
    """Every round counts."""
    board, time = Scoreboard(), Time()
    board.beat(time.loop)
    for _ in range(4):
        time.next()

    assert board.beats == 5


def test_the_parent_sees_what_its_child_says() -> None:
    """It lies in memory that both see."""
    board = Scoreboard()

    def child() -> None:
        board.beat(Time().loop)
        board.report(State.READY, ["ä finding", "3 statements"])

    process = multiprocessing.get_context("fork").Process(target=child)
    process.start()
    process.join()

    assert (board.beats, board.state, board.lines) == (1, State.READY, ["ä finding", "3 statements"])


def test_nothing_was_said_yet() -> None:
    """A server that was just forked is loading."""
    assert (Scoreboard().beats, Scoreboard().state) == (0, State.LOADING)


def test_a_line_stays_one_line() -> None:
    """Whatever it holds."""
    board = Scoreboard()
    board.report(State.LOADING, ["two\nlines", "one"])

    assert board.lines == ["two lines", "one"]


def test_of_too_much_the_end_is_told() -> None:
    """The reason comes last."""
    board = Scoreboard()
    board.report(State.LOADING, ["ü" * 1000] * (MAX_BYTES // 1000) + ["the reason"])

    assert board.lines[-2:] == ["ü" * 1000, "the reason"]


def test_silence_is_noticed() -> None:
    """After so many looks."""
    board = Scoreboard()
    board.beat(Time().loop)

    assert looks(board).index(True) == MAX_MISSED_BEATS


def test_silence_must_last() -> None:
    """Beats that are missed now and then, each time with one after them, do not add up."""
    board, looked = Scoreboard(), itertools.count()

    def beat_at_times() -> None:
        if next(looked) % (MAX_MISSED_BEATS - 1) == 0:
            board.beat(Time().loop)

    board.beat(Time().loop)

    assert not any(looks(board, between=beat_at_times))


@pytest.mark.parametrize("has_begun", [True, False], ids=["moves", "has not begun"])
def test_no_other_is_taken_for_silent(has_begun: bool) -> None:  # noqa: FBT001 - two cases
    """Neither one that moves, nor one that is still being started."""
    board = Scoreboard()

    assert not any(looks(board, between=partial(board.beat, Time().loop) if has_begun else bool))


@pytest.mark.parametrize("seconds", [SECONDS_PER_BEAT * 2, SECONDS_PER_BEAT / 100], ids=["too late", "too often"])
def test_looks_out_of_time_do_not_count(seconds: float) -> None:
    """A whole machine stood still, or one event followed the other."""
    board = Scoreboard()
    board.beat(Time().loop)

    assert not any(looks(board, seconds))
