"""Derivation: rules yield statements that link to the graphs they follow from."""

from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Triple

from iqgraph.dataset import Dataset, load
from iqgraph.dataset.derivation import is_computed
from iqgraph.errors import DatasetError
from iqgraph.resources import Sources
from iqgraph.terms import (
    BASE,
    CONCEPT,
    DCTERMS,
    DERIVED,
    GRAPH,
    ID,
    IQ,
    META,
    PROV,
    RDF,
    RDFS,
    derived_graph,
    statement_iri,
)
from tiny import HEAD, RULE, change, put

ABOVE = Triple(ID.anna, IQ.above, ID.ben)
BELOW = Triple(ID.ben, IQ.below, ID.anna)
LETTER = derived_graph(ID.letter)
RULE_FILE = "ontology/rules/10-above.rq"


def derivations(dataset: Dataset, graph: NamedNode = LETTER) -> set[Triple]:
    """The statements that follow from the letter alone, or those of another graph."""
    return set(dataset.triples(graph))


def metadata(dataset: Dataset, node: NamedNode) -> set[tuple[str, str]]:
    """What graph/meta states about a node."""
    return {(t.predicate.value, str(t.object)) for t in dataset.triples(META) if t.subject == node}


def test_rule_yields_statements(sources: Sources) -> None:
    """They are in the derived graph of the document and in the union."""
    dataset = load(sources=sources)

    assert derivations(dataset) == {ABOVE, BELOW}
    assert {ABOVE, BELOW} <= set(dataset.triples())


def test_annotated_statement_has_a_record(sources: Sources) -> None:
    """It names the statement, its premises and the rule; a statement without annotation has none."""
    dataset = load(sources=sources)

    assert metadata(dataset, statement_iri(BELOW, LETTER)) == set()
    assert metadata(dataset, statement_iri(ABOVE, LETTER)) == {
        (RDF.type.value, str(RDF.Statement)),
        (RDF.subject.value, str(ID.anna)),
        (RDF.predicate.value, str(IQ.above)),
        (RDF.object.value, str(ID.ben)),
        (PROV.wasDerivedFrom.value, str(GRAPH["letter/S01"])),
        (PROV.wasDerivedFrom.value, str(GRAPH["letter/S02"])),
        (DCTERMS.conformsTo.value, f"<{BASE}rule/above>"),
    }


def test_a_sufficient_graph_is_the_only_premise(tmp_path: Path, sources: Sources) -> None:
    """Graphs with a part of the premises are left out."""
    change(tmp_path, "data/letter/01-all.trig", "g:S02 {", "g:S02 { id:anna iq:leads id:choir .")
    about = metadata(load(sources=sources), statement_iri(ABOVE, LETTER))

    assert (PROV.wasDerivedFrom.value, str(GRAPH["letter/S02"])) in about
    assert (PROV.wasDerivedFrom.value, str(GRAPH["letter/S01"])) not in about


def test_what_is_computed_is_described(letter: Dataset) -> None:
    """The derived graph with its modality and its document; the rule with its comments, in both languages."""
    graph, rule = metadata(letter, LETTER), metadata(letter, NamedNode(f"{BASE}rule/above"))
    text = Literal("Who leads something is above all who sing in it.", language="en")

    assert (IQ.modality.value, str(CONCEPT.derived)) in graph
    assert (PROV.hadPrimarySource.value, str(ID.letter)) in graph
    assert (DCTERMS.description.value, str(text)) in rule
    assert any("@de" in text for _, text in rule)


def test_rules_run_in_order(tmp_path: Path, sources: Sources) -> None:
    """A rule finds the results of rules whose file names precede its own."""
    later = RULE.replace("iq:leads", "iq:above").replace("iq:singsIn ?what", "iq:below ?one")
    put(tmp_path, "ontology/rules/20-later.rq", later.replace("?one iq:above ?other {|", "?one iq:far ?other {|"))

    assert IQ.far in {triple.predicate for triple in derivations(load(sources=sources))}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("WHERE {", "WHERE", "10-above.rq: "),
        ("?other iq:below ?one }", "?other iq:below [] }", "blank node"),
        ("CONSTRUCT {", "SELECT * #", "must be a CONSTRUCT"),
    ],
)
def test_invalid_rules_are_refused(tmp_path: Path, sources: Sources, old: str, new: str, message: str) -> None:
    """The error names the rule."""
    change(tmp_path, RULE_FILE, old, new)

    with pytest.raises(DatasetError, match=message):
        load(sources=sources)


