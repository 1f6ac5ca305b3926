"""The child process that answers a single query, as for the command line: whatever becomes of it is told."""

import os
import signal
from typing import Any

import pytest
from pyoxigraph import Store

from iqgraph.engine import Embedded, Query
from iqgraph.engine.errors import Crashed, Interrupted, OutOfMemory
from iqgraph.engine.workers import worker
from iqgraph.engine.workers.worker import CONTENT, HEAD, answer_in_child
from iqgraph.formats import JSON, Format
from iqgraph.settings import Settings

ASK = Query("ASK {}")


class Dying(Embedded):
    """An engine that ends its process by a signal instead of an answer."""

    def __init__(self, number: int) -> None:
        super().__init__(Store())
        self.number = number

    def answer(self, query: Query, output: Format, client: str = "") -> bytes:  # noqa: ARG002
        """End this process."""
        os.kill(os.getpid(), self.number)
        return b""


class Broken(Embedded):
    """An engine with a fault of its own."""

    def answer(self, query: Query, output: Format, client: str = "") -> bytes:  # noqa: ARG002
        """Raise what no engine may raise."""
        raise OSError("disk")


@pytest.mark.parametrize(
    ("number", "error"),
    [(signal.SIGKILL, Interrupted), (signal.SIGABRT, OutOfMemory), (signal.SIGSEGV, Crashed)],
)
def test_a_lost_child_has_a_reason(number: int, error: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    """The same as a worker of the server, and it is reaped."""
    fork, pids = worker.fork, []

    def fork_and_record(*arguments: Any) -> int:  # noqa: ANN401
        pids.append(fork(*arguments))
        return pids[0]

    monkeypatch.setattr(worker, "fork", fork_and_record)
    with pytest.raises(error) as raised:
        answer_in_child(ASK, JSON, Dying(number), Settings())

    assert type(raised.value) is error
    with pytest.raises(ChildProcessError):
        os.waitpid(pids[0], os.WNOHANG)


def test_a_child_that_is_gone_before_the_query_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told as any other lost one."""
    fork = worker.fork

    def fork_and_kill(*arguments: Any) -> int:  # noqa: ANN401
        pid = fork(*arguments)
        os.kill(pid, signal.SIGKILL)
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        return pid

    monkeypatch.setattr(worker, "fork", fork_and_kill)

    with pytest.raises(Interrupted):
        answer_in_child(ASK, JSON, Embedded(Store()), Settings())


def test_a_fault_of_the_engine_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """With its place, although the child has no standard error."""
    with pytest.raises(Crashed):
        answer_in_child(ASK, JSON, Broken(Store()), Settings())

    assert "OSError: disk" in caplog.text
    assert "in answer" in caplog.text


def test_the_length_of_an_answer_is_not_bounded_by_its_message() -> None:
    """The limit of memory bounds it, and for a server that of answers."""
    assert HEAD.unpack(HEAD.pack(1 << 32, CONTENT)) == (1 << 32, CONTENT)
