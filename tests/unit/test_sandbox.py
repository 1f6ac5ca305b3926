"""The settings of a process in Linux: its end with the parent, and its title."""

import os
import select
import signal
from pathlib import Path

import pytest

from iqgraph.engine.workers.worker import die_with_parent, set_title


def family(*, late: bool, is_stopped: bool) -> int:
    """A pipe that closes when a grandchild of this process ends; its parent ends at once."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        parent = os.getpid()
        if os.fork() == 0:
            os.setsid()
            die_with_parent(0 if late else parent)
            os.write(writer, b"x")
            if is_stopped:
                os.kill(os.getpid(), signal.SIGSTOP)
            signal.pause()
        if not late:
            os.read(reader, 1)
        os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    return reader


@pytest.mark.parametrize("late", [False, True], ids=["parent ends later", "parent ended before"])
@pytest.mark.parametrize("is_stopped", [False, True], ids=["running", "stopped"])
def test_a_process_ends_with_its_parent(late: bool, is_stopped: bool) -> None:
    """Even if the parent ended first, or the child is stopped."""
    reader = family(late=late, is_stopped=is_stopped)

    assert select.select([reader], [], [], 10)[0]
    assert os.read(reader, 1) == b""
    os.close(reader)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [((), "iqgraph master"), (("--port", "80"), "iqgraph master --port 80"), (("x" * 9999,), "iqgraph master x")],
    ids=["alone", "with arguments", "with more than there is room for"],
)
def test_a_process_has_a_title(arguments: tuple[str, ...], line: str) -> None:
    """As the short name and as the command line, the rest of which is empty."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        set_title("iqgraph master", *arguments)
        os.write(writer, b"x")
        signal.pause()
    os.read(reader, 1)
    name = Path(f"/proc/{child}/comm").read_text(encoding="utf-8")
    command = Path(f"/proc/{child}/cmdline").read_text(encoding="utf-8").rstrip("\0")
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(reader)
    os.close(writer)

    assert name == "iqgraph master\n"
    assert command.startswith(line) if len(arguments) == 1 else command == line
