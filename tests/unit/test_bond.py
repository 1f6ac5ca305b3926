"""The bond between a process and its maker."""

import os
import select
import signal
import sys

import pytest

from iqgraph.engine.workers.bond import end_with_parent

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a process with its parent")


def family(*, late: bool, stopped: bool) -> int:
    """A pipe that closes once a grandchild of this process has ended; its parent ends at once."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        parent = os.getpid()
        if os.fork() == 0:
            os.setsid()
            end_with_parent(0 if late else parent)
            os.write(writer, b"x")
            if stopped:
                os.kill(os.getpid(), signal.SIGSTOP)
            signal.pause()
        if not late:
            os.read(reader, 1)
        os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    return reader


@pytest.mark.parametrize("late", [False, True], ids=["parent ends later", "parent ended before"])
@pytest.mark.parametrize("stopped", [False, True], ids=["running", "stopped"])
def test_a_process_ends_with_its_parent(late: bool, stopped: bool) -> None:  # noqa: FBT001 - four cases
    """However the parent ends, and whatever the child does."""
    reader = family(late=late, stopped=stopped)

    assert select.select([reader], [], [], 10)[0]
    assert os.read(reader, 1) == b""
    os.close(reader)
