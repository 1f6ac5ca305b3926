"""The notation for the statements of a document."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Triple

from iqgraph.dataset.documents import read_data, with_tables
from iqgraph.dataset.passages import Passage, Table, digest_of, read_table
from iqgraph.errors import DatasetError
from iqgraph.resources import PASSAGES, File
from iqgraph.terms import BASE, CONCEPT, DCTERMS, GRAPH, ID, IQ, META, NIF, PROV, RDF, SKOS, graph_iri, passage_iri
from tiny import HEAD, put

TEXT = "Choir\n\nAnna leads the choir.\nShe is patient.\n"
SPANS = (("Title", 0, 5), ("Sentence", 7, 28), ("Sentence", 29, 44))
TABLE = Table(
    "card",
    len(TEXT),
    digest_of(TEXT),
    tuple(
        Passage(f"S{order:02}", min(order - 1, 1), kind, start, end, digest_of(TEXT[start:end]))
        for order, (kind, start, end) in enumerate(SPANS, 1)
    ),
)
SAYS = f"""
@prefix g: <{BASE}graph/card/> .
@prefix p: <{BASE}passage/card/> .
id:card skos:prefLabel "Karte"@de , "card"@en .
p:S01 skos:prefLabel "Überschrift"@de .
id:anna skos:prefLabel "Anna"@en .
g:S02 {{ id:anna a iq:Person ; iq:leads id:choir . }}
g:S03 {{
    id:anna iq:trait "patient"@en {{| iq:readWith p:S02 |}} ;
        iq:leads id:choir ~ g:S03\\#c7 {{| iq:readWith p:S02 |}} . }}
"""
S02, S03 = (graph_iri("card", name) for name in ("S02", "S03"))


@pytest.fixture(scope="module")
def quads(tmp_path_factory: pytest.TempPathFactory) -> set[Quad]:
    """The statements of a card with three passages."""
    root = tmp_path_factory.mktemp("card")
    put(root, PASSAGES, TABLE.text())
    file = put(root, "says.trig", HEAD + SAYS)
    return {quad for reading in read_data(with_tables([file])) for quad in reading.quads}


def values(quads: set[Quad], subject: NamedNode, predicate: NamedNode, graph: NamedNode) -> set[object]:
    """The objects of a subject and predicate in a graph."""
    return {q.object for q in quads if (q.subject, q.predicate, q.graph_name) == (subject, predicate, graph)}


def test_a_table_is_read_as_it_was_written(tmp_path: Path) -> None:
    """Writing and reading yield the same table."""
    assert read_table(File("t", put(tmp_path, PASSAGES, TABLE.text()))) == TABLE


def test_sentences_link_to_the_next(quads: set[Quad]) -> None:
    """A heading has no next sentence and is none."""
    links = {(q.subject, q.object) for q in quads if q.predicate == NIF.nextSentence}
    assert links == {(passage_iri("card", "S02"), passage_iri("card", "S03"))}


def test_types_are_repeated_in_each_graph(quads: set[Quad]) -> None:
    """Each graph has the types of its subjects, but not those of mere objects."""
    assert values(quads, ID.anna, RDF.type, S03) == {IQ.Person}
    assert values(quads, ID.choir, RDF.type, S03) == set()


def test_reifiers_of_annotations_have_iris(quads: set[Quad]) -> None:
    """The one that the author gives, or else one that follows from the statement."""
    reifier = NamedNode(f"{S03.value}#c7")
    nodes = {q.subject for q in quads if q.object == RDF.Statement}

    assert reifier in nodes
    assert len(nodes) == 2
    assert values(quads, reifier, RDF.object, META) == {ID.choir}
    assert all(values(quads, node, IQ.readWith, META) == {passage_iri("card", "S02")} for node in nodes)  # type: ignore[arg-type]
    assert all(isinstance(q.subject, NamedNode) and not isinstance(q.object, Triple) for q in quads)


def test_the_modality_of_a_graph_follows_from_its_annotations(quads: set[Quad]) -> None:
    """It is contextual if one of its statements needs another passage."""
    assert values(quads, S02, IQ.modality, META) == {CONCEPT.explicit}
    assert values(quads, S03, IQ.modality, META) == {CONCEPT.contextual}
    assert values(quads, graph_iri("card", "S01"), RDF.type, META) == set()


def test_statements_in_no_graph_are_editorial(quads: set[Quad]) -> None:
    """Labels of passages go to the graph of passages, other labels to that of names; both are described."""
    passages, names = GRAPH["passages/card"], GRAPH["names/card"]

    assert values(quads, passage_iri("card", "S01"), SKOS.prefLabel, passages)
    assert values(quads, ID.anna, SKOS.prefLabel, names) == {Literal("Anna", language="en")}
    assert values(quads, passages, PROV.wasDerivedFrom, META) == {ID.card}
    assert Literal("Names for “card”", language="en") in values(quads, names, SKOS.prefLabel, META)
    assert values(quads, NamedNode(f"{BASE}dataset"), DCTERMS.source, META) == {ID.card}


@pytest.mark.parametrize("name", ["names/note", "note/S01"])
def test_a_graph_of_another_document_is_not_described(tmp_path: Path, name: str) -> None:
    """Its own document does that."""
    put(tmp_path, PASSAGES, TABLE.text())
    graph = GRAPH[name]
    file = put(tmp_path, "says.trig", f"{HEAD}<{graph.value}> {{ id:anna a iq:Person . }}")
    read = {quad for reading in read_data(with_tables([file])) for quad in reading.quads}

    assert {quad.predicate for quad in read if quad.subject == ID.anna} == {RDF.type}
    assert {quad for quad in read if quad.subject == graph} == set()


def wrong_tables() -> Iterator[tuple[str, str]]:
    """Invalid tables, each with its error message."""
    good = TABLE.text()
    yield "", "line 1: this must be: passage,section,kind"
    yield good.replace("passage,", "span,", 1), "line 1: this must be: passage,section,kind"
    document = f"0,{len(TEXT)},{digest_of(TEXT)}"
    for wrong in (
        f"0,long,{digest_of(TEXT)}",
        f"0,{len(TEXT)},0f",
        f"{document},9",
        "0",
        f"1,{len(TEXT)},{digest_of(TEXT)}",
    ):
        yield good.replace(document, wrong), "line 2: this must be: name,,Document,0,length"
    yield good.replace("card,,Document", "card,,Text"), "line 2: this must be: name,,Document,0,length"
    yield "".join(good.splitlines(keepends=True)[:2]), "line 3: this must be: name of a passage"
    yield good.replace("S02,", "S03,"), "line 4: this must be S02, in section 0 or a later one"
    yield good.replace("Sentence,29", "Sentence,27"), "line 5: this must be S03, .* between characters 28 and 45"
    for end in (29, 99):
        yield good.replace(",44,", f",{end},"), "line 5: this must be S03, .* not empty, between characters 28 and 45"
    yield good.replace("S03,1", "S03,0"), "line 5: this must be S03, in section 1 or a later one"
    yield good.replace("Title", "Heading"), "line 3: this must be: name of a passage, section, kind"
    yield good.replace(digest_of(TEXT[0:5]), "0f"), "line 3"
    yield good + "S04\n", "line 6"
    yield good + "x" * 200_000, "line 6: this must be"


@pytest.mark.parametrize(("text", "message"), list(wrong_tables()))
def test_a_wrong_table_is_refused(text: str, message: str, tmp_path: Path) -> None:
    """The message has the file and the line."""
    with pytest.raises(DatasetError, match=message):
        read_table(File("data/card/passages.csv", put(tmp_path, PASSAGES, text)))
