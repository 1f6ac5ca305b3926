"""The queries of 0.3.0 that people may have in scripts: those of its questions, documents and how-tos."""

import json
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, QueryBoolean

from iqgraph.dataset import Dataset
from iqgraph.engine.renamed import CHANGES, changes, with_current_iris
from iqgraph.release.versions import releases, restore
from iqgraph.resources import packaged
from iqgraph.serialisation.turtle import compact
from iqgraph.terms import BASE, current_iri

QUERIES = json.loads((Path(__file__).parent / "queries-0.3.0.json").read_text(encoding="utf-8"))
# Queries for statements that were withdrawn or moved, with the terms to use; the changelog has each.
REPLACEMENTS = {
    "in-which-areas-was-networking-done": "networking is no task but an activity: prov:wasAssociatedWith",
    "is-the-land-funding-the-money-of-the-ministry": "no longer inferred; the note has its passages: oa:hasTarget",
    "since-when-does-the-institute-build-network-structures": "the offers have the group: iq:supports/iq:targetGroup",
    "since-when-has-there-been-land-funding": "the sentence does not call it additional: concept:land-funding",
    "what-became-of-the-iq-networks": "the change has a time of its own: iq:during/time:intervalStarts",
    "what-was-involas-called-in-2014": "the day is that of the paper: dcterms:issued of the source",
    "when-did-the-skilled-immigration-act-enter-into-force": "the year is open, the act came by stages: iq:mayApplyTo",
    "where-are-the-laws-found": "these sources are secondary: prov:wasDerivedFrom",
    "which-nuts-codes-do-the-places-have": "these sources are secondary: prov:wasDerivedFrom",
    "which-periods-mirror-the-change-of-policy": "the sentence names no period: iq:vagueness",
    "which-themes-did-the-sub-projects-have": "the sub-projects have the themes: iq:countScope/iq:theme",
    "who-set-up-the-information-offices": "the year is open: iq:mayApplyTo",
    "whom-did-the-contact-points-network": "networking is no task but an activity: prov:wasAssociatedWith",
}


def finds(dataset: Dataset, query: str) -> bool:
    """Whether a query has rows, or the answer true."""
    answer = dataset.store.query(with_current_iris(query), base_iri=BASE)
    return bool(answer) if isinstance(answer, QueryBoolean) else next(iter(answer), None) is not None


def test_old_queries_still_answer(dataset: Dataset) -> None:
    """Until 1.0 each has rows if it had any, and its boolean answer, unless the statements have changed."""
    before = {one["name"] for one in QUERIES if one["answer"]}
    now = {one["name"] for one in QUERIES if finds(dataset, one["query"])}

    assert now == before - {f"question {name}" for name in REPLACEMENTS}


@pytest.mark.parametrize("name", REPLACEMENTS)
def test_old_query_without_rows_leads_to_the_new_term(name: str) -> None:
    """The hint names the replacement."""
    (old,) = [str(one["query"]) for one in QUERIES if str(one["name"]).removeprefix("question ") == name]
    terms = {compact(one.new) for one in changes(with_current_iris(old))}

    assert [term for term in terms if term in REPLACEMENTS[name]]


def test_old_names_resolve(dataset: Dataset) -> None:
    """Each thing and graph of the last release still exists or has a replacement."""
    last = releases(packaged())[-1]
    old, new = (
        {name.value for quad in store for name in (quad.subject, quad.graph_name) if isinstance(name, NamedNode)}
        for store in (restore(last).store, dataset.store)
    )
    own = {name for name in old if name.startswith(BASE) and "#" not in name}

    assert {name for name in own if current_iri(name) not in new} == set()


def test_new_terms_are_in_use(dataset: Dataset) -> None:
    """No hint leads to a term that the data does not use."""
    terms = {one.new for one in CHANGES}

    assert [one for one in terms if not any(one in (quad.predicate, quad.object) for quad in dataset.store)] == []
