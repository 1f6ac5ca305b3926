"""The canonical form of a dataset and its hash: the same for equal data, whoever wrote it and in whatever syntax."""

from hashlib import sha256

from pyoxigraph import CanonicalizationAlgorithm, DefaultGraph, RdfFormat, serialize
from pyoxigraph import Dataset as Quads

from .dataset import Dataset


def canonical(dataset: Dataset) -> bytes:
    """The named graphs as canonical N-Quads, lines in code point order (RDF Dataset Canonicalization, RDFC-1.0).

    Statements of the default graph belong to it only where no named graph says them.
    """
    quads = [quad for quad in dataset.store if not isinstance(quad.graph_name, DefaultGraph)]
    named = {quad.triple for quad in quads}
    alone = dataset.store.quads_for_pattern(None, None, None, DefaultGraph())
    form = Quads([*quads, *(quad for quad in alone if quad.triple not in named)])
    form.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    lines = (serialize(form, format=RdfFormat.N_QUADS) or b"").splitlines(keepends=True)
    return b"".join(sorted(lines))


def canonical_hash(dataset: Dataset) -> str:
    """The SHA-256 of the canonical form, in hexadecimal digits; two datasets with the same hash say the same."""
    return sha256(canonical(dataset)).hexdigest()
