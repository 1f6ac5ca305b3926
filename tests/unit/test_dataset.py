"""The dataset: named graphs, their union, and the file of each statement."""

from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode

from iqgraph.dataset import UNION, Dataset, load, load_plain
from iqgraph.errors import DatasetError
from iqgraph.resources import Sources
from iqgraph.terms import GRAPH, ID, IQ, META, ONTOLOGY, RDFS, SKOS
from tiny import HEAD, put

S01 = GRAPH["letter/S01"]


def test_graphs_of_the_sources(sources: Sources) -> None:
    """TriG names its graphs; the ontology and derived statements have their own."""
    names = {graph.value.removeprefix(GRAPH.iri) for graph in load(sources=sources).graphs()}

    assert names == {"letter/S01", "letter/S02", "passages/letter", "meta", "ontology", "void", "derived/letter"}


def test_turtle_belongs_to_graph_meta(tmp_path: Path, sources: Sources) -> None:
    """That is the graph of data files without graphs."""
    put(tmp_path, "data/seals.ttl", HEAD + "graph:x iq:order 1 .")

    assert IQ.order in {triple.predicate for triple in load(sources=sources).triples(META)}


def test_the_union_has_each_statement_once(tmp_path: Path, sources: Sources) -> None:
    """Although two graphs contain it."""
    put(tmp_path, "data/letter/02.trig", HEAD + "g:S02 { id:anna iq:leads id:choir . }")
    dataset = load(sources=sources)

    assert len([t for t in dataset.triples() if t.predicate == IQ.leads]) == 1
    assert len([q for q in dataset.store if q.predicate == IQ.leads and q.graph_name != UNION]) == 2


def test_files_replace_the_data(tmp_path: Path, sources: Sources) -> None:
    """The dataset has them, the ontology and the descriptions of both."""
    file = put(tmp_path, "mine.trig", HEAD + "g:S09 { id:dora a iq:Person . }")
    dataset = load([file], sources)

    assert dataset.graphs() == [GRAPH["letter/S09"], META, ONTOLOGY, GRAPH["void"]]


@pytest.mark.parametrize("name", ["mine.ttl", "mine.trig"])
def test_statements_in_no_named_graph(tmp_path: Path, sources: Sources, name: str) -> None:
    """They are in the union and listed separately."""
    file = put(tmp_path, name, HEAD + "id:dora a iq:Person .")
    dataset = load([file], sources)

    assert [quad.subject for quad in dataset.default_graph_only] == [ID.dora]
    assert ID.dora in {triple.subject for triple in dataset.triples()}


@pytest.mark.parametrize(
    ("terms", "file"),
    [
        ((ID.anna, IQ.leads, ID.choir), "data/letter/01-all.trig"),
        ((ID.anna, RDFS.seeAlso), "data/letter/01-all.trig"),
        ((IQ.Person,), "ontology/iq.ttl"),
        ((ID.choir,), "data/letter/01-all.trig"),
        ((ID.nobody,), None),
    ],
    ids=["statement", "missing statement", "term", "thing", "unknown thing"],
)
def test_the_place_of_a_thing(letter: Dataset, terms: tuple[NamedNode, ...], file: str | None) -> None:
    """The file with the statement, or with the description of its subject; none is guessed."""
    assert letter.place(*terms) == file


def test_the_place_of_a_graph(tmp_path: Path, sources: Sources) -> None:
    """The file that describes it, not that of the seals, which mentions all graphs."""
    put(tmp_path, "data/seals.ttl", HEAD + "<https://w3id.org/iq-hessen/graph/source/zoo> void:triples 1 .")
    put(tmp_path, "data/source/zoo.trig", HEAD + "graph:meta { graph:source\\/zoo a iq:StatementGraph . }")

    assert load(sources=sources).place(GRAPH["source/zoo"]) == "data/source/zoo.trig"


def test_values_are_sorted(sources: Sources) -> None:
    """So their order is always the same."""
    values = load(sources=sources).values(ID.anna, SKOS.prefLabel)

    assert values == [Literal("Anna", language="de"), Literal("Anna", language="en")]


def test_blank_nodes_of_two_files_differ(tmp_path: Path, sources: Sources) -> None:
    """The same label in two files stands for two nodes, with the same names at every start."""
    files = [put(tmp_path, f"{name}.trig", HEAD + "g:S09 { _:a iq:leads _:a . }") for name in "xy"]
    first, second = ({str(q) for q in load(files, sources).store} for _ in range(2))

    assert len({line.split()[0] for line in first if line.startswith("_:")}) == 2
    assert first == second


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.ttl", "@prefix a: <http://a/> .\na:x a:y b:z .", r"a\.ttl, line 2, column 9: The prefix b: has not"),
        ("a.trig", "<http://a> <http://a> <b> .", r"a\.trig, line 1, column 23: No scheme"),
        ("a.jsonld", "{", r"a\.jsonld, line 1"),
        ("a.jsonld", '{"@context": "http://a.example/c", "a": 1}', r"a\.jsonld: it refers to a remote context"),
        ("a.rdf", "none", r"a\.rdf, line 1: "),
        ("a.ttl.gz", "none", r"a\.ttl\.gz: .* not a complete gzip file"),
    ],
)
def test_invalid_rdf_is_refused(tmp_path: Path, sources: Sources, name: str, content: str, message: str) -> None:
    """One sentence has the place and the reason."""
    with pytest.raises(DatasetError, match=message):
        load([put(tmp_path, name, content)], sources)
    with pytest.raises(DatasetError, match=r"a\."):
        load_plain([put(tmp_path, name, content.replace("<b>", "b"))])


def test_all_bundled_statements_are_in_named_graphs(dataset: Dataset) -> None:
    """There are many graphs."""
    assert dataset.default_graph_only == ()
    assert len(dataset.graphs()) > 50
