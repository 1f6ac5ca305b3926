"""The dataset: named graphs, their union, and which file says what."""

from pathlib import Path

import pytest
from pyoxigraph import Literal

from iqgraph.dataset import UNION, Dataset, load, load_plain
from iqgraph.errors import CallError, DatasetError
from iqgraph.resources import Sources
from iqgraph.terms import GRAPH, ID, IQ, META, ONTOLOGY, RDFS, SKOS
from tiny import HEAD, put

S01 = GRAPH["letter/S01"]


def test_sources_become_named_graphs(sources: Sources) -> None:
    """TriG names its graphs, the ontology has its own, and what is derived too."""
    names = {graph.value.removeprefix(GRAPH.iri) for graph in load(sources=sources).graphs()}

    assert names == {"letter/S01", "letter/S02", "passages/letter", "meta", "ontology", "void", "derived/letter"}


def test_turtle_of_the_data_is_about_the_data(tmp_path: Path, sources: Sources) -> None:
    """A file without graphs in the data belongs to graph/meta."""
    put(tmp_path, "data/seals.ttl", HEAD + "graph:x iq:order 1 .")

    assert IQ.order in {triple.predicate for triple in load(sources=sources).triples(META)}


def test_who_serves_needs_no_files(sources: Sources) -> None:
    """Which file says what takes as much memory as the statements, and only who checks data asks for it."""
    dataset = load(sources=sources)
    served = dataset.without_files()

    assert dataset.origins
    assert (served.store, served.origins) == (dataset.store, {})


def test_union_holds_a_statement_once(tmp_path: Path, sources: Sources) -> None:
    """What two graphs say is one statement in the union."""
    put(tmp_path, "data/letter/02.trig", HEAD + "g:S02 { id:anna iq:leads id:choir . }")
    dataset = load(sources=sources)

    assert len([t for t in dataset.triples() if t.predicate == IQ.leads]) == 1
    assert len([q for q in dataset.store if q.predicate == IQ.leads and q.graph_name != UNION]) == 2


def test_files_take_the_place_of_the_data(tmp_path: Path, sources: Sources) -> None:
    """With files, only they, the ontology and what describes them are there."""
    file = put(tmp_path, "mine.trig", HEAD + "g:S09 { id:dora a iq:Person . }")
    dataset = load([file], sources)

    assert dataset.graphs() == [GRAPH["letter/S09"], META, ONTOLOGY, GRAPH["void"]]


@pytest.mark.parametrize("name", ["mine.ttl", "mine.trig"])
def test_statements_outside_of_graphs_are_homeless(tmp_path: Path, sources: Sources, name: str) -> None:
    """They are in the union, in no named graph, and kept apart."""
    file = put(tmp_path, name, HEAD + "id:dora a iq:Person .")
    dataset = load([file], sources)

    assert [quad.subject for quad in dataset.default_graph_only] == [ID.dora]
    assert ID.dora in {triple.subject for triple in dataset.triples()}


def test_place_is_the_file_that_says_it(sources: Sources) -> None:
    """A statement, a thing and a graph each lead to a file."""
    dataset = load(sources=sources)

    assert dataset.place(ID.anna, IQ.leads, ID.choir) == "data/letter/01-all.trig"
    assert dataset.place(IQ.Person) == "ontology/iq.ttl"
    assert dataset.place(ID.choir) == "data/letter/01-all.trig"


def test_place_of_a_missing_statement_is_that_of_its_subject(sources: Sources) -> None:
    """What is not said is looked for where its subject is described."""
    assert load(sources=sources).place(ID.anna, RDFS.seeAlso) == "data/letter/01-all.trig"


def test_place_of_a_graph_is_where_it_is_described(tmp_path: Path, sources: Sources) -> None:
    """Not the file of the seals, which has something to say of each graph."""
    put(tmp_path, "data/seals.ttl", HEAD + "<https://w3id.org/iq-hessen/graph/source/zoo> void:triples 1 .")
    put(tmp_path, "data/source/zoo.trig", HEAD + "graph:meta { graph:source\\/zoo a iq:StatementGraph . }")

    assert load(sources=sources).place(GRAPH["source/zoo"]) == "data/source/zoo.trig"


def test_place_of_the_unknown_is_none(sources: Sources) -> None:
    """Nothing is guessed."""
    assert load(sources=sources).place(ID.nobody) is None


def test_values_are_sorted(sources: Sources) -> None:
    """What is said of a thing always comes in the same order."""
    values = load(sources=sources).values(ID.anna, SKOS.prefLabel)

    assert values == [Literal("Anna", language="de"), Literal("Anna", language="en")]


def test_blank_nodes_of_two_files_differ(tmp_path: Path, sources: Sources) -> None:
    """The same label in two files is two nodes, and the same two at every start."""
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
def test_file_that_is_no_rdf(tmp_path: Path, sources: Sources, name: str, content: str, message: str) -> None:
    """The data is wrong: one sentence says where and why."""
    with pytest.raises(DatasetError, match=message):
        load([put(tmp_path, name, content)], sources)
    with pytest.raises(DatasetError, match=r"a\."):
        load_plain([put(tmp_path, name, content.replace("<b>", "b"))])


@pytest.mark.parametrize(
    ("name", "message"),
    [("none.ttl", "No such file"), ("none", "No such file"), ("data", "Is a directory"), ("a.docx", "known are ttl")],
)
def test_file_that_cannot_be_read(tmp_path: Path, sources: Sources, name: str, message: str) -> None:
    """The call is wrong: one sentence says why."""
    put(tmp_path, "a.docx", "")
    with pytest.raises(CallError, match=message):
        load([tmp_path / name], sources)


def test_plain_rdf_keeps_its_graphs(tmp_path: Path) -> None:
    """RDF of anybody: its graphs, the union, its prefixes, and nothing else."""
    file = put(tmp_path, "a.trig", "@prefix x: <http://x/> . x:g { x:a x:b x:c } x:h { x:a x:b x:c } x:d x:e x:f .")
    dataset = load_plain([file])

    assert [graph.value for graph in dataset.graphs()] == ["http://x/g", "http://x/h"]
    assert len(list(dataset.triples())) == 2
    assert dataset.prefixes == {"x": "http://x/"}


def test_bundled_dataset_has_only_named_statements(dataset: Dataset) -> None:
    """Every statement we ship is in a graph."""
    assert dataset.default_graph_only == ()
    assert len(dataset.graphs()) > 50
