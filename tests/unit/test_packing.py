"""Packing: what comes out goes back in, and is the same everywhere."""

import gzip
from collections.abc import Callable
from hashlib import sha256

import pytest
import zstandard

from iqgraph.writing import PACKERS
from iqgraph.writing import gzip as as_gzip
from iqgraph.writing import zstd as as_zstd

TEXT = b"".join(b"<x:a> <x:b> <x:c%d> .\n" % (number * number % 997) for number in range(5000))
OPEN: dict[str, Callable[[bytes], bytes]] = {".gz": gzip.decompress, ".zst": zstandard.ZstdDecompressor().decompress}
# Computed once; another machine, Python or zlib must not change them. A new version of a packer may.
KNOWN = {
    ".gz": "374064ca6eca24972eccc51d3667ae0f1e88be97c124947ea922dfab43a8f75a",
    ".zst": "e5e4e4e4f686dc3648b7692a8e36ca039e45dc220114c4ea2b3b3ca8c5a9fc52",
}


@pytest.mark.parametrize("content", [b"", b"a", TEXT, bytes(range(256)) * 9], ids=["nothing", "one", "text", "bytes"])
@pytest.mark.parametrize("ending", PACKERS)
def test_packed_and_opened(ending: str, content: bytes) -> None:
    """Other programs read what is packed."""
    assert OPEN[ending](PACKERS[ending](content)) == content


@pytest.mark.parametrize("ending", PACKERS)
def test_packed_bytes_are_known(ending: str) -> None:
    """The bytes do not depend on where they are made."""
    assert sha256(PACKERS[ending](TEXT)).hexdigest() == KNOWN[ending]


@pytest.mark.parametrize("ending", PACKERS)
def test_packing_pays(ending: str) -> None:
    """Statements become a tenth of their size at least."""
    assert len(PACKERS[ending](TEXT)) < len(TEXT) / 10


def test_header_of_gzip_is_empty() -> None:
    """No name, no time, no operating system."""
    packed = as_gzip(TEXT)

    assert packed[3] == 0
    assert packed[4:8] == b"\0\0\0\0"
    assert packed[9] == 255


def test_frame_of_zstd_tells_its_size() -> None:
    """Who unpacks it knows how much to expect, and can check it."""
    told = zstandard.get_frame_parameters(as_zstd(TEXT))

    assert told.content_size == len(TEXT)
    assert told.has_checksum
    assert told.dict_id == 0
