"""Writing so that nothing is cut: all files or none of them, and a stream to its end, or it is an error."""

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO


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
            part.replace(path)
    except BaseException:
        for part in parts.values():
            with suppress(OSError):
                part.unlink()
        raise


def pour(content: bytes, out: BinaryIO) -> None:
    """Write all of it, also to a stream without a buffer, which takes only as much as there is room for."""
    rest = memoryview(content)
    while rest:
        rest = rest[out.write(rest) :]


def _write(part: Path, path: Path, content: bytes) -> None:
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
