"""Memory, processes or file descriptors run out: the server survives, and recovers once they are available."""

import os
import re
import signal
import socket
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from loopback import until
from victim import BROKEN, HUNGRY, NOBODY, Say, Victim, children, record, statements, victim

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="control groups and /proc are of Linux"),
    pytest.mark.serial,
]
MIB = 1 << 20
GROUPS = Path("/sys/fs/cgroup")  # control groups limit memory or number of all processes of a server
MEMORY = ("memory.max", "memory.limit_in_bytes")


@dataclass(frozen=True)
class Group:
    """A control group of version 1 or 2."""

    folder: Path

    def limit(self, value: int | str, *names: str) -> None:
        """Write a limit to the first of these files that exists."""
        file = next(self.folder / name for name in names if (self.folder / name).exists())
        file.write_text(str(value))

    @property
    def oom_kills(self) -> int:
        """The number of processes that the kernel has killed for lack of memory."""
        for name in ("memory.events", "memory.oom_control"):
            with suppress(OSError):
                lines = (self.folder / name).read_text().split("\n")
                return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), 0)
        return 0

    @property
    def entry(self) -> tuple[str, ...]:
        """The prefix of a command that puts it into the group."""
        return ("sh", "-c", f'echo $$ >{self.folder}/cgroup.procs && exec "$@"', "sh")


def find(controller: str) -> Path | None:
    """The folder in which this user can make a group with this controller."""
    files = {"memory": MEMORY, "pids": ("pids.max",)}[controller]
    for base in (GROUPS / controller, GROUPS):
        trial = base / f"iqgraph-trial-{os.getpid()}"
        with suppress(OSError):
            trial.mkdir()
            is_available = any((trial / name).exists() for name in files)
            trial.rmdir()
            if is_available:
                return base
    return None


@contextmanager
def group(base: Path) -> Iterator[Group]:
    """A new group, removed with all its processes at the end."""
    new_group = Group(base / f"iqgraph-{os.getpid()}")
    new_group.folder.mkdir()
    try:
        yield new_group
    finally:
        for pid in (new_group.folder / "cgroup.procs").read_text().split():
            with suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)
        until(lambda: not (new_group.folder / "cgroup.procs").read_text())
        new_group.folder.rmdir()


MEMORIES, PIDS = find("memory"), find("pids")


@pytest.mark.skipif(MEMORIES is None, reason="needs a memory control group, mostly root")
@pytest.mark.parametrize("_", ["memory of the machine runs out"])
def test_memory(_: str, tmp_path: Path, record_property: Say) -> None:
    """The kernel kills the workers of the large queries, never the master, the server or the zygote."""
    assert MEMORIES
    with group(MEMORIES) as bounds:
        bounds.limit(350 * MIB, *MEMORY)
        arguments = ("--memory", "2048", "--timeout", "20", statements(tmp_path))
        with victim(tmp_path, *arguments, before=bounds.entry) as it, ThreadPoolExecutor(3) as crowd:
            old = it.tree()
            replies = list(crowd.map(it.ask, [HUNGRY] * 3))
            seconds = it.recovers()
            assert bounds.oom_kills
            new = it.tree()
            it.told()
    record(record_property, ", ".join(sorted(map(str, replies))), "the large queries", seconds)

    assert {reply.status for reply in replies} <= {422, 503}
    assert [new[role] for role in ("master", "server", "zygote")] == [
        old[role] for role in ("master", "server", "zygote")
    ]


@pytest.mark.skipif(PIDS is None, reason="needs a control group for processes, mostly root")
@pytest.mark.parametrize("_", ["no more processes to be had"])
def test_processes(_: str, tmp_path: Path, record_property: Say) -> None:
    """Queries that need a new worker get 503 with Retry-After until processes can be started."""
    assert PIDS
    with group(PIDS) as bounds, victim(tmp_path, statements(tmp_path), before=bounds.entry) as it:
        assert it.ask().is_right
        old = it.tree()["server"]
        bounds.limit(1, "pids.max")
        it.strike("worker")
        until(lambda: not any(map(children, it.tree()["zygote"])))
        reply = it.ask()
        assert it.get("health").status == 200
        bounds.limit("max", "pids.max")
        seconds = it.recovers()
        assert it.tree()["server"] == old
        it.told()
    record(record_property, f"{reply} with Retry-After", "nothing", seconds)

    assert reply.status == 503


@pytest.mark.skipif(PIDS is None, reason="needs a control group for processes, mostly root")
@pytest.mark.parametrize("_", ["no process to be had for new data"])
def test_reload(_: str, tmp_path: Path, record_property: Say) -> None:
    """The old data is still served, without an error for clients."""
    assert PIDS
    with group(PIDS) as bounds, victim(tmp_path, statements(tmp_path), before=bounds.entry) as it:
        old = it.tree()["server"]
        bounds.limit(1, "pids.max")
        it.process.send_signal(signal.SIGHUP)
        until(lambda: "The new data is not served: No process can be started" in it.told())
        reply = it.ask()
        bounds.limit("max", "pids.max")
        seconds = it.recovers()
        assert it.tree()["server"] == old
        it.told()
    record(record_property, str(reply), "nothing", seconds)

    assert reply.is_right


@pytest.mark.skipif(PIDS is None, reason="needs a control group for processes, mostly root")
@pytest.mark.parametrize("_", ["no process to be had for a lost server"])
def test_lost_server(_: str, tmp_path: Path, record_property: Say) -> None:
    """The server is replaced once a process can be started; the master and the port stay."""
    assert PIDS
    with group(PIDS) as bounds, victim(tmp_path, statements(tmp_path), before=bounds.entry) as it:
        bounds.limit(1, "pids.max")
        it.strike("server")
        until(lambda: bool(re.search("No process can be started", it.told())))
        reply = it.ask(patience=1)
        bounds.limit("max", "pids.max")
        seconds = it.recovers()
        it.told()
    record(record_property, f"{reply} until then", BROKEN, seconds)

    assert str(reply) == NOBODY


@pytest.mark.parametrize("_", ["no more open files to be had"])
def test_files(_: str, tmp_path: Path, record_property: Say) -> None:
    """While idle connections use all descriptors, new clients wait; afterwards they are answered."""
    with victim(tmp_path, statements(tmp_path), before=("sh", "-c", 'ulimit -n 64 && exec "$@"', "sh")) as it:
        old = it.tree()["server"]
        with ExitStack() as stack:
            for _number in range(100):
                stack.enter_context(connection(it))
            reply = it.ask(patience=1)
        seconds = it.recovers()
        assert it.tree()["server"] == old
        it.told()
    record(record_property, f"{reply} while they stay", "nothing", seconds)


def connection(it: Victim) -> socket.socket:
    """An idle connection."""
    host, port = it.root.removeprefix("http://").strip("/").split(":")
    with suppress(TimeoutError):
        return socket.create_connection((host, int(port)), 1)
    return socket.socket()
