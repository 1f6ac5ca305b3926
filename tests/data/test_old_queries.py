"""The queries of 0.3.0 that people may have in scripts: those of its questions, documents and how-tos."""

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import NamedNode, QueryBoolean, RdfFormat, parse

from iqgraph.dataset import UNION, Dataset
from iqgraph.engine.renamed import CHANGES, RENAMED, changes, current_iri, with_current_iris
from iqgraph.release.versions import releases, restore
from iqgraph.resources import packaged
from iqgraph.serialisation.turtle import compact
from iqgraph.terms import BASE, DCTERMS, IQ, ORIGINS, PREFIXES, SCHEMA

QUERIES = json.loads((Path(__file__).parent / "queries-0.3.0.json").read_text(encoding="utf-8"))
LAST = releases(packaged())[-1]
ACCESS = NamedNode(f"{PREFIXES['fabio']}hasAccessDate")
STATED = {
    *(SCHEMA.url, DCTERMS.issued, NamedNode(f"{PREFIXES['dc']}publisher")),
    *(IQ.amount, IQ.count, IQ.share, IQ.obsValue, IQ.precision),
}
WITH_OLD_NAMES = ("0.3.0", "0.4.0")
OLD = re.compile("|".join(f"<{re.escape(old)}>" for old in RENAMED if not old.endswith("/")).encode())
MAX_AKIN = 3
# What is no longer there leads to a thing of another kind, which tells more.
REPLACED = {
    *(f"{BASE}{name}" for name in ("graph/source/fresko-2025", "id/span-2013-2023", "id/year-2009")),
    *(f"{BASE}{name}" for name in ("rule/same-land-funding",)),
}
# Queries for statements that were withdrawn or moved, with the terms to use; the changelog has each.
REPLACEMENTS = {
    "in-which-areas-was-networking-done": "networking is no task but an activity: prov:wasAssociatedWith",
    "is-the-land-funding-the-money-of-the-ministry": "no longer inferred; the note has its passages: oa:hasTarget",
    "since-when-does-the-institute-build-network-structures": "the offers have the group: iq:supports/iq:targetGroup",
    "since-when-has-there-been-land-funding": "the sentence does not call it additional: concept:land-funding",
    "what-became-of-the-iq-networks": "the change has a time of its own: iq:during/time:intervalStarts",
    "what-happened-with-the-coordination-in-2019": "the mandate is to continue it, a task: iq:concerns/iq:concerns",
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


@pytest.fixture(scope="module")
def last() -> Dataset:
    """The data of the last release."""
    return restore(LAST)


def test_old_names_resolve(dataset: Dataset, last: Dataset) -> None:
    """Each thing and graph of the last release still exists or has a replacement."""
    old, new = (
        {name.value for quad in store for name in (quad.subject, quad.graph_name) if isinstance(name, NamedNode)}
        for store in (last.store, dataset.store)
    )
    own = {name for name in old if name.startswith(BASE) and "#" not in name}

    assert {name for name in own if current_iri(name) not in new} == set()


def test_an_old_name_leads_to_what_it_named(dataset: Dataset) -> None:
    """The successor shares a statement with the old thing, as a release has it, that few other things share."""
    facts: dict[str, set[tuple[Any, Any, Any]]] = {old: set() for old in RENAMED if not old.endswith("/")}
    for release in (one for one in releases(packaged()) if one.version in WITH_OLD_NAMES):
        lines = gzip.decompress(release.archive).splitlines()
        for quad in parse(b"\n".join(line for line in lines if OLD.search(line)), RdfFormat.N_QUADS):
            for place, term in enumerate(quad.triple):
                if isinstance(term, NamedNode) and term.value in facts:
                    subject, predicate, value = (None if n == place else one for n, one in enumerate(quad.triple))
                    facts[term.value].add((subject, predicate, value))

    def is_akin(new: NamedNode, pattern: tuple[Any, Any, Any]) -> bool:
        quads = list(dataset.store.quads_for_pattern(*pattern, UNION))
        return len(quads) <= MAX_AKIN and new in (list(quad.triple)[pattern.index(None)] for quad in quads)

    lost = {old for old, own in facts.items() if not any(is_akin(NamedNode(current_iri(old)), one) for one in own)}
    assert lost == REPLACED & facts.keys()


def test_what_a_source_states_changes_only_when_it_is_read_again(dataset: Dataset, last: Dataset) -> None:
    """Its address, its day, and the numbers that it gives; a mistake of ours is corrected with the source at hand."""
    changed = {}
    for graph in dataset.graphs():
        for source in dataset.nodes(graph, *ORIGINS):
            days = [day.value for day in dataset.literals(source, ACCESS)]
            facts = [
                {(t.subject, t.predicate, t.object) for t in data.triples(graph) if t.predicate in STATED}
                | {(source, one, value) for one in STATED for value in data.values(source, one)}
                for data in (last, dataset)
            ]
            if max(days, default="") < str(LAST.issued) and (lost := facts[0] - facts[1]):
                changed[str(graph)] = lost

    assert changed == {}


def test_new_terms_are_in_use(dataset: Dataset) -> None:
    """No hint leads to a term that the data does not use."""
    terms = {one.new for one in CHANGES}

    assert [one for one in terms if not any(one in (quad.predicate, quad.object) for quad in dataset.store)] == []
