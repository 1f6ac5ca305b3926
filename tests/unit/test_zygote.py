"""The zygote on a system without its needs: no process is left behind, and the error has the reason."""

import errno
import os
import select
import socket
from contextlib import suppress
from pathlib import Path

import pytest
from pyoxigraph import Store

from iqgraph.engine import Embedded
from iqgraph.engine.workers import zygote
from iqgraph.errors import CallError
from iqgraph.settings import Settings


def refuse(code: int) -> None:
    """Fail as a system call does."""
    raise OSError(code, os.strerror(code))


def test_a_worker_that_cannot_be_watched_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a descriptor of its process, its end would go unnoticed."""
    monkeypatch.setattr(os, "pidfd_open", lambda _: refuse(errno.EMFILE))
    process = zygote.spawn(Embedded(Store()), Settings())
    try:
        process.control.send(b"S")
        assert select.select([process.control], [], [], 5)[0]
        report, channels, _, _ = socket.recv_fds(process.control, 64, 1)

        assert (report[:1], channels) == (zygote.FAILED, [])
        assert Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text() == ""
    finally:
        process.control.close()
        with suppress(ChildProcessError):
            os.waitpid(process.pid, 0)


def test_a_system_without_process_descriptors_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before any data is loaded."""
    monkeypatch.setattr(os, "pidfd_open", lambda _: refuse(errno.ENOSYS))

    with pytest.raises(CallError, match="pidfd_open"):
        zygote.check_system()


def test_this_system_has_process_descriptors() -> None:
    """The check leaves none open."""
    descriptors = sorted(Path("/proc/self/fd").iterdir())
    zygote.check_system()

    assert sorted(Path("/proc/self/fd").iterdir()) == descriptors
