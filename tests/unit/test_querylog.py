"""The query log: what it tells of queries, what it never tells of people, and how it ends."""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from iqgraph.engine import MIB
from iqgraph.service.requests.querylog import QueryLog, QueryLogEntry, skeleton
from iqgraph.settings import Settings
from iqgraph.web.http.messages import Answer

NOW = datetime.now(UTC)
QUERY = "SELECT ?s { ?s ?p 'Anna' }"


def answer(body: bytes = b"s\r\na\r\n", status: int = 200) -> Answer:
    """An answer to a query."""
    headers = [("content-type", "text/csv; charset=utf-8"), ("dataset-version", "1.0.0")]
    return Answer(status, headers, body, '"x"', "query", QUERY)


def inquiry(found: Answer | None = None, when: datetime = NOW) -> QueryLogEntry:
    """A query that was asked."""
    return QueryLogEntry(when.timestamp(), found or answer(), 0.0123)


def lines(folder: Path) -> list[dict[str, object]]:
    """All lines of a log."""
    return [json.loads(line) for file in sorted(folder.iterdir()) for line in file.read_text().splitlines()]


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Callable[..., QueryLog]]:
    """Logs in a folder of their own."""
    made: list[QueryLog] = []

    def make(kind: type[QueryLog] = QueryLog, most: int = 100, **given: object) -> QueryLog:
        made.append(kind(Settings(query_log=str(tmp_path / "log"), **given), most))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_line(log: Callable[..., QueryLog], tmp_path: Path) -> None:
    """The query without its literals, the hour, and what became of it; nothing of who asked."""
    log().write([inquiry()])

    assert lines(tmp_path / "log") == [
        {
            "time": f"{NOW:%Y-%m-%dT%H}",
            "query": 'SELECT ?s { ?s ?p "" }',
            "status": 200,
            "kind": "query",
            "seconds": 0.012,
            "bytes": 6,
            "format": "text/csv",
            "version": "1.0.0",
        }
    ]


def test_what_is_no_query_has_no_text(log: Callable[..., QueryLog]) -> None:
    """Its literals cannot be told from the rest; a query whose answer is 400 for another reason has its text."""
    refused = answer(status=400)

    assert json.loads(log().line(inquiry(refused)))["query"] == 'SELECT ?s { ?s ?p "" }'
    assert json.loads(log().line(inquiry(replace(refused, query=""))))["query"] is None


def test_retention(log: Callable[..., QueryLog], tmp_path: Path) -> None:
    """Files whose days are over are removed, also when nobody asks anything; other files are not touched."""
    folder = tmp_path / "log"
    folder.mkdir()
    days = [f"{NOW - timedelta(days=ago):%Y-%m-%d}" for ago in range(5)]
    for name in [*(f"queries-{day}.jsonl" for day in days), "queries-2020-99-99.jsonl", "notes.txt"]:
        (folder / name).write_text("{}\n")
    log(query_log_days=2).remove_old_files()

    kept = {f"queries-{day}.jsonl" for day in days[:2]}
    assert {file.name for file in folder.iterdir()} == {*kept, "queries-2020-99-99.jsonl", "notes.txt"}


def test_days(log: Callable[..., QueryLog], tmp_path: Path) -> None:
    """Each query stands in the file of its day, which others cannot read, nor look into their folder."""
    log().write([inquiry(when=NOW - timedelta(days=1)), inquiry()])
    files = sorted((tmp_path / "log").iterdir())

    assert [file.name for file in files] == [f"queries-{NOW - timedelta(days=ago):%Y-%m-%d}.jsonl" for ago in (1, 0)]
    assert all(path.stat().st_mode & 0o007 == 0 for path in (*files, tmp_path / "log"))


def test_size(log: Callable[..., QueryLog], tmp_path: Path) -> None:
    """The oldest day goes first; if today's file alone is too large, nothing more is written."""
    line = len(log().line(inquiry()))
    found = log(query_log_size=3 * line / MIB)
    found.write([inquiry(when=NOW - timedelta(days=1))] * 2)
    found.write([inquiry()] * 2)
    assert len(lines(tmp_path / "log")) == 2

    with pytest.raises(OSError, match="reached its maximum size"):
        found.write([inquiry()] * 2)
    assert len(lines(tmp_path / "log")) == 2


