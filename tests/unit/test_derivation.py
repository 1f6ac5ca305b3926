"""Derivation: rules yield statements that lead to the graphs they follow from."""

from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from iqgraph.dataset import Dataset, load
from iqgraph.dataset.derivation import is_computed, statement_iri
from iqgraph.errors import DatasetError
from iqgraph.resources import Sources
from iqgraph.terms import BASE, CONCEPT, DCTERMS, DERIVED, GRAPH, ID, IQ, META, PROV, RDF, RDFS, derived_graph
from tiny import HEAD, RULE, change, put

ABOVE = Triple(ID.anna, IQ.above, ID.ben)
BELOW = Triple(ID.ben, IQ.below, ID.anna)
LETTER = derived_graph(ID.letter)
RULE_FILE = "ontology/rules/10-above.rq"


def derived(dataset: Dataset, graph: NamedNode = LETTER) -> set[Triple]:
    """What follows from the letter alone, or the statements of another graph."""
    return set(dataset.triples(graph))


def said(dataset: Dataset, node: NamedNode) -> set[tuple[str, str]]:
    """What graph/meta says of a node."""
    return {(t.predicate.value, str(t.object)) for t in dataset.triples(META) if t.subject == node}


def test_rule_yields_statements(sources: Sources) -> None:
    """What a rule constructs stands in the graph of the document and in the union."""
    dataset = load(sources=sources)

    assert derived(dataset) == {ABOVE, BELOW}
    assert {ABOVE, BELOW} <= set(dataset.triples())


def test_annotated_statement_leads_to_its_graphs(sources: Sources) -> None:
    """The record of a derived statement names the statement, its sources and the rule."""
    about = said(load(sources=sources), statement_iri(ABOVE, LETTER))

    assert about == {
        (RDF.type.value, str(RDF.Statement)),
        (RDF.subject.value, str(ID.anna)),
        (RDF.predicate.value, str(IQ.above)),
        (RDF.object.value, str(ID.ben)),
        (PROV.wasDerivedFrom.value, str(GRAPH["letter/S01"])),
        (PROV.wasDerivedFrom.value, str(GRAPH["letter/S02"])),
        (DCTERMS.conformsTo.value, f"<{BASE}rule/above>"),
    }


def test_graph_that_is_enough_alone_is_the_only_one(tmp_path: Path, sources: Sources) -> None:
    """Where one passage says all that a statement follows from, others that say a part of it are no premises."""
    change(tmp_path, "data/letter/01-all.trig", "g:S02 {", "g:S02 { id:anna iq:leads id:choir .")
    about = said(load(sources=sources), statement_iri(ABOVE, LETTER))

    assert (PROV.wasDerivedFrom.value, str(GRAPH["letter/S02"])) in about
    assert (PROV.wasDerivedFrom.value, str(GRAPH["letter/S01"])) not in about


def test_statement_without_annotation_has_no_record(sources: Sources) -> None:
    """Only what the rule annotates is recorded."""
    assert said(load(sources=sources), statement_iri(BELOW, LETTER)) == set()


def test_derived_graph_is_described(sources: Sources) -> None:
    """The graph says what it is and from which document it follows."""
    about = said(load(sources=sources), LETTER)

    assert (IQ.modality.value, str(CONCEPT.derived)) in about
    assert (PROV.hadPrimarySource.value, str(ID.letter)) in about


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

    assert derived(data)
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


def test_nothing_follows_about_a_blank_node_of_the_data(tmp_path: Path, sources: Sources) -> None:
    """It is the data that is wrong, not the rule, and what finds that is validation."""
    change(tmp_path, "data/letter/01-all.trig", "id:ben a iq:Person", "[] a iq:Person")

    assert derived(load(sources=sources)) == set()


