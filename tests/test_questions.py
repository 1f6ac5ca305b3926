"""The competency questions: each is asked in two engines, and its rows are those expected from the document."""

import csv
import io
import re
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest
import rdflib

from iqgraph.dataset import Dataset
from iqgraph.engine import Embedded, Query
from iqgraph.formats import CSV, N_QUADS
from iqgraph.resources import Rule, packaged, questions
from iqgraph.serialisation import serialise_graphs

ANSWERS = Path(__file__).parent / "answers"
QUESTIONS = {question.slug: question for question in questions(packaged())}
TOPICS = {
    "coordination", "programme", "periods", "funding", "offers", "projects", "laws",
    "places", "groups", "goals-and-tasks", "evidence", "official-record", "links",
}  # fmt: skip
CAPTIONS = {"S46", "S47", "S48", "S50"}
CONTENT = {f"S{number:02}" for number in range(1, 51)} - CAPTIONS
Rows = list[list[str]]


def rows(text: str) -> Rows:
    """The rows of a CSV text, the header first."""
    return list(csv.reader(io.StringIO(text, newline="")))


@cache
def header(slug: str) -> dict[str, str]:
    """What the comments at the head of a question say."""
    return dict(re.findall(r"^# (\w+): (.+)$", QUESTIONS[slug].query, re.MULTILINE))


@pytest.fixture(scope="session")
def peer(dataset: Dataset) -> rdflib.Dataset:
    """The same named graphs in a second engine, which makes their union itself."""
    graphs = [(graph, dataset.triples(graph)) for graph in dataset.graphs()]
    loaded = rdflib.Dataset(default_union=True)
    loaded.parse(data=serialise_graphs(graphs, N_QUADS), format="nquads")
    return loaded


@pytest.mark.parametrize("slug", QUESTIONS)
def test_rows_are_those_expected(slug: str, dataset: Dataset) -> None:
    """The answer is what a reader of the document would give."""
    answer = Embedded(dataset.store).answer(Query(QUESTIONS[slug].query), CSV).decode()

    assert rows(answer) == rows((ANSWERS / f"{slug}.csv").read_text(encoding="utf-8"))


@pytest.mark.parametrize("slug", QUESTIONS)
def test_another_engine_gives_the_same_rows(slug: str, peer: rdflib.Dataset) -> None:
    """The queries are SPARQL 1.1 and depend on no engine."""
    result = peer.query(QUESTIONS[slug].query)
    answer = (result.serialize(format="csv") or b"").decode() if result.type == "SELECT" else ""
    expected = rows((ANSWERS / f"{slug}.csv").read_text(encoding="utf-8"))

    if result.type == "ASK":
        assert [[str(result.askAnswer).lower()]] == expected
    else:
        assert sorted(rows(answer)) == sorted(expected)


@pytest.mark.parametrize("slug", QUESTIONS)
def test_header_is_complete(slug: str) -> None:
    """Each question is put in both languages and has a topic; the passages that it names exist."""
    said = header(slug)

    assert said["en"].endswith("?") or said["en"].endswith(".")
    assert said["de"].endswith("?") or said["de"].endswith(".")
    assert said["topic"] in TOPICS
    assert set(said.get("passages", "").split()) <= CONTENT | CAPTIONS


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_rows_have_an_order(question: Rule) -> None:
    """More than one row needs an order, or the answer is another at each run."""
    expected = rows((ANSWERS / f"{question.slug}.csv").read_text(encoding="utf-8"))

    assert len(expected) <= 2 or "ORDER BY" in question.query


def test_every_question_has_an_answer_and_the_other_way_round() -> None:
    """No question without expected rows, no rows without a question."""
    assert {file.stem for file in ANSWERS.glob("*.csv")} == QUESTIONS.keys()


def test_the_questions_touch_every_passage() -> None:
    """Each passage with content answers at least one question."""
    touched = {passage for slug in QUESTIONS for passage in header(slug).get("passages", "").split()}

    assert CONTENT - touched == set()


def test_many_questions_show_the_evidence() -> None:
    """At least ten lead from a statement to the passages that say so."""
    shown = [slug for slug, question in QUESTIONS.items() if "GRAPH" in question.query and "Derived" in question.query]

    assert len(shown) >= 10


def test_questions_are_packaged() -> None:
    """Who installs the wheel has the questions too."""
    assert len(QUESTIONS) >= 60
    assert (files("iqgraph.ontology") / "questions").is_dir()
