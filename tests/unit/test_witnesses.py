"""Witnesses fit their definition, for random queries and for the stored ones."""

from collections import Counter
from functools import cache
from itertools import combinations
from typing import Any

import pytest
from pyoxigraph import Literal, NamedNode, QueryBoolean, QuerySolutions, QueryTriples, Store

import generated
from generated import OPERATORS, Case
from iqgraph.dataset import Dataset, add_union
from iqgraph.engine import Query
from iqgraph.engine.evidence import Explainer, paths
from iqgraph.engine.evidence.witnesses import MAX_WITNESSES
from iqgraph.engine.query import RowSelection
from iqgraph.resources import packaged, questions
from iqgraph.terms import BASE

CASES = 1000
MAX_ROWS = 8
QUESTIONS = {question.slug: question.query for question in questions(packaged())}
Row = tuple[object, ...]
Graphs = frozenset[NamedNode]


def rows(store: Store, text: str, graphs: Graphs | None = None) -> list[Row]:
    """The rows of a query over exactly these graphs, or over all."""
    # The engine counts a statement in two of the graphs twice, which changes the rows of aggregates only.
    datasets: dict[str, Any] = {} if graphs is None else {"default_graph": [*graphs], "named_graphs": [*graphs]}
    solutions = store.query(text, base_iri=BASE, **datasets)
    if isinstance(solutions, QueryBoolean):
        return [()] if solutions else []
    if isinstance(solutions, QueryTriples):
        return sorted({(one.object, one.predicate, one.subject) for one in solutions}, key=str)
    assert isinstance(solutions, QuerySolutions)
    variables = sorted(solutions.variables, key=str)  # with SELECT * the engine has an order of its own
    return [tuple(one[variable] for variable in variables) for one in solutions]


def term(one: dict[str, Any] | None) -> object:
    """A term of a binding."""
    if one is None:
        return None
    if one["type"] == "uri":
        return NamedNode(one["value"])
    if "xml:lang" in one:
        return Literal(one["value"], language=one["xml:lang"])
    return Literal(one["value"], datatype=NamedNode(one.get("datatype", "http://www.w3.org/2001/XMLSchema#string")))


def row_of(explanation: dict[str, Any], names: list[str]) -> Row:
    """The row of an explanation, its terms in the order of their variables."""
    return tuple(term(explanation["binding"].get(name)) for name in sorted(names))


def witnesses(explanation: dict[str, Any]) -> set[Graphs]:
    """The witnesses of a row."""
    return {frozenset(map(NamedNode, one["graphs"])) for one in explanation["witnesses"]}


@cache
def case(number: int) -> tuple[Store, Case, dict[str, Any]]:
    """A random query that the engine can parse and that has 1 to 299 rows, its data, and the explanation."""
    for attempt in range(1000):
        seed = f"{number}.{attempt}"
        store, query = generated.data(seed), generated.query(seed)
        try:
            if 0 < len(rows(store, query.text)) < 300:
                return store, query, Explainer(store).explain(Query(query.text), RowSelection(limit=MAX_ROWS))
        except SyntaxError:
            continue
    raise AssertionError(number)


def by_definition(store: Store, core: str) -> list[tuple[Graphs, set[Row]]]:
    """The rows of a query without its order for each set of graphs, small sets first."""
    graphs = sorted((one for one in store.named_graphs() if isinstance(one, NamedNode)), key=str)
    sets = [frozenset(some) for size in range(len(graphs) + 1) for some in combinations(graphs, size)]
    return [(some, set(rows(store, core, some))) for some in sets]


@pytest.mark.sample(30)
@pytest.mark.parametrize("number", range(CASES))
def test_all_witnesses_are_found(number: int) -> None:
    """They are all minimal sets of graphs with which the query has the row, and no others."""
    store, query, explanation = case(number)
    answers = by_definition(store, query.core)

    for one in explanation["rows"]:
        row = row_of(one, explanation["variables"])
        expected: list[Graphs] = []
        for some, answer in answers:
            if row in answer and not any(other <= some for other in expected):
                expected.append(some)
        assert witnesses(one) == set(expected), (query.text, row)
        assert not one["more"]


@pytest.mark.sample(0)
@pytest.mark.parametrize("least", [60])
def test_the_queries_are_of_every_kind(least: int) -> None:
    """Each operator is in many queries, and many rows need more than one graph."""
    cases = [case(number) for number in range(CASES)]
    operators = Counter(operator for _, query, _ in cases for operator in query.operators)
    wide = [one for _, _, one in cases if any(len(some) > 1 for row in one["rows"] for some in witnesses(row))]

    assert {name: operators[name] for name in OPERATORS if operators[name] < least} == {}
    assert len(wide) * 3 >= CASES


@pytest.mark.sample(12)
@pytest.mark.parametrize("slug", QUESTIONS)
def test_witnesses_of_questions(slug: str, dataset: Dataset) -> None:
    """A stored question has the row with the graphs of each witness, and lacks it with one graph fewer."""
    query = QUESTIONS[slug]
    explanation = Explainer(dataset.store).explain(Query(query), RowSelection(limit=5))
    answers: dict[Graphs, list[Row]] = {}

    def has(row: Row, graphs: Graphs) -> bool:
        if graphs not in answers:
            answers[graphs] = rows(dataset.store, query, graphs)
        return row in answers[graphs]

    for one in explanation["rows"]:
        row = row_of(one, explanation["variables"])
        assert one["witnesses"] or "members" in one
        for graphs in witnesses(one):
            assert has(row, graphs)
            assert not any(has(row, graphs - {graph}) for graph in graphs)


@pytest.mark.parametrize("count", [MAX_WITNESSES, MAX_WITNESSES + 1])
def test_many_witnesses_are_cut(count: int) -> None:
    """A flag says that there are more."""
    store = Store()
    for number in range(count):
        store.update(f"INSERT DATA {{ GRAPH <http://example.org/{number}> {{ <a:a> <a:b> <a:c> }} <a:a> <a:b> <a:c> }}")
    row = Explainer(store).explain(Query("ASK { ?x ?y ?z }"), RowSelection())["rows"][0]

    assert (len(row["witnesses"]), row["more"]) == (MAX_WITNESSES, count > MAX_WITNESSES)


def test_a_witness_of_an_incomplete_search_is_minimal(monkeypatch: pytest.MonkeyPatch) -> None:
    """If there are too many paths, there is one witness, without superfluous graphs."""
    monkeypatch.setattr(paths, "MAX_SETS", 3)
    steps = " ".join(f"GRAPH :{step}{way} {{ :{step} :p :{step + 1} }}" for step in range(4) for way in "ab")
    store = Store()
    store.update(f"PREFIX : <http://example.org/> INSERT DATA {{ {steps} GRAPH :other {{ :x :y :z }} }}")
    add_union(store)
    (row,) = Explainer(store).explain(Query(f"{generated.PROLOGUE}ASK {{ :0 :p+ :4 }}"), RowSelection())["rows"]
    (witness,) = row["witnesses"]

    assert row["more"]
    assert sorted(one.removeprefix(generated.SPACE)[0] for one in witness["graphs"]) == ["0", "1", "2", "3"]
