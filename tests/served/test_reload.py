"""New data in service: it comes without a gap, whole or not at all, and the old goes when nobody needs it any more."""

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
from iqgraph.service.processes.master import Loaders
from iqgraph.service.serving import serve
from iqgraph.settings import Settings
make = lambda: load_plain([Path(sys.argv[1])])
limits = dict(timeout=60, queue_time=60, queue=1000, long_queries=1000, long_queries_client=1000)
serve(Loaders(make, make, make), Settings(port=0, **limits))
"""
STRICT = """
import sys
from functools import partial
from pathlib import Path
from iqgraph.dataset.storage import open_or_load, reload_store, settle
from iqgraph.errors import CallError
from iqgraph.service.processes.master import Loaders
from iqgraph.service.serving import serve
from iqgraph.settings import Settings
store, file = Path(sys.argv[1]), Path(sys.argv[2])
def again():
    dataset = reload_store(store, [file])
    if dataset.statements > open_or_load(store).statements:
        raise CallError(de="Das ist zu viel.", en="It is too much.")
    return dataset
first = lambda: open_or_load(store, [file])
loaders = Loaders(first, again, lambda: open_or_load(store), partial(settle, store))
serve(loaders, Settings(port=0))
"""
WHICH = "SELECT DISTINCT ?v { { GRAPH ?g { ?s ?p ?v } } UNION { ?s <http://x/version> ?v } FILTER(isNumeric(?v)) }"
LOOKUP = "SELECT ?v { <http://x/s1> <http://x/version> ?v }"
LONG = (
    "SELECT (MAX(?v) AS ?most) (COUNT(*) AS ?n) "
    "{ ?a <http://x/p> ?o . ?b <http://x/p> ?o . ?c <http://x/p> ?o . ?a <http://x/version> ?v }"
)


def write(file: Path, version: int) -> None:
    """Write a state of the data, each statement of which knows its version, in one step."""
    lines = [f"<http://x/s{n}> <http://x/p> <http://x/o{n % 5}> ; <http://x/version> {version} ." for n in range(SIZE)]
    lines += [f"<http://x/extra{n}> <http://x/q> <http://x/q> ." for n in range(version)]
    lines += [f"<http://x/g{n}> {{ <http://x/me> <http://x/is{n}> {version} }}" for n in range(3)]
    new = file.with_suffix(".new")
    new.write_text("\n".join(lines), encoding="utf-8")
    new.replace(file)


def held(store: Path) -> int:
    """How many statements lie in a store, for the next start."""
    return open_or_load(store).statements


@dataclass
class Running:
    """A server, and what belongs to it."""

    process: subprocess.Popen[str]
    port: int
    environment: dict[str, str]
    connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        """Keep one connection open."""
        self.connection = self.connect()

    def connect(self) -> http.client.HTTPConnection:
        """Another connection."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)

    def get(self, path: str) -> tuple[int, str]:
        """Ask on the one connection; if the server closes it, the next request opens it again."""
        self.connection.request("GET", path)
        response = self.connection.getresponse()
        return response.status, response.read().decode()

    def rows(self, query: str) -> list[str]:
        """The rows of an answer."""
        status, text = self.get(asking(query))
        assert status == 200, text
        return text.split()[1:]

    def answers(self, query: str) -> list[str]:
        """The rows of an answer, none if there is no answer."""
        try:
            return self.rows(query)
        except (OSError, http.client.HTTPException):
            return []
        finally:
            self.connection.close()

    def reload(self) -> subprocess.CompletedProcess[str]:
        """Run the command; the connection is closed before the server may, which it does if one is idle for long."""
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
        """The first process, and all that have its mark, also those that lost their parents."""
        mark = f"RELOAD_TEST={self.environment['RELOAD_TEST']}".encode()
        found = []
        for one in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (one / "environ").read_bytes():
                    found.append(int(one.name))
            except OSError:
                continue
        return sorted(found)

    def servers(self) -> list[int]:
        """The processes that have loaded the data."""
        return [one for one in self.processes() if title(one) == "iqgraph server"]

    def memory(self) -> int:
        """What the first process alone holds, in KiB: the others end with what they hold, this one stays."""
        text = Path(f"/proc/{self.process.pid}/smaps_rollup").read_text(encoding="ascii")
        return sum(int(found) for found in re.findall(r"^Private_\w+:\s+(\d+)", text, re.MULTILINE))


def asking(query: str) -> str:
    """The path of a query."""
    return f"/sparql?format=csv&query={quote(query)}"


