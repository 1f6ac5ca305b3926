"""Packed files: equal content gives equal bytes, whatever the machine and its Python.

Python's own gzip uses the zlib that it finds, and zlib, zlib-ng and their versions pack differently. These two packages
bring their compressor along, and the lock file says which.
"""

from collections.abc import Callable, Mapping

import deflate
import zstandard

# From 5 to 12, zstd searches in another way where the processor has no vector unit.
ZSTD_LEVEL = 13
GZIP_LEVEL = 9


def gzip(content: bytes) -> bytes:
    """The content as gzip, with neither name nor time in its header (RFC 1952)."""
    return bytes(deflate.gzip_compress(content, GZIP_LEVEL))


def zstd(content: bytes) -> bytes:
    """The content as one Zstandard frame with its size and a checksum (RFC 8878), made by one thread, no dictionary."""
    return zstandard.ZstdCompressor(level=ZSTD_LEVEL, write_checksum=True).compress(content)


PACKERS: Mapping[str, Callable[[bytes], bytes]] = {".gz": gzip, ".zst": zstd}
