"""The log of what happens, as JSON for programs or as text for a terminal.

No line holds the text of a query or the address of a client.
"""

import json
import logging
import logging.handlers
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path

REQUEST: ContextVar[str] = ContextVar("request", default="")


class Lines(logging.Formatter):
    """One JSON object a line; or a line for people, and below it where a fault happened."""

    def __init__(self, *, is_json: bool) -> None:
        super().__init__()
        self.is_json = is_json

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record; of a fault it has where it happened, and not what it said, which may be a query."""
        found = _members(record)
        if self.is_json:
            return json.dumps(found, ensure_ascii=False)
        named = f" [{found['request']}]" if "request" in found else ""
        places = "".join(f"\n    {place}" for place in found.get("trace", ()))
        return f"{found['time']} {found['level']:7} {escape_controls(str(found['message']))}{named}{places}"


def configure_logging(level: str, form: str, file: str = "") -> None:
    """Send the log to standard error or a file, in this process and in those that it starts."""
    logging.raiseExceptions = False  # a log that cannot be written is no reason to say so again and again
    handler = logging.handlers.WatchedFileHandler(file, encoding="utf-8") if file else logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines(is_json=is_json(form, file)))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())


def is_json(form: str, file: str) -> bool:
    """Whether lines are JSON: as it is set, or if they do not go to a terminal."""
    return form == "json" or (form == "auto" and not (file == "" and sys.stderr.isatty()))


def escape_controls(text: str) -> str:
    """A text for a terminal: what would steer it or turn the direction of writing is written as an escape."""
    # A path may hold escapes for the terminal, and marks that turn the direction (https://trojansource.codes/).
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)


def _members(record: logging.LogRecord) -> dict[str, str | list[str]]:
    time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    found: dict[str, str | list[str]] = {
        "time": time.replace("+00:00", "Z"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "message": " ".join(record.getMessage().split()),
    }
    if request := REQUEST.get():
        found["request"] = request
    if record.exc_info and record.exc_info[0]:
        kind, fault, trace = record.exc_info
        found["fault"] = kind.__name__
        places = traceback.extract_tb(trace)
        found["trace"] = [f"{Path(place.filename).name}:{place.lineno} {place.name}" for place in places]
        if record.levelno <= logging.DEBUG or logging.getLogger().level <= logging.DEBUG:
            found["said"] = str(fault)
    return found
