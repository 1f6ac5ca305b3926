"""What tests are given: the bundled dataset, and a tiny one that they may break."""

from pathlib import Path

import pytest

import tiny
from iqgraph.dataset import Dataset, load
from iqgraph.resources import Sources


@pytest.fixture(scope="session")
def dataset() -> Dataset:
    """The bundled dataset; nobody may change it."""
    return load()


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    """The sources of the tiny dataset, in `tmp_path`, for this test alone."""
    return tiny.write(tmp_path)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `--tables` print what tests recorded of what they saw."""
    parser.addoption("--tables", action="store_true", help="print what the tests recorded, as tables in Markdown")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One table a test function, one row a case."""
    if not terminalreporter.config.getoption("--tables"):
        return
    tables: dict[str, list[tuple[str, dict[str, object]]]] = {}
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            if report.when == "call" and report.user_properties:
                function, _, case = report.nodeid.partition("[")
                row = {"result": outcome, **dict(report.user_properties)}
                tables.setdefault(function, []).append((case.removesuffix("]"), row))
    for function, rows in tables.items():
        names = list(dict.fromkeys(name for _, row in rows for name in row))
        terminalreporter.write_line(f"\n{function}\n")
        terminalreporter.write_line(f"| case | {' | '.join(names)} |")
        terminalreporter.write_line("|---" * (len(names) + 1) + "|")
        for case, row in rows:
            cells = " | ".join(str(row.get(name, "")).replace("|", "\\|") for name in names)
            terminalreporter.write_line(f"| {case} | {cells} |")
