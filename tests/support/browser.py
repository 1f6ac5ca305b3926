"""The system's Chromium, driven by Playwright, for the tests of pages."""

import os
import shutil

from loopback import serving
from repository import ROOT, TESTS

__all__ = ["AXE", "EXECUTABLE", "FRONTEND", "RULES", "SHOTS", "serving"]

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
CHROME = shutil.which("google-chrome") or shutil.which("chrome")
EXECUTABLE = CHROMIUM or CHROME
FRONTEND = ROOT / "server/iqgraph/web/frontend"
AXE = FRONTEND / "node_modules/axe-core/axe.min.js"
SHOTS = TESTS / "screenshots"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
