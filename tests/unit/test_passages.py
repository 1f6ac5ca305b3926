"""The structure of a document, as its pages show it."""

from iqgraph.dataset import Dataset, load
from iqgraph.model.passages import outlines
from iqgraph.resources import Sources
from iqgraph.terms import ID, passage_iri


def test_the_article(dataset: Dataset) -> None:
    """Seven sections with fifty passages in order, and the four captions carry nothing."""
    outline = next(one for one in outlines(dataset) if one.node == ID["11-jahre-iq"])

    assert len(outline.parts) == 7
    assert [segment.number for segment in outline.segments] == list(range(1, 51))
    assert all(one.end <= other.start for one, other in zip(outline.segments, outline.segments[1:], strict=False))
    assert sum(1 for segment in outline.segments if not segment.statements) == 4
    assert sum(segment.heading for segment in outline.segments) == 5


def test_passages_without_order_make_no_outline(sources: Sources) -> None:
    """A document is drawn only if its passages say their place."""
    assert outlines(load(sources=sources)) == []


def test_statements_are_those_of_the_graph(dataset: Dataset) -> None:
    """The number beside a passage is the size of its graph."""
    segments = [segment for outline in outlines(dataset) for segment in outline.segments]
    segment = next(one for one in segments if one.node == passage_iri("11-jahre-iq", "S24"))

    assert segment.graph
    assert segment.statements == sum(1 for _ in dataset.triples(segment.graph)) > 0
