"""Old IRIs: what each leads to today, and queries that still use them."""

import pytest
from pyoxigraph import NamedNode

from iqgraph.engine.renamed import changes, with_current_iris
from iqgraph.terms import BASE, IQ, PROV, current_iri

OLD, NEW = f"{BASE}graph/official/", f"{BASE}graph/source/"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (f"{OLD}netzwerk-iq", f"{NEW}netzwerk-iq"),
        (OLD, NEW),
        (f"{BASE}concept/official", f"{BASE}concept/other-source"),
        (f"{BASE}concept/official-work", f"{BASE}concept/official-work"),
        (f"{BASE}graph/officials/x", f"{BASE}graph/officials/x"),
        (f"{NEW}netzwerk-iq", f"{NEW}netzwerk-iq"),
        (f"{NEW}fresko-2025", f"{BASE}graph/passages/fresko-2025"),
        (f"{NEW}fresko-20250", f"{NEW}fresko-20250"),
        (f"{BASE}id/source-fresko-2025", f"{BASE}id/fresko-2025"),
    ],
)
def test_old_iri_leads_to_the_new_one(old: str, new: str) -> None:
    """Only an IRI that was renamed is another today."""
    assert current_iri(old) == new


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (f"SELECT * {{ GRAPH <{OLD}x> {{ ?s ?p ?o }} }}", f"SELECT * {{ GRAPH <{NEW}x> {{ ?s ?p ?o }} }}"),
        (f"PREFIX o: <{OLD}> ASK {{ GRAPH o:x {{}} }}", f"PREFIX o: <{NEW}> ASK {{ GRAPH o:x {{}} }}"),
        (
            f"PREFIX graph: <{BASE}graph/> ASK FROM graph:official\\/x {{}}",
            f"PREFIX graph: <{BASE}graph/> ASK FROM <{NEW}x> {{}}",
        ),
        (
            f"PREFIX c: <{BASE}concept/> ASK {{ ?g ?m c:official }}",
            f"PREFIX c: <{BASE}concept/> ASK {{ ?g ?m <{BASE}concept/other-source> }}",
        ),
        (
            "PREFIX org: <http://www.w3.org/ns/org#> ASK { ?office org:hasPrimarySite ?seat }",
            f"PREFIX org: <http://www.w3.org/ns/org#> ASK {{ ?office <{BASE}ontology#hasSeat> ?seat }}",
        ),
        (f'ASK {{ FILTER STRSTARTS(STR(?g), "{OLD}") }}', f'ASK {{ FILTER STRSTARTS(STR(?g), "{NEW}") }}'),
    ],
    ids=["whole", "prefix", "name", "concept", "property", "string"],
)
def test_query_asks_for_what_it_means(old: str, new: str) -> None:
    """However the old IRI is written."""
    assert with_current_iris(old) == new


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?s ?p ?o }",
        'ASK { ?s ?p "official" } # <official/>',
        "SELECT ?official { ?official ?p ?o",
        f"PREFIX c: <{BASE}concept/> ASK {{ ?s c:official-work 'graph/official/' }}",
    ],
)
def test_any_other_query_stays_as_it_is(text: str) -> None:
    """To the letter, also if it is no query."""
    assert with_current_iris(text) == text


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (f"SELECT * {{ ?task <{IQ.taskOf.value}> ?who }}", [PROV.wasAssociatedWith]),
        (f"PREFIX iq: <{IQ.iri}> SELECT * {{ ?task iq:taskOf ?who }}", [PROV.wasAssociatedWith]),
        (f"PREFIX iq: <{IQ.iri}> SELECT * {{ ?act iq:entryIntoForce/iq:during ?time }}", [IQ.mayApplyTo]),
        (f"PREFIX iq: <{IQ.iri}> SELECT * {{ ?what iq:during ?time }} # iq:entryIntoForce", []),
        (f"PREFIX iq: <{IQ.iri}> SELECT * {{ ?what iq:during 'iq:entryIntoForce' }}", []),
        ("SELECT * { ?task iq:taskOf ?who }", []),
    ],
    ids=["IRI", "prefix", "both terms", "comment", "string", "no prefix"],
)
def test_what_is_asked_in_the_way_of_old(query: str, expected: list[NamedNode]) -> None:
    """A query that names all terms of a change may mean what is said in another way today."""
    assert [one.new for one in changes(query)] == expected
