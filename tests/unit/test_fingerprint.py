"""What tells the data of two engines apart, and the sentence that says so."""

from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from elsewhere import TEXT
from iqgraph.dataset import Dataset, load_plain
from iqgraph.engine.elsewhere.fingerprint import Mark, canonical, difference, fingerprint, plain
from tiny import put

HERE = Mark(("1.0",), 4, {"http://x/g": 3, "http://x/h": 2})
XSD = "http://www.w3.org/2001/XMLSchema#"
DECIMAL = NamedNode(f"{XSD}decimal")
A, B = NamedNode("http://x/a"), NamedNode("http://x/b")


def test_the_bundled_data(dataset: Dataset) -> None:
    """It names its version, and each graph has a hash, as has the union."""
    found = fingerprint(dataset)

    assert len(found.mark.version) == 1
    assert found.mark.union == dataset.statements
    assert found.contents.keys() == {"", *(graph.value for graph in dataset.graphs())}


def test_somebody_s_data(tmp_path: Path) -> None:
    """It need not name a version."""
    found = fingerprint(load_plain([put(tmp_path, "a.trig", TEXT)]))

    assert found.mark == Mark((), 4, {"http://x/g": 3, "http://x/h": 2})


@pytest.mark.parametrize(
    ("there", "sentence"),
    [
        (HERE, ""),
        (Mark((), 0, {}), "holds no data; load the data with iqgraph push"),
        (Mark(("0.9",), 4, HERE.graphs), "holds version 0.9, and version 1.0 is served here"),
        (Mark((), 4, HERE.graphs), "holds data that names no version"),
        (Mark(("1.0",), 4, {"http://x/g": 3, "http://x/h": 1}), "holds 1 statements in <http://x/h> instead of 2"),
        (Mark(("1.0",), 4, {"http://x/g": 3}), "holds 0 statements in <http://x/h>"),
        (Mark(("1.0",), 4, {**HERE.graphs, "urn:x": 1, "urn:y": 1}), "and 1 more graphs differ"),
        (Mark(("1.0",), 0, HERE.graphs), "has an empty default graph, which should be the union of all graphs"),
        (Mark(("1.0",), 5, HERE.graphs), "counts statements of its default graph once for each graph"),
        (Mark(("1.0",), 3, HERE.graphs), "has 3 statements in its default graph, and their union has 4"),
    ],
)
def test_differences(there: Mark, sentence: str) -> None:
    """What is wrong, and what to do."""
    told = difference(HERE, there)

    assert told.startswith(sentence) or sentence in told
    assert bool(told) == bool(sentence)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (Literal("x", language="de-DE"), Literal("x", language="de-de"), True),
        (
            Literal("1.50", datatype=DECIMAL),
            Literal("1.5", datatype=DECIMAL),
            True,
        ),
        (Literal("1", datatype=NamedNode(f"{XSD}boolean")), Literal("true", datatype=NamedNode(f"{XSD}boolean")), True),
        (Literal("1", datatype=NamedNode(f"{XSD}integer")), Literal("1", datatype=DECIMAL), False),
        (Literal("x"), Literal("y"), False),
        (Literal("x"), Literal("x", language="de"), False),
    ],
)
def test_what_is_the_same(one: Literal, other: Literal, same: bool) -> None:  # noqa: FBT001 - a table
    """Ways to write the same value are; values that queries can tell apart are not."""
    assert (plain([Triple(A, B, one)]) == plain([Triple(A, B, other)])) is same


def test_names_of_blank_nodes() -> None:
    """They say nothing."""
    one, other = ([Triple(BlankNode(name), A, BlankNode(f"{name}2"))] for name in ("a", "b"))

    assert canonical(one) == canonical(other)
    assert plain(one) != plain(other)
