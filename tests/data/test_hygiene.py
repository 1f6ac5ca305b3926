"""The hygiene of the ontology: one rule a file, each with the breach that proves it can fail."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from iqgraph.dataset import Dataset
from iqgraph.dataset.reading import read
from iqgraph.resources import Rule, Sources, packaged, questions, rdf_files, rules
from iqgraph.terms import BASE, SH
from rulebook import breach, faults, planted, rows, says_what_it_is, slugs

FOLDER = Path(__file__).parent / "hygiene"
RULES = rules(FOLDER, "tests/data/hygiene")
SHAPES_GRAPH = NamedNode(f"{BASE}shapes")
QUESTIONS_GRAPH = NamedNode(f"{BASE}questions")

each_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.slug)


def uses(sources: Sources) -> Iterator[Quad]:
    """The shapes and the text of the questions, which use terms as the data does."""
    for file in rdf_files(sources.shapes, "shapes"):
        yield from (Quad(quad.subject, quad.predicate, quad.object, SHAPES_GRAPH) for quad in read(file).quads)
    for question in questions(sources):
        yield Quad(NamedNode(f"{BASE}query/{question.slug}"), SH.select, Literal(question.query), QUESTIONS_GRAPH)


@pytest.fixture(scope="module")
def quads(dataset: Dataset) -> list[Quad]:
    """The dataset, and in two more graphs the shapes and the questions."""
    return [*dataset.store, *uses(packaged())]


@pytest.fixture(scope="module")
def store(quads: list[Quad]) -> Store:
    """The same as a store; nobody may change it."""
    store = Store()
    store.bulk_extend(quads)
    return store


def test_each_rule_has_a_breach() -> None:
    """No rule is without proof that it can fail, and no proof without its rule."""
    assert slugs(FOLDER) == {rule.slug for rule in RULES}


@each_rule
def test_rule_holds(store: Store, rule: Rule) -> None:
    """The ontology keeps the rule."""
    assert rows(store, rule) == []


@pytest.fixture(scope="module")
def breached(quads: list[Quad]) -> Store:
    """The same with all breaches at once; nobody may change it."""
    return planted(quads, *(breach(FOLDER, rule) for rule in RULES))


@each_rule
def test_rule_sees_a_breach(breached: Store, rule: Rule) -> None:
    """Among all breaches it finds one."""
    assert rows(breached, rule)


@pytest.mark.sample(2)
@each_rule
def test_rule_sees_its_own_breach(quads: list[Quad], rule: Rule) -> None:
    """The breach that is planted for it is found by itself."""
    assert rows(planted(quads, breach(FOLDER, rule)), rule)


@each_rule
def test_rule_has_the_common_form(rule: Rule) -> None:
    """Two sentences and sorted prefixes."""
    assert says_what_it_is(rule)
    assert faults(rule.query) + faults(breach(FOLDER, rule)) == []
