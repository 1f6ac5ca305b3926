"""Writing so that nothing is cut: all files or none of them, a stream to its end; and packing, the same everywhere.

Equal content gives equal packed bytes, whatever the machine and its Python. Python's own gzip uses the zlib that it
finds, and zlib, zlib-ng and their versions pack differently; these two packages bring their compressor along, and the
lock file says which.
"""

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import deflate
import zstandard

# https://github.com/facebook/zstd/issues/4099:
# From 5 to 12, zstd searches in another way where the processor has no vector unit.
ZSTD_LEVEL = 13
GZIP_LEVEL = 9


def write(files: Mapping[Path, bytes]) -> None:
    """Write files, with the folders they need; what stood in their place is replaced once all of them are written.

    An OSError names the file that could not be written; then whatever was there before is still there.
    """
    parts = {path: path.with_name(f".{path.name}.part") for path in files}
    try:
        for path, part in parts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(part, path, files[path])
        for path, part in parts.items():
            # On one file system, rename(2) is atomic: whoever reads gets the old file or the new one.
            part.replace(path)
    except BaseException:
        for part in parts.values():
            with suppress(OSError):
                part.unlink()
        raise


def write_fully(content: bytes, out: BinaryIO) -> None:
    """Write all of it, also to a stream without a buffer, which takes only as much as there is room for."""
    rest = memoryview(content)
    while rest:
        rest = rest[out.write(rest) :]


def _write(part: Path, path: Path, content: bytes) -> None:
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            # Else the new name may come to the disk before the content does (fsync(2)).
            os.fsync(file.fileno())
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def gzip(content: bytes) -> bytes:
    """The content as gzip, with neither name nor time in its header (RFC 1952)."""
    return bytes(deflate.gzip_compress(content, GZIP_LEVEL))


def zstd(content: bytes) -> bytes:
    """The content as one Zstandard frame with its size and a checksum (RFC 8878), made by one thread, no dictionary."""
    return zstandard.ZstdCompressor(level=ZSTD_LEVEL, write_checksum=True).compress(content)


PACKERS: Mapping[str, Callable[[bytes], bytes]] = {".gz": gzip, ".zst": zstd}
