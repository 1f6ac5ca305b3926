"""Compression: the same bytes everywhere; decompression is tested with the release."""

from hashlib import sha256

import pytest

from iqgraph.writing import PACKERS

TEXT = b"".join(b"<x:a> <x:b> <x:c%d> .\n" % (number * number % 997) for number in range(5000))
# Another machine, Python or zlib must not change them. A new version of a packer may.
DIGESTS = {
    ".gz": "374064ca6eca24972eccc51d3667ae0f1e88be97c124947ea922dfab43a8f75a",
    ".zst": "e5e4e4e4f686dc3648b7692a8e36ca039e45dc220114c4ea2b3b3ca8c5a9fc52",
}


@pytest.mark.parametrize("ending", PACKERS)
def test_compressed_bytes_are_reproducible(ending: str) -> None:
    """They do not depend on the machine."""
    assert sha256(PACKERS[ending](TEXT)).hexdigest() == DIGESTS[ending]