def test_blank_nodes_of_the_data_are_ignored(tmp_path: Path, sources: Sources) -> None:
    """They are a fault of the data, which validation reports."""
    change(tmp_path, "data/letter/01-all.trig", "id:ben a iq:Person", "[] a iq:Person")

    assert derivations(load(sources=sources)) == set()


def test_computed_statements(letter: Dataset) -> None:
    """The descriptions of derived graphs, records and rules are computed, and nothing else of graph/meta."""
    subjects = {str(q.subject) for q in letter.store if is_computed(q) and q.graph_name == META}

    assert subjects == {str(LETTER), str(statement_iri(ABOVE, LETTER)), f"<{BASE}rule/above>"}


SPEAKS = "id:cleo iq:leads id:choir . id:anna iq:leads id:choir ."
ELSEWHERE = Triple(ID.cleo, IQ.above, ID.ben)


@pytest.fixture
def both(tmp_path: Path, sources: Sources) -> Dataset:
    """The letter, and a source that overlaps with it."""
    put(tmp_path, "data/source/paper.trig", rf"{HEAD}graph:source\/paper {{ {SPEAKS} }}")
    return load(sources=sources)


def test_derivations_from_several_sources_have_their_own_graph(both: Dataset) -> None:
    """A statement that also follows from the document alone is in the graph of the document only."""
    assert derivations(both) == {ABOVE, BELOW}
    assert ELSEWHERE in derivations(both, DERIVED)
    assert derivations(both, DERIVED).isdisjoint({ABOVE, BELOW})


def test_records_of_a_document_link_to_its_passages_only(both: Dataset) -> None:
    """Other sources are premises of the common graph only."""
    graphs = {
        value for name, value in metadata(both, statement_iri(ABOVE, LETTER)) if name == PROV.wasDerivedFrom.value
    }

    assert graphs == {str(GRAPH["letter/S01"]), str(GRAPH["letter/S02"])}
    assert PROV.hadPrimarySource.value not in {name for name, _ in metadata(both, DERIVED)}
    assert (PROV.wasDerivedFrom.value, str(GRAPH["source/paper"])) in metadata(both, statement_iri(ELSEWHERE, DERIVED))


def test_a_statement_may_be_derived_from_two_documents(tmp_path: Path, sources: Sources) -> None:
    """It is in both graphs."""
    put(
        tmp_path,
        "data/note/all.trig",
        rf"""{HEAD}graph:note\/S01 {{ id:anna iq:leads id:choir . id:ben iq:singsIn id:choir }}
        graph:meta {{ graph:note\/S01 prov:wasDerivedFrom <{BASE}passage/note/S01> }}
        <{BASE}graph/passages/note> {{ <{BASE}passage/note/S01> oa:hasSource id:note }}""",
    )
    data = load(sources=sources)

    assert derivations(data) == derivations(data, derived_graph(ID.note)) == {ABOVE, BELOW}
    assert DERIVED not in data.graphs()
    assert not metadata(data, DERIVED)


def test_a_negated_pattern_considers_all_sources(tmp_path: Path, sources: Sources) -> None:
    """Another source can prevent a derivation from the document."""
    unless = "WHERE { FILTER NOT EXISTS { ?anybody iq:deniesAbove ?one } "
    change(tmp_path, RULE_FILE, "WHERE { ", unless)
    put(tmp_path, "data/source/paper.trig", rf"{HEAD}graph:source\/paper {{ id:cleo iq:deniesAbove id:anna }}")

    assert not derivations(load(sources=sources))


def test_derivations_from_the_ontology_belong_to_no_document(tmp_path: Path, sources: Sources) -> None:
    """They have no passage as a premise."""
    rule = RULE[: RULE.index("CONSTRUCT")] + "CONSTRUCT { ?term iq:called ?name } WHERE { ?term rdfs:label ?name }"
    put(tmp_path, "ontology/rules/20-called.rq", rule.replace("PREFIX", f"PREFIX rdfs: <{RDFS.iri}>\nPREFIX", 1))
    data = load(sources=sources)

    assert IQ.called in {triple.predicate for triple in derivations(data, DERIVED)}
    assert derivations(data) == {ABOVE, BELOW}
