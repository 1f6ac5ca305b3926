"""Statements with the graphs that make them, and the bound that keeps a document finite."""

from itertools import pairwise

import pytest
from pyoxigraph import BlankNode, NamedNode, Quad, Store, Triple

from iqgraph.dataset import UNION, Dataset
from iqgraph.engine import neighbourhood as module
from iqgraph.engine.neighbourhood import Gathering, neighbourhood
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


def test_each_statement_once_with_its_graphs(dataset: Dataset) -> None:
    """The union is no graph that says something."""
    gathering = Gathering(dataset)

    assert gathering.ask(ID.anna, IQ.knows, ID.ben) == [KNOWS]
    assert gathering.evidence() == {KNOWS: (GRAPH.one, GRAPH.two)}


def test_a_graph_is_not_the_only_one_that_says_it(dataset: Dataset) -> None:
    """What one graph says, another may say too."""
    gathering = Gathering(dataset)

    assert gathering.held_by(GRAPH.one) == [KNOWS]
    assert gathering.evidence()[KNOWS] == (GRAPH.one, GRAPH.two)


@pytest.fixture
def _bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bound that a small graph reaches."""
    monkeypatch.setattr(module, "MAX_STATEMENTS", MAX_STATEMENTS)


@pytest.mark.usefixtures("_bound")
@pytest.mark.parametrize(
    ("said", "told", "whole"),
    [
        (MAX_STATEMENTS - 1, MAX_STATEMENTS - 1, True),
        (MAX_STATEMENTS, MAX_STATEMENTS, True),
        (MAX_STATEMENTS + 1, MAX_STATEMENTS, False),
    ],
)
def test_the_bound_counts_statements(said: int, told: int, whole: bool) -> None:  # noqa: FBT001 - a table of answers
    """However many graphs make them; what is cut is known to be."""
    store = Store()
    for graph in (UNION, GRAPH.one, GRAPH.two):
        store.extend(Quad(ID.anna, IQ.knows, ID[f"{number}"], graph) for number in range(said))
    asked, held = Gathering(Dataset(store)), Gathering(Dataset(store))

    assert (len(asked.ask(ID.anna)), asked.whole) == (told, whole)
    assert (len(held.held_by(GRAPH.two)), held.whole) == (told, whole)


@pytest.mark.usefixtures("_bound")
@pytest.mark.parametrize(("length", "whole"), [(MAX_STATEMENTS - 2, True), (MAX_STATEMENTS + 1, False)])
def test_too_many_parts_are_not_whole(length: int, whole: bool) -> None:  # noqa: FBT001 - a table of answers
    """A long chain of blank nodes is cut too, and not in silence."""
    chain: list[NamedNode | BlankNode] = [ID.anna, *(BlankNode(f"b{number}") for number in range(length))]
    store = Store()
    store.extend(Quad(one, IQ.knows, following) for one, following in pairwise(chain))

    assert neighbourhood(Dataset(store), ID.anna).whole is whole
