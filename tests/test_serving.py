"""The running server: it starts quickly, says when it answers, and ends when it is told to."""

import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

import pytest

from iqgraph.dataset import Dataset, load
from iqgraph.errors import CallError, DatasetError
from iqgraph.resources import Sources
from iqgraph.service.checking import Check
from iqgraph.service.serving import Service, serve
from tiny import change

PATIENCE = 20
SAYS = "data/letter/01-all.trig"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Somebody's RDF."""
    file = tmp_path / "a.nq"
    file.write_text("<http://a/s> <http://a/p> <http://a/o> <http://a/g> .\n", encoding="utf-8")
    return file


@pytest.fixture
def server(file: Path) -> Iterator[subprocess.Popen[str]]:
    """A server of that file, in a process group of its own."""
    command = [sys.executable, "-m", "iqgraph", "serve", "--port", "0", str(file)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    ) as process:
        yield process
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)


def announced(server: subprocess.Popen[str]) -> str:
    """The address that the server tells once it answers."""
    assert server.stdout is not None
    line = server.stdout.readline()
    assert line.startswith("Serving 1 statements at http://127.0.0.1:")
    return line.split()[4]


def ask(root: str, query: str) -> str:
    """The answer of a running server, as CSV."""
    with urlopen(f"{root}sparql?format=csv&query={quote(query)}", timeout=PATIENCE) as response:  # noqa: S310
        return str(response.read().decode())


def listens(root: str) -> bool:
    """Whether anything still answers at an address."""
    host, port = root.removeprefix("http://").strip("/").split(":")
    with socket.socket() as probe:
        return probe.connect_ex((host, int(port))) == 0


@pytest.mark.parametrize("wanted", [signal.SIGTERM, signal.SIGINT])
def test_life(server: subprocess.Popen[str], wanted: signal.Signals) -> None:
    """It answers as soon as it says so, and ends without a word; Ctrl-C reaches the whole group."""
    root = announced(server)
    assert ask(root, "SELECT ?o { GRAPH ?g { ?s ?p ?o } }") == "o\r\nhttp://a/o\r\n"

    if wanted == signal.SIGINT:
        os.killpg(server.pid, wanted)
    else:
        server.send_signal(wanted)
    output, _ = server.communicate(timeout=PATIENCE)

    assert (server.returncode, output) == (0, "")
    assert not listens(root)


def child(process: int) -> int:
    """The first process that another one started."""
    found = subprocess.run(["pgrep", "-P", str(process)], capture_output=True, text=True, check=True)
    return int(found.stdout.split()[0])


def ask_patiently(root: str, query: str) -> str:
    """The answer, once there is somebody to give it."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return ask(root, query)
        except OSError:
            assert time.monotonic() < end, "nobody answers"


def test_a_lost_process_is_replaced(server: subprocess.Popen[str]) -> None:
    """The death of the process that answers does not end the service, also if it comes three times in a row."""
    root = announced(server)
    for _ in range(3):
        os.kill(child(child(server.pid)), signal.SIGKILL)
        assert ask_patiently(root, "ASK {}") == "true"

    assert server.poll() is None
    assert all(ask(root, "ASK {}") == "true" for _ in range(8))


def test_port_in_use() -> None:
    """One sentence, and no server that shares the port unasked."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(CallError, match=f"Port {port} on 127.0.0.1 is in use"):
            serve(service=Service(port=port))


def test_invalid_data_is_not_served(sources: Sources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each finding is told, and nothing is started."""
    change(tmp_path, SAYS, 'skos:prefLabel "Ben"@en ;', "")
    monkeypatch.setattr("iqgraph.dataset.dataset.packaged", lambda: sources)
    told: list[object] = []

    with pytest.raises(DatasetError, match=r"not valid: 1 finding\."):
        serve(service=Service(port=0), announce=told.append)

    assert told == [f"{SAYS}: id:ben skos:prefLabel: A person has two names."]


def test_check(sources: Sources) -> None:
    """Another process finds what this one would."""
    assert Check(load(sources=sources)).findings() == []


def test_check_that_hangs(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    """A validation that does not move is given up."""
    monkeypatch.setattr("iqgraph.service.checking.PATIENCE", 0)
    check = Check(dataset)
    os.kill(multiprocessing.active_children()[0].pid or 0, signal.SIGSTOP)

    with pytest.raises(DatasetError, match=r"did not come to its end within 0 seconds\."):
        check.findings()


def test_check_that_is_lost(dataset: Dataset) -> None:
    """A validation whose process is killed, as when memory is short, is no success."""
    check = Check(dataset)
    os.kill(multiprocessing.active_children()[0].pid or 0, signal.SIGKILL)

    with pytest.raises(DatasetError, match=r"ended before it was done\."):
        check.findings()


def test_check_that_cannot_be_done(sources: Sources, tmp_path: Path) -> None:
    """What is wrong with the rules comes back as the error it is."""
    change(tmp_path, "shapes/evidence/graph-leads-to-passage.rq", "SELECT", "SELEC")
    dataset: Dataset = load(sources=sources)

    with pytest.raises(DatasetError, match=r"graph-leads-to-passage\.rq"):
        Check(dataset).findings()
