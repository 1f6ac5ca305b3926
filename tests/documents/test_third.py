"""The project with a third document: once the rows of the questions are renewed, all tests of data and pages pass."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from iqgraph.dataset import load
from iqgraph.engine import Embedded, Query
from iqgraph.formats import CSV
from iqgraph.resources import Sources, questions
from repository import ROOT
from test_contributing import QUESTION, second_document
from tiny import put

pytestmark = pytest.mark.timeout(1800)  # it runs two tiers
LEFT_OUT = shutil.ignore_patterns(
    ".*", "__pycache__", "*.egg-info", "build", "dist", "node_modules", "screenshots", "benchmarks"
)
PARTS = ("data", "docs", "ontology", "shapes")


def run(project: Path, *call: str) -> str:
    """What a program of the project prints, there, with its own data."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV"))}
    environment = {**inherited, "PYTHONPATH": str(project / "server")}
    return subprocess.run(
        [sys.executable, *call], cwd=project, env=environment, capture_output=True, text=True, check=False
    ).stdout


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with one document more and a question about it, in form and sealed."""
    root = tmp_path_factory.mktemp("project") / "copy"
    shutil.copytree(ROOT, root, ignore=LEFT_OUT)
    for part in PARTS:  # as in the wheel, where they are inside of the package
        (root / "server/iqgraph" / part).symlink_to(root / part)
    second_document(root / "data/note", load())
    put(root, "ontology/questions/who-lends-bicycles.rq", QUESTION)
    run(root, "tests/support/format_rdf.py")
    run(root, "-m", "iqgraph", "seal")
    renew(root)
    return root


def renew(root: Path) -> None:
    """Let the rows that are expected be those that there are now."""
    sources = Sources(*(root / part for part in ("ontology", "data", "shapes")))
    engine = Embedded(load(sources=sources).store)
    for question in questions(sources):
        answer = engine.answer(Query(question.query), CSV).decode()
        put(root, f"tests/data/answers/{question.slug}.csv", answer)


def test_no_test_counts_documents(project: Path) -> None:
    """Data and pages pass as they are."""
    options = ["-q", "--no-header", "-p", "no:cacheprovider", "-m", "not serial"]
    told = run(project, "-m", "pytest", *options, "tests/data", "tests/site")

    assert re.findall(r"^(?:FAILED|ERROR) (\S+)", told, re.MULTILINE) == []
    assert re.search(r"^\d{3,} passed", told, re.MULTILINE), told[-1000:]
