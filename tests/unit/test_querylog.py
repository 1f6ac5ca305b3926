"""The query log: what it holds of queries, what it never holds of people, and how it closes."""

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
from iqgraph.web.http.messages import HttpResponse

NOW = datetime.now(UTC)
QUERY = "SELECT ?s { ?s ?p 'Anna' }"


def answer(body: bytes = b"s\r\na\r\n", status: int = 200) -> HttpResponse:
    """An answer to a query."""
    headers = [("content-type", "text/csv; charset=utf-8"), ("dataset-version", "1.0.0")]
    return HttpResponse(status, headers, body, '"x"', "query", QUERY)


def entry(output: HttpResponse | None = None, when: datetime = NOW) -> QueryLogEntry:
    """The entry of a query."""
    return QueryLogEntry(when.timestamp(), output or answer(), 0.0123)


def lines(folder: Path) -> list[dict[str, object]]:
    """All lines of a log."""
    return [json.loads(line) for file in sorted(folder.iterdir()) for line in file.read_text().splitlines()]


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Callable[..., QueryLog]]:
    """Logs in a folder of their own."""
    logs: list[QueryLog] = []

    def make(kind: type[QueryLog] = QueryLog, most: int = 100, **settings: object) -> QueryLog:
        logs.append(kind(Settings(query_log=str(tmp_path / "log"), **settings), most))  # type: ignore[arg-type]
        return logs[-1]

    yield make
    for one in logs:
        one.close()


def test_line(log: Callable[..., QueryLog], tmp_path: Path) -> None:
    """The query without its literals, the hour, and the outcome; nothing about the client."""
    log().write([entry()])

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


def test_invalid_queries_have_no_text(log: Callable[..., QueryLog]) -> None:
    """Its literals cannot be recognised; a query refused with 400 for another reason has its text."""
    problem = answer(status=400)

    assert json.loads(log().line(entry(problem)))["query"] == 'SELECT ?s { ?s ?p "" }'
    assert json.loads(log().line(entry(replace(problem, query=""))))["query"] is None


def test_retention(log: Callable[..., QueryLog], tmp_path: Path) -> None:
    """Old files are removed even without queries; other files are not touched."""
    folder = tmp_path / "log"
    folder.mkdir()
    days = [f"{NOW - timedelta(days=ago):%Y-%m-%d}" for ago in range(5)]
    for name in [*(f"queries-{day}.jsonl" for day in days), "queries-2020-99-99.jsonl", "notes.txt"]:
        (folder / name).write_text("{}\n")
    log(query_log_days=2).remove_old_files()

    recent = {f"queries-{day}.jsonl" for day in days[:2]}
    assert {file.name for file in folder.iterdir()} == {*recent, "queries-2020-99-99.jsonl", "notes.txt"}


def test_days(log: Callable[..., QueryLog], tmp_path: Path) -> None:
    """Each query is in the file of its day; other users can read neither the files nor the folder."""
    log().write([entry(when=NOW - timedelta(days=1)), entry()])
    files = sorted((tmp_path / "log").iterdir())

    assert [file.name for file in files] == [f"queries-{NOW - timedelta(days=ago):%Y-%m-%d}.jsonl" for ago in (1, 0)]
    assert all(path.stat().st_mode & 0o007 == 0 for path in (*files, tmp_path / "log"))


def test_size(log: Callable[..., QueryLog], tmp_path: Path) -> None:
    """The oldest day goes first; if today's file alone is too large, nothing more is written."""
    line = len(log().line(entry()))
    query_log = log(query_log_size=3 * line / MIB)
    query_log.write([entry(when=NOW - timedelta(days=1))] * 2)
    query_log.write([entry()] * 2)
    assert len(lines(tmp_path / "log")) == 2

    with pytest.raises(OSError, match="reached its maximum size"):
        query_log.write([entry()] * 2)
    assert len(lines(tmp_path / "log")) == 2


