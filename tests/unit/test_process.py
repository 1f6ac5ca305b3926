"""The process as the system sees it."""

import os
import subprocess
import sys
import time

import pytest

from exposed import samples
from iqgraph.web.monitoring.exposition import prometheus
from iqgraph.web.monitoring.process import figures, started

linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells by /proc")


@linux
def test_figures() -> None:
    """Under the names that Prometheus has for them."""
    found = samples(prometheus(figures()))

    assert 1 << 20 < found["process_resident_memory_bytes"] < found["process_virtual_memory_bytes"]
    assert found["process_cpu_seconds_total"] > 0
    assert found["process_open_fds"] >= 3


@linux
def test_start() -> None:
    """In seconds since 1970, as ps has it."""
    ago = subprocess.run(["ps", "-o", "etimes=", "-p", str(os.getpid())], capture_output=True, text=True, check=True)

    assert time.time() - started() == pytest.approx(int(ago.stdout), abs=3)
