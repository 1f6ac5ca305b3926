"""Reloads: new data is served without a gap, entirely or not at all, and old servers end once they are idle."""

import http.client
import itertools
import os
import re
import shlex
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from urllib.parse import quote

import pytest

import tiny
from iqgraph.cli import main
from iqgraph.dataset.storage import open_or_load
from iqgraph.service.processes.master import MAX_OLD_SERVERS
from loopback import OF_SOURCES, PATIENCE, figure, launched, until
from repository import ROOT
from test_docs import blocks
from victim import ENDLESS, title

SIZE = 150
STATEMENTS = 2 * SIZE + 3  # of version 0
MARGIN = 1.1
ENOUGH = 6
VERSIONS = itertools.count(1)
MOST = 4 + 8
PATIENT = """
import sys
from pathlib import Path
from iqgraph.dataset import load_plain
from iqgraph.service.checking import ServiceData
from iqgraph.service.processes.master import Loaders
from iqgraph.service.serving import serve
from iqgraph.settings import Settings
make = lambda: ServiceData(load_plain([Path(sys.argv[1])]))
limits = dict(timeout=60, queue_time=60, queue=1000, long_queries=1000, long_queries_client=1000)
serve(Loaders(make, make, make), Settings(port=0, **limits))
"""
STRICT = """
import sys
from functools import partial
from pathlib import Path
from iqgraph.dataset.storage import open_or_load, reload_store, settle
from iqgraph.errors import CallError
from iqgraph.service.checking import ServiceData
from iqgraph.service.processes.master import Loaders
from iqgraph.service.serving import serve
from iqgraph.settings import Settings
store, file = Path(sys.argv[1]), Path(sys.argv[2])
def again():
    dataset = reload_store(store, [file])
    if dataset.statements > open_or_load(store).statements:
        raise CallError(de="Das ist zu viel.", en="It is too much.")
    return ServiceData(dataset)
first = lambda: ServiceData(open_or_load(store, [file]))
loaders = Loaders(first, again, lambda: ServiceData(open_or_load(store)), partial(settle, store))
serve(loaders, Settings(port=0))
"""
WHICH = "SELECT DISTINCT ?v { { GRAPH ?g { ?s ?p ?v } } UNION { ?s <http://x/version> ?v } FILTER(isNumeric(?v)) }"
LOOKUP = "SELECT ?v { <http://x/s1> <http://x/version> ?v }"
LONG = (
    "SELECT (MAX(?v) AS ?most) (COUNT(*) AS ?n) "
    "{ ?a <http://x/p> ?o . ?b <http://x/p> ?o . ?c <http://x/p> ?o . ?a <http://x/version> ?v }"
)


def write(file: Path, version: int) -> None:
    """Replace the data atomically by a version, which each statement names."""
    lines = [f"<http://x/s{n}> <http://x/p> <http://x/o{n % 5}> ; <http://x/version> {version} ." for n in range(SIZE)]
    lines += [f"<http://x/extra{n}> <http://x/q> <http://x/q> ." for n in range(version)]
    lines += [f"<http://x/g{n}> {{ <http://x/me> <http://x/is{n}> {version} }}" for n in range(3)]
    new = file.with_suffix(".new")
    new.write_text("\n".join(lines), encoding="utf-8")
    new.replace(file)


def count_statements(store: Path) -> int:
    """The number of statements in a store."""
    return open_or_load(store).statements


