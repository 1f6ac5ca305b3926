"""A running server for fault injection: its processes by role, clients under load, its log."""

import itertools
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import urlopen

from loopback import PATIENCE, STEP, until

STATEMENTS = 300
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
COUNTED = f"n\r\n{STATEMENTS}\r\n"
TABLES = " ".join(f"VALUES ?v{n} {{ {' '.join(map(str, range(99)))} }}" for n in range(9))
ENDLESS = f"SELECT (COUNT(*) AS ?n) {{ {TABLES} }}"
HUNGRY = f"SELECT * {{ {TABLES} }} ORDER BY ?v0 ?v8"
CRASH = re.compile(r"Traceback|panicked|Segmentation|Exception in|never retrieved", re.IGNORECASE)
ROLES = ("master", "server", "zygote", "worker")
NUMBERS = itertools.count()
NOBODY = "no connection"
BROKEN = "connections; asked again, they answer"
Say = Callable[[str, object], None]


def statements(folder: Path) -> Path:
    """A file with a known number of statements."""
    file = folder / "victim.nt"
    file.write_text("".join(f"<http://x/s{n}> <http://x/p> <http://x/o{n % 7}> .\n" for n in range(STATEMENTS)))
    return file


@dataclass(frozen=True)
class Reply:
    """What a client saw: status and text, or status 0 without a connection."""

    status: int
    text: str = ""

    @property
    def is_right(self) -> bool:
        """Whether it is the correct answer to the query of all clients."""
        return (self.status, self.text) == (200, COUNTED)

    def __str__(self) -> str:
        """For the table."""
        return NOBODY if self.status == 0 else str(self.status)


@dataclass
class Victim:
    """A server, its log, and what its clients saw."""

    process: subprocess.Popen[str]
    root: str
    log: Path
    seen: Counter[str] = field(default_factory=Counter)
    wrong: list[Reply] = field(default_factory=list)

    def tree(self) -> dict[str, list[int]]:
        """The process ids by role, read from the titles."""
        pids = descendants(self.process.pid)
        return {role: [pid for pid in pids if title(pid) == f"iqgraph {role}"] for role in ROLES}

    def strike(self, role: str, number: signal.Signals = signal.SIGKILL) -> list[int]:
        """Send a signal to the processes of a role, once there are any; their ids."""
        until(lambda: bool(self.tree()[role]))
        return self.send(role, number)

    def send(self, role: str, number: signal.Signals) -> list[int]:
        """Send a signal to the processes of a role, of which one may end meanwhile; their ids."""
        pids = self.tree()[role]
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, number)
        return pids

    def ask(self, query: str = COUNT, *, patience: float = PATIENCE, **parameters: str) -> Reply:
        """The reply to a query that is in no cache."""
        text = quote(f"{query} #{next(NUMBERS)}")
        more = "".join(f"&{name}={value}" for name, value in parameters.items())
        return self.get(f"sparql?format=csv&query={text}{more}", patience)

    def get(self, path: str, patience: float = PATIENCE) -> Reply:
        """The reply to a path."""
        try:
            with urlopen(self.root + path, timeout=patience) as response:  # noqa: S310 - loopback
                return Reply(response.status, response.read().decode())
        except HTTPError as error:
            with error:
                return Reply(error.code, error.read().decode())
        except (OSError, HTTPException):
            return Reply(0)

    @contextmanager
    def load(self, clients: int = 4) -> Iterator[None]:
        """Clients that send one query after the other; answers are counted by status, wrong ones collected."""
        over = threading.Event()

        def client() -> None:
            while not over.is_set():
                reply = self.ask(patience=PATIENCE)
                self.seen[str(reply)] += 1
                if not reply.status:
                    over.wait(STEP)
                if reply.status == 200 and not reply.is_right:
                    self.wrong.append(reply)

        crowd = [threading.Thread(target=client) for _ in range(clients)]
        for one in crowd:
            one.start()
        try:
            until(lambda: self.seen["200"] > 20)
            yield
            more = self.seen["200"] + 20
            until(lambda: self.seen["200"] > more)
        finally:
            over.set()
            for one in crowd:
                one.join()

    def recovers(self, whole: Callable[[], bool] = lambda: True) -> float:
        """The seconds until it answers ten times in a row and `whole` holds."""
        start, row = time.monotonic(), 0
        while row < 10:
            row = row + 1 if self.ask(patience=STEP * 20).is_right else 0
            assert time.monotonic() - start < PATIENCE, "it does not recover"
        until(whole)
        return time.monotonic() - start

    def told(self) -> str:
        """The log; asserts that nothing in it looks like a crash."""
        text = self.log.read_text(errors="replace")
        assert not CRASH.search(text), text
        return text


def children(pid: int) -> list[int]:
    """The ids of the running children of a process."""
    pids: list[int] = []
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            pids += map(int, (task / "children").read_text().split())
    return [child for child in sorted(pids) if state(child) not in ("", "Z")]


def descendants(pid: int) -> list[int]:
    """The ids of a process and all its descendants, in breadth-first order."""
    pids = [pid]
    for one in pids:
        pids += children(one)
    return pids


def memory(pid: int) -> int:
    """The proportional set size of a process in bytes (PSS, see proc(5))."""
    with suppress(OSError):
        match = re.search(r"^Pss: +(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
        return int(match[1]) << 10 if match else 0
    return 0


def title(pid: int) -> str:
    """The title of a process; empty if there is none."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/comm").read_text().strip()
    return ""


def state(pid: int) -> str:
    """The letter of the state of a process; empty if there is none."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    return ""


def worked(pid: int, seconds: float = 1.1) -> bool:
    """Whether a process has used this much CPU time."""
    with suppress(OSError):
        ticks = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11])
        return ticks >= seconds * os.sysconf("SC_CLK_TCK")
    return False


def gone(pids: list[int]) -> bool:
    """Whether these processes have ended."""
    return all(state(pid) in ("", "Z") for pid in pids)


def record(say: Say, saw: str, lost: str, seconds: float | None = None) -> None:
    """Record a row of the table of faults: what the user saw, what was lost, seconds to recovery."""
    say("the user saw", saw)
    say("lost", lost)
    say("normal after", "at once" if seconds is None else f"{seconds:.1f} s")


def command(*arguments: str | Path) -> list[str]:
    """Our command with arguments."""
    return [sys.executable, "-m", "iqgraph", *map(str, arguments)]


@contextmanager
def victim(
    folder: Path,
    *arguments: str | Path,
    before: tuple[str, ...] = (),
    environment: Mapping[str, str] | None = None,
    **more: object,
) -> Iterator[Victim]:
    """A server in a process group that does not outlive its test; `before` is a prefix of its command."""
    log = folder / "log"
    call = [*before, *command("serve", "--port", "0", *arguments)]
    with log.open("w") as errors:
        process: subprocess.Popen[str] = subprocess.Popen(  # type: ignore[call-overload]
            call,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            start_new_session=True,
            env={**os.environ, **(environment or {})},
            **more,
        )
    try:
        line = process.stdout.readline() if process.stdout else ""
        match = re.search(r"http://[\d.:]+/", line)
        assert match, line + log.read_text()
        yield Victim(process, match[0], log)
    finally:
        end(process)


def end(process: subprocess.Popen[str]) -> None:
    """Kill a process and its group."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
