"""New data and lost servers while many clients ask through a proxy: no request fails, no answer is a mixture."""

import re
import signal
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from itertools import count, pairwise
from pathlib import Path
from threading import Event, Lock, Thread
from urllib.parse import quote

import pytest

from proxies import Proxy, Replica, Reply, ask, missing, newer, replicas, running, until

pytestmark = pytest.mark.repository

KINDS = [
    pytest.param(kind, marks=pytest.mark.skipif(bool(missing(kind)), reason=missing(kind)))
    for kind in ("nginx", "varnish")
]
SAID = 'SELECT ?said { <https://w3id.org/iq-hessen/id/involas> ?p ?said FILTER(LANG(?said) = "en") } ORDER BY ?said'
READING = 0.05  # seconds of a client with its answer; without them, the clients keep servers from starting
LONG = "SELECT ?s ?p ?o { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 2000"
CSV = {"Accept": "text/csv"}
TYPED = {**CSV, "Content-Type": "application/sparql-query"}
BUSY = b"https://w3id.org/iq-hessen/problem/overloaded"
RELEASE = "/version/0.1.0/id/involas.ttl"


@dataclass(frozen=True)
class Wish:
    """What a client asks; one that is new each time cannot be answered from a cache."""

    target: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""
    new: bool = False

    def ask(self, address: str, host: str, number: int = 0) -> Reply:
        """The answer; its number makes a wish new."""
        mark = f" #{number}" if self.new else ""
        target = self.target + (quote(mark) if not self.body else "")
        body = (self.body + mark).encode() if self.body else None
        return ask(address, target, {"Host": host, **dict(self.headers)}, method=self.method, body=body)


WISHES = [
    Wish("/id/involas.html"),
    Wish("/id/involas.ttl", headers=(("Accept-Encoding", "gzip"),)),
    Wish("/id/involas", headers=(("Accept", "text/turtle"),)),
    Wish("/id/involas.ttl", "HEAD"),
    Wish(f"/sparql?query={quote(SAID)}", headers=(*CSV.items(),)),
    Wish(f"/sparql?query={quote(SAID)}", headers=(*CSV.items(),), new=True),
    Wish(f"/sparql?query={quote(LONG)}", headers=(*CSV.items(),)),
    Wish("/sparql", "POST", (*TYPED.items(),), SAID, new=True),
    Wish("/sparql", "QUERY", (*TYPED.items(),), SAID, new=True),
    Wish("/download/SHA256SUMS"),
    Wish(RELEASE),
]


@dataclass
class Crowd:
    """Clients that ask on and on; what each saw is kept in its order, with what went wrong."""

    proxy: Proxy
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    seen: list[list[tuple[Wish, Reply]]] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    over: Event = field(default_factory=Event)
    lock: Lock = field(default_factory=Lock)

    def run(self, place: int) -> None:
        """One client."""
        own: list[tuple[Wish, Reply]] = []
        with self.lock:
            self.seen.append(own)
        while not self.over.is_set():
            with self.lock:
                number = next(self.numbers)
            wish = WISHES[(number + place) % len(WISHES)]
            try:
                reply = wish.ask(self.proxy.address, self.proxy.address, number)
                while reply.status == 503 and BUSY in reply.body:  # the server's own word: the machine is too slow
                    reply = wish.ask(self.proxy.address, self.proxy.address, number)
                own.append((wish, reply))
                self.over.wait(READING)
            except (OSError, HTTPException) as error:
                self.failed.append(f"{wish.method} {wish.target[:60]}: {error!r}")

    @property
    def answered(self) -> int:
        """How many answers there were."""
        return sum(map(len, self.seen))

    def go_on(self, more: int) -> None:
        """Wait for so many more answers."""
        enough = self.answered + more
        until(lambda: self.answered >= enough)


@contextmanager
def crowd(proxy: Proxy, clients: int) -> Iterator[Crowd]:
    """So many clients ask as long as the block lasts."""
    found = Crowd(proxy)
    threads = [Thread(target=found.run, args=(place,)) for place in range(clients)]
    try:
        for thread in threads:
            thread.start()
        yield found
    finally:
        found.over.set()
        for thread in threads:
            thread.join()


def whole(server: Replica, host: str) -> dict[Wish, Reply]:
    """What a server gives for each wish when it is asked without a proxy."""
    return {wish: wish.ask(server.address, host) for wish in WISHES}


def check(found: Crowd, *servers: Replica) -> None:
    """No request failed, and each answer is, to the byte, that of the data which it names."""
    assert found.failed == []
    expected: dict[tuple[Wish, str], Reply] = {}
    for server in servers:
        for wish, reply in whole(server, found.proxy.address).items():
            expected[wish, reply.version] = reply
    for wish, reply in (pair for own in found.seen for pair in own):
        right = expected.get((wish, reply.version))
        assert right, f"{wish}: {reply.status} of unknown data {reply.version}: {reply.body[:200]!r}"
        assert (reply.status, reply.body) == (right.status, right.body)
        assert reply.headers.get("etag") == right.headers.get("etag")


def order(found: Crowd) -> list[list[str]]:
    """The data that each client saw of what is current, one after the other."""
    return [[reply.version for wish, reply in own if wish.target != RELEASE] for own in found.seen]


def changes(versions: list[str]) -> int:
    """How often a client saw other data than just before."""
    return sum(one != other for one, other in pairwise(versions))


