"""Topics and their pictures: everything in one place, and drawn."""

import pytest

from iqgraph.dataset import Dataset
from iqgraph.reference.reference import OTHER, PROPERTIES, TOPIC_OF, Reference, Topic, topics
from iqgraph.terms import IQ, OWL, RDFS, short_name
from iqgraph.web.reference import picture


@pytest.fixture(scope="module")
def about(dataset: Dataset) -> Reference:
    """The ontology."""
    return Reference(dataset)


@pytest.fixture(scope="module")
def grouped(dataset: Dataset, about: Reference) -> list[Topic]:
    """Its topics."""
    return topics(dataset, about)


def test_each_term_in_one_topic(grouped: list[Topic], about: Reference) -> None:
    """All classes and properties, none twice, and none among the others."""
    placed = [entry.node for topic in grouped for entry in topic.entries]

    assert sorted(placed, key=str) == sorted((one.node for one in about.of(OWL.Class, *PROPERTIES)), key=str)
    assert OTHER not in {topic.slug for topic in grouped}


def test_the_table_names_only_what_there_is(grouped: list[Topic]) -> None:
    """A class that is gone does not stay in the table of topics."""
    assert TOPIC_OF.keys() <= {short_name(node) for topic in grouped for node in topic.classes}


@pytest.mark.parametrize(
    ("term", "slug"),
    [
        (IQ.AmendingAct, "events"),  # as the class above it
        (IQ.targetGroup, "offers"),  # said of six classes, of offers most
        (IQ.provides, "roles"),  # said of a class of another vocabulary
        (IQ.during, "things"),  # said of anything
    ],
)
def test_places(grouped: list[Topic], term: object, slug: str) -> None:
    """Where terms go that the table does not name."""
    assert [topic.slug for topic in grouped if term in {entry.node for entry in topic.entries}] == [slug]


def test_every_domain_and_range_is_drawn(grouped: list[Topic], about: Reference) -> None:
    """A line from each class that a property goes from to each that it goes to."""
    pictures = [picture(topic, about, str, str) for topic in grouped]
    drawn = {(one.source.iri, one.label, one.target.iri) for each in pictures if each for one in each.relations}
    anything = (OWL.Thing,)
    stated = {
        (str(start), str(one.node), end.value)
        for one in about.of(*PROPERTIES)
        for start in one.domain or anything
        for end in one.range or anything
    }
    stated |= {(str(one.node), str(RDFS.subClassOf), end.value) for one in about.of(OWL.Class) for end in one.broader}

    assert drawn == stated
