"""The release of a version: once, with the right number, on a given day."""

from pathlib import Path

import pytest

import iqgraph
from iqgraph.cli import main
from iqgraph.errors import CallError
from iqgraph.release.versions import keep, releases
from iqgraph.resources import Sources
from tiny import number, put, release

RECORD = "data/releases/releases.ttl"


def test_files_of_a_release(sources: Sources, tmp_path: Path) -> None:
    """A compressed file, and a readable record."""
    expected = release(tmp_path, "1.0.0", "2020-01-31")

    assert releases(sources) == [expected]
    assert (tmp_path / "data/releases/1.0.0.nq.gz").exists()
    assert 'dcat:version "1.0.0"' in (tmp_path / RECORD).read_text(encoding="utf-8")


@pytest.mark.usefixtures("sources")
def test_the_same_data_gives_the_same_bytes(tmp_path: Path) -> None:
    """The file contains neither time nor host name."""
    file = tmp_path / "data/releases/1.0.0.nq.gz"
    release(tmp_path, "1.0.0", "2020-01-31")
    before, record = file.read_bytes(), (tmp_path / RECORD).read_bytes()
    file.unlink()
    (tmp_path / RECORD).unlink()
    release(tmp_path, "1.0.0", "2020-01-31")

    assert (file.read_bytes(), (tmp_path / RECORD).read_bytes()) == (before, record)


def test_a_second_release_leaves_the_first_as_it_is(sources: Sources, tmp_path: Path) -> None:
    """Only the record grows."""
    first = release(tmp_path, "1.0.0", "2020-01-31")
    before = first.file.content.read_bytes()
    second = release(tmp_path, "1.0.1", "2020-01-31", "1.0.0")

    assert releases(sources) == [first, second]
    assert first.file.content.read_bytes() == before


@pytest.mark.parametrize(
    ("version", "day", "reason"),
    [
        ("1.1", "2020-02-01", r"pyproject\.toml says that this is version 1\.1\.0, not 1\.1;"),
        ("../1.1.0", "2020-02-01", r"pyproject\.toml says that this is version 1\.1\.0, not \.\./1\.1\.0"),
        ("1.2.0", "2020-02-01", r"pyproject\.toml says that this is version 1\.1\.0, not 1\.2\.0"),
        ("1.1.0", "2020-02-30", "'2020-02-30' is not a date"),
        ("1.1.0", "today", "'today' is not a date"),
        ("1.1.0", "2020-01-30", "2020-01-30 is before 2020-01-31, the day of version 1.0.0"),
    ],
)
def test_invalid_releases_are_refused(sources: Sources, tmp_path: Path, version: str, day: str, reason: str) -> None:
    """With one sentence, and no file changes."""
    release(tmp_path, "1.0.0", "2020-01-31")
    number(tmp_path, "1.1.0", "1.0.0")
    before = {file: file.read_bytes() for file in (tmp_path / "data").rglob("*") if file.is_file()}

    with pytest.raises(CallError, match=reason):
        keep(version, day, sources, package="1.1.0")

    assert {file: file.read_bytes() for file in (tmp_path / "data").rglob("*") if file.is_file()} == before


@pytest.mark.parametrize("version", ["1.0.0", "0.9.0"])
def test_a_version_is_higher_than_all_before(sources: Sources, tmp_path: Path, version: str) -> None:
    """Released data never changes, and no version precedes it later."""
    release(tmp_path, "1.0.0", "2020-01-31")
    number(tmp_path, version)

    with pytest.raises(CallError, match=f"1.0.0 is released and never changes; {version} has to be a higher number"):
        keep(version, "2020-02-01", sources, package=version)


def test_the_ontology_has_the_same_version(sources: Sources, tmp_path: Path) -> None:
    """Otherwise the error names both."""
    number(tmp_path, "1.0.0")
    with pytest.raises(CallError, match=r"ontology/iq\.ttl says that this is version 1\.0\.0, not 1\.1\.0"):
        keep("1.1.0", "2020-01-31", sources, package="1.1.0")


@pytest.mark.usefixtures("sources")
def test_a_file_without_a_record_is_not_overwritten(tmp_path: Path) -> None:
    """It may be the only copy."""
    file = put(tmp_path, "data/releases/1.0.0.nq.gz", "something")

    with pytest.raises(FileExistsError):
        release(tmp_path, "1.0.0", "2020-01-31")

    assert file.read_text(encoding="utf-8") == "something"


def test_release_command(
    sources: Sources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It prints the new file; a second call is a usage error."""
    version = iqgraph.__version__
    number(tmp_path, version)
    for module in ("release.versions", "dataset.dataset"):
        monkeypatch.setattr(f"iqgraph.{module}.packaged", lambda: sources)

    assert main(["release", version, "2020-01-31"]) == 0
    assert f"{version}.nq.gz: version {version}, 2020-01-31, sha-256 " in capsys.readouterr().out
    assert main(["release", version, "2020-01-31"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
