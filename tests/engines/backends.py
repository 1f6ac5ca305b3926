"""Real engines, started, loaded and queried through our server with the commands of their pages."""

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
from loopback import PATIENCE, free_port, until
from repository import ROOT

PAGES = ROOT / "docs/engines"
NAMES = ("oxigraph", "fuseki", "virtuoso")
PORT = re.compile(r"127\.0\.0\.1:(\d+)|--port=(\d+)")
UNION = GRAPH.union
JAR = ".m2/repository/org/apache/jena/jena-fuseki-server/5.6.0/jena-fuseki-server-5.6.0.jar"
# Fuseki lives for a minute or two here, and its second compiler nearly doubles the CPU time of start and load.
QUICK_JAVA = {"JDK_JAVA_OPTIONS": "-XX:TieredStopAtLevel=1"}
ASK = Request("POST", {"Content-Type": "application/x-www-form-urlencoded"}, b"query=ASK%7B%7D")


@dataclass
class Engine:
    """An engine in its own folder; free ports replace those of the page, and `changes` other parts of its start."""

    name: str
    folder: Path
    ports: dict[str, str] = field(default_factory=dict)
    changes: dict[str, str] = field(default_factory=dict)
    deaths: int = 0
    is_loaded: bool = False
    process: subprocess.Popen[bytes] | None = None

    def command(self, heading: str) -> str:
        """The commands under a heading of the engine's page."""
        text = (PAGES / f"{self.name}.md").read_text(encoding="utf-8")
        match = re.search(rf"^## {heading}\n+```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
        assert match, heading
        return PORT.sub(self._own_port, match[1])

    def _own_port(self, match: re.Match[str]) -> str:
        page_port = match[1] or match[2]
        return match[0].replace(page_port, self.ports.setdefault(page_port, str(free_port())))

    def start(self) -> None:
        """Start the engine and wait until it answers."""
        self.folder.mkdir(exist_ok=True)
        commands = self.command("Start")
        for old, new in self.changes.items():
            assert old in commands
            commands = commands.replace(old, new)
        command = ["setpriv", "--pdeathsig", "KILL", "nice", "bash", "-c", commands]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=self.folder, env=environment(), stdout=log, stderr=log, start_new_session=True
            )
        process = self.process
        until(lambda: self.answers() or process.poll() is not None, 4 * PATIENCE)  # it runs under nice
        assert self.answers(), (self.folder / "log").read_text(errors="replace")[-3000:]

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the page."""
        call = ["bash", "-c", command]
        return subprocess.run(call, env=environment(), capture_output=True, text=True, timeout=600, check=False)

    def stop(self) -> None:
        """Kill the engine, as a power cut does."""
        if self.process:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def revive(self) -> bool:
        """Restart the engine if it has died, and return whether it had."""
        if self.process is None or self.process.poll() is None:
            return False
        self.deaths += 1
        self.start()
        return True

    def answers(self) -> bool:
        """Whether the engine answers a query."""
        with suppress(NoReply):
            return self.destination().query.send(ASK, 5).status == 200
        return False

    @property
    def url(self) -> str:
        """The address of the endpoint in the command of our server."""
        match = re.search(r"http://[^\s']+", self.command("Serve"))
        assert match
        return match[0]

    def destination(self) -> Destination:
        """The destination of a push."""
        words = self.command("Load").split()
        url = next(word for word in words if word.startswith("http://"))
        login = {"Authorization": "Basic ZGJhOmRiYQ=="} if "--user" in words else {}
        return Destination(Server(url, login))

    @property
    def union(self) -> NamedNode | DefaultGraph | None:
        """The graph for the union of all graphs, unless the engine provides it."""
        words = self.command("Load").split()
        return DefaultGraph() if "--default" in words else UNION if "--union" in words else None


def environment() -> dict[str, str]:
    """The environment in which the commands of the pages find their programs."""
    folders = [str(Path(sys.executable).parent), os.environ["PATH"]]
    return {**QUICK_JAVA, **os.environ, "PATH": os.pathsep.join(folders), "FUSEKI_JAR": str(jar())}


def jar() -> Path:
    """The path of Fuseki, which may be missing."""
    return Path(os.environ.get("FUSEKI_JAR") or Path.home() / JAR)


def missing(name: str) -> str:
    """What to install for an engine, empty if nothing is missing."""
    if name == "oxigraph":
        return "" if shutil.which("oxigraph", path=environment()["PATH"]) else "pip install oxigraph"
    if name == "fuseki":
        is_installed = shutil.which("java") and jar().exists()
        return "" if is_installed else "Java 17, and Fuseki as docs/engines/fuseki.md says; FUSEKI_JAR is its jar"
    return "" if shutil.which("virtuoso-t") else "apt-get install virtuoso-opensource-7 virtuoso-opensource-7-bin"


@contextmanager
def running(engine: Engine) -> Iterator[Engine]:
    """Run an engine; skip the test if it is not installed."""
    if package := missing(engine.name):
        pytest.skip(f"{engine.name} is not installed: {package}")
    try:
        engine.start()
        yield engine
    finally:
        engine.stop()


@contextmanager
def behind(engine: Engine, *arguments: str | Path, log: Path) -> Iterator[subprocess.Popen[str]]:
    """Run our server in front of an engine with the command of its page; its first line of output is its address."""
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
    """The port of our server."""
    line = process.stdout.readline() if process.stdout else ""
    match = re.search(r"http://127.0.0.1:(\d+)/", line)
    assert match, line + log.read_text()
    return int(match[1])
