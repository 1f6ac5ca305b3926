"""The query log: what is asked here, for research and planning, and nothing of who asks.

It is off unless a folder is named. There is one file for each day (UTC); those that are too old, or too many, are
removed by the server itself. A line has the hour, and nothing of the client; of the query it has the skeleton. Whoever
has an entry hands it over and never waits for a disk: a thread writes what has come together. If it cannot keep up or
cannot write, what comes is let go and counted, and the service goes on.
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
from ...web.http.messages import Answer

WRITE_SECONDS, MAX_ENTRIES = 0.2, 50_000
HOUR = 3600.0
STRING, NUMBER = '""', "0"
COUNTING = ("LIMIT", "OFFSET")
MAX_TEXT_CHARS = 1 << 14  # nobody writes a longer one by hand, and one thread reads them all
_REACHING = re.compile(r"<(mailto|tel|sip|sips|xmpp|im):", re.IGNORECASE)
log = logging.getLogger(__name__)
_FILE = re.compile(r"queries-(\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))\.jsonl")


class QueryLogEntry(NamedTuple):
    """An answer to a query, when it was given, and how long that took."""

    time: float
    answer: Answer
    seconds: float


class QueryLog:
    """Writes queries into files of a day, and removes those whose time is over."""

    def __init__(self, settings: Settings, most: int = MAX_ENTRIES) -> None:
        self.folder, self.days = Path(settings.query_log), settings.query_log_days
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
            # What it says may hold words of a query.
            log.debug("Fault in the query log", exc_info=fault)
            self._lose(batch, f"a fault of the server, {type(fault).__name__}")

    def _lose(self, batch: Sequence[QueryLogEntry], reason: str) -> None:
        self.lost += len(batch)
        if not self.is_failing:
            log.error("The query log cannot be written: %s. Its lines are let go until it can.", reason)
        self.is_failing = True

    def write(self, batch: Sequence[QueryLogEntry]) -> None:
        """Append queries to the files of their days; OSError if that cannot be done."""
        # A query tells something of who asks, so it is for the operator alone.
        self.folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        by_day: dict[str, list[str]] = {}
        for asked in batch:
            by_day.setdefault(f"{datetime.fromtimestamp(asked.time, UTC):%Y-%m-%d}", []).append(self.line(asked))
        for day, lines in by_day.items():
            file = self.folder / f"queries-{day}.jsonl"
            content = "".join(lines).encode()
            if self._size() + len(content) > self.largest:
                self._make_room(self.largest - len(content), file)
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
        headers = dict(asked.answer.headers)
        members = {
            "time": f"{datetime.fromtimestamp(asked.time, UTC):%Y-%m-%dT%H}",
            "query": skeleton(asked.answer.query or "") or None,
            "status": asked.answer.status,
            "kind": asked.answer.kind,
            "seconds": round(asked.seconds, 3),
            "bytes": len(asked.answer.body),
            "format": headers.get("content-type", "").partition(";")[0],
            "version": headers.get("dataset-version", ""),
        }
        return json.dumps(members, ensure_ascii=False) + "\n"

    def _files(self) -> list[tuple[str, Path]]:
        """The files of days, the oldest first."""
        found = self.folder.iterdir() if self.folder.is_dir() else ()
        return sorted((day[1], file) for file in found if (day := _FILE.fullmatch(file.name)))

    def _size(self) -> int:
        return sum(file.stat().st_size for _, file in self._files())

    def _make_room(self, most: int, writing: Path) -> None:
        """Remove the oldest files until there is room; the file of today is not removed, but closed to more."""
        for _, file in self._files():
            if self._size() <= most:
                return
            if file != writing:
                file.unlink(missing_ok=True)
        if self._size() > most:
            raise OSError(errno.EFBIG, "the folder is as large as it may become")


def skeleton(text: str) -> str:
    """The query in one line, so that equal questions look equal; empty if it is too long to be looked at.

    Literals and comments may hold anything, names of persons above all, so they are left out; so is whom an e-mail
    address or a telephone number reaches. Other IRIs, variables and numbers behind LIMIT and OFFSET stay, since without
    them little could be learnt.
    """
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
