"""What there is to tell about one thing, and who says each part of it."""

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
    """Somebody's data, in no named graph."""
    store = Store()
    store.extend(in_graph(Quad(*triple), UNION) for triple in triples)
    return Dataset(store)


def test_statements_and_what_points_here(letter: Dataset) -> None:
    """Both directions, each with the graphs that make it."""
    about = neighbourhood(letter, ID.choir)

    assert about.statements == ()
    assert set(about.incoming) == {LEADS, Triple(ID.ben, IQ.singsIn, ID.choir)}
    assert about.evidence[LEADS] == (S01,)
    assert about.whole


def test_labels_of_all_that_is_named(letter: Dataset) -> None:
    """Of neighbours and of properties; each label has its evidence too."""
    about = neighbourhood(letter, ID.choir)
    named = {triple.subject for triple in about.labels}

    assert {ID.anna, ID.ben, IQ.leads} <= named
    assert about.evidence[Triple(ID.anna, SKOS.prefLabel, Literal("Anna", language="de"))] == (S01,)


def test_a_derived_statement_has_premises(letter: Dataset) -> None:
    """It stands in the derived graph, and follows from those of the passages."""
    about = neighbourhood(letter, ID.anna)

    assert about.evidence[ABOVE] == (derived_graph(ID.letter),)
    assert about.premises[ABOVE] == (S01, S02)
    assert LEADS not in about.premises


def test_notes_lead_to_the_passages(letter: Dataset) -> None:
    """Of each graph that makes a statement, or that one follows from, where it comes from and how it is supported."""
    notes = set(neighbourhood(letter, ID.anna).notes)

    for graph, passage in ((S01, "S01"), (S02, "S02")):
        assert Triple(graph, PROV.wasDerivedFrom, NamedNode(f"{BASE}passage/letter/{passage}")) in notes
        assert Triple(graph, IQ.modality, CONCEPT.explicit) in notes


def test_contextual_statements_tell_what_to_read_with_them() -> None:
    """A note about a statement is found by the statement."""
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
    """All triples again, by the graphs that make them."""
    about = neighbourhood(letter, ID.anna)
    graphs = dict(about.graphs())

    assert list(graphs) == sorted(graphs, key=lambda graph: graph.value)
    assert {triple for said in graphs.values() for triple in said} == set(about.triples)
    assert META in graphs


def test_what_no_graph_says() -> None:
    """Data without graphs has no evidence, and is not lost."""
    about = neighbourhood(plain(LEADS), ID.anna)

    assert about.graphs() == []
    assert list(about.triples) == [LEADS]


def test_a_graph_holds_what_it_says(letter: Dataset) -> None:
    """Besides what is said of it."""
    about = neighbourhood(letter, S01)

    assert set(letter.triples(S01)) <= set(about.statements)
    assert Triple(S01, IQ.modality, CONCEPT.explicit) in about.statements


def test_parts_belong_to_the_whole() -> None:
    """Blank nodes and names behind the hash have no document of their own, however deep; circles end."""
    part, blank = NamedNode(f"{ID.anna.value}#part"), BlankNode("b")
    triples = [
        Triple(ID.anna, IQ.has, part),
        Triple(part, IQ.has, blank),
        Triple(blank, IQ.has, part),
        Triple(blank, IQ.knows, ID.ben),
        Triple(ID.ben, IQ.knows, ID.choir),
    ]

    assert set(neighbourhood(plain(*triples), ID.anna).statements) == set(triples[:4])


def test_given_statements() -> None:
    """What the dataset does not hold can be told with what it does."""
    label = Triple(ID.choir, SKOS.prefLabel, Literal("choir", language="en"))

    about = neighbourhood(plain(label), ID.anna, [LEADS])

    assert (about.statements, about.labels) == ((LEADS,), (label,))


@pytest.mark.parametrize(
    "iri", ["", "not an iri", "relative", "http://a b.example/", "https://w3id.org/iq-hessen/id/x"]
)
def test_what_is_not_found(letter: Dataset, iri: str) -> None:
    """Neither what is unknown nor what is no IRI."""
    assert find(letter, iri) is None
    assert not describes(letter, iri)


def test_found_and_described(letter: Dataset) -> None:
    """A thing that is only pointed to is known, but nothing is said of it; a graph is what it says."""
    assert find(letter, ID.choir.value) == ID.choir
    assert not describes(letter, ID.choir.value)
    assert describes(letter, ID.anna.value)
    assert describes(letter, META.value)


@pytest.mark.parametrize(("language", "called"), [("de", "Chor"), ("en", "choir"), ("fr", "Chor")])
def test_name(language: str, called: str) -> None:
    """In the language asked for, else in another one."""
    labels = [Literal("choir", language="en"), Literal("Chor", language="de")]
    dataset = plain(*(Triple(ID.choir, SKOS.prefLabel, label) for label in labels))

    assert name(dataset, ID.choir, language) == called
    assert name(dataset, ID.anna, language) == ""


def test_a_title_is_a_name_too() -> None:
    """Where nothing else is; so the dataset and the ontology are called by their titles."""
    dataset = plain(Triple(ID.choir, DCTERMS.title, Literal("The choir")))

    assert name(dataset, ID.choir, "en") == "The choir"


@pytest.mark.parametrize(
    ("labels", "language", "called"),
    [
        ([("Bub", "de-CH"), ("Boy", "en")], "de", "Bub"),
        ([("Bub", "de-CH"), ("Junge", "de")], "de", "Junge"),
        ([("Boy", "en"), ("Gars", "fr")], "de", "Boy"),
        ([("", "de"), ("Boy", "en")], "de", "Boy"),
        ([("  ", "de"), ("\u00a0", "de"), ("\u200b", "en")], "de", ""),
        ([("Denier", "den"), ("Boy", "en")], "de", "Boy"),
    ],
)
def test_variants_and_what_cannot_be_seen(labels: list[tuple[str, str]], language: str, called: str) -> None:
    """A variant of the language comes before any other; a label of which nothing can be seen is none."""
    store = Store()
    store.extend(Quad(ID.choir, SKOS.prefLabel, Literal(text, language=tag), UNION) for text, tag in labels)

    assert name(Dataset(store), ID.choir, language) == called
