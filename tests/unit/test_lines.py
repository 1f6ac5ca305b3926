"""Lines for a log: they are written together, and whoever has one never waits."""

import threading
from collections.abc import Sequence

import pytest

from iqgraph.service.requests.journal import Lines


def test_all_are_written_at_the_end() -> None:
    """In their order, also those that came just before it."""
    written: list[int] = []
    lines = Lines[int]("test log", written.extend)
    for number in range(100):
        lines.put(number)
    lines.close()

    assert written == list(range(100))
    assert lines.lost == 0


def test_a_full_disk_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    """What cannot be written is counted and let go; nobody else notices."""
    tried = threading.Semaphore(0)

    def full(_: Sequence[int]) -> None:
        tried.release()
        raise OSError(28, "No space left on device")

    lines = Lines[int]("test log", full)
    for number in range(2):
        lines.put(number)
        assert tried.acquire(timeout=10)
    lines.put(2)
    lines.close()

    assert lines.lost == 3
    assert [one.getMessage() for one in caplog.records] == [
        "The test log cannot be written: No space left on device. Its lines are let go until it can."
    ]


def test_a_fault_ends_no_log(caplog: pytest.LogCaptureFixture) -> None:
    """What cannot be written for whatever reason is counted, and what comes later is written."""
    tried, written = threading.Semaphore(0), list[int]()

    def write(batch: Sequence[int]) -> None:
        tried.release()
        written.extend(1 // one for one in batch)

    lines = Lines[int]("test log", write)
    lines.put(0)
    assert tried.acquire(timeout=10)
    lines.put(1)
    lines.close()

    assert (lines.lost, written) == (1, [1])
    assert "a fault of the server, ZeroDivisionError" in caplog.records[-1].getMessage()


def test_a_disk_that_does_not_answer_holds_nobody_up() -> None:
    """Only so many lines wait for it."""
    begun, go = threading.Event(), threading.Event()

    def stuck(_: Sequence[int]) -> None:
        begun.set()
        go.wait(10)

    lines = Lines[int]("test log", stuck, most=10)
    lines.put(0)
    assert begun.wait(10)
    for number in range(25):
        lines.put(number)
    assert lines.lost == 15

    go.set()
    lines.close()


def test_the_rest_is_done_without_lines() -> None:
    """What has to be tidied is tidied also when nothing happens."""
    done = threading.Event()
    lines = Lines[int]("test log", lambda _: None, done.set)

    assert done.wait(10)
    lines.close()
