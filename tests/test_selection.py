"""Graphs that an engine is asked: said in full where its own default graph is not the union."""

import pytest

from iqgraph.engine import Query
from iqgraph.engine.selection import NONE, divided, selected

A, B, U = "http://x/a", "http://x/b", "http://x/union"
GRAPHS = (A, B)


@pytest.mark.parametrize(
    ("query", "default", "named"),
    [
        (Query("ASK { ?s ?p ?o }"), (U,), (NONE,)),
        (Query("ASK { GRAPH ?g { ?s ?p ?o } }"), (U,), GRAPHS),
        (Query("ASK { \\u0047RAPH ?g { ?s ?p ?o } }"), (U,), GRAPHS),
        (Query(f"ASK FROM <{A}> {{ ?s ?p ?o }}"), (A,), (NONE,)),
        (Query(f"PREFIX x: <http://x/> ASK FROM x:a FROM NAMED <{B}> {{ ?s ?p ?o }}"), (A,), (B,)),
        (Query(f"ASK FROM NAMED <{B}> {{ ?s ?p ?o }}"), (), (B,)),
        (Query(f"ASK FROM <{B}> {{ ?s ?p ?o }}", (A,)), (A,), (NONE,)),
        (Query("ASK { GRAPH ?g { ?s ?p ?o } }", named_graphs=(A,)), (), (A,)),
    ],
)
def test_selected(query: Query, default: tuple[str, ...], named: tuple[str, ...]) -> None:
    """The request wins over the text, the text over the union; no named graphs are said to be none."""
    found = selected(query, U, GRAPHS)

    assert (found.text, found.default_graphs, found.named_graphs) == (query.text, default, named)


@pytest.mark.parametrize(
    ("url", "rest", "union"),
    [
        ("http://h/sparql", "http://h/sparql", ""),
        (f"http://h/sparql?default-graph-uri={U}", "http://h/sparql", U),
        (f"http://h/sparql?key=1&default-graph-uri={U}&x=", "http://h/sparql?key=1&x=", U),
        ("http://h/sparql?key=%20", "http://h/sparql?key=%20", ""),
    ],
)
def test_divided(url: str, rest: str, union: str) -> None:
    """The graph that holds the union is named in the address, as the protocol names a default graph."""
    assert divided(url) == (rest, union)
