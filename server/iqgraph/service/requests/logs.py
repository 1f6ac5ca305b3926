"""The log of the service, as JSON for programs or as text for a terminal, without queries and addresses of clients."""

import json
import logging
import logging.handlers
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path

REQUEST: ContextVar[str] = ContextVar("request", default="")


class LineFormatter(logging.Formatter):
    """Formats a record as one JSON object on a line, or as text, with the place of a fault on further lines."""

    def __init__(self, *, is_json: bool) -> None:
        super().__init__()
        self.is_json = is_json

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record; of a fault it has the place and not the message, which may hold a query."""
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        members: dict[str, str | list[str]] = {
            "time": time.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": " ".join(record.getMessage().split()),
        }
        if request := REQUEST.get():
            members["request"] = request
        if record.exc_info and record.exc_info[0]:
            class_, fault, trace = record.exc_info
            members["fault"] = class_.__name__
            places = traceback.extract_tb(trace)
            members["trace"] = [f"{Path(place.filename).name}:{place.lineno} {place.name}" for place in places]
            if record.levelno <= logging.DEBUG or logging.getLogger().level <= logging.DEBUG:
                members["said"] = str(fault)
        if self.is_json:
            return json.dumps(members, ensure_ascii=False)
        head = f"{members['time']} {members['level']:7} {escape_controls(str(members['message']))}"
        return "\n    ".join([f"{head} [{request}]" if request else head, *members.get("trace", ())])


def escape_controls(text: str) -> str:
    """A text for a terminal, without control characters and marks of writing direction (https://trojansource.codes/)."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def configure_logging(level: str, format: str, file: str = "") -> None:
    """Send the log to standard error or a file, in this process and in those that it starts."""
    logging.raiseExceptions = False  # an unwritable log would report itself again and again
    handler = logging.handlers.WatchedFileHandler(file, encoding="utf-8") if file else logging.StreamHandler(sys.stderr)
    handler.setFormatter(LineFormatter(is_json=is_json(format, file)))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())


def is_json(format: str, file: str) -> bool:
    """Whether lines are JSON: by the setting or, if it is "auto", unless they go to a terminal."""
    return format == "json" or (format == "auto" and not (file == "" and sys.stderr.isatty()))
