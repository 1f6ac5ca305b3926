"""Statements with their graphs, and the maximum of a document."""

from itertools import pairwise

import pytest
from pyoxigraph import BlankNode, NamedNode, Quad, Store, Triple

from iqgraph.dataset import UNION, Dataset
from iqgraph.engine import neighbourhood as module
from iqgraph.engine.neighbourhood import StatementCollector, neighbourhood
from iqgraph.terms import GRAPH, ID, IQ

MAX_STATEMENTS = 10
KNOWS = Triple(ID.anna, IQ.knows, ID.ben)


@pytest.fixture
def dataset() -> Dataset:
    """One statement in two graphs, and one more in one of them."""
    store = Store()
    other = Triple(ID.anna, IQ.knows, ID.carl)
    for graph in (UNION, GRAPH.two, GRAPH.one):
        store.add(Quad(KNOWS.subject, KNOWS.predicate, KNOWS.object, graph))
    for graph in (UNION, GRAPH.two):
        store.add(Quad(other.subject, other.predicate, other.object, graph))
    return Dataset(store)


@pytest.fixture
def _bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """A maximum that a small graph reaches."""
    monkeypatch.setattr(module, "MAX_STATEMENTS", MAX_STATEMENTS)


@pytest.mark.usefixtures("_bound")
@pytest.mark.parametrize(
    ("count", "result", "is_complete"),
    [
        (MAX_STATEMENTS - 1, MAX_STATEMENTS - 1, True),
        (MAX_STATEMENTS, MAX_STATEMENTS, True),
        (MAX_STATEMENTS + 1, MAX_STATEMENTS, False),
    ],
)
def test_the_maximum_counts_statements(count: int, result: int, is_complete: bool) -> None:
    """Whatever the number of their graphs; a cut is marked."""
    store = Store()
    for graph in (UNION, GRAPH.one, GRAPH.two):
        store.extend(Quad(ID.anna, IQ.knows, ID[f"{number}"], graph) for number in range(count))
    by_subject, by_graph = StatementCollector(Dataset(store)), StatementCollector(Dataset(store))

    assert (len(by_subject.find(ID.anna)), by_subject.is_complete) == (result, is_complete)
    assert (len(by_graph.find_in_graph(GRAPH.two)), by_graph.is_complete) == (result, is_complete)


@pytest.mark.usefixtures("_bound")
@pytest.mark.parametrize(("length", "whole"), [(MAX_STATEMENTS - 2, True), (MAX_STATEMENTS + 1, False)])
def test_too_many_parts_are_not_whole(length: int, whole: bool) -> None:
    """A long chain of blank nodes is cut too, and the cut is marked."""
    chain: list[NamedNode | BlankNode] = [ID.anna, *(BlankNode(f"b{number}") for number in range(length))]
    store = Store()
    store.extend(Quad(one, IQ.knows, following) for one, following in pairwise(chain))

    assert neighbourhood(Dataset(store), ID.anna).whole is whole
