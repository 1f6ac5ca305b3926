"""Writing RDF in every format: nothing is lost, equal data gives equal bytes."""

import pytest
from pyoxigraph import BlankNode, CanonicalizationAlgorithm, Dataset, Literal, NamedNode, Quad, Triple, parse

from iqgraph import formats
from iqgraph.serialisation import serialise, serialise_graphs
from iqgraph.terms import GRAPH, ID, IQ, RDF, XSD

TRIPLES = [
    Triple(ID.anna, RDF.type, IQ.Person),
    Triple(ID.anna, RDF.type, NamedNode("http://other.example/Person")),
    Triple(ID.anna, IQ.note, Literal('quote " backslash \\ line \n tab \t < & > end')),
    Triple(ID.anna, IQ.note, Literal("grüßt", language="de")),
    Triple(ID.anna, IQ.note, Literal("007", datatype=XSD.integer)),
    Triple(ID.anna, IQ.note, Literal("true", datatype=XSD.boolean)),
    Triple(ID.anna, IQ.note, Literal("2015", datatype=XSD.gYear)),
    Triple(ID.anna, IQ.knows, BlankNode("b1")),
    Triple(BlankNode("b1"), IQ.knows, NamedNode(f"{ID.iri}a/b#c")),
]
GRAPHS = [(GRAPH.meta, TRIPLES[:2]), (GRAPH.derived, TRIPLES[1:3])]


@pytest.mark.parametrize("format", formats.RDF_FORMATS, ids=lambda format: format.name)
def test_graph_survives(format: formats.Format) -> None:
    """The output parses as the same graph, in formats for datasets too; blank node labels may change."""
    output = Dataset(parse(serialise(TRIPLES, format), format.rdf))
    expected = Dataset(Quad(*triple) for triple in TRIPLES)
    for dataset in (output, expected):
        dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)

    assert output == expected


@pytest.mark.parametrize("format", formats.RDF_FORMATS, ids=lambda format: format.name)
def test_order_of_input_does_not_matter(format: formats.Format) -> None:
    """Equal triples give equal bytes, even with duplicates."""
    assert serialise([*reversed(TRIPLES), *TRIPLES], format) == serialise(TRIPLES, format)


@pytest.mark.parametrize("format", formats.with_content("dataset"), ids=lambda format: format.name)
def test_graphs_survive(format: formats.Format) -> None:
    """Each statement stays in its graph, named or default."""
    quads = list(parse(serialise_graphs(GRAPHS, format, default=TRIPLES[3:4]), format.rdf))

    assert len(quads) == 5
    assert {quad.triple for quad in quads if quad.graph_name == GRAPH.derived} == set(TRIPLES[1:3])


def test_lines_are_canonical_and_sorted() -> None:
    """So N-Triples can be hashed."""
    lines = serialise(TRIPLES, formats.N_TRIPLES).decode().splitlines()

    assert lines == sorted(lines)
    assert f'{ID.anna} {IQ.note} "grüßt"@de .' in lines


def test_only_used_prefixes_are_declared() -> None:
    """In RDF/XML too."""
    text = serialise(TRIPLES[:1], formats.RDF_XML).decode()

    assert "xmlns:iq" in text
    assert "xmlns:skos" not in text


def test_an_empty_graph_is_a_document() -> None:
    """In every format it is well formed."""
    for format in formats.RDF_FORMATS:
        assert list(parse(serialise([], format), format.rdf)) == []
    assert serialise([], formats.TURTLE) == b""
