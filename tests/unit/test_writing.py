"""Files are written completely and together, or not at all."""

import io
import os
from pathlib import Path

import pytest

from iqgraph.writing import write, write_fully


def test_files_are_written(tmp_path: Path) -> None:
    """With the folders that they need, and without temporary files."""
    files = {tmp_path / "a": b"1", tmp_path / "some" / "folder" / "b": b"2"}
    write(files)

    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == files


def test_an_older_file_is_replaced(tmp_path: Path) -> None:
    """Even by a shorter one."""
    (tmp_path / "a").write_bytes(b"much more than before")
    write({tmp_path / "a": b"1"})

    assert (tmp_path / "a").read_bytes() == b"1"


def test_a_fault_leaves_all_as_it_was(tmp_path: Path) -> None:
    """The second file cannot be written, so the first is not replaced; the error names the obstacle."""
    (tmp_path / "a").write_bytes(b"old")
    (tmp_path / "wall").write_bytes(b"no folder")

    with pytest.raises(OSError, match="wall"):
        write({tmp_path / "a": b"new", tmp_path / "wall" / "b": b"2"})

    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "wall"]
    assert (tmp_path / "a").read_bytes() == b"old"


def test_a_full_disk_names_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error of the system does not."""

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space") as error:
        write({tmp_path / "a": b"1"})

    assert error.value.filename == str(tmp_path / "a")
    assert [*tmp_path.iterdir()] == []


class Slow(io.BytesIO):
    """A stream that takes three bytes at a time."""

    def write(self, content: bytes) -> int:  # type: ignore[override]
        """Write up to three bytes."""
        return super().write(content[:3])


def test_partial_writes_continue() -> None:
    """Until the stream has all bytes."""
    out = Slow()
    write_fully(b"1234567890", out)

    assert out.getvalue() == b"1234567890"
