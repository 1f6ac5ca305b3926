"""The table of faults in the documentation has a row for each fault whose outcome is recorded here, and no other."""

import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parent.parent / "docs/faults.md"
RECORDING = re.compile(r"^def (test_\w+)\([^)]*\brecord_property\b", re.MULTILINE)


def test_the_page_has_a_row_for_each_fault() -> None:
    """The first column names the cases as they are tried."""
    call = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-o", "addopts=", str(HERE)]
    listed = subprocess.run(call, capture_output=True, text=True, check=True, cwd=HERE.parent.parent).stdout
    recording = {
        f"{file.name}::{name}" for file in HERE.glob("test_*.py") for name in RECORDING.findall(file.read_text())
    }
    found = re.findall(r"(test_\w+\.py::\w+)\[(.+)\]$", listed, re.MULTILINE)
    cases = {case for test, case in found if test in recording}
    table = PAGE.read_text(encoding="utf-8").partition("## The table")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ([^|]+?) \|", table, re.MULTILINE)

    assert set(rows) - {"fault"} == cases
    assert len(rows) == len(set(rows))
