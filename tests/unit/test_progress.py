"""Progress: a bar for people, silence for programs."""

import io
from pathlib import Path

import pytest

from iqgraph.cli.terminal import LARGE_BYTES, progress
from iqgraph.dataset import load_plain
from iqgraph.dataset.storage import open_or_load
from tiny import put

LINE = "<http://a/s> <http://a/p> <http://a/o> .\n"


class Terminal(io.StringIO):
    """Somebody who looks."""

    def isatty(self) -> bool:
        """Say that this is a terminal."""
        return True


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A file that takes a moment."""
    return put(tmp_path, "a.nt", LINE * (LARGE_BYTES // len(LINE) + 1))


def drawn(stream: io.StringIO, file: Path, monkeypatch: pytest.MonkeyPatch, store: Path | None = None) -> str:
    """What appears while a file is loaded."""
    monkeypatch.setattr("sys.stderr", stream)
    with progress([file]) as watch:
        assert (open_or_load(store, [file], watch) if store else load_plain([file], watch)).statements == 1
    return stream.getvalue()


def test_a_terminal_sees_a_bar(large: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It begins, comes to its end, and tells the size and the speed."""
    shown = drawn(Terminal(), large, monkeypatch)

    assert "Loading" in shown
    assert "100%" in shown
    assert "MB/s of 4 MB" in shown
    assert shown.endswith("\n")


def test_others_see_nothing(large: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A log stays clean."""
    assert drawn(io.StringIO(), large, monkeypatch) == ""


def test_small_files_need_no_bar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are there at once."""
    assert drawn(Terminal(), put(tmp_path, "a.nt", LINE), monkeypatch) == ""


def test_a_store_that_is_there_needs_no_bar(large: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is read, so nothing is shown."""
    assert "100%" in drawn(Terminal(), large, monkeypatch, tmp_path / "store")
    assert drawn(Terminal(), large, monkeypatch, tmp_path / "store") == ""


def test_missing_files_are_not_its_business(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Loading tells of them."""
    monkeypatch.setattr("sys.stderr", Terminal())
    with progress([tmp_path / "none.nt"]) as watch:
        watch(0)
