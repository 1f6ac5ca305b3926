"""The logs of the service: what a line contains, and what it never contains."""

import json
import logging
import sys
from pathlib import Path

import pytest

from iqgraph.service.requests.logs import REQUEST, LineFormatter, configure_logging, is_json

AT = 1_700_000_000.123


def record(message: str = "hello\nworld", fault: Exception | None = None) -> logging.LogRecord:
    """A log record, with a traceback if there is a fault."""
    exc_info = None
    if fault:
        try:
            raise fault
        except type(fault):
            exc_info = sys.exc_info()
    log_record = logging.LogRecord("iqgraph.x", logging.WARNING, "x.py", 1, message, (), exc_info)
    log_record.created = AT
    return log_record


def test_json_line() -> None:
    """One object per line, with the id of the request."""
    REQUEST.set("abc")

    assert json.loads(LineFormatter(is_json=True).format(record())) == {
        "time": "2023-11-14T22:13:20.123Z",
        "level": "warning",
        "logger": "iqgraph.x",
        "message": "hello world",
        "request": "abc",
    }
    REQUEST.set("")


def test_text_line() -> None:
    """For people."""
    assert LineFormatter(is_json=False).format(record()) == "2023-11-14T22:13:20.123Z warning hello world"


def test_control_characters_are_escaped() -> None:
    """A client could control the terminal with them."""
    line = LineFormatter(is_json=False).format(record("Fault at GET /\x1b[2J\x9b1m\u202eü"))

    assert line.endswith(r" Fault at GET /\x1b[2J\x9b1m\u202eü")


@pytest.mark.parametrize("formatter", [LineFormatter(is_json=True), LineFormatter(is_json=False)], ids=["json", "text"])
def test_a_fault_does_not_reveal_the_query(formatter: logging.Formatter) -> None:
    """Its message may contain one; the traceback is enough to find the cause."""
    line = formatter.format(record(fault=ValueError("SELECT ?secret")))

    assert "secret" not in line
    assert "test_logs.py" in line


def test_a_fault_has_its_message_at_debug(monkeypatch: pytest.MonkeyPatch) -> None:
    """That level is for finding a cause."""
    monkeypatch.setattr(logging.getLogger(), "level", logging.DEBUG)

    assert json.loads(LineFormatter(is_json=True).format(record(fault=ValueError("why"))))["said"] == "why"


@pytest.mark.parametrize(
    ("format", "file", "is_terminal", "expected"),
    [
        ("json", "", True, True),
        ("text", "a.log", False, False),
        ("auto", "a.log", True, True),
        ("auto", "", True, False),
    ],
)
def test_the_format_of_a_log(
    monkeypatch: pytest.MonkeyPatch, format: str, file: str, is_terminal: bool, expected: bool
) -> None:
    """By itself it is JSON if there is no terminal."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: is_terminal)

    assert is_json(format, file) is expected


def test_configure_logging(tmp_path: Path) -> None:
    """The log goes to the configured file, from the configured level."""
    root = logging.getLogger()
    before = root.handlers[:], root.level, logging.raiseExceptions
    try:
        configure_logging("warning", "auto", str(tmp_path / "a.log"))
        logging.getLogger("iqgraph.x").info("no")
        logging.getLogger("iqgraph.x").warning("yes")
        for handler in root.handlers:
            handler.close()
    finally:
        root.handlers[:], root.level, logging.raiseExceptions = before

    lines = (tmp_path / "a.log").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["message"] for line in lines] == ["yes"]
