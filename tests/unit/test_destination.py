"""The endpoints of an engine: derived from the URL of its graph store, or given."""

import pytest

from iqgraph.client import Server
from iqgraph.release.destination import Destination


@pytest.mark.parametrize(
    ("store", "query", "update"),
    [
        ("http://h:1/store", "http://h:1/query", "http://h:1/update"),
        ("http://h:1/iq/data", "http://h:1/iq/query", "http://h:1/iq/update"),
        (
            "http://h:1/repositories/iq/rdf-graphs/service",
            "http://h:1/repositories/iq",
            "http://h:1/repositories/iq/statements",
        ),
        ("http://h:1/sparql-graph-crud-auth", "http://h:1/sparql", None),
        ("http://h:1/store?a=b", "http://h:1/query", "http://h:1/update"),
        ("http://h:1/elsewhere", "http://h:1/elsewhere", None),
    ],
)
def test_endpoints(store: str, query: str, update: str | None) -> None:
    """Of known engines; others answer queries at the graph store and have no update endpoint."""
    destination = Destination(Server(store, {"Authorization": "x"} if store.startswith("https") else {}))

    assert (destination.query.url, destination.update and destination.update.url) == (query, update)


def test_given_endpoints_precede() -> None:
    """The credentials are for all endpoints."""
    destination = Destination(Server("https://h/store", {"Authorization": "x"}), "https://h/q", "https://h/u")

    assert [(one.url, one.credentials) for one in (destination.query, destination.update) if one] == [
        ("https://h/q", {"Authorization": "x"}),
        ("https://h/u", {"Authorization": "x"}),
    ]
