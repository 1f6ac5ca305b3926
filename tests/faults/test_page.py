"""The table of faults in the documentation has a row for each fault that is tried here, and no other."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.repository
HERE = Path(__file__).parent
PAGE = HERE.parent.parent / "docs/faults.md"


def test_the_page_has_a_row_for_each_fault() -> None:
    """The first column names the cases as they are tried."""
    call = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-o", "addopts=", str(HERE)]
    listed = subprocess.run(call, capture_output=True, text=True, check=True, cwd=HERE.parent.parent).stdout
    cases = set(re.findall(r"::\w+\[(.+)\]$", listed, re.MULTILINE))
    table = PAGE.read_text(encoding="utf-8").partition("## The table")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ([^|]+?) \|", table, re.MULTILINE)

    assert set(rows) - {"fault"} == cases
    assert len(rows) == len(set(rows))
