"""Blank nodes nested in Turtle: as short as possible, and always the same graph."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, CanonicalizationAlgorithm, Dataset, NamedNode, Quad, RdfFormat, Triple, parse

from iqgraph.serialisation.turtle import MAX_DEPTH, trig, turtle
from iqgraph.terms import GRAPH, ID, IQ, RDF

TURTLE = "@prefix id: <https://w3id.org/iq-hessen/id/> .\n@prefix iq: <https://w3id.org/iq-hessen/ontology#> .\n\n"
SHOWN = {
    "a node": "id:a iq:p [ a iq:C ; iq:q id:b ] .\n",
    "an empty node": "id:a iq:p [] .\n",
    "nodes in nodes": "id:a iq:p [ iq:p [ iq:p id:b ] ] .\n",
    "several, by what they hold": "id:a iq:p [ iq:q id:b ] ;\n    iq:p [ iq:q id:c ] .\n",
    "a list": "id:a iq:p ( id:c id:b 1 ) .\n",
    "lists in lists": "id:a iq:p ( ( id:b ) [ iq:q ( id:c ) ] ) .\n",
}
NODES = st.sampled_from([ID.a, ID.b, RDF.nil, *(BlankNode(f"n{number}") for number in range(4))])
TRIPLES = st.builds(
    Triple,
    NODES,
    st.sampled_from([IQ.p, IQ.q, RDF.first, RDF.rest]),
    NODES | st.builds(Triple, NODES, st.just(IQ.p), NODES),
)
GRAPHS = st.dictionaries(st.sampled_from([GRAPH.a, GRAPH.b, BlankNode("n0")]), st.lists(TRIPLES, max_size=8))


def canonical(quads: list[Quad]) -> Dataset:
    """The statements with canonical labels of blank nodes."""
    dataset = Dataset(quads)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return dataset


@pytest.mark.parametrize("text", SHOWN.values(), ids=SHOWN)
def test_nested_blank_nodes_have_no_labels(text: str) -> None:
    """Their order does not depend on labels."""
    assert turtle(quad.triple for quad in parse(TURTLE + text, RdfFormat.TURTLE)) == TURTLE + text


@pytest.mark.parametrize(
    "triples",
    [
        [Triple(ID.a, IQ.p, BlankNode("n")), Triple(ID.b, IQ.p, BlankNode("n"))],
        [Triple(BlankNode("n"), IQ.p, BlankNode("m")), Triple(BlankNode("m"), IQ.p, BlankNode("n"))],
        [Triple(ID.a, IQ.p, BlankNode("n")), Triple(ID.b, IQ.p, Triple(BlankNode("n"), IQ.p, ID.b))],
    ],
    ids=["used twice", "in a circle", "in a triple term"],
)
def test_shared_blank_nodes_have_labels(triples: list[Triple]) -> None:
    """Those with several references."""
    assert "_:n" in turtle(triples)


def test_the_depth_of_nesting_is_bounded() -> None:
    """A deep tree is split into blocks, so no data exhausts the stack of a parser."""
    tower = [Triple(BlankNode(f"n{n}"), IQ.p, BlankNode(f"n{n + 1}")) for n in range(5000)]
    text = turtle([Triple(ID.a, IQ.p, BlankNode("n0")), *tower])

    assert max(line.count("[") for line in text.splitlines()) == MAX_DEPTH
    assert len(list(parse(text, RdfFormat.TURTLE))) == len(tower) + 1


def test_a_long_list_is_one_collection() -> None:
    """It adds no depth."""
    text = TURTLE + f"id:a iq:p ( {' '.join(map(str, range(5000)))} ) .\n"

    assert turtle(quad.triple for quad in parse(text, RdfFormat.TURTLE)) == text


@settings(max_examples=100, deadline=None, derandomize=True, database=None)
@given(GRAPHS)
def test_every_graph_is_preserved(graphs: dict[NamedNode | BlankNode, list[Triple]]) -> None:
    """A parser finds the same statements, up to labels of blank nodes."""
    quads = [
        Quad(triple.subject, triple.predicate, triple.object, name)
        for name, triples in graphs.items()
        for triple in triples
    ]

    assert canonical(list(parse(trig(graphs.items()), RdfFormat.TRIG))) == canonical(quads)
