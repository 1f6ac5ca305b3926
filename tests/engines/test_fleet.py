"""Engines that hold the same data: one may be lost, hang, come back or be replaced, and no query fails or is wrong."""

import re
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Self

import pytest

from elsewhere import QUICK, SELECT, TEXT, Home, attached, home_of, ill, oxigraph, questions, until, well
from iqgraph.engine import Limits, Query, QueryError, Remote, Rhythm
from iqgraph.formats import CSV
from loopback import Asked, answer, other
from proxies import free_port
from tiny import put

COUNT = "SELECT (COUNT(*) AS ?n) {{ ?s ?p ?o FILTER(?o != {0}) }}"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """The engine that has the data itself."""
    return home_of(put(tmp_path, "a.trig", TEXT))


def store(folder: Path, text: str, home: Home) -> Path:
    """A store of the Oxigraph server: named graphs of a text, and the union that is served here."""
    union = "".join(f"{triple} .\n" for triple in home.dataset.triples())
    for name, content in {"named.trig": text, "union.nt": union}.items():
        with oxigraph(folder, "load", "--file", str(put(folder.parent, name, content))) as load:
            assert load.wait() == 0, load.stderr and load.stderr.read()
    return folder


@contextmanager
def running(folder: Path, port: int) -> Iterator["subprocess.Popen[str]"]:
    """The Oxigraph server at a port; it answers already."""
    with oxigraph(folder, "serve-read-only", "--bind", f"127.0.0.1:{port}") as process:
        assert process.stderr
        until(lambda: "Listening" in process.stderr.readline())  # type: ignore[union-attr]
        drain = threading.Thread(target=process.stderr.read, daemon=True)
        drain.start()
        try:
            yield process
        finally:
            process.kill()
            process.wait()
            drain.join()


class Load:
    """Clients that ask without end, each query another one, until they are told to stop."""

    def __init__(self, engine: Remote, clients: int = 6) -> None:
        self.engine = engine
        self.answers: set[bytes] = set()
        self.number = 0
        self.faults: list[QueryError] = []
        self.over = threading.Event()
        self.crowd = [threading.Thread(target=self._ask, args=(client,)) for client in range(clients)]

    def _ask(self, client: int) -> None:
        number = 0
        while not self.over.is_set():
            number += 1
            try:
                found = self.engine.answer(Query(COUNT.format(f"{client}{number:06}")), CSV, str(client))
            except QueryError as error:
                self.faults.append(error)
            else:
                self.answers.add(found)
                self.number += 1

    def __enter__(self) -> Self:
        for one in self.crowd:
            one.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for one in self.crowd:
            one.join()


def test_one_of_three_is_killed_and_comes_back(tmp_path: Path, home: Home) -> None:
    """No query fails; the one that comes back gets queries again; one that comes back with other data gets none."""
    right = store(tmp_path / "right", TEXT, home)
    wrong = store(tmp_path / "wrong", TEXT.replace('"f"', '"g"'), home)
    wanted = home.answer(Query(COUNT.format(0)), CSV)
    ports = [free_port() for _ in range(3)]
    with ExitStack() as stack:
        engines = [stack.enter_context(running(right, port)) for port in ports]
        urls = [f"http://127.0.0.1:{port}/query" for port in ports]
        engine = stack.enter_context(attached(home, *urls))
        until(lambda: all(one.up for one in engine.states()))
        with Load(engine) as load:
            until(lambda: all(one.answered > 20 for one in engine.states()))
            engines[0].send_signal(signal.SIGKILL)
            engines[0].wait()
            until(lambda: not engine.states()[0].up)
            stack.enter_context(running(right, ports[0]))
            until(lambda: engine.states()[0].up)
            again = engine.states()[0].answered
            until(lambda: engine.states()[0].answered > again + 20)

            engines[1].send_signal(signal.SIGKILL)
            engines[1].wait()
            stack.enter_context(running(wrong, ports[1]))
            until(lambda: "but not the same" in engine.states()[1].why)
            before, asked = engine.states()[1].answered, load.number
            until(lambda: load.number > asked + 100)
            assert engine.states()[1].answered == before

    assert load.faults == []
    assert load.answers == {wanted}


