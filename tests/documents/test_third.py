"""The project with a third document: it changes the outcome of no test but those that authors are told to look at."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from iqgraph.dataset import load
from repository import ROOT
from test_contributing import QUESTION, second_document
from tiny import put

pytestmark = pytest.mark.timeout(1800)  # it runs two tiers
LEFT_OUT = shutil.ignore_patterns(
    ".*", "__pycache__", "*.egg-info", "build", "dist", "node_modules", "screenshots", "benchmarks"
)
PARTS = ("data", "docs", "ontology", "shapes")
RECIPE = "## Add a second document"
ANSWERS = "tests/data/test_questions.py::test_rows_are_those_expected"


def read() -> list[str]:
    """The tests that authors of a document are told to look at."""
    recipe = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition(RECIPE)[2]
    return [*re.findall(r"tests/site/test_\w+\.py", recipe), ANSWERS]


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
    put(root, "tests/data/answers/who-lends-bicycles.csv", "who\nhttps://w3id.org/iq-hessen/id/library\n")
    run(root, "tests/support/format_rdf.py")
    run(root, "-m", "iqgraph", "seal")
    return root


def test_nothing_else_counts_documents(project: Path) -> None:
    """Data and pages pass as they are."""
    options = ["-q", "--no-header", "-p", "no:cacheprovider", "-m", "not serial"]
    left_out = [f"--deselect={name}" for name in read()]
    told = run(project, "-m", "pytest", *options, *left_out, "tests/data", "tests/site")

    assert re.findall(r"^(?:FAILED|ERROR) (\S+)", told, re.MULTILINE) == []
    assert re.search(r"^\d{3,} passed", told, re.MULTILINE), told[-1000:]
