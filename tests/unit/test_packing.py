"""Packing: the same bytes everywhere; that they hold what was packed is tested with the release."""

from hashlib import sha256

import pytest

from iqgraph.writing import PACKERS

TEXT = b"".join(b"<x:a> <x:b> <x:c%d> .\n" % (number * number % 997) for number in range(5000))
# Computed once; another machine, Python or zlib must not change them. A new version of a packer may.
KNOWN = {
    ".gz": "374064ca6eca24972eccc51d3667ae0f1e88be97c124947ea922dfab43a8f75a",
    ".zst": "e5e4e4e4f686dc3648b7692a8e36ca039e45dc220114c4ea2b3b3ca8c5a9fc52",
}


@pytest.mark.parametrize("ending", PACKERS)
def test_packed_bytes_are_known(ending: str) -> None:
    """The bytes do not depend on where they are made."""
    assert sha256(PACKERS[ending](TEXT)).hexdigest() == KNOWN[ending]
