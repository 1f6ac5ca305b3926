"""How engines are told the time, and how they tell that an answer is not the whole."""

import pytest

from iqgraph.client import Reply, Server
from iqgraph.engine.elsewhere.endpoint import dialect, shortened

PLAIN = Server("http://localhost:1/sparql")


def reply(status: int = 200, **headers: str) -> Reply:
    """An answer with headers; a line below stands for a hyphen."""
    return Reply(status, "OK", "text/plain", b"", {name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize(
    ("server", "parameters", "headers"),
    [
        ("Virtuoso/07.20.3229 (Linux) x86_64", [("timeout", "2500")], {}),
        ("Apache Jena Fuseki (5.0.0)", [("timeout", "3")], {}),
        ("GraphDB/10.6.3 RDF4J/4.3.9", [("timeout", "3")], {}),
        ("Stardog", [("timeout", "2500")], {}),
        ("Jetty(9.4.18)", [], {"X-BIGDATA-MAX-QUERY-MILLIS": "2500"}),
        ("Oxigraph/0.5.13", [], {}),
        ("", [], {}),
    ],
)
def test_the_time(server: str, parameters: list[tuple[str, str]], headers: dict[str, str]) -> None:
    """In the unit of each kind of engine; nothing to one that is not known."""
    assert dialect(reply(server=server)).limit(2.5, PLAIN) == (parameters, headers)


def test_the_least_time() -> None:
    """Virtuoso takes no less than a second, and nobody takes nothing."""
    assert dialect(reply(server="Virtuoso/07")).limit(0.01, PLAIN)[0] == [("timeout", "1000")]
    assert dialect(reply(server="Fuseki")).limit(0.01, PLAIN)[0] == [("timeout", "1")]


def test_the_time_of_the_address() -> None:
    """Whoever runs the engine knows better."""
    assert dialect(reply(server="Fuseki")).limit(5, Server(f"{PLAIN.url}?timeout=2"))[0] == []


def test_parts_of_answers() -> None:
    """What Virtuoso says of them; a whole answer says nothing of the kind."""
    assert "only a part" in str(shortened(reply(x_sql_state="S1TAT")))
    assert "only a part" in str(shortened(reply(206)))
    assert "at most 10000 rows" in str(shortened(reply(x_sparql_maxrows="10000")))
    assert shortened(reply(server="Virtuoso/07")) is None
