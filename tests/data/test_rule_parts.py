"""The parts of the rules of evidence: each row of a table and each alternative has a purpose."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import QuerySolutions, Store

from breaches import BREACHES, name
from iqgraph.dataset import Dataset
from iqgraph.resources import evidence_rules, packaged
from iqgraph.terms import ID
from test_rules import breach, store_with

RULES = {rule.slug: rule for rule in evidence_rules(packaged())}
# A row that another one implies, since a document of ours is a document like any other.
IMPLIED = {"graph-source": "(prov:wasDerivedFrom iq:Document)"}


def rows(store: Store, query: str) -> set[tuple[str, ...]]:
    """The rows of an answer."""
    solutions = store.query(query)
    assert isinstance(solutions, QuerySolutions)
    return {tuple(str(one) for one in row) for row in solutions}


@pytest.fixture(scope="module")
def broken_data(dataset: Dataset) -> Store:
    """The data with all breaches."""
    return store_with(dataset.store, *(breach("evidence", rule) for rule in RULES.values()))


def parts(query: str) -> Iterator[str]:
    """The query with one part left out at a time: a row of a table, an alternative."""
    for table in re.finditer(r"VALUES [^{]*\{([^}]*)\}", query):
        rows = list(re.finditer(r"\([^)]*\)|(?<![(\w])[\w-]+:[\w-]+", table[1]))
        for row in rows if len(rows) > 1 else []:
            start = table.start(1)
            yield query[: start + row.start()] + query[start + row.end() :]
    for branch in re.finditer(r"\{[^{}]*\}\s*UNION|UNION\s*\{[^{}]*\}(?!\s*UNION)", query):
        yield query[: branch.start()] + query[branch.end() :]


def variants(slug: str) -> list[tuple[str, str]]:
    """The rule with its query, once without each of its parts."""
    return [(slug, query) for query in parts(RULES[slug].query) if IMPLIED.get(slug, slug) in f"{slug} {query}"]


# Rules about one document list its things, so they are left out.
PARTS = [one for slug, rule in RULES.items() if Path(rule.file).parent.name == "evidence" for one in variants(slug)]


@pytest.mark.parametrize("slug", BREACHES)
def test_each_breach_is_found(broken_data: Store, slug: str) -> None:
    """The rule finds the thing of each breach."""
    answers = broken_data.query(RULES[slug].query)
    assert isinstance(answers, QuerySolutions)
    foci = {row["focus"] for row in answers}

    assert [one for number, one in enumerate(BREACHES[slug]) if ID[name(slug, number)] not in foci] == []


@pytest.mark.parametrize(("slug", "query"), PARTS, ids=[f"{slug}-{n}" for n, (slug, _) in enumerate(PARTS)])
def test_each_part_is_needed(broken_data: Store, slug: str, query: str) -> None:
    """Without the part the rule finds something else."""
    assert rows(broken_data, query) != rows(broken_data, RULES[slug].query)
