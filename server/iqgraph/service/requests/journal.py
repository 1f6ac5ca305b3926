"""The log of what happens, as JSON for programs or as text for a terminal, and the thread that writes to other logs.

No line holds the text of a query or the address of a client. Whoever has a line for another log hands it over and never
waits for a disk: a thread writes what has come together, five times a second. If it cannot keep up or cannot write,
what comes is let go and counted, and the service goes on.
"""

import json
import logging
import logging.handlers
import os
import sys
import threading
import traceback
from collections import deque
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Generic, TypeVar

REQUEST: ContextVar[str] = ContextVar("request", default="")
WRITE_SECONDS, MAX_ITEMS = 0.2, 50_000

Item = TypeVar("Item")
log = logging.getLogger(__name__)


class Lines(Generic[Item]):
    """Hands what it is given to `write`, many at a time, in a thread of its own; each time it also does the `rest`."""

    def __init__(
        self,
        name: str,
        write: Callable[[Sequence[Item]], None],
        rest: Callable[[], object] = bool,
        most: int = MAX_ITEMS,
    ) -> None:
        self.name, self.write, self.rest, self.most = name, write, rest, most
        self.items: deque[Item] = deque()
        self.lost = 0
        self.failing = False
        self.closed = threading.Event()
        self.thread = threading.Thread(target=self._run, name=name, daemon=True)
        self.thread.start()

    def put(self, item: Item) -> None:
        """Hand over an item, if there is room for it."""
        if len(self.items) < self.most:
            self.items.append(item)
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
        batch = [self.items.popleft() for _ in range(len(self.items))]
        try:
            self.rest()
            if batch:
                self.write(batch)
                self.failing = False
        except OSError as error:
            self._lose(batch, error.strerror or str(error))
        except Exception as fault:
            log.debug("Fault in the %s", self.name, exc_info=fault)
            self._lose(batch, f"a fault of the server, {type(fault).__name__}")

    def _lose(self, batch: Sequence[Item], reason: str) -> None:
        self.lost += len(batch)
        if not self.failing:
            log.error("The %s cannot be written: %s. Its lines are let go until it can.", self.name, reason)
        self.failing = True


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record; of a fault it has where it happened, and not what it said, which may be a query."""
        return json.dumps(_members(record), ensure_ascii=False)


class TextLines(logging.Formatter):
    """A line for people, and below it where a fault happened."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record."""
        found = _members(record)
        named = f" [{found['request']}]" if "request" in found else ""
        places = "".join(f"\n    {place}" for place in found.get("trace", ()))
        return f"{found['time']} {found['level']:7} {escape_controls(str(found['message']))}{named}{places}"


def configure_logging(level: str, form: str, file: str = "") -> None:
    """Send the log to standard error or a file, in this process and in those that it starts."""
    logging.raiseExceptions = False  # a log that cannot be written is no reason to say so again and again
    handler = logging.handlers.WatchedFileHandler(file, encoding="utf-8") if file else logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if is_json(form, file) else TextLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())


def is_json(form: str, file: str) -> bool:
    """Whether lines are JSON: as it is set, or if they do not go to a terminal."""
    return form == "json" or (form == "auto" and not (file == "" and sys.stderr.isatty()))


def append(file: Path, content: bytes) -> None:
    """Add to a file that others may not read; it is made if it is not there."""
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
    try:
        _write(descriptor, content)
    finally:
        os.close(descriptor)


def escape_controls(text: str) -> str:
    """A text for a terminal: what would steer it or turn the direction of writing is written as an escape."""
    # A path may hold escapes for the terminal, and marks that turn the direction (https://trojansource.codes/).
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)


def timestamp(seconds: float) -> str:
    """A time in UTC, to the millisecond."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _members(record: logging.LogRecord) -> dict[str, str | list[str]]:
    found: dict[str, str | list[str]] = {
        "time": timestamp(record.created),
        "level": record.levelname.lower(),
        "logger": record.name,
        "message": " ".join(record.getMessage().split()),
    }
    if request := REQUEST.get():
        found["request"] = request
    if record.exc_info and record.exc_info[0]:
        kind, fault, trace = record.exc_info
        found["fault"] = kind.__name__
        found["trace"] = [_place(frame) for frame in traceback.extract_tb(trace)]
        if record.levelno <= logging.DEBUG or logging.getLogger().level <= logging.DEBUG:
            found["said"] = str(fault)
    return found


def _place(frame: traceback.FrameSummary) -> str:
    return f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"


def _write(descriptor: int, content: bytes) -> None:
    while content:
        content = content[os.write(descriptor, content) :]
