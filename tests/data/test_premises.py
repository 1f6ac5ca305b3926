"""Premises: what each rule yields of statements that are in a graph each, and which of these graphs it names."""

import pytest
from pyoxigraph import NamedNode, Store

from iqgraph.dataset.derivation import derive
from iqgraph.resources import derivation_rules, packaged
from iqgraph.terms import DERIVED, GRAPH, META, PREFIXES, PROV, short_name, statement_iri

RULES = {rule.slug: rule for rule in derivation_rules(packaged())}
HOLDER, PLACE = "id:r iq:roleHolder id:a", "id:r iq:roleIn id:b"
FROM, TO = 'id:t dcat:startDate "2013"', 'id:t dcat:endDate "2014-02"'
# By rule its premises, and what follows with the numbers of the premises that it follows from.
CASES: dict[str, tuple[list[str], dict[str, set[int]]]] = {
    "coordinated-by": (
        ["id:r iq:roleKind concept:coordination", HOLDER, PLACE],
        {"id:b iq:coordinatedBy id:a": {1, 2}, "id:a iq:coordinates id:b": {1, 2}},
    ),
    "funded-by": (["id:r iq:roleKind concept:funding", HOLDER, PLACE], {"id:b iq:fundedBy id:a": {1, 2}}),
    "administered-by": (
        ["id:r iq:roleKind concept:administration", HOLDER, PLACE],
        {"id:b iq:administeredBy id:a": {1, 2}},
    ),
    "implementation-partner": (
        ["id:r iq:roleKind concept:implementation-partner", HOLDER, PLACE],
        {"id:b iq:hasImplementationPartner id:a": {1, 2}},
    ),
    "provided-by": (
        ["id:r iq:roleKind concept:provider", HOLDER, PLACE],
        {"id:b iq:providedBy id:a": {1, 2}, "id:a iq:provides id:b": {1, 2}},
    ),
    "provides": (["id:b iq:providedBy id:a"], {"id:a iq:provides id:b": {0}}),
    "coordination-membership": (
        [
            *("id:r a iq:CoordinationRole", HOLDER, PLACE, "id:b a iq:RegionalNetwork"),
            *("id:r iq:roleKind concept:coordination", "id:r iq:during id:t"),
        ],
        {
            "id:r org:member id:a": {1},
            "id:r org:organization id:b": {2},
            "id:r org:role concept:coordination": {4},
            "id:r org:memberDuring id:t": {5},
        },
    ),
    "federal-bodies": (
        ["id:a a cv:PublicOrganisation ; iq:level concept:federal-level"],
        {"id:a dcterms:spatial id:germany": {0}},
    ),
    "days": (
        [FROM, TO],
        {
            "id:t iq:earliestBeginning 2013-01-01": {0},
            "id:t iq:latestBeginning 2013-12-31": {0},
            "id:t iq:earliestEnd 2014-02-01": {1},
            "id:t iq:latestEnd 2014-02-28": {1},
        },
    ),
    "days-within": (
        [
            "id:s iq:startsWithin id:t",
            *(
                FROM,
                TO,
                'id:t iq:earliestBeginning "1" ; iq:latestBeginning "2" ; iq:earliestEnd "3" ; iq:latestEnd "4"',
            ),
        ],
        {"id:s iq:earliestBeginning 1": {0, 1}, "id:s iq:latestBeginning 4": {0, 2}},
    ),
}


def name(number: int) -> NamedNode:
    """The graph of a premise."""
    return GRAPH[f"minutes/S{number}"]


@pytest.mark.parametrize("slug", CASES)
def test_what_follows_names_its_premises(slug: str) -> None:
    """These, and no others."""
    premises, expected = CASES[slug]
    prefixes = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
    graphs = " ".join(f"GRAPH {name(number)} {{ {premise} }}" for number, premise in enumerate(premises))
    store = Store()
    store.update(f"{prefixes} INSERT DATA {{ {graphs} }} ; INSERT {{ ?s ?p ?o }} WHERE {{ GRAPH ?g {{ ?s ?p ?o }} }}")
    derive(store, [RULES[slug]])
    found = {}
    for triple in (quad.triple for quad in store.quads_for_pattern(None, None, None, DERIVED)):
        sources = store.quads_for_pattern(statement_iri(triple, DERIVED), PROV.wasDerivedFrom, None, META)
        names = [short_name(part) if isinstance(part, NamedNode) else getattr(part, "value", "") for part in triple]
        found[" ".join(names)] = {int(str(one.object).rpartition("S")[2].rstrip(">")) for one in sources}

    assert found == expected


def test_each_rule_that_names_premises_has_a_case() -> None:
    """All others are about labels and classes."""
    assert {
        slug for slug, rule in RULES.items() if "wasDerivedFrom" in rule.query.partition("WHERE")[0]
    } == CASES.keys()