@contextmanager
def running(tmp_path: Path, *arguments: str | Path) -> Iterator[Running]:
    """A server with a folder of its own for sockets; at the end none of its processes is left."""
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(tmp_path), "RELOAD_TEST": str(tmp_path)}
    environment.pop("RUNTIME_DIRECTORY", None)
    with launched(*arguments, environment=environment) as (process, address):
        try:
            server = Running(process, int(address.rpartition(":")[2]), environment)
            yield server
            server.connection.close()
        finally:
            process.terminate()  # and once more when it is left, so it ends at once


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Somebody's RDF, version 0."""
    file = tmp_path / "v.trig"
    write(file, 0)
    return file


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that tests change one after the other; each finds it as it was left, and writes the next version."""
    file = tmp_path_factory.mktemp("reload") / "v.trig"
    write(file, 0)
    return file


@pytest.fixture(scope="module")
def lasting(shared: Path) -> Iterator[Running]:
    """A server of that file, of whatever version."""
    with running(shared.parent, "-m", "iqgraph", "serve", "--port", "0", shared) as one:
        yield one


@pytest.fixture
def server(lasting: Running) -> Running:
    """That server; the connection is this test's own."""
    lasting.connection.close()
    return lasting


def renew(file: Path) -> str:
    """Write the next version, and say which it is."""
    version = next(VERSIONS)
    write(file, version)
    return str(version)


@pytest.fixture
def patient(tmp_path: Path, file: Path) -> Iterator[Running]:
    """A server of that file that refuses nothing for want of room, however slow the machine is."""
    with running(tmp_path, "-c", PATIENT, file) as one:
        yield one


