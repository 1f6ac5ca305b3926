"""The query log: the queries of the site, for research and planning, without anything about who sends them.

It is off unless a folder is set. There is a file for each day (UTC); the server removes files that are too old or too
large together. A line has the hour and the skeleton of a query. A thread writes the entries, so nobody waits for a
disk; if it cannot keep up or cannot write, entries are dropped and counted.
"""

import errno
import json
import logging
import os
import re
import threading
import time
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import NamedTuple

from ...engine import MIB
from ...engine.tokens import tokens
from ...settings import Settings
from ...web.http.messages import HttpResponse

WRITE_SECONDS, MAX_ENTRIES = 0.2, 50_000
HOUR = 3600.0
STRING, NUMBER = '""', "0"
COUNTING = ("LIMIT", "OFFSET")
MAX_TEXT_CHARS = 1 << 14  # longer ones are not written by hand, and one thread reads them all
_CONTACT = re.compile(r"<(mailto|tel|sip|sips|xmpp|im):", re.IGNORECASE)
log = logging.getLogger(__name__)
_FILE = re.compile(r"queries-(\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))\.jsonl")


class QueryLogEntry(NamedTuple):
    """A response to a query, with its time in seconds since the epoch, and its latency."""

    time: float
    response: HttpResponse
    seconds: float


class QueryLog:
    """Writes queries to a file for each day, and removes old files."""

    def __init__(self, settings: Settings, max_entries: int = MAX_ENTRIES) -> None:
        self.folder, self.days = Path(settings.query_log), settings.query_log_days
        self.max_bytes = int(settings.query_log_size * MIB)
        self.last_removal = 0.0
        self.entries: deque[QueryLogEntry] = deque()
        self.max_entries, self.lost, self.is_failing = max_entries, 0, False
        self.end = threading.Event()
        self.thread = threading.Thread(target=self._run, name="query log", daemon=True)
        self.thread.start()

    def put(self, entry: QueryLogEntry) -> None:
        """Add an entry, if there is room for it."""
        if len(self.entries) < self.max_entries:
            self.entries.append(entry)
        else:
            self.lost += 1

    def close(self) -> None:
        """Write the remaining entries."""
        self.end.set()
        self.thread.join()

    def _run(self) -> None:
        while not self.end.wait(WRITE_SECONDS):
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
            log.debug("Fault in the query log", exc_info=fault)  # its message may hold parts of a query
            self._lose(batch, f"a fault of the server, {type(fault).__name__}")

    def _lose(self, batch: Sequence[QueryLogEntry], reason: str) -> None:
        self.lost += len(batch)
        if not self.is_failing:
            log.error("The query log cannot be written: %s. Its lines are dropped until it can.", reason)
        self.is_failing = True

    def write(self, batch: Sequence[QueryLogEntry]) -> None:
        """Append entries to the files of their days; OSError if that is not possible."""
        # A query may reveal who asks, so it is for the operator only.
        self.folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        by_day: dict[str, list[str]] = {}
        for entry in batch:
            by_day.setdefault(f"{datetime.fromtimestamp(entry.time, UTC):%Y-%m-%d}", []).append(self.line(entry))
        for day, lines in by_day.items():
            path = self.folder / f"queries-{day}.jsonl"
            content = "".join(lines).encode()
            self._make_room(self.max_bytes - len(content), path)
            with open(path, "ab", opener=partial(os.open, mode=0o640)) as file:
                file.write(content)

    def remove_old_files(self) -> None:
        """Remove the files of days that are too old, once an hour."""
        if time.monotonic() - self.last_removal < HOUR and self.last_removal:
            return
        self.last_removal = time.monotonic()
        last = f"{datetime.now(UTC) - timedelta(days=self.days):%Y-%m-%d}"
        for day, file in self._files():
            if day <= last:
                file.unlink(missing_ok=True)

    def line(self, entry: QueryLogEntry) -> str:
        """The line of an entry."""
        response, headers = entry.response, dict(entry.response.headers)
        members = {
            "time": f"{datetime.fromtimestamp(entry.time, UTC):%Y-%m-%dT%H}",
            "query": skeleton(response.query or "") or None,
            "status": response.status,
            "kind": response.workload,
            "seconds": round(entry.seconds, 3),
            "bytes": len(response.body),
            "format": headers.get("content-type", "").partition(";")[0],
            "version": headers.get("dataset-version", ""),
        }
        return json.dumps(members, ensure_ascii=False) + "\n"

    def _files(self) -> list[tuple[str, Path]]:
        """The files by day, the oldest first."""
        files = self.folder.iterdir() if self.folder.is_dir() else ()
        return sorted((day[1], file) for file in files if (day := _FILE.fullmatch(file.name)))

    def _make_room(self, max_bytes: int, current: Path) -> None:
        """Remove the oldest files but the current one until there is room; OSError if that is not enough."""
        sizes = {file: file.stat().st_size for _, file in self._files()}
        while sum(sizes.values()) > max_bytes:
            oldest = next((file for file in sizes if file != current), None)
            if oldest is None:
                raise OSError(errno.EFBIG, "the folder has reached its maximum size")
            oldest.unlink(missing_ok=True)
            del sizes[oldest]


def skeleton(text: str) -> str:
    """The query on one line, so that equal queries look equal; empty if it is too long.

    Literals and comments may hold anything, names of persons above all, so they are left out, and so are the targets of
    e-mail addresses and telephone numbers. Other IRIs, variables, and the numbers of LIMIT and OFFSET remain.
    """
    if len(text) > MAX_TEXT_CHARS:
        return ""
    words: list[str] = []
    before = ""
    for token in tokens(text):
        if token.type == "string":
            words.append(STRING)
        elif token.type == "number" and before not in COUNTING:
            words.append(NUMBER)
        elif token.type == "iri" and (contact := _CONTACT.match(token.text)):
            words.append(f"<{contact[1].lower()}:>")
        else:
            words.append(token.text)
        before = token.text.upper()
    return " ".join(words)
