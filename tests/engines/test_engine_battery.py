"""Attacks on our server in front of real engines: each gets an answer, and so does the next ordinary query.

Attacks that never reach an engine, such as malformed HTTP, are in `test_battery`. An engine that an attack kills, or
that does not answer for ten seconds, is restarted, as by a supervisor; `pytest --tables` shows how often.
"""

import threading
from collections.abc import Callable, Iterator

import pytest

from backends import NAMES, Engine, behind, port
from battery import ATTACKS, Attack
from iqgraph.dataset import Dataset
from iqgraph.engine import Embedded, Query
from iqgraph.formats import CSV
from test_battery import CRASH, MANNERS, ORDINARY, Server, ordinary
from victim import Victim

pytestmark = pytest.mark.timeout(300)  # an engine may be started and loaded within it, twice
HARD = {
    "product", "memory", "path", "pattern", "nesting", "answer size", "describe", "page", "gone client",
    "unread answer", "burst",
}  # fmt: skip
# What our server decides alone is tested with the engine that is always installed.
FRONT = {"fast path", "huge text", "way out", "update", "compressed answer"}
GONE = frozenset({502, 503})
FINE = frozenset({200, 400, 422})  # an engine may be faster than ours, or have its own limits
PAUSE, HANGS, TRIES = 0.25, 40, 320


@pytest.fixture(scope="module")
def server(engine: Engine, dataset: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Our server in front of an engine, with a short timeout."""
    log = tmp_path_factory.mktemp("battery") / "stderr"
    with behind(engine, "--timeout 1 --memory 256", log=log) as process:
        expected = Embedded(dataset.store).answer(Query(ORDINARY), CSV).decode()
        yield Server(Victim(process, "", log), port(process, log), expected)


def wait_for_recovery(server: Server, engine: Engine) -> int:
    """Wait until an ordinary query has its right answer, and return the number of pauses."""
    pause = threading.Event()
    for n in range(TRIES):
        if n == HANGS:
            engine.stop()
        engine.revive()
        try:
            ordinary(server)
        except (AssertionError, OSError):
            pause.wait(PAUSE)
        else:
            return n
    raise AssertionError(f"no right answer after {TRIES * PAUSE} seconds")


def attacks(kinds: set[str]) -> list[object]:
    """The attacks of these kinds, as named cases."""
    return [pytest.param(one, id=f"{one.kind}-{one.name}") for one in ATTACKS if one.kind in kinds]


@pytest.mark.parametrize("engine", NAMES[:1], indirect=True, scope="module")
@pytest.mark.parametrize("attack", attacks(FRONT))
def test_attack_on_our_server(
    server: Server,
    engine: Engine,
    attack: Attack,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
) -> None:
    """Attacks that our server stops harm neither it nor the engine."""
    test_attack(server, engine, attack, monkeypatch, record_property)


@pytest.mark.parametrize("attack", attacks(HARD))
def test_attack(
    server: Server,
    engine: Engine,
    attack: Attack,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
) -> None:
    """An attack gets a right status, the engine answers afterwards, perhaps restarted, and our server never crashes."""
    monkeypatch.setattr("test_battery.BRIEFLY", TRIES * PAUSE)
    monkeypatch.setattr("test_battery.ordinary", lambda *_: 0.0)  # there is no answer while the engine is down
    monkeypatch.setattr("test_battery.PATIENCE", 30.0)
    deaths = engine.deaths
    statuses = set(MANNERS[attack.manner](server, attack))
    after = wait_for_recovery(server, engine)
    record_property("statuses", sorted(statuses))
    record_property("engine started again", engine.deaths - deaths)
    record_property("recovered after", f"{after * PAUSE:g} s")

    assert statuses <= attack.right | FINE | GONE
    assert not CRASH.search(server.victim.log.read_text())
