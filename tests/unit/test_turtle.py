"""Readable Turtle and TriG, equal for equal data."""

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple, parse

from iqgraph.serialisation.turtle import compact, trig, turtle
from iqgraph.terms import GRAPH, ID, IQ, RDF, SKOS, XSD, part_iri

ANNA = [
    Triple(ID.anna, SKOS.prefLabel, Literal("Anna B.", language="en")),
    Triple(ID.anna, SKOS.prefLabel, Literal("Anna Be", language="de")),
    Triple(ID.anna, IQ.order, Literal(3)),
    Triple(ID.anna, RDF.type, IQ.Person),
    Triple(ID.anna, IQ.alive, Literal(value=True)),
]
TEXT = """@prefix id: <https://w3id.org/iq-hessen/id/> .
@prefix iq: <https://w3id.org/iq-hessen/ontology#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .

id:anna a iq:Person ;
    skos:prefLabel "Anna Be"@de ;
    skos:prefLabel "Anna B."@en ;
    iq:alive true ;
    iq:order 3 .
"""
TRIG = """@prefix graph: <https://w3id.org/iq-hessen/graph/> .
@prefix id: <https://w3id.org/iq-hessen/id/> .
@prefix iq: <https://w3id.org/iq-hessen/ontology#> .

id:ben iq:order 1 .

graph:meta {
    id:anna iq:order 3 .
}

graph:derived {
}
"""
HARD = [
    Literal('quote " backslash \\ line \n tab \t return \r bell \x07'),
    Literal("007", datatype=XSD.integer),
    Literal("+7", datatype=XSD.integer),
    Literal("seven", datatype=XSD.integer),
    Literal("yes", datatype=XSD.boolean),
    Literal("1.0E0", datatype=XSD.double),
    Literal("2015", datatype=XSD.gYear),
    Literal("", language="de"),
    NamedNode(f"{ID.iri}"),
    NamedNode(f"{ID.iri}a/b"),
    NamedNode(f"{ID.iri}a.b-c_d"),
    NamedNode(f"{ID.iri}-a."),
    NamedNode(f"{ID.iri}é"),
    NamedNode("urn:x"),
    part_iri(ID.a, "b"),
]


def test_block_form() -> None:
    """Type and labels come first, each statement has a line, and only used prefixes are declared."""
    assert turtle(ANNA) == TEXT


def test_graphs_keep_their_order() -> None:
    """TriG has the default graph first, then the graphs as given."""
    default = [Triple(ID.ben, IQ.order, Literal(1))]

    assert trig([(GRAPH.meta, [ANNA[2]]), (GRAPH.derived, [])], default=default) == TRIG


@pytest.mark.parametrize("term", HARD, ids=str)
def test_every_term_survives(term: Literal | NamedNode) -> None:
    """The output parses as the same term."""
    (quad,) = parse(turtle([Triple(ID.anna, IQ.note, term)]), RdfFormat.TURTLE)

    assert quad.object == term


def test_statement_about_a_statement_survives() -> None:
    """RDF may have triple terms."""
    triple = Triple(ID.anna, RDF.reifies, Triple(ID.ben, IQ.order, Literal(1)))

    assert list(parse(turtle([triple]), RdfFormat.TURTLE)) == [Quad(ID.anna, RDF.reifies, triple.object)]


@pytest.mark.parametrize(
    ("term", "text"),
    [(IQ.Person, "iq:Person"), (NamedNode("urn:x"), "<urn:x>"), (Literal("x"), '"x"'), (BlankNode("b"), "_:b")],
)
def test_compact(term: NamedNode | Literal | BlankNode, text: str) -> None:
    """One term in Turtle."""
    assert compact(term) == text