@dataclass
class Running:
    """A server, its port, environment and a connection."""

    process: subprocess.Popen[str]
    port: int
    environment: dict[str, str]
    connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        """Open the connection."""
        self.connection = self.connect()

    def connect(self) -> http.client.HTTPConnection:
        """Another connection."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)

    def get(self, path: str) -> tuple[int, str]:
        """Send a request on the connection; if the server closes it, the next request reopens it."""
        self.connection.request("GET", path)
        response = self.connection.getresponse()
        return response.status, response.read().decode()

    def rows(self, query: str) -> list[str]:
        """The rows of an answer."""
        status, text = self.get(asking(query))
        assert status == 200, text
        return text.split()[1:]

    def answers(self, query: str) -> list[str]:
        """The rows of an answer, none if the request fails."""
        try:
            return self.rows(query)
        except (OSError, http.client.HTTPException):
            return []
        finally:
            self.connection.close()

    def reload(self) -> subprocess.CompletedProcess[str]:
        """Run the command; close the connection first, since the server closes idle ones."""
        self.connection.close()
        command = ["reload", "--port", str(self.port)]
        with (
            pytest.MonkeyPatch.context() as patch,
            redirect_stdout(StringIO()) as out,
            redirect_stderr(StringIO()) as err,
        ):
            patch.setenv("XDG_RUNTIME_DIR", self.environment["XDG_RUNTIME_DIR"])
            patch.delenv("RUNTIME_DIRECTORY", raising=False)
            code = main(command)
        return subprocess.CompletedProcess(command, code, out.getvalue(), err.getvalue())

    def processes(self) -> list[int]:
        """The master and all processes with its mark in the environment, also orphans."""
        mark = f"RELOAD_TEST={self.environment['RELOAD_TEST']}".encode()
        pids = []
        for one in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (one / "environ").read_bytes():
                    pids.append(int(one.name))
            except OSError:
                continue
        return sorted(pids)

    def servers(self) -> list[int]:
        """The processes that have loaded the data."""
        return [one for one in self.processes() if title(one) == "iqgraph server"]

    def memory(self) -> int:
        """The private memory of the master in KiB; it alone outlives a reload."""
        text = Path(f"/proc/{self.process.pid}/smaps_rollup").read_text(encoding="ascii")
        return sum(int(size) for size in re.findall(r"^Private_\w+:\s+(\d+)", text, re.MULTILINE))


def asking(query: str) -> str:
    """The path of a query."""
    return f"/sparql?format=csv&query={quote(query)}"


@contextmanager
def running(tmp_path: Path, *arguments: str | Path) -> Iterator[Running]:
    """A server with its own folder for sockets; all its processes end with the context."""
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(tmp_path), "RELOAD_TEST": str(tmp_path)}
    environment.pop("RUNTIME_DIRECTORY", None)
    with launched(*arguments, environment=environment) as (process, address):
        try:
            server = Running(process, int(address.rpartition(":")[2]), environment)
            yield server
            server.connection.close()
        finally:
            process.terminate()  # a second signal follows on exit, so it ends at once


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A data file, version 0."""
    file = tmp_path / "v.trig"
    write(file, 0)
    return file


