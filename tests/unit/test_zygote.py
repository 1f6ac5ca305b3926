"""The zygote: it reports each worker that starts or ends, and that none can be started."""

import errno
import os
import select
import signal
import socket
from collections.abc import Iterator
from contextlib import suppress

import pytest
from pyoxigraph import Store

from iqgraph.engine import Embedded
from iqgraph.engine.workers import zygote
from iqgraph.settings import Settings

REPORT = zygote._REPORT  # noqa: SLF001 - what a report consists of


@pytest.fixture
def process() -> Iterator[zygote.Zygote]:
    """A zygote."""
    process = zygote.spawn(Embedded(Store()), Settings())
    yield process
    process.control.close()
    with suppress(ChildProcessError):
        os.waitpid(process.pid, 0)


def receive(process: zygote.Zygote) -> tuple[bytes, int, int, list[int]]:
    """The next report: the event, the process id, the wait status, and descriptors."""
    assert select.select([process.control], [], [], 5)[0]
    report, channels, _, _ = socket.recv_fds(process.control, REPORT.size, 1)
    event, pid, status, _ = REPORT.unpack(report)
    return event, pid, status, channels


def test_the_end_of_each_worker_is_reported(process: zygote.Zygote) -> None:
    """Also when several end at the same time, of which the system tells only once."""
    process.control.send(b"S")
    process.control.send(b"S")
    started = [receive(process) for _ in range(2)]
    os.kill(process.pid, signal.SIGSTOP)
    for _, pid, _, (channel,) in started:
        os.kill(pid, signal.SIGKILL)
        os.close(channel)
    os.kill(process.pid, signal.SIGCONT)
    ended = [receive(process) for _ in range(2)]

    assert {event for event, *_ in started} == {zygote.STARTED}
    assert {(event, status) for event, _, status, _ in ended} == {(zygote.ENDED, signal.SIGKILL)}
    assert {pid for _, pid, *_ in ended} == {pid for _, pid, *_ in started}


def test_a_worker_that_cannot_be_started_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """The zygote goes on, since processes may be available later."""
    forks = iter([os.fork])

    def fork() -> int:
        if call := next(forks, None):
            return call()
        raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    monkeypatch.setattr(os, "fork", fork)
    process = zygote.spawn(Embedded(Store()), Settings())
    try:
        for _ in range(2):
            process.control.send(b"S")

            assert receive(process)[0] == zygote.FAILED
    finally:
        process.control.close()
        os.waitpid(process.pid, 0)
