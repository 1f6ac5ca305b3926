"""The query log: what is asked here, for research and planning, and nothing of who asks.

It is off unless a folder is named. There is one file for each day (UTC); those that are too old, or too many, are
removed by the server itself. A line has no address, and of the client only the family of its program. Whoever has an
entry hands it over and never waits for a disk: a thread writes what has come together. If it cannot keep up or cannot
write, what comes is let go and counted, and the service goes on.

A query is written without what its author put into it, so that equal questions look equal. Literals and comments may
hold anything, names of persons above all, so they are left out; so is whom an e-mail address or a telephone number
reaches. Other IRIs, variables and numbers behind LIMIT and OFFSET stay, since without them little
could be learnt from a query.
"""

import json
import logging
import os
import re
import threading
import time
import zlib
from collections import deque
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import NamedTuple

from ...engine import MIB
from ...engine.tokens import tokens
from ...settings import Settings
from ...web.http.messages import Answer
from ...web.http.negotiation import GZIP

PRECISION = {"day": 10, "hour": 13, "minute": 16, "second": 19}
COUNTED = 1 << 20
WRITE_SECONDS, MAX_ENTRIES = 0.2, 50_000
HOUR = 3600.0
FAMILIES = (
    "SPARQLWrapper",
    "rdflib",
    "python-requests",
    "python-httpx",
    "aiohttp",
    "Python-urllib",
    "Apache-Jena",
    "RDF4J",
    "okhttp",
    "Java",
    "curl",
    "Wget",
    "Go-http-client",
    "node",
    "libwww-perl",
    "Bot",
    "Mozilla",
)
log = logging.getLogger(__name__)
_FILE = re.compile(r"queries-(\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))\.jsonl")


def _rows_of_json(body: bytes) -> int | None:
    found = json.loads(body)
    return len(found["results"]["bindings"]) if "results" in found else None


COUNTS: dict[str, Callable[[bytes], int | None]] = {
    "application/sparql-results+json": _rows_of_json,
    "application/sparql-results+xml": lambda body: body.count(b"<result>"),
    "text/tab-separated-values": lambda body: max(0, body.count(b"\n") - 1),
    # A line feed within quotes is part of a value (RFC 4180, section 2).
    "text/csv": lambda body: sum(plain.count(b"\r\n") for plain in body.split(b'"')[::2]) - 1,
    "application/n-triples": lambda body: body.count(b"\n"),
    "application/n-quads": lambda body: body.count(b"\n"),
}


class QueryLogEntry(NamedTuple):
    """An answer to a query, and who got it when."""

    time: float
    answer: Answer
    seconds: float
    agent: str


