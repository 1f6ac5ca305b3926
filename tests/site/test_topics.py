"""Topics and their pictures: each term has one topic, and its relations are drawn."""

import pytest

from iqgraph.dataset import Dataset
from iqgraph.reference.reference import OTHER, PROPERTIES, TOPIC_OF, Group, Reference, topics
from iqgraph.terms import IQ, OWL, RDFS, short_name
from iqgraph.web.reference import picture


@pytest.fixture(scope="module")
def about(dataset: Dataset) -> Reference:
    """The ontology."""
    return Reference(dataset)


@pytest.fixture(scope="module")
def all_topics(dataset: Dataset, about: Reference) -> list[Group]:
    """Its topics."""
    return topics(dataset, about)


def test_each_term_in_one_topic(all_topics: list[Group], about: Reference) -> None:
    """All classes and properties, none twice, and none without a topic."""
    terms = [entry.node for topic in all_topics for entry in topic.entries]

    assert sorted(terms, key=str) == sorted((one.node for one in about.of(OWL.Class, *PROPERTIES)), key=str)
    assert OTHER not in {topic.slug for topic in all_topics}


def test_the_table_names_only_existing_classes(all_topics: list[Group]) -> None:
    """The table of topics has no class that the ontology does not have."""
    assert TOPIC_OF.keys() <= {short_name(node) for topic in all_topics for node in topic.classes or ()}


@pytest.mark.parametrize(
    ("term", "slug"),
    [
        (IQ.AmendingAct, "events"),  # as the class above it
        (IQ.targetGroup, "offers"),  # six classes in its domain, most of them offers
        (IQ.provides, "roles"),  # a class of another vocabulary in its domain
        (IQ.during, "things"),  # any domain
    ],
)
def test_places(all_topics: list[Group], term: object, slug: str) -> None:
    """Terms without an entry in the table get the topic of related terms."""
    assert [topic.slug for topic in all_topics if term in {entry.node for entry in topic.entries}] == [slug]


def test_every_domain_and_range_is_drawn(all_topics: list[Group], about: Reference) -> None:
    """A line from each class that a property goes from to each that it goes to."""
    pictures = [picture(topic, about, str, str) for topic in all_topics]
    lines = {(one.source.iri, one.label, one.target.iri) for each in pictures if each for one in each.relations}
    anything = (OWL.Thing,)
    statements = {
        (str(start), str(one.node), end.value)
        for one in about.of(*PROPERTIES)
        for start in one.domain or anything
        for end in one.range or anything
    }
    statements |= {(str(c.node), str(RDFS.subClassOf), end.value) for c in about.of(OWL.Class) for end in c.broader}

    assert lines == statements
