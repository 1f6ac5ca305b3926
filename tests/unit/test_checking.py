"""The check of data before it is served: once for equal data, in another process, and failures are never cached."""

import multiprocessing
import os
import re
import signal
import sys
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from iqgraph.bilingual import Text
from iqgraph.dataset import Dataset, load
from iqgraph.engine.workers.zygote import ZYGOTE_LOST
from iqgraph.errors import CallError, DatasetError, sentence
from iqgraph.release import release
from iqgraph.release.dumps import QUADS
from iqgraph.resources import Sources
from iqgraph.service import checking
from iqgraph.service.checking import CODE, FAULT, LIBRARIES, cache_file, check, check_once, load_bundled, reason
from iqgraph.terms import ID, SH
from iqgraph.validation.findings import Finding
from iqgraph.validation.seals import seal
from loopback import until
from tiny import HEAD, change, put

SAYS = "data/letter/01-all.trig"
Calls = list[Dataset]
Edit = tuple[str, str, str]


@pytest.fixture(autouse=True)
def checks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Calls:
    """The datasets that were checked, with a cache for this test."""
    calls: Calls = []

    def recorded_check(dataset: Dataset) -> list[Finding]:
        calls.append(dataset)
        return check(dataset)

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(checking, "check", recorded_check)
    return calls


def findings(sources: Sources) -> list[Finding]:
    """The findings about the sources in their current state."""
    dataset = load(sources=sources)
    return check_once(dataset, cache_file(dataset))


@pytest.mark.parametrize(
    "edit",
    [(SAYS, "@prefix", "# changed\n@prefix"), ("shapes/evidence/graph-leads-to-passage.rq", "SELECT", "SELECT ")],
    ids=["data", "rule"],
)
def test_equal_data_is_checked_once(sources: Sources, tmp_path: Path, checks: Calls, edit: Edit) -> None:
    """Later starts skip the check of valid data until a relevant file changes."""
    assert [findings(sources), findings(sources), len(checks)] == [[], [], 1]
    change(tmp_path, *edit)

    assert [findings(sources), len(checks)] == [[], 2]


def test_the_check_depends_on_the_libraries_that_it_imports() -> None:
    """With another version of one, data is checked again."""
    modules = ("dataset/*.py", "release/*.py", "serialisation/*.py", "validation/*.py", "writing.py")
    texts = [file.read_text(encoding="utf-8") for pattern in modules for file in CODE.glob(pattern)]
    imports = set(re.findall(r"(?m)^(?:from|import) (\w+)", "".join(texts)))

    assert imports - sys.stdlib_module_names == set(LIBRARIES)


def test_a_missing_document_is_one_finding(sources: Sources, tmp_path: Path) -> None:
    """The findings about its seals follow from it and are omitted."""
    file = put(
        tmp_path, "data/card/01.trig", HEAD.replace("/letter/", "/card/") + "g:S01 { id:zoe iq:leads id:choir . }"
    )
    shape = (
        "shapes:Graph a sh:NodeShape ; sh:targetSubjectsOf void:triples ; sh:property [ sh:path a:b ; sh:minCount 1 ] ."
    )
    put(tmp_path, "shapes/graph.ttl", f"{HEAD}@prefix a: <urn:a:> .\n{shape}")
    seal(sources)
    file.unlink()
    lines = [one.line() for one in check(load(sources=sources)) if "card" in one.line()]

    assert len(lines) == 1
    assert lines[0].startswith("data/card/01.trig: ")


def test_invalid_data_is_checked_each_time(sources: Sources, tmp_path: Path, checks: Calls) -> None:
    """Its result is not cached."""
    change(tmp_path, SAYS, 'skos:prefLabel "Ben"@en ;', "")

    assert [len(findings(sources)), len(findings(sources)), len(checks)] == [1, 1, 2]


def test_without_a_cache_each_start_checks(sources: Sources, tmp_path: Path, checks: Calls) -> None:
    """A cache that cannot be written is no error."""
    (tmp_path / "cache").write_bytes(b"")

    assert [findings(sources), findings(sources), len(checks)] == [[], [], 2]


def test_an_unreadable_cache_is_no_error(sources: Sources, monkeypatch: pytest.MonkeyPatch, checks: Calls) -> None:
    """Such as one in the home of another user; here its name is too long."""
    monkeypatch.setenv("XDG_CACHE_HOME", "/" + "x" * 5000)

    assert [findings(sources), findings(sources), len(checks)] == [[], [], 2]


@pytest.fixture
def bundled(monkeypatch: pytest.MonkeyPatch, sources: Sources) -> Dataset:
    """A small dataset in place of the bundled one."""
    dataset = load(sources=sources)
    monkeypatch.setattr(checking, "load", lambda: dataset)
    monkeypatch.setattr(checking, "packaged", lambda: sources)
    return dataset


def test_another_process_loads(bundled: Dataset) -> None:
    """The server has the same statements and prefixes, and the hash of the data without making a file."""
    dataset, files, findings = load_bundled()

    assert (set(dataset.store), dataset.prefixes, findings) == (set(bundled.store), bundled.prefixes, [])
    assert files is not None
    assert files.available_checksums()[QUADS] == release.build(bundled).checksum(QUADS)