def test_an_engine_that_hangs(home: Home) -> None:
    """A query that it is at is asked of another one as soon as the examination finds out; then it is not asked."""
    stopped = threading.Event()

    def hang(handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        if stopped.is_set():
            threading.Event().wait(5)
        well(home)(handler, asked)

    rhythm = Rhythm(interval=0.1, patience=0.3, first=0.05, last=0.2)
    with (
        other(hang) as first,
        other(well(home)) as second,
        attached(home, first.url, second.url, rhythm=rhythm) as engine,
    ):
        until(lambda: all(one.up for one in engine.states()))
        stopped.set()
        for _ in range(4):
            assert engine.answer(SELECT, CSV) == home.answer(SELECT, CSV)
        until(lambda: not engine.states()[0].up)


def test_least_busy_first(home: Home) -> None:
    """Queries go past an engine that is at long ones."""
    begun, over = threading.Event(), threading.Event()
    slow = Query("ASK { ?s ?p ?o }")

    def wait(handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        begun.set()
        over.wait(10)
        well(home)(handler, asked)

    with (
        other(ill(home, wait, slow)) as first,
        other(ill(home, wait, slow)) as second,
        attached(home, first.url, second.url) as engine,
    ):
        until(lambda: all(one.up for one in engine.states()))
        long = threading.Thread(target=engine.answer, args=(slow, CSV))
        long.start()
        begun.wait(10)
        for _ in range(5):
            engine.answer(SELECT, CSV)
        over.set()
        long.join()
        counts = sorted((questions(one.asked, slow), questions(one.asked)) for one in (first, second))

    assert counts == [(0, 5), (1, 0)]


def test_a_query_that_breaks_engines_does_not_put_them_out(home: Home) -> None:
    """One client cannot take the engines away from all others."""
    with other(ill(home, answer(500))) as there, attached(home, there.url) as engine:
        until(lambda: engine.states()[0].up)
        for _ in range(3):
            with pytest.raises(QueryError):
                engine.answer(SELECT, CSV)
            assert engine.answer(Query("ASK { ?s ?p ?o }"), CSV) == b"true"
        assert engine.states()[0].failed == 3


def test_a_dead_one_is_tried_more_and_more_rarely(home: Home) -> None:
    """And no query goes there."""
    with other(answer(500)) as dead, other(well(home)) as there, attached(home, dead.url, there.url) as engine:
        until(lambda: engine.states()[1].up)
        until(lambda: len(dead.asked) > 4)
        engine.answer(SELECT, CSV)
        member = engine.fleet.members[0]

    assert member.pause == QUICK.last
    assert questions(dead.asked) == 0
    assert member.calls == set()


def test_other_data_after_the_answer(tmp_path: Path, home: Home, caplog: pytest.LogCaptureFixture) -> None:
    """An answer is only given if the engine still holds the same data afterwards; another engine is asked instead."""
    changed = threading.Event()

    def change(handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        changed.set()
        well(foreign)(handler, asked)

    def handle(handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        (ill(foreign if changed.is_set() else home, change))(handler, asked)

    foreign = home_of(put(tmp_path, "b.trig", TEXT.replace('"f"', '"f", "g"')))
    with other(handle) as there, attached(home, there.url, limits=Limits(seconds=2)) as engine:
        until(lambda: engine.states()[0].up)
        with pytest.raises(QueryError):
            engine.answer(SELECT, CSV)
        assert not engine.states()[0].up

    assert re.search(r"Engine 1 \(http.*\) is out of service: it holds 3 statements in <http://x/h>", caplog.text)
