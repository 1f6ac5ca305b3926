"""Derivation: rules yield statements that lead to the graphs they follow from."""

from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from iqgraph.dataset import Dataset, load
from iqgraph.dataset.derivation import is_computed, statement_iri
from iqgraph.errors import DatasetError
from iqgraph.resources import Sources
from iqgraph.terms import BASE, CONCEPT, DCTERMS, DERIVED, GRAPH, ID, IQ, META, PROV, RDF
from tiny import RULE, change, put

ABOVE = Triple(ID.anna, IQ.above, ID.ben)
BELOW = Triple(ID.ben, IQ.below, ID.anna)
RULE_FILE = "ontology/rules/10-above.rq"


def derived(dataset: Dataset) -> set[Triple]:
    """The statements of graph/derived."""
    return set(dataset.triples(DERIVED))


def said(dataset: Dataset, node: NamedNode) -> set[tuple[str, str]]:
    """What graph/meta says of a node."""
    return {(t.predicate.value, str(t.object)) for t in dataset.triples(META) if t.subject == node}


def test_rule_yields_statements(sources: Sources) -> None:
    """What a rule constructs stands in graph/derived and in the union."""
    dataset = load(sources=sources)

    assert derived(dataset) == {ABOVE, BELOW}
    assert {ABOVE, BELOW} <= set(dataset.triples())


def test_annotated_statement_leads_to_its_graphs(sources: Sources) -> None:
    """The record of a derived statement names the statement, its sources and the rule."""
    about = said(load(sources=sources), statement_iri(ABOVE))

    assert about == {
        (RDF.type.value, str(RDF.Statement)),
        (RDF.subject.value, str(ID.anna)),
        (RDF.predicate.value, str(IQ.above)),
        (RDF.object.value, str(ID.ben)),
        (PROV.wasDerivedFrom.value, str(GRAPH["letter/S01"])),
        (PROV.wasDerivedFrom.value, str(GRAPH["letter/S02"])),
        (DCTERMS.conformsTo.value, f"<{BASE}rule/above>"),
    }


def test_statement_without_annotation_has_no_record(sources: Sources) -> None:
    """Only what the rule annotates is recorded."""
    assert said(load(sources=sources), statement_iri(BELOW)) == set()


def test_derived_graph_is_described(sources: Sources) -> None:
    """graph/derived says what it is and what it follows from."""
    about = said(load(sources=sources), DERIVED)

    assert (IQ.modality.value, str(CONCEPT.derived)) in about
    assert (PROV.wasDerivedFrom.value, str(GRAPH["letter/S01"])) in about


def test_rule_is_described(sources: Sources) -> None:
    """The rule's sentences stand in the data, in both languages."""
    about = said(load(sources=sources), NamedNode(f"{BASE}rule/above"))

    assert (
        DCTERMS.description.value,
        str(Literal("Who leads something is above all who sing in it.", language="en")),
    ) in about
    assert any("@de" in text for _, text in about)


def test_later_rules_see_what_earlier_ones_derived(tmp_path: Path, sources: Sources) -> None:
    """Rules run in the order of their file names."""
    later = RULE.replace("iq:leads", "iq:above").replace("iq:singsIn ?what", "iq:below ?one")
    put(tmp_path, "ontology/rules/20-later.rq", later.replace("?one iq:above ?other {|", "?one iq:far ?other {|"))

    assert IQ.far in {triple.predicate for triple in derived(load(sources=sources))}


def test_nothing_derived_is_a_blank_node(sources: Sources) -> None:
    """The nodes that annotations need inside the engine never leave it."""
    data = load(sources=sources)
    terms = {term for quad in data.store for term in (quad.subject, quad.object)}

    assert set(data.triples(DERIVED))
    assert not [term for term in terms if isinstance(term, BlankNode | Triple)]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("WHERE {", "WHERE", "10-above.rq: "),
        ("?other iq:below ?one }", "?other iq:below [] }", "blank node"),
        ("CONSTRUCT {", "SELECT * #", "must be a CONSTRUCT"),
    ],
)
def test_rule_that_is_none(tmp_path: Path, sources: Sources, old: str, new: str, message: str) -> None:
    """A rule that cannot be run is named."""
    change(tmp_path, RULE_FILE, old, new)

    with pytest.raises(DatasetError, match=message):
        load(sources=sources)


def test_what_is_computed_is_told_from_what_is_written(sources: Sources) -> None:
    """Exactly graph/derived, its records and the rules are computed."""
    dataset = load(sources=sources)
    subjects = {str(q.subject) for q in dataset.store if is_computed(q) and q.graph_name == META}

    assert subjects == {str(DERIVED), str(statement_iri(ABOVE)), f"<{BASE}rule/above>"}
