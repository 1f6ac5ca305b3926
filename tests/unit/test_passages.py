"""Documents, their sections and passages."""

from iqgraph.dataset import Dataset, load
from iqgraph.model.passages import documents
from iqgraph.resources import Sources
from iqgraph.terms import ID, passage_iri


def test_the_article(dataset: Dataset) -> None:
    """It has seven sections with fifty passages in order, and four captions without statements."""
    document = next(one for one in documents(dataset) if one.node == ID["11-jahre-iq"])

    assert len(document.sections) == 7
    assert [passage.number for passage in document.passages] == list(range(1, 51))
    assert all(one.end <= other.start for one, other in zip(document.passages, document.passages[1:], strict=False))
    assert sum(1 for passage in document.passages if not passage.statements) == 4
    assert sum(passage.is_heading for passage in document.passages) == 5


def test_passages_without_order_make_no_document(sources: Sources) -> None:
    """A document needs the places of its passages."""
    assert documents(load(sources=sources)) == []


def test_statements_are_those_of_the_graph(dataset: Dataset) -> None:
    """The number beside a passage is the size of its graph."""
    passages = [passage for document in documents(dataset) for passage in document.passages]
    passage = next(one for one in passages if one.node == passage_iri("11-jahre-iq", "S24"))

    assert passage.graph
    assert passage.statements == sum(1 for _ in dataset.triples(passage.graph)) > 0
