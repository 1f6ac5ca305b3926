"""The process as the system sees it; where the system does not tell, there are no figures."""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from .exposition import Family, counter, gauge

SELF = Path("/proc/self")


def figures() -> Iterator[Family]:
    """Memory, time of a processor, open files and start, under the names that Prometheus has for them."""
    yield counter("process_cpu_seconds", "Seconds of a processor that this process has had.", time.process_time())
    if sys.platform != "linux":
        return
    page = os.sysconf("SC_PAGE_SIZE")
    size, resident = (int(one) * page for one in (SELF / "statm").read_text().split()[:2])
    yield gauge("process_resident_memory_bytes", "Memory that this process holds, in bytes.", resident)
    yield gauge("process_virtual_memory_bytes", "Memory that this process could touch, in bytes.", size)
    yield gauge("process_open_fds", "Files and sockets that it has open.", sum(1 for _ in (SELF / "fd").iterdir()))
    yield gauge("process_start_time_seconds", "When this process was started, in seconds since 1970.", started())


def started() -> float:
    """When this process was started: the system counts from its own start."""
    since = int((SELF / "stat").read_text().rpartition(")")[2].split()[19]) / os.sysconf("SC_CLK_TCK")
    return round(time.time() - time.clock_gettime(time.CLOCK_BOOTTIME) + since, 2)
