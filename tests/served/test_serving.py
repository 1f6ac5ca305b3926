"""The running server: start, signals, processes and shutdown."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread
from urllib.parse import quote

import pytest

from iqgraph.errors import CallError, DatasetError
from iqgraph.resources import Sources
from iqgraph.service.checking import load_bundled
from iqgraph.service.processes.master import MAX_RETRY_SECONDS, MIN_RETRY_SECONDS, Loaders, Master
from iqgraph.service.serving import serve
from iqgraph.settings import Settings
from loopback import figure, get, until
from tiny import change, put
from victim import ENDLESS, children, descendants, gone, title

PATIENCE = 20
OURS = Loaders(load_bundled, load_bundled, load_bundled)
STATEMENT = "<http://a/s> <http://a/p> <http://a/o> <http://a/g> .\n"
SAYS = "data/letter/01-all.trig"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A data file."""
    return put(tmp_path, "a.nq", STATEMENT)


@contextmanager
def run_server(file: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run a server of a file in its own process group."""
    command = [sys.executable, *(arguments or ("-m", "iqgraph", "serve", "--port", "0")), str(file)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    ) as process:
        yield process
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)


@pytest.fixture
def server(file: Path) -> Iterator[subprocess.Popen[str]]:
    """A server for one test."""
    with run_server(file) as process:
        yield process


@dataclass(frozen=True)
class Lasting:
    """A server, its file and its address."""

    process: subprocess.Popen[str]
    file: Path
    root: str


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lasting]:
    """A server that the tests share; it survives the loss of its children."""
    file = put(tmp_path_factory.mktemp("serving"), "a.nq", STATEMENT)
    with run_server(file) as process:
        yield Lasting(process, file, read_address(process))


def read_address(server: subprocess.Popen[str]) -> str:
    """Wait for the address that the server prints once it answers."""
    assert server.stdout is not None
    line = server.stdout.readline()
    if not line.startswith("Serving 1 statement at http://127.0.0.1:"):
        server.kill()  # else waiting for its end would hang
        raise AssertionError(line)
    return line.split()[4]


def ask(root: str, query: str) -> str:
    """The answer of a running server, as CSV."""
    status, text = get(f"{root}sparql?format=csv&query={quote(query)}")
    assert status == 200, text
    return text


def listens(root: str) -> bool:
    """Whether anything listens at an address."""
    host, port = root.removeprefix("http://").strip("/").split(":")
    with socket.socket() as probe:
        return probe.connect_ex((host, int(port))) == 0


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT])
def test_life(server: subprocess.Popen[str], signal_number: signal.Signals) -> None:
    """The server answers as soon as it prints its address, and exits silently; Ctrl-C signals the whole group."""
    root = read_address(server)
    assert ask(root, "SELECT ?o { GRAPH ?g { ?s ?p ?o } }") == "o\r\nhttp://a/o\r\n"

    if signal_number == signal.SIGINT:
        os.killpg(server.pid, signal_number)
    else:
        server.send_signal(signal_number)
    output, _ = server.communicate(timeout=PATIENCE)

    assert (server.returncode, output) == (0, "")
    assert not listens(root)


def tree(process: int) -> list[int]:
    """All descendants of a process, the nearest first, except the one that loads the data and exits."""
    pids = [child for child in children(process) if title(child) != "iqgraph loader"]
    return [*pids, *(one for child in pids for one in tree(child))]


def kill(pids: list[int]) -> bool:
    """Whether there were processes to kill; one that was lost before may still be among them."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return bool(pids)


def works(root: str) -> bool:
    """Whether a query is running."""
    return figure(root, "iqgraph_queries_running") + figure(root, "iqgraph_queries_long") > 0


def answers(root: str) -> bool:
    """Whether a query is answered."""
    return get(f"{root}sparql?format=csv&query=ASK%7B%7D") == (200, "true")


KINDS = ["iqgraph server", "iqgraph zygote", "iqgraph worker"]
COMPLETE = pytest.mark.sample(0)  # the loss of a zygote is noticed after ten seconds


@pytest.mark.parametrize(
    "number", [pytest.param(n, id=kind, marks=[COMPLETE] if "zygote" in kind else []) for n, kind in enumerate(KINDS)]
)
def test_a_lost_process_is_replaced(lasting: Lasting, number: int) -> None:
    """The service survives the loss of any process but the master, even three times in a row."""
    for _ in range(3):
        until(lambda: kill(tree(lasting.process.pid)[number : number + 1]))
        until(lambda: answers(lasting.root))

    assert lasting.process.poll() is None
    for _ in range(8):
        until(lambda: answers(lasting.root))


BESIDE = """
import signal, sys
from multiprocessing import get_context
from pathlib import Path
from iqgraph.dataset import load_plain
from iqgraph.service.checking import ServiceData
from iqgraph.service.processes.master import Loaders
from iqgraph.service.serving import serve
from iqgraph.settings import Settings
def make():
    for target in (bool, signal.pause):
        get_context("fork").Process(target=target, daemon=True).start()
    return ServiceData(load_plain([Path(sys.argv[1])]))
serve(Loaders(make, make, make), Settings(port=0))
"""


def test_nothing_is_left_of_a_process_that_has_ended(file: Path) -> None:
    """A child that exits, before or after the server answers, is reaped."""
    with run_server(file, "-c", BESIDE) as process:
        read_address(process)
        [server] = children(process.pid)
        [beside] = [one for one in children(server) if title(one) == "iqgraph server"]
        os.kill(beside, signal.SIGKILL)
        until(lambda: [title(one) for one in children(server)] == ["iqgraph zygote"])


def test_titles_tell_what_a_process_is(lasting: Lasting) -> None:
    """Titles name the kind of process; that of the master has its options."""
    first = lasting.process.pid
    until(lambda: len(tree(first)) > 2)
    titles = [
        subprocess.run(
            ["ps", "-ww", "-o", f"{column}=", "-p", str(pid)], capture_output=True, text=True, check=True
        ).stdout
        for pid in (first, *tree(first)[:3])
        for column in ("comm", "args")
    ]

    assert [one.strip() for one in titles] == [
        *("iqgraph master", f"iqgraph master --port 0 {lasting.file}"),
        *(one for kind in KINDS for one in (kind, kind)),
    ]


def test_signals_for_the_first_process_do_nothing_to_others(lasting: Lasting) -> None:
    """A supervisor may signal all processes of a service."""
    root, before = lasting.root, tree(lasting.process.pid)
    for one in before:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            os.kill(one, number)

    assert all(ask(root, "ASK {}") == "true" for _ in range(8))
    assert [one for one in before if gone([one])] == []


def test_the_loss_of_the_first_process_is_the_end_of_all(server: subprocess.Popen[str]) -> None:
    """When the master dies, all processes exit silently and nothing listens on the port."""
    root = read_address(server)
    others = tree(server.pid)
    server.kill()

    until(lambda: gone(others))
    until(lambda: not listens(root))  # a worker that was made meanwhile ends a moment later
    assert server.stdout
    assert server.stdout.read() == ""


def query_in_thread(root: str, answers: list[tuple[int, str | None, dict[str, object]]]) -> Thread:
    """Send an endless query in a thread."""

    def work() -> None:
        host = root.removeprefix("http://").strip("/")
        connection = HTTPConnection(host, timeout=PATIENCE)
        connection.request("GET", f"/sparql?query={quote(ENDLESS)}", headers={"Accept": "application/json"})
        response = connection.getresponse()
        answers.append((response.status, response.getheader("connection"), json.loads(response.read())))
        connection.close()

    thread = Thread(target=work)
    thread.start()
    return thread


@pytest.mark.parametrize(("grace", "status"), [("30", 422), ("0.1", 503)], ids=["enough", "too short"])
def test_running_requests_at_the_end(file: Path, grace: str, status: int) -> None:
    """Running requests are answered within the grace period, or get 503."""
    options = ["--port", "0", "--timeout", "2", "--grace", grace]
    command = [sys.executable, "-m", "iqgraph", "serve", *options, str(file)]
    answers: list[tuple[int, str | None, dict[str, object]]] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        root = read_address(server)
        thread = query_in_thread(root, answers)
        until(lambda: works(root))
        server.terminate()
        thread.join()
        assert server.wait(PATIENCE) == 0

    assert [answer[0] for answer in answers] == [status]
    if status == 503:
        assert answers[0][1] == "close"
        assert answers[0][2]["type"] == f"{root}problem/stopping"


def test_a_second_signal_ends_all_at_once(file: Path) -> None:
    """A second signal stops the server at once, however long the grace period is."""
    options = ["--port", "0", "--timeout", "300", "--grace", "300"]
    command = [sys.executable, "-m", "iqgraph", "serve", *options, str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        root = read_address(server)
        host, port = root.removeprefix("http://").strip("/").split(":")
        others = tree(server.pid)
        with socket.create_connection((host, int(port))) as client:
            client.sendall(f"GET /sparql?query={quote(ENDLESS)} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
            until(lambda: works(root))
            server.terminate()
            until(lambda: not listens(root))
            server.terminate()
            assert server.wait(PATIENCE) == 0
        until(lambda: gone(others))


def test_the_last_requests_may_take_as_long_as_any() -> None:
    """The longest request takes the timeout of a query and its time in the queue."""
    with socket.socket() as listener:
        master = Master(OURS, print, listener, Settings(timeout=60, queue_time=5))  # type: ignore[arg-type]

    assert master.max_request_seconds == 65


def test_the_next_try_comes_later_each_time() -> None:
    """After each failed load the pause doubles, up to a maximum."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        master = Master(OURS, print, listener, Settings())  # type: ignore[arg-type]
    master.loader, master.is_started = load_bundled, True
    pauses = [MIN_RETRY_SECONDS]
    while pauses[-1] < MAX_RETRY_SECONDS and len(pauses) < 20:
        master._refuse([], CallError(de="Nein.", en="No."))  # noqa: SLF001 - a load that fails takes seconds
        pauses.append(master.retry_seconds)

    assert pauses[1:-1] == [2 * one for one in pauses[:-2]]
    assert pauses[-1] == MAX_RETRY_SECONDS


def test_invalid_data_is_not_served(sources: Sources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each finding is printed, and no server starts."""
    change(tmp_path, SAYS, 'skos:prefLabel "Ben"@en ;', "")
    monkeypatch.setattr("iqgraph.dataset.dataset.packaged", lambda: sources)
    messages: list[object] = []

    with pytest.raises(DatasetError, match=r"not valid: 1 finding\."):
        serve(OURS, Settings(port=0), messages.append)

    assert messages == [f'{SAYS}: id:ben skos:prefLabel: A person has two names. Given: "Ben"@de.']


def test_the_metrics_count_each_worker(lasting: Lasting) -> None:
    """There is one pool: the metrics count all workers."""

    def workers() -> int:
        return [title(pid) for pid in descendants(lasting.process.pid)].count("iqgraph worker")

    until(lambda: figure(lasting.root, "iqgraph_workers_idle") == workers() > 0)
