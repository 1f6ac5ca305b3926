"""The table in docs/faults.md has a row for each recorded fault, and no other."""

import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parent.parent / "docs/faults.md"
RECORDING = re.compile(r"^def (test_\w+)\([^)]*\brecord_property\b", re.MULTILINE)


def test_the_page_has_a_row_for_each_fault() -> None:
    """The first column has the ids of the test cases."""
    call = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-o", "addopts=", str(HERE)]
    output = subprocess.run(call, capture_output=True, text=True, check=True, cwd=HERE.parent.parent).stdout
    recording = {
        f"{file.name}::{name}" for file in HERE.glob("test_*.py") for name in RECORDING.findall(file.read_text())
    }
    items = re.findall(r"(test_\w+\.py::\w+)\[(.+)\]$", output, re.MULTILINE)
    cases = {case for test, case in items if test in recording}
    table = PAGE.read_text(encoding="utf-8").partition("## The table")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ([^|]+?) \|", table, re.MULTILINE)

    assert set(rows) - {"fault"} == cases
    assert len(rows) == len(set(rows))
