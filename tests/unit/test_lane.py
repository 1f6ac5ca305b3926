"""The fast lane: only what is cheap by construction is answered without a worker."""

import time

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from iqgraph.dataset import Dataset
from iqgraph.engine import Query
from iqgraph.engine.workers.isolated import MAX_QUERY_CHARS, MAX_STATEMENTS, MAX_STATEMENTS_CHARS, Lane

IRI = "<https://w3id.org/iq-hessen/id/iq>"
ID = "PREFIX id: <https://w3id.org/iq-hessen/id/>"

CHEAP = [
    f"SELECT * {{ {IRI} ?p ?o }}",
    f"select ?p ?o where {{ {IRI} ?p ?o . }} limit 10",
    f"{ID}\nSELECT ?p\nWHERE {{ id:iq ?p ?o }} # a comment",
    f"{ID} SELECT ?label {{ id:iq id:iq ?label }}",
    f"# one\n# two\nSELECT ?o {{ {IRI} <http://www.w3.org/2004/02/skos/core#prefLabel> ?o }}",
]

NOT_CHEAP = [
    "SELECT * { ?s ?p ?o }",
    "SELECT * { ?s <x:p> <x:o> }",
    f"SELECT * {{ {IRI} ?p ?o . ?a ?b ?c }}",
    f"SELECT * {{ {IRI} ?p ?o ; ?q ?r }}",
    f"SELECT * {{ {IRI} ?p ?o , ?q }}",
    f"SELECT * {{ {IRI} ?p ?o }} ORDER BY ?o",
    f"SELECT * {{ {IRI} ?p ?o }} VALUES ?o {{ 1 2 }}",
    f"SELECT * {{ {IRI} ?p ?o }} LIMIT 1 OFFSET 2",
    f"SELECT (COUNT(*) AS ?n) {{ {IRI} ?p ?o }}",
    f"SELECT ?a ?b ?c ?d {{ {IRI} ?a ?b }}",
    f"SELECT DISTINCT ?p {{ {IRI} ?p ?o }}",
    f"SELECT * FROM <x:g> {{ {IRI} ?p ?o }}",  # noqa: S608 - SPARQL, and never run
    f"SELECT * {{ GRAPH ?g {{ {IRI} ?p ?o }} }}",
    f"SELECT * {{ SERVICE <http://127.0.0.1/> {{ {IRI} ?p ?o }} }}",
    f"SELECT * {{ {IRI} <x:p>* ?o }}",
    f"SELECT * {{ {IRI} <x:p>/<x:q> ?o }}",
    f"SELECT * {{ {IRI} !<x:p> ?o }}",
    f"SELECT * {{ {IRI} ^<x:p> ?o }}",
    f"SELECT * {{ {IRI} ?p ?o FILTER(REGEX(?o, '(a*)*b')) }}",
    f"SELECT * {{ {IRI} ?p [] }}",
    f"SELECT * {{ {{ {IRI} ?p ?o }} }}",
    f'SELECT * {{ {IRI} ?p "o" }}',
    "SELECT * { id:iq ?p ?o }",
    "SELECT * { <iq> ?p ?o }",
    f"BASE <x:y> SELECT * {{ {IRI} ?p ?o }}",
    f"ASK {{ {IRI} ?p ?o }}",
    f"CONSTRUCT {{ ?a ?b ?c }} {{ {IRI} ?p ?o }}",
    f"DESCRIBE {IRI}",
    f"SELECT * {{ {IRI} ?p ?o }} ; SELECT",
    f"SELECT * {{ {IRI} ?p ?o }} #\nVALUES ?x {{ 1 }}",
    f"DELETE WHERE {{ {IRI} ?p ?o }}",
    "",
    "SELECT * {" * 1000,
    f"SELECT * {{ {IRI} ?p ?o }} #{'x' * MAX_QUERY_CHARS}",
]


@pytest.mark.parametrize("text", CHEAP)
def test_a_lookup_is_cheap(text: str, dataset: Dataset) -> None:
    """One pattern about one named subject."""
    assert Lane(dataset.store).takes(Query(text))


@pytest.mark.parametrize("text", NOT_CHEAP)
def test_nothing_else_is(text: str, dataset: Dataset) -> None:
    """Whatever could take longer has to go to a worker."""
    assert not Lane(dataset.store).takes(Query(text))


def test_a_query_with_graphs_of_its_own_is_not(dataset: Dataset) -> None:
    """Merging graphs takes time."""
    assert not Lane(dataset.store).takes(Query(CHEAP[0], default_graphs=("https://w3id.org/iq-hessen/graph/meta",)))


def test_a_query_of_an_older_version_is_not(dataset: Dataset) -> None:
    """The lane looks at the current dataset only."""
    assert not Lane(dataset.store).takes(Query(CHEAP[0], version="0.1.0"))


def test_a_subject_with_many_statements_is_not() -> None:
    """The bound is on what there is to say, not on what the text looks like."""
    store = Store()
    subject, predicate = NamedNode("x:s"), NamedNode("x:p")
    store.extend(Quad(subject, predicate, NamedNode(f"x:o{n}")) for n in range(MAX_STATEMENTS))
    query = Query("SELECT * { <x:s> ?p ?o }")

    assert Lane(store).takes(query)
    store.add(Quad(subject, predicate, NamedNode("x:more")))
    assert not Lane(store).takes(query)


def test_a_subject_of_which_much_is_said_is_not() -> None:
    """A few statements may be long."""
    store = Store()
    query = Query("SELECT * { <x:s> ?p ?o }")
    store.extend(Quad(NamedNode("x:s"), NamedNode("x:p"), Literal(f"{n}{'x' * 10_000}")) for n in range(20))

    assert Lane(store).takes(query)
    store.add(Quad(NamedNode("x:s"), NamedNode("x:p"), Literal("x" * MAX_STATEMENTS_CHARS)))
    assert not Lane(store).takes(query)


@pytest.mark.parametrize(
    "text",
    [
        "PREFIX a: <x:> # PREFIX a: <x:none>\nSELECT * { a:hub ?p ?o }",
        "# PREFIX a: <x:none>\nPREFIX a: <x:> SELECT * { a:hub ?p ?o }",
        "PREFIX a: <x:none> PREFIX a: <x:> SELECT * { a:hub ?p ?o }",
    ],
)
def test_the_subject_that_is_asked_is_counted(text: str) -> None:
    """What a comment says of its prefix is nothing."""
    store = Store()
    store.extend(Quad(NamedNode("x:hub"), NamedNode("x:p"), NamedNode(f"x:o{n}")) for n in range(MAX_STATEMENTS + 1))

    assert not Lane(store).takes(Query(text))
    assert Lane(store).takes(Query(text.replace("a:hub", "a:other")))


@pytest.mark.parametrize(
    "text",
    [
        "PREFIX a: <x:y> " * 200,
        "SELECT" + " ?a" * 1300,
        "#\n" * 2000,
        "SELECT * { <x:" + "a" * 4000,
        " " * MAX_QUERY_CHARS,
    ],
)
def test_deciding_takes_no_time(text: str, dataset: Dataset) -> None:
    """No text makes the pattern try again and again."""
    start = time.process_time()
    Lane(dataset.store).takes(Query(text))

    assert time.process_time() - start < 0.05
