"""Reading a query without asking it."""

import pytest

from iqgraph.engine import Query
from iqgraph.engine.embedded import HERE, OPEN, STATED, answering
from iqgraph.engine.errors import GraphNameError


@pytest.mark.parametrize(
    ("query", "word"),
    [
        (Query("SELECT * { ?s ?p ?o }"), OPEN),
        (Query("SELECT * FROM <http://x/a> { ?s ?p ?o }"), STATED),
        (Query("SELECT * FROM NAMED <http://x/a> { ?s ?p ?o }"), STATED),
        (Query("ASK {}", ("http://x/a",)), STATED),
        (Query("ASK {}", (), ("http://x/a", "http://x/b")), STATED),
        (Query("SELECT * FROM <http://x/a> FROM <http://x/b> { ?s ?p ?o }"), HERE),
        (Query("SELECT * FROM <http://x/a> FROM <http://x/a> { ?s ?p ?o }"), STATED),
        (Query("ASK {}", ("http://x/a", "http://x/b")), HERE),
        (Query("DESCRIBE <http://x/a>"), HERE),
    ],
)
def test_where_a_query_is_answered(query: Query, word: bytes) -> None:
    """What only we answer as we promise is told from the rest."""
    assert answering(query) == word


def test_nothing_is_evaluated() -> None:
    """However much work the query would be."""
    values = " ".join(f"VALUES ?v{n} {{ {' '.join(map(str, range(200)))} }}" for n in range(6))

    assert answering(Query(f"SELECT (COUNT(*) AS ?n) {{ {values} }}")) == OPEN


def test_what_cannot_be_read() -> None:
    """Each has its error."""
    with pytest.raises(SyntaxError):
        answering(Query("SELECT * {"))
    with pytest.raises(GraphNameError):
        answering(Query("ASK {}", ("no iri",)))