def sick(proxy: Proxy) -> int:
    """How many servers Varnish takes for lost."""
    command = [*proxy.environment["VARNISHADM"].split(), "backend.list"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return len(re.findall(r"\.server\d+ .*\bsick\b", told))


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package with newer data."""
    return newer(tmp_path_factory.mktemp("newer"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_killed_server_is_not_missed(kind: str, tmp_path: Path) -> None:
    """One of three is killed, with all its processes, later another one; both come back and are asked again."""
    with replicas(3) as servers, running(kind, tmp_path, [one.address for one in servers]) as proxy:
        with crowd(proxy, 24) as clients:
            for lost in servers[:2]:
                clients.go_on(200)
                lost.end(signal.SIGKILL)
                clients.go_on(200)
                lost.start()
                lost.up()
                first = lost.answered()
                until(lambda lost=lost, first=first: lost.answered() > first + 20)  # type: ignore[misc]

        check(clients, servers[2])


@pytest.mark.parametrize("kind", KINDS)
def test_one_server_of_three_is_enough_at_once(kind: str, tmp_path: Path) -> None:
    """Two are killed at one moment: many queries before anybody can have learned of it are answered by the third."""
    posted = next(wish for wish in WISHES if wish.method == "QUERY")
    with replicas(3) as servers, running(kind, tmp_path, [one.address for one in servers]) as proxy:
        for lost in servers[:2]:
            lost.end(signal.SIGKILL)
        with ThreadPoolExecutor(16) as clients:
            replies = list(clients.map(lambda number: posted.ask(proxy.address, proxy.address, number), range(160)))

    assert {reply.status for reply in replies} == {200}


@pytest.mark.skipif(bool(missing("varnish")), reason=missing("varnish"))
def test_servers_taken_for_lost_are_tried_before_nothing(tmp_path: Path) -> None:
    """No server tells Varnish that it is ready, as when all are too slow for it; queries are answered all the same."""
    posted = next(wish for wish in WISHES if wish.method == "POST")
    with replicas(2) as servers, running("varnish", tmp_path, [one.address for one in servers]) as proxy:
        rules = proxy.folder / "site.vcl"
        text = rules.read_text(encoding="utf-8")
        assert '.url = "/ready"' in text
        rules.write_text(text.replace('.url = "/ready"', '.url = "/nothing"'), encoding="utf-8")
        proxy.switch(*(one.address for one in servers))
        until(lambda: sick(proxy) == len(servers))
        replies = [posted.ask(proxy.address, proxy.address, number) for number in range(4)]

    assert [reply.status for reply in replies] == [200] * 4


@pytest.mark.parametrize("kind", KINDS)
def test_a_server_that_stops_answering_is_not_missed(kind: str, tmp_path: Path) -> None:
    """A server that takes requests and says nothing costs time, but no answer."""
    with replicas(3) as servers, running(kind, tmp_path, [one.address for one in servers]) as proxy:
        with crowd(proxy, 20) as clients:
            clients.go_on(100)
            servers[0].tell(signal.SIGSTOP)
            clients.go_on(300)
            servers[0].tell(signal.SIGCONT)
            clients.go_on(100)

        check(clients, servers[1])


@pytest.mark.parametrize("kind", KINDS)
def test_all_readers_change_over_at_one_moment(kind: str, tmp_path: Path, tree: Path) -> None:
    """Thirty clients during a switch to newer data and back: nobody sees older data after newer, not even kept."""
    with replicas(2) as old, replicas(2, tree=tree) as new, running(kind, tmp_path, [a.address for a in old]) as proxy:
        with crowd(proxy, 30) as clients:
            clients.go_on(300)
            proxy.switch(*(one.address for one in new))
            begun = {id(own): len(own) for own in clients.seen}
            clients.go_on(300)
        older, latest = (ask(one.address, "/ready").version for one in (old[0], new[0]))

        check(clients, old[0], new[0])
        assert older != latest
        assert {changes(one) for one in order(clients)} == {1}
        for own in clients.seen:
            later = own[begun[id(own)] + 1 :]  # the one under way at that moment may be of either
            assert {reply.version for wish, reply in later if wish.target != RELEASE} <= {latest}

        with crowd(proxy, 10) as again:
            again.go_on(100)
            proxy.switch(*(one.address for one in old))
            again.go_on(200)

        check(again, old[0], new[0])
        assert {changes(one) for one in order(again)} == {1}


@pytest.mark.parametrize("kind", KINDS)
def test_servers_are_replaced_one_by_one(kind: str, tmp_path: Path, tree: Path) -> None:
    """Without room for two sets: each answer is of one state that it names, and what names a release never changes."""
    with replicas(3) as servers, running(kind, tmp_path, [one.address for one in servers]) as proxy:
        before = whole(servers[0], proxy.address)
        with crowd(proxy, 24) as clients:
            for one in servers:
                clients.go_on(150)
                one.end()
                one.tree = tree
                one.start()
                one.up()
            proxy.switch(*(one.address for one in servers))
            begun = {id(own): len(own) for own in clients.seen}
            clients.go_on(200)
        with replicas(1) as unchanged:
            check(clients, unchanged[0], servers[0])
        latest = ask(servers[0].address, "/ready").version

        released = [reply for own in clients.seen for wish, reply in own if wish.target == RELEASE]
        assert {reply.body for reply in released} == {before[WISHES[-1]].body}
        for own in clients.seen:
            later = own[begun[id(own)] + 1 :]
            assert {reply.version for wish, reply in later if wish.target != RELEASE} <= {latest}
