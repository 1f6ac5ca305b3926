"""DESCRIBE: the statements about a thing."""

import pytest
from pyoxigraph import RdfFormat, Store

from iqgraph.engine import Embedded, Query
from iqgraph.formats import N_TRIPLES

EX = "http://example.org/"
PREFIX = f"PREFIX : <{EX}> "
DATA = f"""
@prefix : <{EX}> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
:anna :leads :choir ; :address [ :town :hanau ] ; rdfs:label "Anna" .
:ben :singsIn :choir ; :knows :anna ; rdfs:label "Ben" .
:choir rdfs:label "Choir" , "Chor"@de .
:hanau rdfs:label "Hanau" .
:far :near :ben .
:note <http://www.w3.org/1999/02/22-rdf-syntax-ns#subject> :anna .
:g {{ :anna :hides :secret . :secret rdfs:label "Secret" . :spy :watches :anna . }}
"""


@pytest.fixture(scope="module")
def engine() -> Embedded:
    """An engine with a few people."""
    store = Store()
    store.load(DATA.encode(), RdfFormat.TRIG)
    return Embedded(store)


def triples(engine: Embedded, query: str) -> set[str]:
    """The statements of a description, without the namespace and with one label for all blank nodes."""
    lines = engine.answer(Query(PREFIX + query), N_TRIPLES).decode().splitlines()
    plain = [line.replace(EX, "").replace("http://www.w3.org/2000/01/rdf-schema#", "") for line in lines]
    return {" ".join("_" if word.startswith("_:") else word for word in line.split()[:-1]) for line in plain}


ANNA = {"<anna> <leads> <choir>", "<anna> <address> _", '<anna> <label> "Anna"', "_ <town> <hanau>"}


@pytest.mark.parametrize(
    "query",
    [
        "DESCRIBE :anna",
        f"DESCRIBE<{EX}anna>",
        "DESCRIBE ?x { ?x :leads ?y }",
        "DESCRIBE ?x WHERE { VALUES ?x { :anna } }",
        f"BASE <{EX}> DESCRIBE # who\n <anna>",
    ],
)
def test_statements(engine: Embedded, query: str) -> None:
    """Those about the thing, with their blank nodes, and no others."""
    assert triples(engine, query) == ANNA


@pytest.mark.parametrize(
    ("query", "is_visible"),
    [
        ("DESCRIBE :anna FROM :g", True),
        ("DESCRIBE :anna FROM :g FROM :none", True),
        ("DESCRIBE :anna FROM :none", False),
        ("DESCRIBE :anna FROM NAMED :g", False),
    ],
)
def test_only_the_default_graph_is_described(engine: Embedded, query: str, is_visible: bool) -> None:
    """FROM selects it."""
    assert triples(engine, query) == ({"<anna> <hides> <secret>"} if is_visible else set())
