"""The canonical form: the same data has the same bytes, and other data another hash."""

from pathlib import Path

from iqgraph.dataset import load_plain
from iqgraph.dataset.dataset import canonical_hash, canonicalize
from tiny import put

ONE = "_:a <http://example.org/p> _:b .\n_:b <http://example.org/p> <http://example.org/o> .\n"
SAME = "_:x <http://example.org/p> <http://example.org/o> .\n_:y <http://example.org/p> _:x .\n"
OTHER = "_:x <http://example.org/p> <http://example.org/o> .\n_:x <http://example.org/p> _:y .\n"


def hash_of(folder: Path, text: str) -> str:
    """The hash of a file."""
    return canonical_hash(load_plain([put(folder, "one.nt", text)]))


def test_isomorphic_graphs_have_one_hash(tmp_path: Path) -> None:
    """Neither labels of blank nodes nor the order of lines matter."""
    assert hash_of(tmp_path, ONE) == hash_of(tmp_path, SAME)


def test_other_graphs_have_another_hash(tmp_path: Path) -> None:
    """Even if their lines have the same number and length."""
    assert hash_of(tmp_path, ONE) != hash_of(tmp_path, OTHER)


def test_graph_names_matter(tmp_path: Path) -> None:
    """The same triple in another graph is another quad."""
    triple = "<http://example.org/s> <http://example.org/p> <http://example.org/o>"
    datasets = [load_plain([put(tmp_path, "g.nq", f"{triple}{graph} .\n")]) for graph in ("", " <urn:a>", " <urn:b>")]

    assert len({canonical_hash(one) for one in datasets}) == 3
    assert canonicalize(datasets[1]).decode() == f"{triple} <urn:a> .\n"
