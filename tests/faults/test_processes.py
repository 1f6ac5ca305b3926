"""Each process of a running server is killed or stopped while clients send queries."""

import os
import signal
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from loopback import PATIENCE, until
from victim import BROKEN, ENDLESS, ROLES, Say, Victim, gone, record, state, statements, victim, worked

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the processes are found in /proc, which Linux has")


def kill_server(it: Victim) -> float:
    """The server is lost: connections break, and a new one answers."""
    old = it.tree()
    it.strike("server")
    seconds = it.recovers(lambda: gone(old["server"] + old["zygote"] + old["worker"]))
    assert it.tree()["server"] != old["server"]
    assert "The server process was lost and is being replaced." in it.told()
    return seconds


def kill_server_thrice(it: Victim) -> float:
    """The server is replaced after each loss."""
    return max(kill_server(it) for _ in range(3))


def kill_zygote(it: Victim) -> float:
    """Without the zygote the server exits, and both are replaced."""
    old = it.tree()
    it.strike("zygote")
    return it.recovers(lambda: gone(old["server"] + old["worker"]))


def kill_workers(it: Victim, number: signal.Signals = signal.SIGKILL) -> float:
    """Their queries are retried in other workers, also if they are only stopped."""
    pids = it.strike("worker", number)
    seconds = it.recovers(lambda: gone(pids))
    assert set(it.seen) == {"200"}
    return seconds


def kill_workers_always(it: Victim) -> float:
    """Even after ten losses, only a query that loses its worker three times gets 503."""
    for _ in range(10):
        it.strike("worker")
        until(lambda: bool(it.tree()["worker"]))
    seconds = it.recovers()
    assert set(it.seen) <= {"200", "503"}
    return seconds


def stop_zygote(it: Victim) -> float:
    """The server notices that no worker comes and exits; both are replaced."""
    pids = it.strike("zygote", signal.SIGSTOP)
    it.strike("worker")  # so that a new one is needed
    seconds = until(lambda: gone(pids)) + it.recovers()
    assert "The zygote hangs and is being replaced." in it.told()
    return seconds


def stop_server(it: Victim) -> float:
    """Clients wait; after twenty seconds the server is killed and replaced."""
    old = it.tree()
    it.strike("server", signal.SIGSTOP)
    seconds = until(lambda: gone(old["server"])) + it.recovers(lambda: gone(old["zygote"] + old["worker"]))
    assert "The server process hangs and is ended." in it.told()
    return seconds


def stop_server_and_zygote(it: Victim) -> float:
    """The stopped children of the server are killed with it."""
    old = it.tree()
    for role in ("worker", "zygote", "server"):
        it.strike(role, signal.SIGSTOP)
    return until(lambda: gone(old["server"])) + it.recovers(lambda: gone(old["zygote"] + old["worker"]))


def stop_master(it: Victim) -> float:
    """While the master is stopped, the others answer; it continues on SIGCONT."""
    it.strike("master", signal.SIGSTOP)
    seconds = it.recovers()
    it.strike("master", signal.SIGCONT)
    assert set(it.seen) == {"200"}
    return seconds


def stop_all(it: Victim) -> float:
    """All processes are stopped and continued, as by a suspended machine; none is taken for hung."""
    old = it.tree()["server"]
    # From the top, since the server may end a worker until it is stopped itself; its zygote then leaves a zombie.
    stopped = [pid for role in ROLES for pid in it.send(role, signal.SIGSTOP)]
    until(lambda: all(state(pid) in ("T", "Z", "") for pid in stopped))
    for role in ROLES:
        it.send(role, signal.SIGCONT)
    seconds = it.recovers()
    assert it.tree()["server"] == old
    assert set(it.seen) == {"200"}
    return seconds


CASES: dict[str, Callable[[Victim], float]] = {
    "the server killed": kill_server,
    "the server killed three times in a row": kill_server_thrice,
    "the zygote killed": kill_zygote,
    "all workers killed": kill_workers,
    "all workers killed ten times": kill_workers_always,
    "all workers stopped": partial(kill_workers, number=signal.SIGSTOP),
    "the zygote stopped": stop_zygote,
    "the server stopped": stop_server,
    "the server, zygote and workers stopped": stop_server_and_zygote,
    "the first process stopped": stop_master,
    "the whole tree stopped and continued": stop_all,
}


@pytest.mark.parametrize("case", CASES)
def test_processes(case: str, tmp_path: Path, record_property: Say) -> None:
    """Four clients get no wrong answer, failed queries can be retried, and the service recovers."""
    with victim(tmp_path, statements(tmp_path)) as it:
        with it.load():
            seconds = CASES[case](it)
        it.told()
    record(record_property, ", ".join(sorted(it.seen)), "nothing" if set(it.seen) == {"200"} else BROKEN, seconds)

    assert not it.wrong
    assert set(it.seen) <= {"200", "503", "no connection"}


@pytest.mark.parametrize("number", [signal.SIGKILL], ids=["the worker of a long query killed"])
def test_worker_of_a_long_query(number: signal.Signals, tmp_path: Path, record_property: Say) -> None:
    """A long query is not retried; its client gets 503, and others are not affected."""
    with victim(tmp_path, "--timeout", "30", statements(tmp_path)) as it, ThreadPoolExecutor(1) as client:
        answer = client.submit(it.ask, ENDLESS)
        until(lambda: any(map(worked, it.tree()["worker"])))
        pids = [pid for pid in it.tree()["worker"] if worked(pid)]
        for pid in pids:
            os.kill(pid, number)
        reply = answer.result()
        seconds = it.recovers(lambda: gone(pids))
        it.told()
    record(record_property, "503 with Retry-After", "the work on one query", seconds)

    assert reply.status == 503
    assert "ended the process that worked on the query" in reply.text


@pytest.mark.parametrize(
    "number", [signal.SIGKILL, signal.SIGTERM], ids=["the first process killed", "the first process told to end"]
)
def test_first_process(number: signal.Signals, tmp_path: Path, record_property: Say) -> None:
    """When the master exits, all other processes do, so that the port is free for the next start."""
    with victim(tmp_path, statements(tmp_path)) as it:
        assert it.ask().is_right
        others = [pid for role, pids in it.tree().items() if role != "master" for pid in pids]
        it.process.send_signal(number)
        seconds = until(lambda: gone(others), PATIENCE)
        assert not it.ask().status
    record(record_property, "no connection", BROKEN, seconds)
