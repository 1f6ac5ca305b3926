"""The project with one document and with three: data and pages pass once expected rows are renewed."""

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
OMITTED = shutil.ignore_patterns(".*", "*.egg-info", "build", "dist", "node_modules", "screenshots", "benchmarks")
PARTS = ("data", "docs", "ontology", "shapes")
REPORT = "fresko-2025"
NOTES = "11-jahre-iq/notes-on-sources.trig"  # one note compares it with a source, one is about it
OTHER = "source/filstalexpress-2016.trig"  # mentions a time span that the report labels
REMOVED_CASES = (  # tests of released names, of a word in the report alone, and of questions with rows from it
    "tests/data/test_questions.py::test_answers_are_ordered_tables_or_booleans",
    "tests/data/test_old_queries.py::test_old_names_resolve",
    "tests/site/test_search.py::test_words_find[successor of MoAB]",
)
OTHER_DATA = (  # tests of data of their own, or of damages that any data can suffer, which are not short
    "tests/data/test_damage.py",
    "tests/data/test_shapes.py::test_passing_nodes_pass",
    "tests/data/test_shapes.py::test_failing_nodes_are_reported",
    "tests/site/test_elements.py::test_words_of_others_are_no_markup",
    "tests/site/test_messages.py",
    "tests/site/test_page_texts.py",
    "tests/site/test_profile.py::test_nothing_mentions_the_bundled_graph",
    "tests/site/test_web_versions.py",
)
DEPENDENT = ("fresko-2026",)  # sources about things that only the report describes
MENTION = re.compile(rf" {REPORT}/S\d+| (?:{'|'.join(DEPENDENT)})(?= |$)", re.MULTILINE)


def run(project: Path, *call: str) -> str:
    """The output of a program of the project, run with its own data."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV"))}
    environment = {**variables, "PYTHONPATH": str(project / "server")}
    return subprocess.run(
        [sys.executable, *call], cwd=project, env=environment, capture_output=True, text=True, check=False
    ).stdout


def remove_document(root: Path) -> None:
    """Follow the recipe for removing a document."""
    report, notes = (root / "data" / name for name in (REPORT, NOTES))
    names = re.search(r"^id:since-2011 (.*?)\.$", (report / FILE).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert names
    change(root, f"data/{OTHER}", "id:since-2011 a iq:TimeSpan ;", f"id:since-2011 a iq:TimeSpan ; {names[1]};")
    text = re.sub(rf"^.*<.*/graph/{REPORT}/.*\n", "", notes.read_text(encoding="utf-8"), flags=re.MULTILINE)
    notes.write_text(re.sub(r" *id:note-b08 .*?\n\n", "", text, flags=re.DOTALL), encoding="utf-8")
    shutil.rmtree(report)
    for source in DEPENDENT:
        (root / f"data/source/{source}.trig").unlink()
    removed_questions = [
        file for file in sorted((root / "ontology/questions").glob("*.rq")) if not has_other_evidence(file)
    ]
    for question in removed_questions:
        question.unlink()
        (root / f"tests/data/answers/{question.stem}.csv").unlink()
    slugs = "|".join(one.stem for one in removed_questions)
    for question in (root / "ontology/questions").glob("*.rq"):
        remove_mentions(question, slugs)
    delete_rows(root / "ontology/questions/columns.csv", rf"[^,]*,(?:{slugs}),")
    delete_rows(root / "data/names.csv", "step-on-the-job,")
    delete_rows(root / "ontology/renamed.csv", rf"(?:graph|id):source[/-]{REPORT},")


def delete_rows(table: Path, start: str) -> None:
    """Delete the rows of a table with this start."""
    table.write_text(re.sub(rf"(?m)^{start}.*\n", "", table.read_text(encoding="utf-8")), encoding="utf-8")


def has_other_evidence(question: Path) -> bool:
    """Remove the report from the head of a question, and return whether it still has passages or sources."""
    head = re.sub(r"(?m)^# (?:passages|sources):\n", "", MENTION.sub("", question.read_text(encoding="utf-8")))
    question.write_text(head, encoding="utf-8")
    return "# passages:" in head or "# sources:" in head


def remove_mentions(question: Path, slugs: str) -> None:
    """Remove deleted questions from a head, and notes that compare only with them."""
    text = question.read_text(encoding="utf-8")
    head = re.sub(r"(?m)^# see:.*$", lambda line: re.sub(rf" (?:{slugs})(?= |$)", "", line[0]), text)
    head = re.sub(r"(?m)^(?:# note-(?:de|en): .*\n){2}# see:\n", "", head)
    question.write_text(head, encoding="utf-8")


def add_document(root: Path) -> None:
    """Follow the recipe for adding a document, with a question."""
    second_document(root / "data/note", load())
    put(root, "ontology/questions/who-lends-bicycles.rq", QUESTION)


def renew(root: Path) -> None:
    """Write the current rows as the expected ones."""
    sources = Sources(*(root / part for part in ("ontology", "data", "shapes")))
    engine = Embedded(load(sources=sources).store)
    for question in questions(sources):
        answer = engine.answer(Query(question.query), CSV).decode()
        put(root, f"tests/data/answers/{question.slug}.csv", answer)


@pytest.mark.parametrize("recipe", [remove_document, add_document])
def test_no_test_counts_documents(tmp_path: Path, recipe: Callable[[Path], None]) -> None:
    """The tests of data and pages pass with another number of documents."""
    root = tmp_path / "copy"
    shutil.copytree(ROOT, root, ignore=OMITTED)
    for part in PARTS:  # as in the wheel, where they are in the package
        (root / "server/iqgraph" / part).symlink_to(root / part)
    recipe(root)
    run(root, "tests/support/format_rdf.py")
    run(root, "-m", "iqgraph", "seal")
    renew(root)
    options = ["-q", "--no-header", "-p", "no:cacheprovider", "-m", "not serial"]
    omitted = OTHER_DATA + (REMOVED_CASES if recipe is remove_document else ())
    deselections = [f"--deselect={one}" for one in omitted]
    output = run(root, "-m", "pytest", *options, *deselections, "tests/data", "tests/site")

    assert re.findall(r"^(?:FAILED|ERROR) (\S+)", output, re.MULTILINE) == [], output
    assert re.search(r"^\d{3,} passed", output, re.MULTILINE), output[-1000:]
