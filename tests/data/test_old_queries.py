"""The queries of 0.3.0 that people may have in their scripts: those of its questions, documents and how-tos."""

import json
from pathlib import Path

import pytest
from pyoxigraph import QueryBoolean, QuerySolutions

from iqgraph.dataset import Dataset
from iqgraph.engine.renamed import with_current_iris
from iqgraph.terms import BASE

QUERIES = json.loads((Path(__file__).parent / "queries-0.3.0.json").read_text(encoding="utf-8"))
# What was asked for turned out to be said by no sentence, or is now said of something else: the changelog has each.
NO_LONGER_SO = {
    "in-which-areas-was-networking-done": "networking is no task but an activity: prov:wasAssociatedWith",
    "since-when-does-the-institute-build-network-structures": "the offers have the group: iq:supports/iq:targetGroup",
    "since-when-has-there-been-land-funding": "the sentence does not call it additional: concept:land-funding",
    "what-became-of-the-iq-networks": "the change is dated by its year: iq:during",
    "what-was-involas-called-in-2014": "the day is that of the paper: dcterms:issued of the source",
    "what-were-the-ministries-called-later": "these sources are secondary: prov:wasDerivedFrom",
    "when-did-the-skilled-immigration-act-enter-into-force": "the year is open, the act came by stages: iq:mayApplyTo",
    "where-are-the-laws-found": "these sources are secondary: prov:wasDerivedFrom",
    "which-nuts-codes-do-the-places-have": "these sources are secondary: prov:wasDerivedFrom",
    "which-themes-did-the-sub-projects-have": "the sub-projects have the themes: iq:countScope/iq:theme",
    "who-set-up-the-information-offices": "the year is open: iq:mayApplyTo",
    "whom-did-the-contact-points-network": "networking is no task but an activity: prov:wasAssociatedWith",
}


@pytest.mark.parametrize("old", QUERIES, ids=lambda old: str(old["name"]))
def test_old_query_still_answers(old: dict[str, str | int], dataset: Dataset) -> None:
    """Until 1.0 it has rows if it had any, and says yes or no as it did, unless what it asked for is no longer so."""
    answer = dataset.store.query(with_current_iris(str(old["query"])), base_iri=BASE)
    if isinstance(answer, QueryBoolean):
        found = bool(answer)
    else:
        found = next(iter(answer), None) is not None if isinstance(answer, QuerySolutions) else any(answer)

    assert found == (bool(old["answer"]) and str(old["name"]).removeprefix("question ") not in NO_LONGER_SO)
