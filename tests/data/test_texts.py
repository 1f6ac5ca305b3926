"""The texts of tables, shapes and ontology: the numbers and verbs of both languages agree."""

import csv
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from iqgraph.dataset import UNION, Dataset
from iqgraph.model.kinds import OTHER, kind_of
from iqgraph.terms import ID
from repository import ROOT

Pair = tuple[str, str, str]
TABLES = sorted(file.relative_to(ROOT) for file in (ROOT / "ontology").rglob("*.csv"))
TOMLS = sorted(
    file.relative_to(ROOT) for file in (ROOT / "server/iqgraph").rglob("*.toml") if "node_modules" not in file.parts
)
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
IRREGULAR = {"run": "ran"}  # English verbs whose past is not their participle
# Things of no particular kind: a plan, and a question that the article leaves open.
OTHERS = {ID.iri + "taken-over-concept", ID.iri + "open-year-2019"}


def numbers(text: str) -> list[str]:
    """The numbers of a text, without separators."""
    return sorted(re.sub(r"\D", "", one) for one in NUMBER.findall(text.replace("Twenty-one", "21")))


def in_toml(where: str, part: object) -> Iterator[Pair]:
    """The texts of a TOML file in both languages, each with its place."""
    if isinstance(part, dict):
        if isinstance(part.get("de"), str) and isinstance(part.get("en"), str):
            yield where, part["de"], part["en"]
        for name, inner in part.items():
            yield from in_toml(f"{where} {name}", inner)
    elif isinstance(part, list):
        for inner in part:
            yield from in_toml(where, inner)


def in_table(file: Path) -> Iterator[Pair]:
    """The texts of a table in both languages: columns that differ in `de` and `en` alone."""
    with (ROOT / file).open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            for name, text in row.items():
                if re.search(r"(^|_)de$", name) and (other := re.sub(r"de$", "en", name)) in row:
                    yield f"{file} {next(iter(row.values()))}", text, row[other]


def in_rdf(quads: Iterator[tuple[str, str, Literal]]) -> Iterator[Pair]:
    """The texts of predicates with one value in each language."""
    texts_of: dict[tuple[str, str], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for subject, predicate, text in quads:
        texts_of[subject, predicate][text.language or ""].append(text.value)
    for (subject, predicate), texts in texts_of.items():
        if len(texts["de"]) == len(texts["en"]) == 1:
            yield f"{subject} {predicate}", texts["de"][0], texts["en"][0]


def differences(pairs: Iterator[Pair]) -> list[str]:
    """The places where the languages differ in a number."""
    return [where for where, german, english in pairs if numbers(german) != numbers(english)]


@pytest.mark.parametrize("file", TOMLS, ids=str)
def test_texts_of_the_program_have_the_same_numbers(file: Path) -> None:
    """In both languages."""
    assert differences(in_toml(file.name, tomllib.loads((ROOT / file).read_text(encoding="utf-8")))) == []


@pytest.mark.parametrize("file", TABLES, ids=str)
def test_texts_of_tables_have_the_same_numbers(file: Path) -> None:
    """In both languages."""
    assert differences(in_table(file)) == []


def test_texts_of_shapes_have_the_same_numbers() -> None:
    """In both languages."""
    for file in sorted((ROOT / "shapes").glob("*.ttl")):
        quads = parse(file.read_text(encoding="utf-8"), RdfFormat.TURTLE)
        texts = ((str(one.subject), str(one.predicate), one.object) for one in quads if isinstance(one.object, Literal))
        assert differences(in_rdf(texts)) == [], file.name


def test_texts_of_data_have_the_same_numbers(dataset: Dataset) -> None:
    """Labels and other literals, in both languages."""
    quads = dataset.store.quads_for_pattern(None, None, None, UNION)
    texts = ((str(one.subject), str(one.predicate), one.object) for one in quads if isinstance(one.object, Literal))

    assert differences(in_rdf(texts)) == []


def test_verbs_agree_in_their_tenses() -> None:
    """Present, perfect and past are of one verb, in both languages."""
    with (ROOT / "ontology/verbs.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))

    for row in rows:
        now, since, then = (row[f"en_{tense}"].split() for tense in ("now", "since", "then"))
        is_being = now[0] == "is"
        assert since[0] == "has", row["role"]
        assert then == (["was", *now[1:]] if is_being else [IRREGULAR.get(since[1], since[1]), *since[2:]]), row["role"]
        assert (since[1:] == ["been", *now[1:]]) if is_being else now[1:] == then[1:], row["role"]
        assert row["de_then"] == ("war" if row["de_now"] == "ist" else f"{row['de_now']}e"), row["role"]


def test_each_thing_is_of_a_kind(dataset: Dataset) -> None:
    """Apart from known exceptions, no thing is of the kind "other"."""
    things = {
        quad.subject
        for quad in dataset.store
        if isinstance(quad.subject, NamedNode) and quad.subject in ID and "#" not in quad.subject.value
    }

    assert {node.value for node in things if kind_of(dataset, node) is OTHER} == OTHERS
