"""The fingerprint that compares the data of two engines, and the message about a difference."""

from pathlib import Path

import pytest
from pyoxigraph import NamedNode

from elsewhere import TEXT
from iqgraph.dataset import Dataset, load_plain
from iqgraph.engine.elsewhere.fingerprint import Fingerprint, difference, fingerprint, read_fingerprint
from tiny import put

HERE = Fingerprint(("1.0",), 4, {"http://x/g": 3, "http://x/h": 2})


def test_the_bundled_data(dataset: Dataset) -> None:
    """It has the version, and counts each graph and the union."""
    actual = fingerprint(dataset)

    assert len(actual.version) == 1
    assert actual.union == dataset.statements
    assert actual.graphs.keys() == {graph.value for graph in dataset.graphs() if isinstance(graph, NamedNode)}


def test_other_data(tmp_path: Path) -> None:
    """It may have no version."""
    actual = fingerprint(load_plain([put(tmp_path, "a.trig", TEXT)]))

    assert actual == Fingerprint((), 4, {"http://x/g": 3, "http://x/h": 2})


@pytest.mark.parametrize(
    ("there", "sentence"),
    [
        (HERE, ""),
        (Fingerprint((), 0, {}), "holds no data; load the data with iqgraph push"),
        (Fingerprint(("0.9",), 4, HERE.graphs), "holds version 0.9, and version 1.0 is served here"),
        (Fingerprint((), 4, HERE.graphs), "holds data that names no version"),
        (Fingerprint(("1.0",), 4, {"http://x/g": 3, "http://x/h": 1}), "1 statements in <http://x/h> instead of 2"),
        (Fingerprint(("1.0",), 4, {"http://x/g": 3}), "holds 0 statements in <http://x/h>"),
        (Fingerprint(("1.0",), 4, {**HERE.graphs, "urn:x": 1, "urn:y": 1}), "and 1 more graphs differ"),
        (Fingerprint(("1.0",), 0, HERE.graphs), "has 0 statements in its default graph, and the union of all graphs"),
        (Fingerprint(("1.0",), 5, HERE.graphs), "turn off a union of its own if that counts a statement once for each"),
    ],
)
def test_differences(there: Fingerprint, sentence: str) -> None:
    """The message has the fault and the remedy."""
    message = difference(HERE, there)

    assert sentence in (message.en if message else "")
    assert bool(message) == bool(sentence)


@pytest.mark.parametrize(
    "content",
    [b"{}", b'{"head": {}, "boolean": true}', b'{"head": {"vars": ["n"]}, "results": {"bindings": [{"n": 1}]}}'],
    ids=["nothing", "a boolean", "no terms"],
)
def test_answers_without_a_fingerprint(content: bytes) -> None:
    """They are refused."""
    with pytest.raises((SyntaxError, ValueError)):
        read_fingerprint(content)
