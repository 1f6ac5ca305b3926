"""The scoreboard: the master sees the reports of a server; a server that hangs is noticed, a pause is not."""

import asyncio
import itertools
import multiprocessing
from collections.abc import Callable
from functools import partial
from typing import cast

import pytest

from iqgraph.service.processes.server import MAX_BYTES, MAX_MISSED_BEATS, SECONDS_PER_BEAT, Scoreboard, State


class Time:
    """A loop whose time the test controls."""

    def __init__(self) -> None:
        self.loop = cast("asyncio.AbstractEventLoop", self)

    def call_later(self, _: float, call: Callable[..., object], *arguments: object) -> None:
        """Remember what to do next."""
        self.next = partial(call, *arguments)


def checks(board: Scoreboard, seconds: float = SECONDS_PER_BEAT, between: Callable[[], object] = bool) -> list[bool]:
    """The results of more than enough checks, so many seconds apart."""
    results = []
    for number in range(1, 2 * MAX_MISSED_BEATS):
        results.append(board.is_silent(number * seconds))
        between()
    return results


def test_a_loop_that_moves_beats() -> None:
    """Each round of the loop is a beat."""
    board, time = Scoreboard(), Time()
    board.beat(time.loop)
    for _ in range(4):
        time.next()

    assert board.beats == 5


def test_the_parent_sees_the_reports_of_its_child() -> None:
    """They are in shared memory; a new server has no beats yet, and is loading."""
    board = Scoreboard()
    assert (board.beats, board.state) == (0, State.LOADING)

    def child() -> None:
        board.beat(Time().loop)
        board.report(State.READY, ["ä finding", "3 statements"])

    process = multiprocessing.get_context("fork").Process(target=child)
    process.start()
    process.join()

    assert (board.beats, board.state, board.lines) == (1, State.READY, ["ä finding", "3 statements"])


def test_a_line_stays_one_line() -> None:
    """Line breaks become spaces."""
    board = Scoreboard()
    board.report(State.LOADING, ["two\nlines", "one"])

    assert board.lines == ["two lines", "one"]


def test_a_long_report_keeps_its_end() -> None:
    """The reason comes last."""
    board = Scoreboard()
    board.report(State.LOADING, ["ü" * 1000] * (MAX_BYTES // 1000) + ["the reason"])

    assert board.lines[-2:] == ["ü" * 1000, "the reason"]


def test_silence_is_noticed() -> None:
    """After the maximum of missed beats."""
    board = Scoreboard()
    board.beat(Time().loop)

    assert checks(board).index(True) == MAX_MISSED_BEATS


def test_silence_must_last() -> None:
    """Beats missed with others in between do not add up."""
    board, count = Scoreboard(), itertools.count()

    def beat_at_times() -> None:
        if next(count) % (MAX_MISSED_BEATS - 1) == 0:
            board.beat(Time().loop)

    board.beat(Time().loop)

    assert not any(checks(board, between=beat_at_times))


@pytest.mark.parametrize(
    ("seconds", "has_begun", "moves"),
    [
        (SECONDS_PER_BEAT, True, True),
        (SECONDS_PER_BEAT, False, False),
        (SECONDS_PER_BEAT * 2, True, False),
        (SECONDS_PER_BEAT / 100, True, False),
    ],
    ids=["moves", "has not begun", "checked too late", "checked too often"],
)
def test_other_servers_are_not_silent(seconds: float, has_begun: bool, moves: bool) -> None:
    """One with beats, or still starting; checks do not count if the whole machine paused, or if they come at once."""
    board = Scoreboard()
    if has_begun:
        board.beat(Time().loop)

    assert not any(checks(board, seconds, partial(board.beat, Time().loop) if moves else bool))
