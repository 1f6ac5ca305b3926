"""Attacks on our server in front of real engines: each gets an answer, and so does the next ordinary query.

Attacks that never reach an engine, such as malformed HTTP, are in `test_battery`. An engine that an attack kills, or
that does not answer for ten seconds, is restarted, as by a supervisor; `pytest --tables` shows how often.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from backends import NAMES, Engine, behind, port
from battery import ATTACKS, Attack
from iqgraph.dataset import Dataset
from iqgraph.engine import Embedded, Query
from iqgraph.formats import CSV
from loopback import until
from test_battery import CRASH, MANNERS, ORDINARY, Server, ordinary
from victim import Victim

pytestmark = pytest.mark.timeout(300)  # an engine may be started and loaded within it, twice
HARD = {
    "product", "memory", "path", "pattern", "answer size", "describe", "page", "gone client", "unread answer", "burst",
}  # fmt: skip
# What our server decides alone, as what it cannot parse, is tested with the engine that is always installed.
FRONT = {"fast path", "nesting", "huge text", "way out", "update", "compressed answer"}
ENGINES = {**dict.fromkeys(FRONT, NAMES[:1]), **dict.fromkeys(HARD, NAMES)}
GONE = frozenset({502, 503})
FINE = frozenset({200, 400, 422})  # an engine may be faster than ours, or have its own limits
MAX_HANG_SECONDS = 10.0
MAX_RECOVERY_SECONDS = 120.0  # of an engine started again on a busy machine
# An engine works on what our server has given up, which takes most of the time of these tests: two seconds, not ten.
LIMITS = {
    "oxigraph": {"--timeout-s 10": "--timeout-s 2"},
    "fuseki": {'"10000"': '"2000"'},
    "virtuoso": {"MaxQueryExecutionTime = 10": "MaxQueryExecutionTime = 2"},
}


@pytest.fixture(scope="module")
def server(engine: Engine, dataset: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Our server in front of an engine, with a short timeout.

    The limits of the engine hold once the server has compared its data, which may take longer on a busy machine.
    """
    log = tmp_path_factory.mktemp("battery") / "stderr"
    with behind(engine, "--timeout 1 --memory 256", log=log) as process:
        expected = Embedded(dataset.store).answer(Query(ORDINARY), CSV).decode()
        one = Server(Victim(process, "", log), port(process, log), expected)
        engine.stop()
        engine.changes = LIMITS[engine.name]
        engine.start()
        yield one


def wait_for_recovery(server: Server, engine: Engine) -> float:
    """Wait until an ordinary query has its right answer, and return the seconds; an engine that hangs is restarted."""

    def is_answered() -> bool:
        engine.revive()
        with suppress(AssertionError):
            ordinary(server)
            return True
        return False

    try:
        return until(is_answered, MAX_HANG_SECONDS)
    except AssertionError:
        engine.stop()
        return MAX_HANG_SECONDS + until(is_answered, MAX_RECOVERY_SECONDS)


@pytest.mark.parametrize(
    ("engine", "attack"),
    [
        pytest.param(name, one, id=f"{name}-{one.kind}-{one.name}")
        for name in NAMES
        for one in ATTACKS
        if name in ENGINES.get(one.kind, ())
    ],
    indirect=["engine"],
    scope="module",
)
def test_attack(
    server: Server,
    engine: Engine,
    attack: Attack,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
) -> None:
    """An attack gets a right status, the engine answers afterwards, perhaps restarted, and our server never crashes."""
    monkeypatch.setattr("test_battery.BRIEFLY", MAX_RECOVERY_SECONDS)
    monkeypatch.setattr("test_battery.ordinary", lambda *_: 0.0)  # there is no answer while the engine is down
    deaths = engine.deaths
    statuses = set(MANNERS[attack.manner](server, attack))
    after = wait_for_recovery(server, engine)
    record_property("statuses", sorted(statuses))
    record_property("engine started again", engine.deaths - deaths)
    record_property("recovered after", f"{after:.1f} s")

    assert statuses <= attack.right | FINE | GONE
    assert not CRASH.search(server.victim.log.read_text())
