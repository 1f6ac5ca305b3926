"""The neighbourhood of a thing: its statements, and the evidence for each."""

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store, Triple

from iqgraph.dataset import UNION, Dataset
from iqgraph.dataset.reading import in_graph
from iqgraph.engine.neighbourhood import describes, find, name, neighbourhood
from iqgraph.terms import BASE, CONCEPT, DCTERMS, GRAPH, ID, IQ, META, PROV, RDF, SKOS, derived_graph

S01, S02 = GRAPH["letter/S01"], GRAPH["letter/S02"]
LEADS = Triple(ID.anna, IQ.leads, ID.choir)
ABOVE = Triple(ID.anna, IQ.above, ID.ben)


def plain(*triples: Triple) -> Dataset:
    """A dataset without named graphs."""
    store = Store()
    store.extend(in_graph(Quad(*triple), UNION) for triple in triples)
    return Dataset(store)


def test_outgoing_and_incoming_statements(letter: Dataset) -> None:
    """Each has the graphs that contain it."""
    about = neighbourhood(letter, ID.choir)

    assert about.statements == ()
    assert set(about.incoming) == {LEADS, Triple(ID.ben, IQ.singsIn, ID.choir)}
    assert about.evidence[LEADS] == (S01,)
    assert about.whole


def test_labels(letter: Dataset) -> None:
    """Those of neighbours and of properties, each with its evidence."""
    about = neighbourhood(letter, ID.choir)
    things = {triple.subject for triple in about.labels}

    assert {ID.anna, ID.ben, IQ.leads} <= things
    assert about.evidence[Triple(ID.anna, SKOS.prefLabel, Literal("Anna", language="de"))] == (S01,)


def test_a_derived_statement_has_premises(letter: Dataset) -> None:
    """It is in the derived graph and follows from the graphs of passages."""
    about = neighbourhood(letter, ID.anna)

    assert about.evidence[ABOVE] == (derived_graph(ID.letter),)
    assert about.premises[ABOVE] == (S01, S02)
    assert LEADS not in about.premises


def test_notes_link_graphs_to_passages(letter: Dataset) -> None:
    """Each graph and each premise has its source and its modality."""
    notes = set(neighbourhood(letter, ID.anna).notes)

    for graph, passage in ((S01, "S01"), (S02, "S02")):
        assert Triple(graph, PROV.wasDerivedFrom, NamedNode(f"{BASE}passage/letter/{passage}")) in notes
        assert Triple(graph, IQ.modality, CONCEPT.explicit) in notes


def test_notes_about_a_statement() -> None:
    """Its reifier is found by subject, predicate and object."""
    note = ID["note#1"]
    triples = [
        LEADS,
        Triple(note, RDF.subject, ID.anna),
        Triple(note, RDF.predicate, IQ.leads),
        Triple(note, RDF.object, ID.choir),
        Triple(note, IQ.readWith, ID.passage),
    ]

    about = neighbourhood(plain(*triples), ID.anna)

    assert set(about.notes) == set(triples[1:])
    assert about.incoming == ()


def test_named_graphs(letter: Dataset) -> None:
    """All triples by the graphs that contain them."""
    about = neighbourhood(letter, ID.anna)
    graphs = dict(about.graphs())

    assert list(graphs) == sorted(graphs, key=lambda graph: graph.value)
    assert {triple for statements in graphs.values() for triple in statements} == set(about.triples)
    assert META in graphs


def test_statements_in_no_named_graph() -> None:
    """They have no evidence and are not lost."""
    about = neighbourhood(plain(LEADS), ID.anna)

    assert about.graphs() == []
    assert list(about.triples) == [LEADS]


def test_a_graph_has_its_content(letter: Dataset) -> None:
    """Besides the statements about it."""
    about = neighbourhood(letter, S01)

    assert set(letter.triples(S01)) <= set(about.statements)
    assert Triple(S01, IQ.modality, CONCEPT.explicit) in about.statements


def test_parts_belong_to_the_whole() -> None:
    """Blank nodes and hash IRIs have no page of their own, at any depth; cycles end."""
    part, blank = NamedNode(f"{ID.anna.value}#part"), BlankNode("b")
    triples = [
        Triple(ID.anna, IQ.has, part),
        Triple(part, IQ.has, blank),
        Triple(blank, IQ.has, part),
        Triple(blank, IQ.knows, ID.ben),
        Triple(ID.ben, IQ.knows, ID.choir),
    ]

    assert set(neighbourhood(plain(*triples), ID.anna).statements) == set(triples[:4])


def test_additional_statements() -> None:
    """Statements outside of the dataset get labels from it."""
    label = Triple(ID.choir, SKOS.prefLabel, Literal("choir", language="en"))

    about = neighbourhood(plain(label), ID.anna, [LEADS])

    assert (about.statements, about.labels) == ((LEADS,), (label,))


@pytest.mark.parametrize(
    "iri", ["", "not an iri", "relative", "http://a b.example/", "https://w3id.org/iq-hessen/id/x"]
)
def test_unknown_iris(letter: Dataset, iri: str) -> None:
    """Nothing is found, nor for an invalid IRI."""
    assert find(letter, iri) is None
    assert not describes(letter, iri)


def test_find_and_describes(letter: Dataset) -> None:
    """An object without statements is found but not described; a graph is described by its content."""
    assert find(letter, ID.choir.value) == ID.choir
    assert not describes(letter, ID.choir.value)
    assert describes(letter, ID.anna.value)
    assert describes(letter, META.value)


@pytest.mark.parametrize(
    ("labels", "language", "label"),
    [
        ([("Boy", "en"), ("Bub", "de")], "de", "Bub"),
        ([("Boy", "en"), ("Bub", "de")], "en", "Boy"),
        ([("Boy", "en"), ("Bub", "de")], "fr", "Boy"),
        ([("Bub", "de-CH"), ("Boy", "en")], "de", "Bub"),
        ([("Bub", "de-CH"), ("Junge", "de")], "de", "Junge"),
        ([("Boy", "en"), ("Gars", "fr")], "de", "Boy"),
        ([("", "de"), ("Boy", "en")], "de", "Boy"),
        ([("  ", "de"), ("\u00a0", "de"), ("\u200b", "en")], "de", ""),
        ([("Denier", "den"), ("Boy", "en")], "de", "Boy"),
        ([], "de", ""),
    ],
)
def test_the_name_in_a_language(labels: list[tuple[str, str]], language: str, label: str) -> None:
    """A variant precedes another language; a label without visible characters is ignored."""
    dataset = plain(*(Triple(ID.ben, SKOS.prefLabel, Literal(text, language=tag)) for text, tag in labels))

    assert name(dataset, ID.ben, language) == label


def test_a_title_is_a_fallback() -> None:
    """The dataset and the ontology have no label."""
    dataset = plain(Triple(ID.choir, DCTERMS.title, Literal("The choir")))

    assert name(dataset, ID.choir, "en") == "The choir"