def test_all_are_written_at_the_end(log: Callable[..., QueryLog], tmp_path: Path) -> None:
    """In their order, with those that came just before it."""
    query_log = log()
    for number in range(100):
        query_log.put(entry(answer(b"x" * number)))
    query_log.close()

    assert [line["bytes"] for line in lines(tmp_path / "log")] == list(range(100))
    assert query_log.lost == 0


class Troubled(QueryLog):
    """A log on a full disk."""

    reason: Exception = OSError(28, "No space left on device")
    attempts = threading.Semaphore(0)

    def write(self, _: Sequence[QueryLogEntry]) -> None:
        """Count the attempt and fail."""
        self.attempts.release()
        raise self.reason


class Faulty(Troubled):
    """A log with a programming error."""

    reason = ZeroDivisionError("SELECT")


@pytest.mark.parametrize(
    ("kind", "reason"), [(Troubled, "No space left on device"), (Faulty, "a fault of the server, ZeroDivisionError")]
)
def test_a_write_error_is_reported_once(
    log: Callable[..., QueryLog], caplog: pytest.LogCaptureFixture, kind: type[Troubled], reason: str
) -> None:
    """The entries are counted and dropped, and the log goes on."""
    query_log = log(kind)
    for _ in range(2):
        query_log.put(entry())
        assert kind.attempts.acquire(timeout=10)
    query_log.put(entry())
    query_log.close()

    assert query_log.lost == 3
    assert [one.getMessage() for one in caplog.records] == [
        f"The query log cannot be written: {reason}. Its lines are dropped until it can."
    ]


def test_a_later_write_error_is_reported_again(log: Callable[..., QueryLog], caplog: pytest.LogCaptureFixture) -> None:
    """If writing worked in between."""
    query_log = log()
    query_log.close()  # from here on the test alone lets it write
    for is_full in (True, False, True):
        query_log.max_bytes = -1 if is_full else 1 << 20
        query_log.put(entry())
        query_log._flush()  # noqa: SLF001

    assert len(caplog.records) == 2


def test_a_disk_that_hangs_delays_no_answer(log: Callable[..., QueryLog]) -> None:
    """A limited number of entries wait for it."""
    is_writing, go = threading.Event(), threading.Event()

    class Stuck(QueryLog):
        def write(self, _: Sequence[QueryLogEntry]) -> None:
            """Wait for the disk."""
            is_writing.set()
            go.wait(10)

    query_log = log(Stuck, most=10)
    query_log.put(entry())
    assert is_writing.wait(10)
    for _ in range(25):
        query_log.put(entry())
    assert query_log.lost == 15
    go.set()


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("SELECT *\n{ ?s ?p 'Anna' }", 'SELECT * { ?s ?p "" }'),
        ('SELECT * {?s  ?p\t"Ben" } # or Cleo', 'SELECT * { ?s ?p "" }'),
        ('# Anna\'s\nASK{?s foaf:age 42;foaf:name "Anna"@de}', 'ASK { ?s foaf:age 0 ; foaf:name "" @de }'),
        ("SELECT * { ?s ?p '''An\n'na''' } LIMIT 10 OFFSET 20", 'SELECT * { ?s ?p "" } LIMIT 10 OFFSET 20'),
        ('ASK { ?s ?p "1980-01-31"^^xsd:date }', 'ASK { ?s ?p "" ^ ^ xsd:date }'),
        ("ASK { <http://a/#x> ?p 4.5e6 }", "ASK { <http://a/#x> ?p 0 }"),
        ("ASK { ?s ?p <MAILTO:anna@a.example> , <tel:+49611> }", "ASK { ?s ?p <mailto:> , <tel:> }"),
        ("ASK { FILTER(?a<'Anna'&&?b>?c) }", 'ASK { FILTER ( ?a < "" & & ?b > ?c ) }'),
        ("", ""),
    ],
)
def test_skeleton(query: str, text: str) -> None:
    """Literals and comments are gone; IRIs, variables and limits stay."""
    assert skeleton(query) == text
