"""Topics and their pictures: everything in one place, nothing outside its box."""

from itertools import pairwise

import pytest

from iqgraph.dataset import Dataset
from iqgraph.reference.reference import OTHER, PROPERTIES, TOPIC_OF, Reference, Topic, topics
from iqgraph.reference.usage import calling
from iqgraph.terms import IQ, OWL, RDFS
from iqgraph.validation.paths import short_name
from iqgraph.web.pictures.diagram import HEAD, LEFT, RIGHT, WIDTH, Diagram, diagram

LETTER, INDENT = 6.9, 10


@pytest.fixture(scope="module")
def about(dataset: Dataset) -> Reference:
    """The ontology."""
    return Reference(dataset)


@pytest.fixture(scope="module")
def grouped(dataset: Dataset, about: Reference) -> list[Topic]:
    """Its topics."""
    return topics(dataset, about)


@pytest.fixture(scope="module")
def pictures(grouped: list[Topic], about: Reference) -> list[Diagram]:
    """A picture for each topic."""
    return [diagram(topic, about) for topic in grouped]


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


def test_every_domain_and_range_is_drawn(pictures: list[Diagram], about: Reference) -> None:
    """Each property in the box of each class that it goes from, with a line to each that it goes to."""
    drawn = {(box.node, row.node, end) for one in pictures for box in one.boxes for row in box.rows for end in row.ends}
    stated = {(d, one.node, r) for one in about.of(*PROPERTIES) for d in one.domain or [None] for r in one.range}
    stated |= {(one.node, RDFS.subClassOf, above) for one in about.of(OWL.Class) for above in one.above}

    assert drawn == stated
    assert sum(len(one.lines) for one in pictures) == len(drawn)


def test_nothing_overlaps(pictures: list[Diagram]) -> None:
    """Boxes stand one below the other, inside the picture."""
    for one in pictures:
        for column in (one.boxes, one.targets):
            assert all(upper.y + upper.height < lower.y for upper, lower in pairwise(column))
            assert all(box.y + box.height <= one.height and box.height >= HEAD for box in column)


def test_names_fit(pictures: list[Diagram], dataset: Dataset) -> None:
    """In both languages every name goes into its box, as far as can be said without the font."""
    call = calling(dataset)
    left = {row.node for one in pictures for box in one.boxes for row in box.rows}
    left |= {box.node for one in pictures for box in one.boxes if box.node}
    right = {box.node for one in pictures for box in one.targets if box.node}

    for nodes, width in ((left, LEFT), (right, RIGHT)):
        assert [text for node in nodes for text in call(node) if len(text) * LETTER + 2 * INDENT > width] == []
    assert LEFT + RIGHT < WIDTH
