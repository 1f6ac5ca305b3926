"""Parsing a query without evaluating it."""

import pytest

from iqgraph.engine import Query
from iqgraph.engine.embedded import DEFAULT_DATASET, LOCAL, OWN_DATASET, route
from iqgraph.engine.errors import GraphNameError


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (Query("SELECT * { ?s ?p ?o }"), DEFAULT_DATASET),
        (Query("SELECT * FROM <http://x/a> { ?s ?p ?o }"), OWN_DATASET),
        (Query("SELECT * FROM NAMED <http://x/a> { ?s ?p ?o }"), OWN_DATASET),
        (Query("ASK {}", ("http://x/a",)), OWN_DATASET),
        (Query("ASK {}", (), ("http://x/a", "http://x/b")), OWN_DATASET),
        (Query("SELECT * FROM <http://x/a> FROM <http://x/b> { ?s ?p ?o }"), LOCAL),
        (Query("SELECT * FROM <http://x/a> FROM <http://x/a> { ?s ?p ?o }"), OWN_DATASET),
        (Query("ASK {}", ("http://x/a", "http://x/b")), LOCAL),
        (Query("DESCRIBE <http://x/a>"), LOCAL),
    ],
)
def test_where_a_query_is_answered(query: Query, expected: bytes) -> None:
    """Queries that engines answer differently are answered here."""
    assert route(query) == expected


def test_nothing_is_evaluated() -> None:
    """However expensive the query would be."""
    values = " ".join(f"VALUES ?v{n} {{ {' '.join(map(str, range(200)))} }}" for n in range(6))

    assert route(Query(f"SELECT (COUNT(*) AS ?n) {{ {values} }}")) == DEFAULT_DATASET


def test_invalid_queries() -> None:
    """Each mistake has its error."""
    with pytest.raises(SyntaxError):
        route(Query("SELECT * {"))
    with pytest.raises(GraphNameError):
        route(Query("ASK {}", ("no iri",)))
