"""Writing files so that there are either all of them or none, also when the disk is full in the midst of it."""

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path


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


def _write(part: Path, path: Path, content: bytes) -> None:
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