class QueryLog:
    """Writes queries into files of a day, and removes those whose time is over."""

    def __init__(self, settings: Settings, most: int = MAX_ENTRIES) -> None:
        self.folder, self.days = Path(settings.query_log), settings.query_log_days
        self.text, self.precision = settings.query_log_text, settings.query_log_time
        self.largest = int(settings.query_log_size * MIB)
        self.last_removal = 0.0
        self.entries: deque[QueryLogEntry] = deque()
        self.most, self.lost, self.is_failing = most, 0, False
        self.closed = threading.Event()
        self.thread = threading.Thread(target=self._run, name="query log", daemon=True)
        self.thread.start()

    def put(self, entry: QueryLogEntry) -> None:
        """Hand over an entry, if there is room for it."""
        if len(self.entries) < self.most:
            self.entries.append(entry)
        else:
            self.lost += 1

    def close(self) -> None:
        """Write what is left."""
        self.closed.set()
        self.thread.join()

    def _run(self) -> None:
        while not self.closed.wait(WRITE_SECONDS):
            self._flush()
        self._flush()

    def _flush(self) -> None:
        batch = [self.entries.popleft() for _ in range(len(self.entries))]
        try:
            self.remove_old_files()
            if batch:
                self.write(batch)
                self.is_failing = False
        except OSError as error:
            self._lose(batch, error.strerror or str(error))
        except Exception as fault:
            log.debug("Fault in the query log", exc_info=fault)
            self._lose(batch, f"a fault of the server, {type(fault).__name__}")

    def _lose(self, batch: Sequence[QueryLogEntry], reason: str) -> None:
        self.lost += len(batch)
        if not self.is_failing:
            log.error("The query log cannot be written: %s. Its lines are let go until it can.", reason)
        self.is_failing = True

    def write(self, batch: Sequence[QueryLogEntry]) -> None:
        """Append queries to the files of their days; OSError if that cannot be done."""
        self.folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        by_day: dict[str, list[str]] = {}
        for asked in batch:
            by_day.setdefault(_at(asked.time)[:10], []).append(self.line(asked))
        for day, lines in by_day.items():
            file = self.folder / f"queries-{day}.jsonl"
            content = "".join(lines).encode()
            if self._size() + len(content) > self.largest:
                self._shorten(self.largest - len(content), file)
            with open(file, "ab", opener=partial(os.open, mode=0o640)) as opened:
                opened.write(content)

    def remove_old_files(self) -> None:
        """Once an hour, remove the files whose days are over; no other file is touched."""
        if time.monotonic() - self.last_removal < HOUR and self.last_removal:
            return
        self.last_removal = time.monotonic()
        last = f"{datetime.now(UTC) - timedelta(days=self.days):%Y-%m-%d}"
        for day, file in self._files():
            if day <= last:
                file.unlink(missing_ok=True)

    def line(self, asked: QueryLogEntry) -> str:
        """The line of an answer to a query."""
        members = {
            "time": _at(asked.time)[: PRECISION[self.precision]],
            "query": self._shown(asked.answer.query or "", asked.answer.status),
            "status": asked.answer.status,
            "kind": asked.answer.kind,
            "seconds": round(asked.seconds, 3),
            "rows": rows(asked.answer),
            "bytes": len(asked.answer.body),
            "format": _media_type(asked.answer),
            "agent": family(asked.agent),
            "version": dict(asked.answer.headers).get("dataset-version", ""),
        }
        return json.dumps(members, ensure_ascii=False) + "\n"

    def _shown(self, query: str, status: int) -> str | None:
        """The text as far as it may be kept; what is no SPARQL has no literals that could be left out."""
        if self.text == "whole":
            return query
        return None if self.text == "none" or status == 400 else skeleton(query)

    def _files(self) -> list[tuple[str, Path]]:
        """The files of days, the oldest first."""
        found = self.folder.iterdir() if self.folder.is_dir() else ()
        return sorted((day[1], file) for file in found if (day := _FILE.fullmatch(file.name)))

    def _size(self) -> int:
        return sum(file.stat().st_size for _, file in self._files())

    def _shorten(self, most: int, writing: Path) -> None:
        """Remove the oldest files until there is room; the file of today is not removed, but closed to more."""
        for _, file in self._files():
            if self._size() <= most:
                return
            if file != writing:
                file.unlink(missing_ok=True)
        if self._size() > most:
            raise OSError(27, "the folder is as large as it may become")


def rows(answer: Answer) -> int | None:
    """How many rows or triples an answer has, where its format lets them be counted and it is not large."""
    body = _body(answer)
    counts = COUNTS.get(_media_type(answer))
    return counts(body) if counts and answer.status == 200 and len(body) <= COUNTED else None


def family(agent: str) -> str:
    """The family of a program, from a list; of a browser, only that it is one."""
    found = next((one for one in FAMILIES if one.lower() in agent.lower()), "")
    return {"Mozilla": "browser", "Bot": "bot"}.get(found, found or "other")


def _media_type(answer: Answer) -> str:
    return dict(answer.headers).get("content-type", "").partition(";")[0]


def _body(answer: Answer) -> bytes:
    """The answer before it was compressed, or as much of it as shows that it is large."""
    if dict(answer.headers).get("content-encoding") != GZIP:
        return answer.body
    return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(answer.body, COUNTED + 1)


def _at(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}"


STRING, NUMBER = '""', "0"
COUNTING = ("LIMIT", "OFFSET")
MAX_TEXT_CHARS = 1 << 14
_REACHING = re.compile(r"<(mailto|tel|sip|sips|xmpp|im):", re.IGNORECASE)


def skeleton(text: str) -> str:
    """The query in one line without literals and comments; empty if it is too long to be looked at."""
    if len(text) > MAX_TEXT_CHARS:
        return ""
    words: list[str] = []
    before = ""
    for token in tokens(text):
        if token.kind == "string":
            words.append(STRING)
        elif token.kind == "number" and before not in COUNTING:
            words.append(NUMBER)
        elif token.kind == "iri" and (reached := _REACHING.match(token.text)):
            words.append(f"<{reached[1].lower()}:>")
        else:
            words.append(token.text)
        before = token.text.upper()
    return " ".join(words)
