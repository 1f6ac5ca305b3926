"""JSON-LD about one thing: readable at the top, complete below, and the same data for every parser."""

import json
from typing import Any

import pytest
from pyoxigraph import BaseDirection, BlankNode, DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Triple, parse

from iqgraph.errors import Inexpressible
from iqgraph.serialisation.context import Context, context
from iqgraph.serialisation.jsonld import frame
from iqgraph.terms import GRAPH, ID, IQ, OWL, PROV, RDF, SKOS, XSD

PART = NamedNode(f"{ID.anna.value}#part")
TRIPLES = [
    Triple(ID.anna, RDF.type, IQ.Person),
    Triple(ID.anna, SKOS.prefLabel, Literal("Anna", language="de")),
    Triple(ID.anna, SKOS.prefLabel, Literal("Ann", language="en")),
    Triple(ID.anna, IQ.leads, ID.choir),
    Triple(ID.anna, IQ.age, Literal(40)),
    Triple(ID.anna, IQ.born, Literal("1984", datatype=XSD.gYear)),
    Triple(ID.anna, IQ.has, PART),
    Triple(PART, IQ.age, Literal("007", datatype=XSD.integer)),
    Triple(ID.choir, SKOS.prefLabel, Literal("Chor", language="de")),
    Triple(ID.ben, IQ.knows, ID.anna),
    Triple(ID.ben, SKOS.prefLabel, Literal("Ben", language="de")),
    Triple(IQ.leads, SKOS.prefLabel, Literal("leitet", language="de")),
    Triple(GRAPH.S01, PROV.wasDerivedFrom, ID.passage),
]
GRAPHS = [(GRAPH.S01, TRIPLES[3:5]), (GRAPH.S02, TRIPLES[4:6])]
ONTOLOGY = Triple(ID.ontology, RDF.type, OWL.Ontology)
NAMES = context([ONTOLOGY, *TRIPLES])


def document(triples: list[Triple], names: Context = NAMES) -> dict[str, Any]:
    """The document about Anna."""
    content: dict[str, Any] = json.loads(frame(ID.anna, triples, GRAPHS if triples is TRIPLES else [], names))
    return content


def quads(text: str) -> list[Quad]:
    """The statements that a parser finds."""
    return list(parse(text, RdfFormat.JSON_LD))


def test_the_document() -> None:
    """The thing is at the top, with its neighbours; then come other things, and each graph with its source.

    Keys are short, labels are language maps, numbers are numbers, and years keep their form. A neighbour is embedded
    with its labels, a part with all its statements; the context has only terms in use.
    """
    content = document(TRIPLES)
    head = content.pop("@context")

    assert {"age", "born", "leads", "Person"} <= head.keys()
    assert not head.keys() & {"rdfs", "value", "language"}
    assert content == {
        "id": ID.anna.value,
        "type": "Person",
        "prefLabel": {"de": "Anna", "en": "Ann"},
        "age": 40,
        "born": "1984",
        "has": {"id": PART.value, "age": "007"},
        "leads": {"id": ID.choir.value, "prefLabel": {"de": "Chor"}},
        "incoming": {"knows": {"id": ID.ben.value, "prefLabel": {"de": "Ben"}}},
        "related": [{"id": IQ.leads.value, "prefLabel": {"de": "leitet"}}],
        "evidence": [
            {
                "id": GRAPH.S01.value,
                "wasDerivedFrom": ID.passage.value,
                "statements": [{"id": ID.anna.value, "age": 40, "leads": ID.choir.value}],
            },
            {"id": GRAPH.S02.value, "statements": [{"id": ID.anna.value, "age": 40, "born": "1984"}]},
        ],
    }


def test_every_triple_once_outside_and_the_graphs_inside() -> None:
    """A parser that skips named graphs misses no statement."""
    statements = quads(frame(ID.anna, TRIPLES, GRAPHS, NAMES))

    assert {quad.triple for quad in statements if isinstance(quad.graph_name, DefaultGraph)} == set(TRIPLES)
    for graph, triples in GRAPHS:
        assert {quad.triple for quad in statements if quad.graph_name == graph} == set(triples)


def test_equal_data_equal_text() -> None:
    """The order of triples does not matter."""
    assert frame(ID.anna, TRIPLES[::-1], GRAPHS, NAMES) == frame(ID.anna, TRIPLES, GRAPHS, NAMES)


BLANK = BlankNode("b")
UNFIT: list[Literal | NamedNode | BlankNode] = [
    Literal("x"),
    Literal("x", language="de"),
    Literal("2013", datatype=XSD.gYear),
    Literal("007", datatype=XSD.integer),
    Literal(7),
    Literal("1", datatype=XSD.boolean),
    Literal("true", datatype=XSD.boolean),
    Literal("12345678901234567890", datatype=XSD.integer),
    Literal("-0", datatype=XSD.integer),
    ID.b,
    BLANK,
    NamedNode("mailto:a@b.example"),
    NamedNode("urn:x:y"),
    NamedNode("skos:odd"),
]


@pytest.mark.parametrize("usual", UNFIT[:5] + UNFIT[9:10], ids=str)
def test_a_value_of_another_type_is_preserved(usual: Literal | NamedNode) -> None:
    """Whatever type the context declares for the property."""
    names = context([ONTOLOGY, Triple(ID.a, IQ.said, usual)], {"mailto": "http://m.example/", "skos": SKOS.iri})
    statements = {value: quads(frame(ID.anna, [Triple(ID.anna, IQ.said, value)], [], names)) for value in UNFIT}

    assert [len(one) for one in statements.values()] == [1] * len(UNFIT)
    assert [value for value, (quad,) in statements.items() if value not in (quad.object, BLANK)] == []


def test_cycles_of_blank_nodes_end() -> None:
    """Each node is embedded once, where it is mentioned first."""
    one, two = BlankNode("one"), BlankNode("two")
    triples = [Triple(ID.anna, IQ.knows, one), Triple(one, IQ.knows, two), Triple(two, IQ.knows, one)]

    assert len(quads(frame(ID.anna, triples, [], NAMES))) == 3


def test_the_thing_may_link_to_itself() -> None:
    """That is an outgoing and no incoming statement."""
    triple = Triple(ID.anna, IQ.knows, ID.anna)

    assert "incoming" not in document([triple])
    assert quads(frame(ID.anna, [triple], [], NAMES))[0].triple == triple


def test_a_thing_without_statements() -> None:
    """The document has its id."""
    assert document([])["id"] == ID.anna.value


def test_a_triple_term_is_refused() -> None:
    """JSON-LD cannot express it, and nothing is dropped silently."""
    with pytest.raises(Inexpressible, match="JSON-LD cannot express"):
        frame(ID.anna, [Triple(ID.anna, RDF.reifies, TRIPLES[0])], [], NAMES)


@pytest.mark.parametrize("property_", [IQ.label, SKOS.prefLabel], ids=["unknown", "told by language"])
def test_base_direction(property_: NamedNode) -> None:
    """It is next to the language, whatever the context declares for the property."""
    triple = Triple(ID.anna, property_, Literal("x", language="ar", direction=BaseDirection.RTL))

    assert [quad.triple for quad in quads(frame(ID.anna, [triple], [], NAMES))] == [triple]