def test_reload_as_the_page_shows_it(server: Running, shared: Path) -> None:
    """The command says what the docs say."""
    shared.unlink(missing_ok=True)
    shared.write_text("<http://a/s> <http://a/p> <http://a/o> .\n", encoding="utf-8")
    shown = blocks(ROOT / "docs/reload.md", "console")[0]
    command, answer = shown.removeprefix("$ ").split("\n", 1)
    done = subprocess.run(
        [sys.executable, "-m", *shlex.split(command), "--port", str(server.port)],
        env=server.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    renew(shared)
    server.reload()

    assert (done.returncode, done.stdout, done.stderr) == (0, answer, "")


def test_old_connections_are_closed_in_good_order(server: Running, shared: Path) -> None:
    """One that was open before is answered once more, from the old data, and closed; each new one sees the new data."""
    with closing(server.connect()) as connection:
        connection.request("GET", asking(WHICH))
        before = connection.getresponse().read().decode().split()[1:]
        new = renew(shared)

        assert server.reload().returncode == 0

        connection.request("GET", asking(WHICH))
        response = connection.getresponse()
        assert (response.read().decode().split()[1:], response.getheader("connection")) == (before, "close")
    assert server.rows(WHICH) == [new] != before


def test_sighup_does_the_same(server: Running, shared: Path) -> None:
    """The signal goes to the first process."""
    new = renew(shared)
    server.process.send_signal(signal.SIGHUP)

    until(lambda: server.answers(WHICH) == [new])


@pytest.mark.parametrize(
    ("content", "said"),
    [("<http://x/s> <http://x/p> .", "v.trig"), (None, "v.trig: No such file or directory.")],
    ids=["not RDF", "no file"],
)
def test_wrong_data_is_not_served(server: Running, shared: Path, content: str | None, said: str) -> None:
    """The reason is told, the exit code is 1, and the old data stays."""
    before = server.rows(WHICH)
    shared.unlink(missing_ok=True)
    if content is not None:
        shared.write_text(content, encoding="utf-8")

    done = server.reload()

    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr
    assert done.stderr.endswith("The old data is still served.\n")
    assert server.rows(WHICH) == before != []


def test_invalid_data_is_not_served(tmp_path: Path) -> None:
    """Our own data is validated first; each finding is told. Once it is right again, it is served."""
    tiny.write(tmp_path)
    says = "data/letter/01-all.trig"
    with running(tmp_path, "-c", OF_SOURCES, tmp_path, "serve", "--port", "0") as server:
        tiny.change(tmp_path, says, 'skos:prefLabel "Ben"@en ;', "")
        done = server.reload()
        assert (done.returncode, done.stdout) == (
            1,
            f'{says}: id:ben skos:prefLabel: A person has two names. Given: "Ben"@de.\n',
        )
        assert "not valid: 1 finding. The old data is still served." in done.stderr

        tiny.change(
            tmp_path, says, 'skos:prefLabel "Ben"@de ;', 'skos:prefLabel "Ben"@de ; skos:prefLabel "Benny"@en ;'
        )
        before = server.get("/download/SHA256SUMS")
        assert server.reload().returncode == 0
        assert "Benny" in server.get("/download/iq-hessen.ttl")[1]
        assert server.get("/download/SHA256SUMS") != before


def test_who_repairs_the_data_of_a_lost_server_need_not_wait(tmp_path: Path, file: Path) -> None:
    """While the files are refused nobody is answered, and a reload says so; of the repaired files it serves at once."""
    with running(tmp_path, "-m", "iqgraph", "serve", "--port", "0", file) as server:
        right = file.read_text(encoding="utf-8")
        file.write_text("no RDF", encoding="utf-8")
        for one in server.servers():
            os.kill(one, signal.SIGKILL)
        until(lambda: server.reload().stderr.endswith("Nothing is served until a load succeeds.\n"))
        file.write_text(right, encoding="utf-8")

        assert server.reload().returncode == 0
        assert server.rows(WHICH) != []


def test_a_killed_load_harms_nobody(server: Running, shared: Path) -> None:
    """The process that loads is lost before it is done: the old data stays."""
    rows = server.rows(WHICH)
    server.connection.close()  # else the server may, while it is idle
    before = set(server.processes())
    lines = (f"<http://example.org/{number}> <http://example.org/n> {number} .\n" for number in range(300_000))
    shared.write_text("".join(lines), encoding="utf-8")  # so the load takes a while
    asked = subprocess.Popen(
        [sys.executable, "-m", "iqgraph", "reload", "--port", str(server.port)],
        env=server.environment,
        stderr=subprocess.PIPE,
        text=True,
    )

    def is_over() -> bool:
        for one in set(server.processes()) - before - {asked.pid}:
            if title(one) == "iqgraph server":
                with suppress(OSError):
                    os.kill(one, signal.SIGKILL)
        return asked.poll() is not None

    with asked:
        until(is_over)
        _, said = asked.communicate()

    assert asked.returncode == 1
    assert "ended before it was done" in said
    assert server.rows(WHICH) == rows != []


def test_who_asks_meanwhile_gets_a_reload_of_their_own(server: Running, shared: Path) -> None:
    """All are told the outcome, and what changed meanwhile is served."""
    renew(shared)
    command = [sys.executable, "-m", "iqgraph", "reload", "--port", str(server.port)]
    asked = [subprocess.Popen(command, env=server.environment, stdout=subprocess.PIPE) for _ in range(2)]
    new = renew(shared)
    asked.append(subprocess.Popen(command, env=server.environment, stdout=subprocess.PIPE))
    for one in asked:
        with one:
            assert one.wait(PATIENCE) == 0

    assert server.rows(WHICH) == [new]


def test_no_server(server: Running, shared: Path) -> None:
    """One sentence, exit code 2, and the socket of the one that runs is for its user alone."""
    command = [sys.executable, "-m", "iqgraph", "reload", "--port", "1"]
    done = subprocess.run(command, env=server.environment, capture_output=True, text=True, check=False)

    told = "iqgraph: No server of yours answers at 127.0.0.1:1; give its --host and --port.\n"
    assert (done.returncode, done.stderr) == (2, told)
    assert [one.stat().st_mode & 0o777 for one in (shared.parent / "iqgraph").iterdir()] == [0o600]


def test_a_store_is_renewed(tmp_path: Path, file: Path) -> None:
    """The new one takes the place of the old, also for the next start."""
    store = tmp_path / "store"
    with running(tmp_path, "-m", "iqgraph", "serve", "--port", "0", "--store", store, file) as server:
        assert server.rows(WHICH) == ["0"]
        write(file, 1)
        assert server.reload().returncode == 0
        assert server.rows(WHICH) == ["1"]
    assert held(store) == STATEMENTS + 1
    assert [one.name for one in store.iterdir()] == ["dataset"]


def test_a_refused_store_is_not_kept(tmp_path: Path, file: Path) -> None:
    """On disk lies what is served, also for each process that is made anew, and for the next start."""
    store = tmp_path / "store"
    with running(tmp_path, "-c", STRICT, store, file) as server:
        write(file, 1)
        done = server.reload()
        assert (done.returncode, done.stderr) == (1, "iqgraph: It is too much. The old data is still served.\n")
        assert [one.name for one in store.iterdir()] == ["dataset"]
        lost = server.servers()
        for one in lost:
            os.kill(one, signal.SIGKILL)
        until(lambda: not set(lost) & set(server.processes()) and bool(server.answers(WHICH)))
        assert server.rows(WHICH) == ["0"]
    assert held(store) == STATEMENTS


@pytest.mark.serial
def test_older_states_are_few(tmp_path: Path, file: Path) -> None:
    """Whoever reloads faster than queries end, waits for them; no query is ended for it."""
    answers: list[int] = []

    def ask(server: Running, number: int) -> None:
        connection = server.connect()
        connection.request("GET", asking(f"{ENDLESS} #{number}"))
        answers.append(connection.getresponse().status)
        connection.close()

    with running(tmp_path, "-m", "iqgraph", "serve", "--port", "0", "--timeout", "6", file) as server:
        for number in range(MAX_OLD_SERVERS + 2):
            asked = threading.Thread(target=ask, args=(server, number))
            asked.start()
            until(lambda: figure(f"http://127.0.0.1:{server.port}", "iqgraph_queries_long") > 0)
            write(file, number + 1)
            assert server.reload().returncode == 0
            assert len(server.servers()) <= 1 + MAX_OLD_SERVERS
        assert server.rows(WHICH) == [str(MAX_OLD_SERVERS + 2)]
        until(lambda: len(answers) == MAX_OLD_SERVERS + 2)

    assert answers == [422] * (MAX_OLD_SERVERS + 2)


@dataclass
class Seen:
    """What the clients saw."""

    answers: int = 0
    failed: list[object] = field(default_factory=list)
    mixed: list[object] = field(default_factory=list)
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
    """The versions of the data that an answer knows of."""
    if path == "/":
        statements = re.findall(r"<dt>Statements</dt><dd>(\d+)</dd>", text)
        return {int(found) - STATEMENTS for found in statements}
    if path == asking(LONG):
        return {int(text.split()[1].partition(",")[0])}
    return {
        int(found)
        for found in re.findall(r'^(\d+)\r?$|version> "(\d+)"', text, re.MULTILINE)
        for found in found
        if found
    }


def client(server: Running, kind: str, seen: Seen, least: list[int], end: threading.Event) -> None:
    """Ask the same again and again, with a little thought."""
    path, keeps = KINDS[kind]
    connection = server.connect()
    known = least[0]
    while not end.wait(0.05):
        if not connection.sock:
            known = least[0]  # of a connection that was open before, one more answer may be from the old data
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            status, text = response.status, response.read().decode()
        except (OSError, http.client.HTTPException) as error:
            seen.failed.append((kind, repr(error)))
            connection = server.connect()
            continue
        if not keeps:
            connection.close()
        found = versions(path, text) if status == 200 else set()
        seen.answers += 1
        if status != 200:
            seen.failed.append((kind, status, text))
        elif len(found) != 1:
            seen.mixed.append((kind, found, text))
        elif min(found) < known:
            seen.stale.append((kind, found, known))
    connection.close()


@contextmanager
def load(server: Running, clients: int, seen: Seen, least: list[int]) -> Iterator[None]:
    """Clients of all kinds."""
    end = threading.Event()
    kinds = list(KINDS) * clients
    threads = [threading.Thread(target=client, args=(server, kind, seen, least, end)) for kind in kinds[:clients]]
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
    """No request fails, none mixes versions, no new connection sees the old after a swap, and the memory comes back."""
    server = patient
    for path, _ in KINDS.values():
        assert versions(path, server.get(path)[1]) == {0}
    seen, least = Seen(), [0]
    with load(server, clients, seen, least):
        until(lambda: seen.answers > ENOUGH * clients)
    before = server.memory()

    with load(server, clients, seen, least):
        for version in range(1, swaps + 1):
            write(file, version)
            done = server.reload()
            assert done.returncode == 0, done.stderr
            least[0] = version
        enough = seen.answers + ENOUGH * clients
        until(lambda: seen.answers > enough)

    assert (seen.failed[:3], seen.mixed[:3], seen.stale[:3]) == ([], [], [])
    # The old server has ended, and there are one of each kind and the workers that wait for queries.
    until(lambda: len(server.servers()) == 1 and len(server.processes()) <= MOST)
    assert server.memory() < MARGIN * before
    record_property("answers", seen.answers)
    record_property("KiB before and after", f"{before} {server.memory()}")
