"""The fast path: only queries that are cheap by construction are answered without a worker."""

import pytest
from pyoxigraph import BaseDirection, BlankNode, Literal, NamedNode, Quad, Store, Triple

from iqgraph.dataset import Dataset
from iqgraph.engine import Embedded, Query
from iqgraph.engine.workers.isolated import MAX_QUERY_CHARS, MAX_STATEMENTS, MAX_STATEMENTS_CHARS, FastPath
from iqgraph.formats import JSON

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
    """One pattern with a constant subject."""
    assert FastPath(dataset.store).match(Query(text))


# Merging graphs takes time, and there is the current dataset only.
ELSEWHERE = [
    Query(CHEAP[0], default_graphs=("https://w3id.org/iq-hessen/graph/meta",)),
    Query(CHEAP[0], version="0.1.0"),
]


@pytest.mark.parametrize("query", [*map(Query, NOT_CHEAP), *ELSEWHERE])
def test_other_queries_are_not_cheap(query: Query, dataset: Dataset) -> None:
    """They go to a worker."""
    assert not FastPath(dataset.store).match(query)


def test_a_subject_with_many_statements_is_not_cheap() -> None:
    """The number of statements counts, not the text of the query."""
    store = Store()
    subject, predicate = NamedNode("x:s"), NamedNode("x:p")
    store.extend(Quad(subject, predicate, NamedNode(f"x:o{n}")) for n in range(MAX_STATEMENTS))
    query = Query("SELECT * { <x:s> ?p ?o }")

    assert FastPath(store).match(query)
    store.add(Quad(subject, predicate, NamedNode("x:more")))
    assert not FastPath(store).match(query)


def test_a_subject_with_long_statements_is_not_cheap() -> None:
    """Even a few."""
    store = Store()
    query = Query("SELECT * { <x:s> ?p ?o }")
    store.extend(Quad(NamedNode("x:s"), NamedNode("x:p"), Literal(f"{n}{'x' * 10_000}")) for n in range(20))

    assert FastPath(store).match(query)
    store.add(Quad(NamedNode("x:s"), NamedNode("x:p"), Literal("x" * MAX_STATEMENTS_CHARS)))
    assert not FastPath(store).match(query)


TERMS: list[NamedNode | BlankNode | Literal | Triple] = [
    NamedNode("http://a.example/ä?b=%20#c"),
    BlankNode("b"),
    Literal(""),
    Literal('"\\/\0\b\x1f\n\u2028\x7f\U0001f600ä'),
    Literal("text", language="de-DE"),
    Literal("text", language="ar", direction=BaseDirection.RTL),
    Literal("1.50", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#decimal")),
    Literal("x", datatype=NamedNode("x:own")),
    Literal("true", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#boolean")),
]


def store_of(*terms: NamedNode | BlankNode | Literal | Triple) -> Store:
    """A store with these objects of <x:s>."""
    store = Store()
    store.extend(Quad(NamedNode("x:s"), NamedNode(f"x:p{number % 3}"), one) for number, one in enumerate(terms))
    return store


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { <x:s> ?p ?o }",
        "SELECT ?p ?o WHERE { <x:s> ?p ?o . } # all",
        "# all\nSELECT ?b ?a { <x:s>\n?b ?a }",
        "SELECT * { <x:none> ?p ?o }",
    ],
)
def test_the_bytes_are_those_of_the_engine(text: str) -> None:
    """Whatever the kinds of the terms."""
    store = store_of(*TERMS)
    lookup = FastPath(store).match(Query(text))

    assert lookup
    assert FastPath(store).write_statements(lookup) == Embedded(store).answer(Query(text), JSON)


def test_the_bytes_are_those_of_the_engine_for_the_dataset(dataset: Dataset) -> None:
    """For a hundred subjects."""
    fast_path, engine = FastPath(dataset.store), Embedded(dataset.store)
    subjects = sorted({quad.subject.value for quad in dataset.store if isinstance(quad.subject, NamedNode)})
    for subject in subjects[:: len(subjects) // 100]:
        query = Query(f"SELECT ?p ?o {{ <{subject}> ?p ?o }}")
        assert (lookup := fast_path.match(query)) is None or fast_path.write_statements(lookup) == engine.answer(
            query, JSON
        )


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?p { <x:s> ?p ?o }",
        "SELECT ?o ?p { <x:s> ?p ?o }",
        "SELECT ?p ?o ?x { <x:s> ?p ?o }",
        "SELECT ?p ?p { <x:s> ?p ?o }",
        "SELECT * { <x:s> ?p ?p }",
        "SELECT ?p ?o { <x:s> ?P ?o }",
        "SELECT * { <x:s> ?p ?o } LIMIT 1",
        "SELECT * { <x:s> ?p <x:o> }",
        "SELECT * { <x:s> <x:p> ?o }",
        "SELECT #\n?p ?o { <x:s> ?p ?o }",
        "PREFIX x: <x:> SELECT * { x:s ?p ?o }",
    ],
)
def test_other_lookups_are_left_to_the_engine(text: str) -> None:
    """Only all statements of a subject are serialised directly."""
    fast_path = FastPath(store_of(*TERMS))
    lookup = fast_path.match(Query(text))

    assert lookup
    assert fast_path.write_statements(lookup) == b""


def test_a_triple_term_is_left_to_the_engine() -> None:
    """It has a JSON form of its own."""
    inner = Triple(NamedNode("x:a"), NamedNode("x:b"), Literal("c"))

    assert not FastPath(store_of(inner)).match(Query("SELECT * { <x:s> ?p ?o }"))


@pytest.mark.parametrize("fault", [OSError("IO error"), RuntimeError("Corruption: block")])
def test_a_damaged_store_is_left_to_the_engine(fault: Exception) -> None:
    """The engine reports damaged files."""

    class Damaged:
        def quads_for_pattern(self, *_: object) -> None:
            raise fault

    fast_path = FastPath(store_of(*TERMS))
    lookup = fast_path.match(Query("SELECT * { <x:s> ?p ?o }"))
    fast_path.store = Damaged()  # type: ignore[assignment]

    assert lookup
    assert fast_path.write_statements(lookup) == b""
