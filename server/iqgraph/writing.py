"""Atomic writes of several files, complete writes to streams, and reproducible compression.

Equal content gives equal compressed bytes on every machine. Python's gzip uses the installed zlib, and zlib, zlib-ng
and their versions compress differently; `deflate` and `zstandard` bundle their compressors, pinned by the lock file.
"""

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import deflate
import zstandard

# At levels 5 to 12 the output depends on the processor's vector unit (https://github.com/facebook/zstd/issues/4099).
ZSTD_LEVEL = 13
GZIP_LEVEL = 9


def write(files: Mapping[Path, bytes]) -> None:
    """Write all files or, if one fails, none; create missing folders. An OSError names the file that failed."""
    parts = {path: path.with_name(f".{path.name}.part") for path in files}
    try:
        for path, part in parts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(part, path, files[path])
        for path, part in parts.items():
            # rename(2) is atomic: a reader gets the old file or the new one.
            part.replace(path)
    except BaseException:
        for part in parts.values():
            with suppress(OSError):
                part.unlink()
        raise


def write_fully(content: bytes, out: BinaryIO) -> None:
    """Write all of the content, also to an unbuffered stream, whose `write` may be partial."""
    rest = memoryview(content)
    while rest:
        rest = rest[out.write(rest) :]


def _write(part: Path, path: Path, content: bytes) -> None:
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            # Without it the rename may reach the disk before the content (fsync(2)).
            os.fsync(file.fileno())
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def gzip(content: bytes) -> bytes:
    """Compress as gzip (RFC 1952), with neither name nor time in the header."""
    return bytes(deflate.gzip_compress(content, GZIP_LEVEL))


def zstd(content: bytes) -> bytes:
    """Compress as one Zstandard frame (RFC 8878) with content size and checksum, in one thread, without dictionary."""
    return zstandard.ZstdCompressor(level=ZSTD_LEVEL, write_checksum=True).compress(content)


PACKERS: Mapping[str, Callable[[bytes], bytes]] = {".gz": gzip, ".zst": zstd}
