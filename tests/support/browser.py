"""A real browser for the tests of pages: the system's Chromium, driven by Playwright, against a server that answers."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from repository import ROOT, TESTS

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
CHROME = shutil.which("google-chrome") or shutil.which("chrome")
EXECUTABLE = CHROMIUM or CHROME
FRONTEND = ROOT / "server/iqgraph/web/frontend"
AXE = FRONTEND / "node_modules/axe-core/axe.min.js"
SHOTS = TESTS / "screenshots"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@contextmanager
def serving(*files: str) -> Iterator[str]:
    """The address of a server, without a slash at its end; it ends with the tests."""
    command = [sys.executable, "-m", "iqgraph", "serve", "--port", "0", *files]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        line = process.stdout.readline() if process.stdout else ""
        try:
            yield next(word for word in line.split() if word.startswith("http://")).rstrip("/")
        finally:
            process.terminate()
