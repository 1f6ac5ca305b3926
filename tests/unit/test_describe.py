"""DESCRIBE: what is said of a thing, what points to it, what its neighbours are called."""

import pytest
from pyoxigraph import RdfFormat, Store

from iqgraph.engine import Embedded, Query
from iqgraph.engine.scope import MAX_INCOMING
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
    """The statements of a description, without the namespace and the names of blank nodes."""
    lines = engine.answer(Query(PREFIX + query), N_TRIPLES).decode().splitlines()
    plain = [line.replace(EX, "").replace("http://www.w3.org/2000/01/rdf-schema#", "") for line in lines]
    return {" ".join("_" if word.startswith("_:") else word for word in line.split()[:-1]) for line in plain}


ANNA = {
    "<anna> <leads> <choir>",
    "<anna> <address> _",
    '<anna> <label> "Anna"',
    "_ <town> <hanau>",
    "<ben> <knows> <anna>",
    '<ben> <label> "Ben"',
    '<choir> <label> "Choir"',
    '<choir> <label> "Chor"@de',
    '<hanau> <label> "Hanau"',
}


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
def test_neighbourhood(engine: Embedded, query: str) -> None:
    """Statements with their blank nodes, what points here but for bookkeeping, and labels; no more than that."""
    assert triples(engine, query) == ANNA


def test_what_is_only_pointed_to(engine: Embedded) -> None:
    """A thing without statements of its own is described by those of others."""
    assert triples(engine, "DESCRIBE :nobody") == set()
    assert "<anna> <hides> <secret>" in triples(engine, "DESCRIBE :secret FROM :g")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("DESCRIBE :anna FROM :g", True),
        ("DESCRIBE :anna FROM :g FROM :none", True),
        ("DESCRIBE :anna FROM :none", False),
        ("DESCRIBE :anna FROM NAMED :g", False),
    ],
)
def test_only_the_default_graph_is_asked(engine: Embedded, query: str, found: bool) -> None:  # noqa: FBT001
    """FROM chooses what a description is made of, for statements, links and labels alike."""
    expected = {"<anna> <hides> <secret>", '<secret> <label> "Secret"', "<spy> <watches> <anna>"}

    assert triples(engine, query) == (expected if found else set())


def test_graphs_of_the_request(engine: Embedded) -> None:
    """The same if the request chooses the graph."""
    query = Query(f"DESCRIBE <{EX}secret>", default_graphs=(f"{EX}g",))

    assert b"hides" in engine.answer(query, N_TRIPLES)


@pytest.mark.parametrize(("number", "shown"), [(MAX_INCOMING, MAX_INCOMING), (MAX_INCOMING + 1, 0)])
def test_too_many_links_are_left_out_together(number: int, shown: int) -> None:
    """Up to a limit all links to a thing are told, beyond it none."""
    store = Store()
    lines = [f"<{EX}{n}> <{EX}in> <{EX}land> ." for n in range(number)]
    store.load("\n".join([*lines, f"<{EX}land> <{EX}size> <{EX}large> ."]).encode(), RdfFormat.N_TRIPLES)
    answer = Embedded(store).answer(Query(f"DESCRIBE <{EX}land>"), N_TRIPLES)

    assert len(answer.splitlines()) == shown + 1
