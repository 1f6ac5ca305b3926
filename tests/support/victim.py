"""A running server that is going to suffer: its processes by what they are, clients that ask all the time, its log."""

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
    """What a client saw: a status and a text, or that there was nobody."""

    status: int
    text: str = ""

    @property
    def is_right(self) -> bool:
        """Whether it is the answer to the query that all clients ask."""
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
        """The processes by what they are, as their titles say."""
        found = descendants(self.process.pid)
        return {role: [pid for pid in found if title(pid) == f"iqgraph {role}"] for role in ROLES}

    def strike(self, role: str, wanted: signal.Signals = signal.SIGKILL) -> list[int]:
        """Send a signal to the processes of a role, once there are any; they are answered."""
        until(lambda: bool(self.tree()[role]))
        struck = self.tree()[role]
        for pid in struck:
            with suppress(ProcessLookupError):
                os.kill(pid, wanted)
        return struck

    def ask(self, query: str = COUNT, *, patience: float = PATIENCE, **parameters: str) -> Reply:
        """What becomes of a query that was not asked before."""
        text = quote(f"{query} #{next(NUMBERS)}")
        more = "".join(f"&{name}={value}" for name, value in parameters.items())
        return self.get(f"sparql?format=csv&query={text}{more}", patience)

    def get(self, path: str, patience: float = PATIENCE) -> Reply:
        """What is at a path."""
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
        """Clients that ask one query after the other; each answer is counted, and none of them may be wrong."""
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
        """The seconds until it answers ten times in a row, and is `whole` again."""
        start, row = time.monotonic(), 0
        while row < 10:
            row = row + 1 if self.ask(patience=STEP * 20).is_right else 0
            assert time.monotonic() - start < PATIENCE, "it does not recover"
        until(whole)
        return time.monotonic() - start

    def told(self) -> str:
        """What is in the log; nothing of it looks like a crash."""
        text = self.log.read_text(errors="replace")
        assert not CRASH.search(text), text
        return text


def children(pid: int) -> list[int]:
    """The processes that a process started and that have not ended."""
    found: list[int] = []
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += map(int, (task / "children").read_text().split())
    return [child for child in sorted(found) if state(child) not in ("", "Z")]


def descendants(pid: int) -> list[int]:
    """A process and all below it, the oldest first."""
    found = [pid]
    for one in found:
        found += children(one)
    return found


def memory(pid: int) -> int:
    """The bytes that a process holds, what it shares divided by those who share it (PSS, see proc(5))."""
    with suppress(OSError):
        found = re.search(r"^Pss: +(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
        return int(found[1]) << 10 if found else 0
    return 0


def title(pid: int) -> str:
    """What a process is called; nothing if there is no such process."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/comm").read_text().strip()
    return ""


def state(pid: int) -> str:
    """The letter of the state that a process is in; nothing if there is no such process."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    return ""


def worked(pid: int, seconds: float = 1.1) -> bool:
    """Whether a process has worked for so long."""
    with suppress(OSError):
        ticks = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11])
        return ticks >= seconds * os.sysconf("SC_CLK_TCK")
    return False


def gone(pids: list[int]) -> bool:
    """Whether these processes have ended."""
    return all(state(pid) in ("", "Z") for pid in pids)


def record(say: Say, saw: str, lost: str, seconds: float | None = None) -> None:
    """A row of the table of faults: what the user saw, what was lost, how long until all was as before."""
    say("the user saw", saw)
    say("lost", lost)
    say("normal after", "at once" if seconds is None else f"{seconds:.1f} s")


def command(*arguments: str | Path) -> list[str]:
    """The call of our command."""
    return [sys.executable, "-m", "iqgraph", *map(str, arguments)]


@contextmanager
def victim(
    folder: Path,
    *arguments: str | Path,
    before: tuple[str, ...] = (),
    environment: Mapping[str, str] | None = None,
    **more: object,
) -> Iterator[Victim]:
    """A server in a process group that does not outlive its test; `before` is what its command is run by."""
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
        found = re.search(r"http://[\d.:]+/", line)
        assert found, line + log.read_text()
        yield Victim(process, found[0], log)
    finally:
        end(process)


def end(process: subprocess.Popen[str]) -> None:
    """End a process and its group."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
