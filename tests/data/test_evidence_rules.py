"""The evidence rules: each holds for the bundled dataset and sees the breach that is planted for it."""

import re
from pathlib import Path

import pytest
from pyoxigraph import Quad, QuerySolutions, Store

from iqgraph.dataset import Dataset
from iqgraph.resources import Rule, evidence_rules, packaged
from rulebook import COLUMNS, breach, faults, planted, rows, says_what_it_is, slugs

BREACHES = Path(__file__).parent / "evidence"
RULES = evidence_rules(packaged())

each_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.slug)


@pytest.fixture(scope="module")
def quads(dataset: Dataset) -> list[Quad]:
    """All statements of the bundled dataset."""
    return list(dataset.store)


def test_each_rule_has_a_breach() -> None:
    """No rule is without proof that it can fail, and no proof without its rule."""
    assert slugs(BREACHES) == {rule.slug for rule in RULES}


def test_a_rule_about_one_document_lies_in_its_folder() -> None:
    """All others name no thing and no passage, so that they hold for other data as well."""
    for rule in RULES:
        query = re.sub(r"(?m)^(#|PREFIX).*", "", rule.query)
        names = re.search(r"\b(?:id|p|g):[\w-]|<https?:[^>]*/(?:id|passage)/[^>]+>", query)
        folder = Path(rule.file).parent.name

        assert bool(names) == (folder != "evidence"), rule.slug
        assert folder == "evidence" or (BREACHES.parents[2] / "data" / folder).is_dir(), rule.slug


@each_rule
def test_rule_holds(dataset: Dataset, rule: Rule) -> None:
    """The bundled dataset keeps the rule."""
    assert rows(dataset.store, rule) == []


@pytest.fixture(scope="module")
def breached(quads: list[Quad]) -> Store:
    """The dataset with all breaches at once; nobody may change it."""
    return planted(quads, *(breach(BREACHES, rule) for rule in RULES))


@each_rule
def test_rule_sees_a_breach(breached: Store, rule: Rule) -> None:
    """Among all breaches it finds one, and each row says where."""
    found = rows(breached, rule)

    assert found
    assert all("focus" in row for row in found)


@pytest.mark.sample(2)
@each_rule
def test_rule_sees_its_own_breach(quads: list[Quad], rule: Rule) -> None:
    """The breach that is planted for it is found by itself."""
    assert rows(planted(quads, breach(BREACHES, rule)), rule)


def test_rules_have_the_common_form() -> None:
    """Two sentences, sorted prefixes, and only the columns that a finding has room for."""
    for rule in RULES:
        answers = Store().query(rule.query)

        assert isinstance(answers, QuerySolutions), rule.slug
        assert {variable.value for variable in answers.variables} <= COLUMNS, rule.slug
        assert says_what_it_is(rule), rule.slug
        assert faults(rule.query) + faults(breach(BREACHES, rule)) == [], rule.slug
