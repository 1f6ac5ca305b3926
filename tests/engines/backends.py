"""Real engines: each is started, loaded and put behind our server by the commands that its page shows."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pyoxigraph import DefaultGraph, NamedNode

from iqgraph.client import NoReply, Request, Server
from iqgraph.release.destination import Destination
from iqgraph.terms import GRAPH
from loopback import free_port, until
from repository import ROOT

PAGES = ROOT / "docs/engines"
NAMES = ("oxigraph", "fuseki", "virtuoso")
PORT = re.compile(r"127\.0\.0\.1:(\d+)|--port=(\d+)")
UNION = GRAPH.union
JAR = ".m2/repository/org/apache/jena/jena-fuseki-server/5.6.0/jena-fuseki-server-5.6.0.jar"
ASK = Request("POST", {"Content-Type": "application/x-www-form-urlencoded"}, b"query=ASK%7B%7D")
PATIENCE = 60


@dataclass
class Engine:
    """An engine with a folder of its own; its ports are free ones in place of those of the page."""

    name: str
    folder: Path
    ports: dict[str, str] = field(default_factory=dict)
    deaths: int = 0
    process: subprocess.Popen[bytes] | None = None

    def command(self, heading: str) -> str:
        """The commands below a heading of the engine's page."""
        text = (PAGES / f"{self.name}.md").read_text(encoding="utf-8")
        found = re.search(rf"^## {heading}\n+```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
        assert found, heading
        return PORT.sub(self._own_port, found[1])

    def _own_port(self, found: re.Match[str]) -> str:
        shown = found[1] or found[2]
        return found[0].replace(shown, self.ports.setdefault(shown, str(free_port())))

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self.folder.mkdir(exist_ok=True)
        command = ["setpriv", "--pdeathsig", "KILL", "nice", "bash", "-c", self.command("Start")]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=self.folder, env=environment(), stdout=log, stderr=log, start_new_session=True
            )
        process = self.process
        until(lambda: self.answers() or process.poll() is not None, 4 * PATIENCE)  # it is started to be nice
        assert self.answers(), (self.folder / "log").read_text(errors="replace")[-3000:]

    def stop(self) -> None:
        """End it without a word, as a power cut does."""
        if self.process:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def revive(self) -> bool:
        """Start it again if it has died; whether it had."""
        if self.process is None or self.process.poll() is None:
            return False
        self.deaths += 1
        self.start()
        return True

    def answers(self) -> bool:
        """Whether it answers a query."""
        with suppress(NoReply):
            return self.destination().query.send(ASK, 5).status == 200
        return False

    @property
    def url(self) -> str:
        """The address of its endpoint, as our server is told it."""
        found = re.search(r"http://[^\s']+", self.command("Serve"))
        assert found
        return found[0]

    def destination(self) -> Destination:
        """Where data is pushed to."""
        words = self.command("Load").split()
        url = next(word for word in words if word.startswith("http://"))
        login = {"Authorization": "Basic ZGJhOmRiYQ=="} if "--user" in words else {}
        return Destination(Server(url, login))

    @property
    def union(self) -> NamedNode | DefaultGraph | None:
        """Where the union of all graphs is put, if the engine does not see to it."""
        words = self.command("Load").split()
        return DefaultGraph() if "--default" in words else UNION if "--union" in words else None


def environment() -> dict[str, str]:
    """Where the commands of the pages find what they call."""
    places = [str(Path(sys.executable).parent), os.environ["PATH"]]
    return {**os.environ, "PATH": os.pathsep.join(places), "FUSEKI_JAR": str(jar())}


def jar() -> Path:
    """Where Fuseki is, if it is."""
    return Path(os.environ.get("FUSEKI_JAR") or Path.home() / JAR)


def missing(name: str) -> str:
    """What to install, nothing if it is there."""
    if name == "oxigraph":
        return "" if shutil.which("oxigraph", path=environment()["PATH"]) else "pip install oxigraph"
    if name == "fuseki":
        found = shutil.which("java") and jar().exists()
        return "" if found else "Java 17, and Fuseki as docs/engines/fuseki.md says; FUSEKI_JAR is its jar"
    return "" if shutil.which("virtuoso-t") else "apt-get install virtuoso-opensource-7 virtuoso-opensource-7-bin"


@contextmanager
def running(name: str, folder: Path) -> Iterator[Engine]:
    """An engine that is empty at first; the test is skipped where it is not installed."""
    if what := missing(name):
        pytest.skip(f"{name} is not installed: {what}")
    one = Engine(name, folder)
    try:
        one.start()
        yield one
    finally:
        one.stop()


@contextmanager
def behind(engine: Engine, *arguments: str | Path, log: Path) -> Iterator[subprocess.Popen[str]]:
    """Our server in front of an engine, started as the engine's page says; the first line it prints is its address."""
    command = " ".join(["exec", engine.command("Serve").strip(), "--port 0", *map(str, arguments)])
    with log.open("w") as errors:
        process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", "bash", "-c", command],
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def port(process: subprocess.Popen[str], log: Path) -> int:
    """Where our server listens."""
    line = process.stdout.readline() if process.stdout else ""
    found = re.search(r"http://127.0.0.1:(\d+)/", line)
    assert found, line + log.read_text()
    return int(found[1])