def test_what_is_computed_is_told_from_what_is_written(sources: Sources) -> None:
    """Exactly the graphs of what follows, their records and the rules are computed."""
    dataset = load(sources=sources)
    subjects = {str(q.subject) for q in dataset.store if is_computed(q) and q.graph_name == META}

    assert subjects == {str(LETTER), str(statement_iri(ABOVE, LETTER)), f"<{BASE}rule/above>"}


SPEAKS = "id:cleo iq:leads id:choir . id:anna iq:leads id:choir ."
ELSEWHERE = Triple(ID.cleo, IQ.above, ID.ben)


@pytest.fixture
def two(tmp_path: Path, sources: Sources) -> Dataset:
    """The letter, and a source that says more of the same choir and repeats some of it."""
    put(tmp_path, "data/source/paper.trig", rf"{HEAD}graph:source\/paper {{ {SPEAKS} }}")
    return load(sources=sources)


def test_what_follows_with_another_source_stands_apart(two: Dataset) -> None:
    """Each derived statement stands in one graph; what follows both ways in that of the document."""
    assert derived(two) == {ABOVE, BELOW}
    assert ELSEWHERE in derived(two, DERIVED)
    assert derived(two, DERIVED).isdisjoint({ABOVE, BELOW})


def test_a_documents_part_leads_to_its_passages_alone(two: Dataset) -> None:
    """The record names no other source, though it follows from that too; only this graph has sources."""
    graphs = {value for name, value in said(two, statement_iri(ABOVE, LETTER)) if name == PROV.wasDerivedFrom.value}

    assert graphs == {str(GRAPH["letter/S01"]), str(GRAPH["letter/S02"])}
    assert PROV.hadPrimarySource.value not in {name for name, _ in said(two, DERIVED)}
    assert (PROV.wasDerivedFrom.value, str(GRAPH["source/paper"])) in said(two, statement_iri(ELSEWHERE, DERIVED))


def test_each_document_has_its_own_part(tmp_path: Path, sources: Sources) -> None:
    """A statement that follows from either of two documents stands in both graphs."""
    put(
        tmp_path,
        "data/note/all.trig",
        rf"""{HEAD}graph:note\/S01 {{ id:anna iq:leads id:choir . id:ben iq:singsIn id:choir }}
        graph:meta {{ graph:note\/S01 prov:wasDerivedFrom <{BASE}passage/note/S01> }}
        <{BASE}graph/passages/note> {{ <{BASE}passage/note/S01> oa:hasSource id:note }}""",
    )
    data = load(sources=sources)

    assert derived(data) == derived(data, derived_graph(ID.note)) == {ABOVE, BELOW}
    assert DERIVED not in data.graphs()
    assert not said(data, DERIVED)


def test_what_another_source_makes_more_precise_does_not_follow_from_a_document(
    tmp_path: Path, sources: Sources
) -> None:
    """What a rule yields only as long as nobody says more is derived from nothing once somebody does."""
    unless = "WHERE { FILTER NOT EXISTS { ?anybody iq:deniesAbove ?one } "
    change(tmp_path, RULE_FILE, "WHERE { ", unless)
    put(tmp_path, "data/source/paper.trig", rf"{HEAD}graph:source\/paper {{ id:cleo iq:deniesAbove id:anna }}")

    assert not derived(load(sources=sources))


def test_what_follows_from_the_ontology_alone_belongs_to_no_document(tmp_path: Path, sources: Sources) -> None:
    """It follows from no passage, so it is none of the document's."""
    rule = RULE[: RULE.index("CONSTRUCT")] + "CONSTRUCT { ?term iq:called ?name } WHERE { ?term rdfs:label ?name }"
    put(tmp_path, "ontology/rules/20-called.rq", rule.replace("PREFIX", f"PREFIX rdfs: <{RDFS.iri}>\nPREFIX", 1))
    data = load(sources=sources)

    assert IQ.called in {triple.predicate for triple in derived(data, DERIVED)}
    assert derived(data) == {ABOVE, BELOW}
