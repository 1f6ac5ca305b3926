"""The evidence in RDF 1.2: what is read back is what went in, statement by statement and graph by graph."""

from collections import defaultdict
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, NamedNode, Quad, QuerySolutions, RdfFormat, Store, Triple, parse

from iqgraph.dataset import Dataset, load
from iqgraph.dataset.derivation import statement_iri
from iqgraph.release.reification import render
from iqgraph.resources import Sources
from iqgraph.terms import DCTERMS, GRAPH, META, ONTOLOGY, PARTITIONS, PROV, RDF, graph_iri, is_derived, passage_iri
from tiny import HEAD, put

WHO = """
PREFIX id: <https://w3id.org/iq-hessen/id/>
PREFIX iq: <https://w3id.org/iq-hessen/ontology#>
PREFIX oa: <http://www.w3.org/ns/oa#>
PREFIX prov: <http://www.w3.org/ns/prov#>
SELECT ?number {
    id:coordination iq:roleHolder ?who {| prov:wasDerivedFrom ?passage |} .
    ?passage oa:hasSource id:11-jahre-iq ; iq:order ?number .
} ORDER BY ?number
"""
SPOKEN_OF = """
graph:meta {
    <https://w3id.org/iq-hessen/graph/letter/S01#c1> a rdf:Statement ; dcterms:isPartOf g:S01 ; iq:readWith p:S02 ;
        rdf:subject id:anna ; rdf:predicate iq:leads ; rdf:object id:choir .
    <https://w3id.org/iq-hessen/graph/letter/S01#c2> a rdf:Statement ; dcterms:isPartOf g:S01 ; iq:readWith p:S02 ;
        rdf:subject id:anna ; rdf:predicate iq:leads ; rdf:object id:nothing .
}
"""


@pytest.fixture(scope="module")
def triples(dataset: Dataset) -> list[Triple]:
    """The bundled dataset, written and read."""
    return [quad.triple for quad in parse(render(dataset), RdfFormat.TURTLE)]


def reifiers(triples: list[Triple]) -> dict[NamedNode, Triple]:
    """The statement that each reifier stands for."""
    return {
        triple.subject: triple.object
        for triple in triples
        if triple.predicate == RDF.reifies
        and isinstance(triple.subject, NamedNode)
        and isinstance(triple.object, Triple)
    }


def test_same_statements(triples: list[Triple], dataset: Dataset) -> None:
    """Each once; those about statements in the way of RDF 1.0 have become reifiers."""
    nodes = reifiers(triples)
    asserted = [triple for triple in triples if triple.subject not in nodes]
    about = set(dataset.subjects(RDF.type, RDF.Statement))

    assert len(asserted) == len(set(asserted))
    assert set(asserted) == {triple for triple in dataset.triples() if triple.subject not in about}
    assert about <= nodes.keys()


def test_same_evidence(triples: list[Triple], dataset: Dataset) -> None:
    """Every statement has a reifier for each graph that makes it, and none for another."""
    graphs = {triple.subject: triple.object for triple in triples if triple.predicate == DCTERMS.isPartOf}
    found = {(statement, graphs[node]) for node, statement in reifiers(triples).items()}

    assert found == {
        (quad.triple, quad.graph_name)
        for quad in dataset.store
        if isinstance(quad.graph_name, NamedNode) and quad.graph_name not in (META, ONTOLOGY, PARTITIONS, PARTITIONS)
    }


def test_reifiers_lead_to_what_the_graph_leads_to(triples: list[Triple], dataset: Dataset) -> None:
    """To its passage or source, in one step."""
    told: dict[object, set[tuple[object, object]]] = defaultdict(set)
    for triple in triples:
        told[triple.subject].add((triple.predicate, triple.object))
    for node in reifiers(triples):
        (graph,) = (value for path, value in told[node] if path == DCTERMS.isPartOf)
        assert isinstance(graph, NamedNode)
        for path in (PROV.wasDerivedFrom, PROV.hadPrimarySource):
            if not is_derived(graph):
                assert {value for name, value in told[node] if name == path} == set(dataset.values(graph, path))


def test_what_is_said_of_statements_is_kept(triples: list[Triple], dataset: Dataset) -> None:
    """With which passages to read it, by which rule it follows."""
    parts = {RDF.subject, RDF.predicate, RDF.object, RDF.type}
    nodes, written = reifiers(triples), set(triples)
    for node in dataset.subjects(RDF.type, RDF.Statement):
        assert isinstance(node, NamedNode)
        said = {q.triple for q in dataset.store.quads_for_pattern(node, None, None, META) if q.predicate not in parts}
        assert said <= written
        assert [dataset.values(node, part) for part in (RDF.subject, RDF.predicate, RDF.object)] == [
            [nodes[node].subject],
            [nodes[node].predicate],
            [nodes[node].object],
        ]


def test_no_blank_nodes(triples: list[Triple]) -> None:
    """Reifiers have names, which are the same in every release."""
    assert triples
    assert not [triple for triple in triples for term in triple if isinstance(term, BlankNode)]


def test_evidence_is_one_step_away(triples: list[Triple]) -> None:
    """SPARQL 1.2 asks for a statement and its passage together."""
    store = Store()
    store.extend(Quad(*triple) for triple in triples)
    rows = store.query(WHO)
    assert isinstance(rows, QuerySolutions)

    assert [row["number"].value for row in rows] == ["2", "10", "21", "24", "29", "33", "36"]


def test_nodes_of_the_data_are_the_reifiers(sources: Sources, tmp_path: Path) -> None:
    """A statement that the data speaks about keeps its node; one that no graph makes stays as it is said."""
    put(tmp_path, "data/letter/context.trig", HEAD + SPOKEN_OF)
    triples = [quad.triple for quad in parse(render(load(sources=sources)), RdfFormat.TURTLE)]
    first, second = (NamedNode(f"{GRAPH.iri}letter/S01#{name}") for name in ("c1", "c2"))
    held = reifiers(triples)[first]

    assert statement_iri(held, graph_iri("letter", "S01")) not in reifiers(triples)
    assert Triple(first, PROV.wasDerivedFrom, passage_iri("letter", "S01")) in triples
    assert Triple(second, RDF.type, RDF.Statement) in triples
    assert second not in reifiers(triples)
