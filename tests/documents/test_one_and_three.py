"""The project with one document, and with three: with the rows of its questions renewed, data and pages pass."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from iqgraph.authoring.adding import FILE
from iqgraph.dataset import load
from iqgraph.engine import Embedded, Query
from iqgraph.formats import CSV
from iqgraph.resources import Sources, questions
from repository import ROOT
from test_contributing import QUESTION, second_document
from tiny import change, put

pytestmark = pytest.mark.timeout(1800)  # it runs two tiers
LEFT_OUT = shutil.ignore_patterns(
    ".*", "__pycache__", "*.egg-info", "build", "dist", "node_modules", "screenshots", "benchmarks"
)
PARTS = ("data", "docs", "ontology", "shapes")
REPORT = "fresko-2025"
NOTES = "11-jahre-iq/notes-on-sources.trig"  # one compares it with a source, one is about it
OTHER = "source/filstalexpress-2016.trig"  # speaks of a span of time to which the report gives its names
LOST = (  # released names, a word that the report alone has, and questions whose rows came from it
    "tests/data/test_questions.py::test_answers_are_ordered_tables_or_booleans",
    "tests/data/test_old_queries.py::test_old_names_resolve",
    "tests/site/test_search.py::test_words_find[successor of MoAB]",
)
DEPENDENT = ("fresko-2026",)  # sources about things that only the report describes
NAMED = re.compile(rf" {REPORT}/S\d+| (?:{'|'.join(DEPENDENT)})(?= |$)", re.MULTILINE)


def run(project: Path, *call: str) -> str:
    """What a program of the project prints, there, with its own data."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV"))}
    environment = {**inherited, "PYTHONPATH": str(project / "server")}
    return subprocess.run(
        [sys.executable, *call], cwd=project, env=environment, capture_output=True, text=True, check=False
    ).stdout


def with_one(root: Path) -> None:
    """Carry out the recipe for a document that goes."""
    report, notes = (root / "data" / name for name in (REPORT, NOTES))
    names = re.search(r"^id:since-2011 (.*?)\.$", (report / FILE).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert names
    change(root, f"data/{OTHER}", "id:since-2011 a iq:TimeSpan ;", f"id:since-2011 a iq:TimeSpan ; {names[1]};")
    text = re.sub(rf"^.*<.*/graph/{REPORT}/.*\n", "", notes.read_text(encoding="utf-8"), flags=re.MULTILINE)
    notes.write_text(re.sub(r" *id:note-b08 .*?\n\n", "", text, flags=re.DOTALL), encoding="utf-8")
    shutil.rmtree(report)
    for source in DEPENDENT:
        (root / f"data/source/{source}.trig").unlink()
    gone = [file for file in sorted((root / "ontology/questions").glob("*.rq")) if not rests_on_others(file)]
    for question in gone:
        question.unlink()
        (root / f"tests/data/answers/{question.stem}.csv").unlink()
    slugs = "|".join(one.stem for one in gone)
    for question in (root / "ontology/questions").glob("*.rq"):
        no_longer_name(question, slugs)
    leave_out(root / "ontology/questions/columns.csv", rf"[^,]*,(?:{slugs}),")
    leave_out(root / "data/names.csv", "step-on-the-job,")
    leave_out(root / "ontology/renamed.csv", rf"(?:graph|id):source[/-]{REPORT},")


def leave_out(table: Path, start: str) -> None:
    """Delete the rows of a table that begin so."""
    table.write_text(re.sub(rf"(?m)^{start}.*\n", "", table.read_text(encoding="utf-8")), encoding="utf-8")


def rests_on_others(question: Path) -> bool:
    """Whether something is left that answers a question when the head no longer names what is gone."""
    head = re.sub(r"(?m)^# (?:passages|sources):\n", "", NAMED.sub("", question.read_text(encoding="utf-8")))
    question.write_text(head, encoding="utf-8")
    return "# passages:" in head or "# sources:" in head


def no_longer_name(question: Path, slugs: str) -> None:
    """Take questions that are gone out of a head, and the notes that tell apart what only they resemble."""
    text = question.read_text(encoding="utf-8")
    head = re.sub(r"(?m)^# see:.*$", lambda line: re.sub(rf" (?:{slugs})(?= |$)", "", line[0]), text)
    head = re.sub(r"(?m)^(?:# note-(?:de|en): .*\n){2}# see:\n", "", head)
    question.write_text(head, encoding="utf-8")


def with_three(root: Path) -> None:
    """Carry out the recipe for a document more, and ask something of it."""
    second_document(root / "data/note", load())
    put(root, "ontology/questions/who-lends-bicycles.rq", QUESTION)


def renew(root: Path) -> None:
    """Let the rows that are expected be those that there are now."""
    sources = Sources(*(root / part for part in ("ontology", "data", "shapes")))
    engine = Embedded(load(sources=sources).store)
    for question in questions(sources):
        answer = engine.answer(Query(question.query), CSV).decode()
        put(root, f"tests/data/answers/{question.slug}.csv", answer)


@pytest.mark.parametrize("recipe", [with_one, with_three])
def test_no_test_counts_documents(tmp_path: Path, recipe: Callable[[Path], None]) -> None:
    """Data and pages pass as they are."""
    root = tmp_path / "copy"
    shutil.copytree(ROOT, root, ignore=LEFT_OUT)
    for part in PARTS:  # as in the wheel, where they are inside of the package
        (root / "server/iqgraph" / part).symlink_to(root / part)
    recipe(root)
    run(root, "tests/support/format_rdf.py")
    run(root, "-m", "iqgraph", "seal")
    renew(root)
    options = ["-q", "--no-header", "-p", "no:cacheprovider", "-m", "not serial"]
    lost = [f"--deselect={one}" for one in (LOST if recipe is with_one else ())]
    told = run(root, "-m", "pytest", *options, *lost, "tests/data", "tests/site")

    assert re.findall(r"^(?:FAILED|ERROR) (\S+)", told, re.MULTILINE) == [], told
    assert re.search(r"^\d{3,} passed", told, re.MULTILINE), told[-1000:]
