"""Old IRIs: their current ones, and queries that still use the old ones."""

import pytest
from pyoxigraph import NamedNode

from iqgraph.engine.renamed import changes, current_iri, with_current_iris
from iqgraph.terms import BASE, IQ, PROV

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
    """All other IRIs stay."""
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
def test_old_iris_in_a_query_are_replaced(old: str, new: str) -> None:
    """In each of their notations."""
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
    """To the letter, even if it is no query."""
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
def test_queries_with_replaced_terms_have_hints(query: str, expected: list[NamedNode]) -> None:
    """If a query has all terms of a change, there is a hint at the current one."""
    assert [one.new for one in changes(query)] == expected