@pytest.fixture(scope="module")
def data_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data file that tests change one after another; each writes the next version."""
    file = tmp_path_factory.mktemp("reload") / "v.trig"
    write(file, 0)
    return file


@pytest.fixture(scope="module")
def lasting(data_file: Path) -> Iterator[Running]:
    """A server of that file, shared by the tests."""
    with running(data_file.parent, "-m", "iqgraph", "serve", "--port", "0", data_file) as one:
        yield one


@pytest.fixture
def server(lasting: Running) -> Running:
    """The shared server, with a new connection."""
    lasting.connection.close()
    return lasting


def renew(file: Path) -> str:
    """Write the next version and return it."""
    version = next(VERSIONS)
    write(file, version)
    return str(version)


@pytest.fixture
def patient(tmp_path: Path, file: Path) -> Iterator[Running]:
    """A server that refuses no query for lack of room, however slow the machine is."""
    with running(tmp_path, "-c", PATIENT, file) as one:
        yield one


def test_reload_as_the_page_shows_it(server: Running, data_file: Path) -> None:
    """The command prints the output shown in the docs."""
    data_file.unlink(missing_ok=True)
    data_file.write_text("<http://a/s> <http://a/p> <http://a/o> .\n", encoding="utf-8")
    example = blocks(ROOT / "docs/reload.md", "console")[0]
    command, answer = example.removeprefix("$ ").split("\n", 1)
    process = subprocess.run(
        [sys.executable, "-m", *shlex.split(command), "--port", str(server.port)],
        env=server.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    renew(data_file)
    server.reload()

    assert (process.returncode, process.stdout, process.stderr) == (0, answer, "")


def test_open_connections_get_one_more_answer(server: Running, data_file: Path) -> None:
    """An open connection gets one more answer from the old data, then is closed; new ones get the new data."""
    with closing(server.connect()) as connection:
        connection.request("GET", asking(WHICH))
        before = connection.getresponse().read().decode().split()[1:]
        new = renew(data_file)

        assert server.reload().returncode == 0

        connection.request("GET", asking(WHICH))
        response = connection.getresponse()
        assert (response.read().decode().split()[1:], response.getheader("connection")) == (before, "close")
    assert server.rows(WHICH) == [new] != before


def test_sighup_does_the_same(server: Running, data_file: Path) -> None:
    """The signal is sent to the master."""
    new = renew(data_file)
    server.process.send_signal(signal.SIGHUP)

    until(lambda: server.answers(WHICH) == [new])


@pytest.mark.parametrize(
    ("content", "message"),
    [("<http://x/s> <http://x/p> .", "v.trig"), (None, "v.trig: No such file or directory.")],
    ids=["not RDF", "no file"],
)
def test_wrong_data_is_not_served(server: Running, data_file: Path, content: str | None, message: str) -> None:
    """The reason is printed, the exit code is 1, and the old data is still served."""
    before = server.rows(WHICH)
    data_file.unlink(missing_ok=True)
    if content is not None:
        data_file.write_text(content, encoding="utf-8")

    process = server.reload()

    assert (process.returncode, process.stdout) == (1, "")
    assert message in process.stderr
    assert process.stderr.endswith("The old data is still served.\n")
    assert server.rows(WHICH) == before != []


def test_invalid_data_is_not_served(tmp_path: Path) -> None:
    """Bundled data is validated first and each finding is printed; once repaired, it is served."""
    tiny.write(tmp_path)
    says = "data/letter/01-all.trig"
    with running(tmp_path, "-c", OF_SOURCES, tmp_path, "serve", "--port", "0") as server:
        tiny.change(tmp_path, says, 'skos:prefLabel "Ben"@en ;', "")
        process = server.reload()
        assert (process.returncode, process.stdout) == (
            1,
            f'{says}: id:ben skos:prefLabel: A person has two names. Given: "Ben"@de.\n',
        )
        assert "not valid: 1 finding. The old data is still served." in process.stderr

        tiny.change(
            tmp_path, says, 'skos:prefLabel "Ben"@de ;', 'skos:prefLabel "Ben"@de ; skos:prefLabel "Benny"@en ;'
        )
        before = server.get("/download/SHA256SUMS")
        assert server.reload().returncode == 0
        assert "Benny" in server.get("/download/iq-hessen.ttl")[1]
        assert server.get("/download/SHA256SUMS") != before


def test_who_repairs_the_data_of_a_lost_server_need_not_wait(tmp_path: Path, file: Path) -> None:
    """While the files are invalid nothing is served, and a reload says so; repaired files are served at once."""
    with running(tmp_path, "-m", "iqgraph", "serve", "--port", "0", file) as server:
        right = file.read_text(encoding="utf-8")
        file.write_text("no RDF", encoding="utf-8")
        for one in server.servers():
            os.kill(one, signal.SIGKILL)
        until(lambda: server.reload().stderr.endswith("Nothing is served until a load succeeds.\n"))
        file.write_text(right, encoding="utf-8")

        assert server.reload().returncode == 0
        assert server.rows(WHICH) != []


def test_a_killed_load_harms_nobody(server: Running, data_file: Path) -> None:
    """If the loading process dies, the old data is still served."""
    rows = server.rows(WHICH)
    server.connection.close()  # else the server may, while it is idle
    before = set(server.processes())
    lines = (f"<http://example.org/{number}> <http://example.org/n> {number} .\n" for number in range(300_000))
    data_file.write_text("".join(lines), encoding="utf-8")  # so the load takes a while
    client = subprocess.Popen(
        [sys.executable, "-m", "iqgraph", "reload", "--port", str(server.port)],
        env=server.environment,
        stderr=subprocess.PIPE,
        text=True,
    )

    def is_over() -> bool:
        for one in set(server.processes()) - before - {client.pid}:
            if title(one) == "iqgraph server":
                with suppress(OSError):
                    os.kill(one, signal.SIGKILL)
        return client.poll() is not None

    with client:
        until(is_over)
        _, message = client.communicate()

    assert client.returncode == 1
    assert "ended before it was done" in message
    assert server.rows(WHICH) == rows != []


def test_who_asks_meanwhile_gets_a_reload_of_their_own(server: Running, data_file: Path) -> None:
    """Each client gets the outcome, and the latest change is served."""
    renew(data_file)
    command = [sys.executable, "-m", "iqgraph", "reload", "--port", str(server.port)]
    clients = [subprocess.Popen(command, env=server.environment, stdout=subprocess.PIPE) for _ in range(2)]
    new = renew(data_file)
    clients.append(subprocess.Popen(command, env=server.environment, stdout=subprocess.PIPE))
    for one in clients:
        with one:
            assert one.wait(PATIENCE) == 0

    assert server.rows(WHICH) == [new]


def test_no_server(server: Running, data_file: Path) -> None:
    """Without a server there is one sentence and exit code 2; the socket of a running one is private to its user."""
    command = [sys.executable, "-m", "iqgraph", "reload", "--port", "1"]
    process = subprocess.run(command, env=server.environment, capture_output=True, text=True, check=False)

    message = "iqgraph: No server of yours answers at 127.0.0.1:1; give its --host and --port.\n"
    assert (process.returncode, process.stderr) == (2, message)
    assert [one.stat().st_mode & 0o777 for one in (data_file.parent / "iqgraph").iterdir()] == [0o600]


def test_a_store_is_renewed(tmp_path: Path, file: Path) -> None:
    """The new store replaces the old one, also for the next start."""
    store = tmp_path / "store"
    with running(tmp_path, "-m", "iqgraph", "serve", "--port", "0", "--store", store, file) as server:
        assert server.rows(WHICH) == ["0"]
        write(file, 1)
        assert server.reload().returncode == 0
        assert server.rows(WHICH) == ["1"]
    assert count_statements(store) == STATEMENTS + 1
    assert [one.name for one in store.iterdir()] == ["dataset"]


def test_a_refused_store_is_not_kept(tmp_path: Path, file: Path) -> None:
    """The store on disk is the one in service, also for new processes and the next start."""
    store = tmp_path / "store"
    with running(tmp_path, "-c", STRICT, store, file) as server:
        write(file, 1)
        process = server.reload()
        assert (process.returncode, process.stderr) == (1, "iqgraph: It is too much. The old data is still served.\n")
        assert [one.name for one in store.iterdir()] == ["dataset"]
        pids = server.servers()
        for one in pids:
            os.kill(one, signal.SIGKILL)
        until(lambda: not set(pids) & set(server.processes()) and bool(server.answers(WHICH)))
        assert server.rows(WHICH) == ["0"]
    assert count_statements(store) == STATEMENTS


@pytest.mark.serial
def test_older_states_are_few(tmp_path: Path, file: Path) -> None:
    """Reloads that come faster than queries end wait for them; no query is killed."""
    answers: list[int] = []

    def ask(server: Running, number: int) -> None:
        connection = server.connect()
        connection.request("GET", asking(f"{ENDLESS} #{number}"))
        answers.append(connection.getresponse().status)
        connection.close()

    with running(tmp_path, "-m", "iqgraph", "serve", "--port", "0", "--timeout", "6", file) as server:
        for number in range(MAX_OLD_SERVERS + 2):
            thread = threading.Thread(target=ask, args=(server, number))
            thread.start()
            until(lambda: figure(f"http://127.0.0.1:{server.port}", "iqgraph_queries_long") > 0)
            write(file, number + 1)
            assert server.reload().returncode == 0
            assert len(server.servers()) <= 1 + MAX_OLD_SERVERS
        assert server.rows(WHICH) == [str(MAX_OLD_SERVERS + 2)]
        until(lambda: len(answers) == MAX_OLD_SERVERS + 2)

    assert answers == [422] * (MAX_OLD_SERVERS + 2)


@dataclass
class Observations:
    """The answers of the clients, and what was wrong with them."""

    answers: int = 0
    failures: list[object] = field(default_factory=list)
    mixtures: list[object] = field(default_factory=list)
    stale: list[object] = field(default_factory=list)


KINDS: dict[str, tuple[str, bool]] = {
    "lookups on one connection": (asking(LOOKUP), True),
    "queries on one connection": (asking(WHICH), True),
    "queries on new connections": (asking(WHICH), False),
    "long queries": (asking(LONG), True),
    "downloads": ("/download/v.nt", True),
    "pages": ("/", False),
}


def versions(path: str, text: str) -> set[int]:
    """The versions of the data in an answer."""
    if path == "/":
        counts = re.findall(r"<dt>Statements</dt><dd>(\d+)</dd>", text)
        return {int(count) - STATEMENTS for count in counts}
    if path == asking(LONG):
        return {int(text.split()[1].partition(",")[0])}
    return {
        int(version)
        for match in re.findall(r'^(\d+)\r?$|version> "(\d+)"', text, re.MULTILINE)
        for version in match
        if version
    }


def client(server: Running, kind: str, observations: Observations, least: list[int], end: threading.Event) -> None:
    """Repeat a request, with a short pause between."""
    path, keeps = KINDS[kind]
    connection = server.connect()
    min_version = least[0]
    while not end.wait(0.05):
        if not connection.sock:
            min_version = least[0]  # of a connection that was open before, one more answer may be from the old data
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            status, text = response.status, response.read().decode()
        except (OSError, http.client.HTTPException) as error:
            observations.failures.append((kind, repr(error)))
            connection = server.connect()
            continue
        if not keeps:
            connection.close()
        answer_versions = versions(path, text) if status == 200 else set()
        observations.answers += 1
        if status != 200:
            observations.failures.append((kind, status, text))
        elif len(answer_versions) != 1:
            observations.mixtures.append((kind, answer_versions, text))
        elif min(answer_versions) < min_version:
            observations.stale.append((kind, answer_versions, min_version))
    connection.close()


@contextmanager
def load(server: Running, clients: int, observations: Observations, least: list[int]) -> Iterator[None]:
    """Run clients of all kinds."""
    end = threading.Event()
    kinds = list(KINDS) * clients
    threads = [
        threading.Thread(target=client, args=(server, kind, observations, least, end)) for kind in kinds[:clients]
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        end.set()
        for thread in threads:
            thread.join()


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="only Linux tells what memory is shared")
@pytest.mark.parametrize(
    ("swaps", "clients"), [pytest.param(10, 50, marks=pytest.mark.serial), (2, 6)], ids=["ten", "two"]
)
def test_swaps_under_load(
    patient: Running, file: Path, swaps: int, clients: int, record_property: Callable[[str, object], None]
) -> None:
    """No request fails or mixes versions, no new connection gets old data after a swap, and memory is freed."""
    server = patient
    for path, _ in KINDS.values():
        assert versions(path, server.get(path)[1]) == {0}
    observations, least = Observations(), [0]
    with load(server, clients, observations, least):
        until(lambda: observations.answers > ENOUGH * clients)
    before = server.memory()

    with load(server, clients, observations, least):
        for version in range(1, swaps + 1):
            write(file, version)
            process = server.reload()
            assert process.returncode == 0, process.stderr
            least[0] = version
        enough = observations.answers + ENOUGH * clients
        until(lambda: observations.answers > enough)

    assert (observations.failures[:3], observations.mixtures[:3], observations.stale[:3]) == ([], [], [])
    # The old server has ended, and there are one of each kind and the workers that wait for queries.
    until(lambda: len(server.servers()) == 1 and len(server.processes()) <= MOST)
    assert server.memory() < MARGIN * before
    record_property("answers", observations.answers)
    record_property("KiB before and after", f"{before} {server.memory()}")