@pytest.mark.usefixtures("bundled")
def test_another_process_computes_sizes() -> None:
    """They are available after a while, and at once to a later start."""
    files = load_bundled().files
    assert files is not None
    until(lambda: files.available_checksums().keys() == files.keys())
    later = load_bundled().files

    assert later is not None
    assert later.available_checksums() == {name: files.checksum(name) for name in later}


@pytest.mark.parametrize("error", [DatasetError(de="Falsch.", en="Wrong."), FileNotFoundError(2, "No such file", "a")])
def test_errors_of_loading_are_raised(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """As if this process had loaded the data."""

    def fail() -> Dataset:
        raise error

    monkeypatch.setattr(checking, "load", fail)

    with pytest.raises(type(error)) as raised:
        load_bundled()
    assert sentence(raised.value) == sentence(error)


def start_with(finding: Finding) -> set[str]:
    """Start with data that has a finding, which is told; the files in the cache when the loader has ended."""
    assert load_bundled().findings == [finding]
    for process in multiprocessing.active_children():
        process.join()
    return {file.suffix for file in Path(os.environ["XDG_CACHE_HOME"]).rglob("*") if file.is_file()}


@pytest.mark.usefixtures("bundled")
def test_a_warning_is_told_at_each_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sizes are kept for a later start, but not as a sign that there are no findings."""
    warning = Finding(ID.anna, ID.anna, Text(de="Bitte ansehen.", en="Please look."), severity=SH.Warning)
    monkeypatch.setattr(checking, "check", lambda _: [warning])

    assert [start_with(warning), start_with(warning)] == [{".checksums"}] * 2
    files = load_bundled().files
    assert files is not None
    assert files.available_checksums().keys() == files.keys()


@pytest.mark.usefixtures("bundled")
def test_a_breach_ends_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of wrong data is kept, and each start tells what is wrong."""
    breach = Finding(ID.anna, ID.anna, Text(de="Falsch.", en="Wrong."), severity=SH.Violation)
    monkeypatch.setattr(checking, "check", lambda _: [breach])

    assert [start_with(breach), start_with(breach)] == [set(), set()]


@pytest.mark.usefixtures("bundled")
def test_data_that_changes_during_its_check_counts_as_unchecked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Nobody knows which of both states was found valid."""

    def check_late(_: Dataset) -> list[Finding]:
        change(tmp_path, SAYS, "@prefix", "# changed\n@prefix")
        return []

    monkeypatch.setattr(checking, "check", check_late)
    load_bundled()
    for process in multiprocessing.active_children():
        process.join()

    assert {file.suffix for file in (tmp_path / "cache" / "iqgraph" / "valid").iterdir()} == {".checksums"}


def lose() -> None:
    """End as a process does that the kernel kills."""
    os.kill(os.getpid(), signal.SIGKILL)


def fail() -> None:
    """Raise what only a fault of the program raises."""
    raise KeyError("fault")


def exhaust() -> None:
    """Raise what an allocation raises without memory."""
    raise MemoryError


@pytest.mark.usefixtures("bundled")
@pytest.mark.parametrize(
    ("end", "message"),
    [
        (lose, "there may be too little memory"),
        (exhaust, "there may be too little memory"),
        (fail, "fault of the prog"),
    ],
)
def test_a_lost_loader_is_an_error(monkeypatch: pytest.MonkeyPatch, end: Callable[[], None], message: str) -> None:
    """Also when the statements are there already; a fault of the program is not told as a lack of memory."""
    monkeypatch.setattr(checking, "check_once", lambda *_: end())

    with pytest.raises(CallError, match=message):
        load_bundled()


@pytest.mark.parametrize(("exit_code", "is_fault"), [(-9, False), (1, True), (ZYGOTE_LOST, False)])
def test_only_an_exception_is_a_fault(exit_code: int, is_fault: bool) -> None:
    """A server that loads also ends if its zygote is lost."""
    assert (reason(exit_code) is FAULT) == is_fault


def validating() -> list[BaseProcess]:
    """The processes that validate."""
    return [one for one in multiprocessing.active_children() if one.name == "validation"]


def test_a_check_whose_process_is_killed_fails(letter: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    """For instance because memory is short."""

    def examine(_: Dataset) -> list[Finding]:
        (process,) = validating()
        process.kill()
        return []

    monkeypatch.setattr(checking, "examine", examine)

    with pytest.raises(CallError, match="ended before it was done"):
        check(letter)


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (
            ("shapes/evidence/graph-leads-to-passage.rq", "SELECT ?focus", "SELECT ?fokus"),
            r"graph-leads-to-passage\.rq",
        ),
        (
            ("shapes/person.ttl", "sh:path skos:prefLabel", "sh:path 1"),
            "the property path is",
        ),
    ],
)
def test_errors_of_rules_and_shapes_are_raised(
    sources: Sources, tmp_path: Path, edit: tuple[str, str, str], message: str
) -> None:
    """Also those of the other process."""
    change(tmp_path, *edit)

    with pytest.raises(DatasetError, match=message):
        findings(sources)

    assert validating() == []
