"""Paths of the repository."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "tests"
DOCUMENT = ROOT.parent / "shared/source/11-jahre-iq-bei-involas.txt"
