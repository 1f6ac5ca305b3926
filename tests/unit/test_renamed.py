"""Old IRIs: what each leads to today, and queries that still use them."""

import pytest

from iqgraph.engine.renamed import with_current_iris
from iqgraph.terms import BASE, current_iri

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