def test_all_are_written_at_the_end(log: Callable[..., QueryLog], tmp_path: Path) -> None:
    """In their order, also those that came just before it."""
    found = log()
    for number in range(100):
        found.put(inquiry(answer(b"x" * number)))
    found.close()

    assert [line["bytes"] for line in lines(tmp_path / "log")] == list(range(100))
    assert found.lost == 0


class Troubled(QueryLog):
    """A log whose disk has no room."""

    reason: Exception = OSError(28, "No space left on device")
    tried = threading.Semaphore(0)

    def write(self, _: Sequence[QueryLogEntry]) -> None:
        """Fail, and tell that it was tried."""
        self.tried.release()
        raise self.reason


class Faulty(Troubled):
    """A log that has a fault."""

    reason = ZeroDivisionError("SELECT")


@pytest.mark.parametrize(
    ("kind", "reason"), [(Troubled, "No space left on device"), (Faulty, "a fault of the server, ZeroDivisionError")]
)
def test_what_cannot_be_written_is_told_once(
    log: Callable[..., QueryLog], caplog: pytest.LogCaptureFixture, kind: type[Troubled], reason: str
) -> None:
    """It is counted and let go, and the log goes on; nobody else notices."""
    found = log(kind)
    for _ in range(2):
        found.put(inquiry())
        assert kind.tried.acquire(timeout=10)
    found.put(inquiry())
    found.close()

    assert found.lost == 3
    assert [one.getMessage() for one in caplog.records] == [
        f"The query log cannot be written: {reason}. Its lines are dropped until it can."
    ]


def test_what_fails_again_is_told_again(log: Callable[..., QueryLog], caplog: pytest.LogCaptureFixture) -> None:
    """Once it could be written meanwhile."""
    found = log()
    found.close()  # from here on the test alone lets it write
    for is_full in (True, False, True):
        found.max_bytes = -1 if is_full else 1 << 20
        found.put(inquiry())
        found._flush()  # noqa: SLF001

    assert len(caplog.records) == 2


def test_a_disk_that_does_not_answer_holds_nobody_up(log: Callable[..., QueryLog]) -> None:
    """Only so many entries wait for it."""
    begun, go = threading.Event(), threading.Event()

    class Stuck(QueryLog):
        def write(self, _: Sequence[QueryLogEntry]) -> None:
            """Wait for the disk."""
            begun.set()
            go.wait(10)

    found = log(Stuck, most=10)
    found.put(inquiry())
    assert begun.wait(10)
    for _ in range(25):
        found.put(inquiry())
    assert found.lost == 15
    go.set()


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ("SELECT *\n{ ?s ?p 'Anna' }", 'SELECT * { ?s ?p "" }'),
        ('# Anna\'s\nASK{?s foaf:age 42;foaf:name "Anna"@de}', 'ASK { ?s foaf:age 0 ; foaf:name "" @de }'),
        ("SELECT * { ?s ?p '''An\n'na''' } LIMIT 10 OFFSET 20", 'SELECT * { ?s ?p "" } LIMIT 10 OFFSET 20'),
        ('ASK { ?s ?p "1980-01-31"^^xsd:date }', 'ASK { ?s ?p "" ^ ^ xsd:date }'),
        ("ASK { <http://a/#x> ?p 4.5e6 }", "ASK { <http://a/#x> ?p 0 }"),
        ("ASK { ?s ?p <MAILTO:anna@a.example> , <tel:+49611> }", "ASK { ?s ?p <mailto:> , <tel:> }"),
        ("ASK { FILTER(?a<'Anna'&&?b>?c) }", 'ASK { FILTER ( ?a < "" & & ?b > ?c ) }'),
        ("", ""),
    ],
)
def test_skeleton(query: str, left: str) -> None:
    """Literals and comments are gone; IRIs, variables and limits stay."""
    assert skeleton(query) == left


def test_equal_questions_look_equal() -> None:
    """However they are laid out, and whoever they ask for."""
    assert skeleton("ASK {?s ?p 'Anna'}") == skeleton('ASK { ?s  ?p\t"Ben" } # or Cleo')


def test_a_long_query_is_not_looked_at() -> None:
    """It would take time, and the log is not worth that."""
    assert skeleton("ASK {}" + " " * 70_000) == ""
