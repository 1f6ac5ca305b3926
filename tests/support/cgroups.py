"""Control groups of Linux: a bound on the memory or the number of all processes of a server together."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from victim import until

ROOT = Path("/sys/fs/cgroup")
MEMORY = ("memory.max", "memory.limit_in_bytes")


@dataclass(frozen=True)
class Group:
    """A group, in the version of its folder."""

    folder: Path

    def limit(self, value: int | str, *names: str) -> None:
        """Set the file that there is of these."""
        file = next(self.folder / name for name in names if (self.folder / name).exists())
        file.write_text(str(value))

    @property
    def killed(self) -> int:
        """How many of its processes the kernel has ended for lack of memory."""
        for name in ("memory.events", "memory.oom_control"):
            with suppress(OSError):
                lines = (self.folder / name).read_text().split("\n")
                return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), 0)
        return 0

    @property
    def entry(self) -> tuple[str, ...]:
        """What a command is run by so that it belongs to the group."""
        return ("sh", "-c", f'echo $$ >{self.folder}/cgroup.procs && exec "$@"', "sh")


def find(controller: str) -> Path | None:
    """Where a group with this controller can be made by this user."""
    wanted = {"memory": MEMORY, "pids": ("pids.max",)}[controller]
    for base in (ROOT / controller, ROOT):
        trial = base / f"iqgraph-trial-{os.getpid()}"
        with suppress(OSError):
            trial.mkdir()
            found = any((trial / name).exists() for name in wanted)
            trial.rmdir()
            if found:
                return base
    return None


@contextmanager
def group(base: Path) -> Iterator[Group]:
    """A new group, which is gone afterwards, with all that is in it."""
    made = Group(base / f"iqgraph-{os.getpid()}")
    made.folder.mkdir()
    try:
        yield made
    finally:
        for pid in (made.folder / "cgroup.procs").read_text().split():
            with suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)
        until(lambda: not (made.folder / "cgroup.procs").read_text())
        made.folder.rmdir()
