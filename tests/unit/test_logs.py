"""The logs of the service: what a line holds, and what it never holds."""

import json
import logging
import sys
from pathlib import Path

import pytest

from iqgraph.service.requests.logs import REQUEST, LineFormatter, configure_logging, is_json

AT = 1_700_000_000.123


def record(message: str = "hello\nworld", fault: Exception | None = None) -> logging.LogRecord:
    """A record of the log, perhaps of a fault that was raised."""
    trouble = None
    if fault:
        try:
            raise fault
        except type(fault):
            trouble = sys.exc_info()
    made = logging.LogRecord("iqgraph.x", logging.WARNING, "x.py", 1, message, (), trouble)
    made.created = AT
    return made


def test_json_line() -> None:
    """One object in one line, with the request that it is about."""
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


def test_a_terminal_is_not_steered() -> None:
    """What a client sends may hold the signs that do so."""
    line = LineFormatter(is_json=False).format(record("Fault at GET /\x1b[2J\x9b1m\u202eü"))

    assert line.endswith(r" Fault at GET /\x1b[2J\x9b1m\u202eü")


@pytest.mark.parametrize("form", [LineFormatter(is_json=True), LineFormatter(is_json=False)], ids=["json", "text"])
def test_a_fault_does_not_repeat_what_was_asked(form: logging.Formatter) -> None:
    """What an error says may be a query; where it happened is enough to find it."""
    line = form.format(record(fault=ValueError("SELECT ?secret")))

    assert "secret" not in line
    assert "test_logs.py" in line


def test_a_fault_says_all_when_it_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """The level debug is for whoever looks for a fault."""
    monkeypatch.setattr(logging.getLogger(), "level", logging.DEBUG)

    assert json.loads(LineFormatter(is_json=True).format(record(fault=ValueError("why"))))["said"] == "why"


def test_form(tmp_path: Path) -> None:
    """JSON where nobody looks on, unless it is set."""
    assert is_json("json", "")
    assert not is_json("text", str(tmp_path))
    assert is_json("auto", str(tmp_path / "a.log"))


def test_a_terminal_gets_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where somebody looks on."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)

    assert not is_json("auto", "")


def test_begin(tmp_path: Path) -> None:
    """The log goes where it is set, from the level that is set."""
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
