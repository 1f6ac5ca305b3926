"""The evidence rules: each holds for the bundled dataset and sees the breach that is planted for it."""

from pathlib import Path
from time import process_time

import pytest
from pyoxigraph import Quad, QuerySolutions

from iqgraph.dataset import Dataset
from iqgraph.resources import Rule, evidence_rules, packaged
from rulebook import COLUMNS, breach, faults, planted, rows, says_what_it_is, slugs

BREACHES = Path(__file__).parent / "evidence"
RULES = evidence_rules(packaged())
SECONDS_A_STATEMENT = 1e-4

each_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.slug)


@pytest.fixture(scope="module")
def quads(dataset: Dataset) -> list[Quad]:
    """All statements of the bundled dataset."""
    return list(dataset.store)


def test_each_rule_has_a_breach() -> None:
    """No rule is without proof that it can fail, and no proof without its rule."""
    assert slugs(BREACHES) == {rule.slug for rule in RULES}


@each_rule
def test_rule_holds(dataset: Dataset, rule: Rule) -> None:
    """The bundled dataset keeps the rule."""
    assert rows(dataset.store, rule) == []


@each_rule
def test_rule_sees_its_breach(quads: list[Quad], rule: Rule) -> None:
    """The planted breach is found, and each row says where."""
    found = rows(planted(quads, breach(BREACHES, rule)), rule)

    assert found
    assert all("focus" in row for row in found)


@each_rule
def test_rule_has_the_common_form(dataset: Dataset, rule: Rule) -> None:
    """Two sentences, sorted prefixes, and only the columns that a finding has room for."""
    answers = dataset.store.query(rule.query)

    assert isinstance(answers, QuerySolutions)
    assert {variable.value for variable in answers.variables} <= COLUMNS
    assert says_what_it_is(rule)
    assert faults(rule.query) + faults(breach(BREACHES, rule)) == []


def test_rules_are_quick(dataset: Dataset) -> None:
    """All rules together take a small part of a start; the bound, twice what they took, grows with the data."""
    begin = process_time()
    for rule in RULES:
        rows(dataset.store, rule)

    assert process_time() - begin < SECONDS_A_STATEMENT * len(list(dataset.triples()))
