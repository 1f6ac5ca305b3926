"""The check of data before it is served: once for equal data, in another process, and failures are never cached."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from iqgraph.dataset import Dataset, load
from iqgraph.dataset.dataset import complete, read_sources
from iqgraph.errors import DatasetError
from iqgraph.release import release
from iqgraph.resources import Sources
from iqgraph.service import checking
from iqgraph.service.checking import Validation, check, check_once
from iqgraph.terms import ID, derived_graph
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
    return check_once(dataset, release.build(dataset))


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


def test_another_process_computes_sizes(sources: Sources) -> None:
    """They are available after a while, and at once to a later start."""
    dataset = load(sources=sources)
    files, later = release.build(dataset), release.build(dataset)
    check_once(dataset, files)
    until(lambda: files.available_figures().keys() == files.keys())
    check_once(dataset, later)

    assert later.available_figures() == {name: later.figures(name) for name in later}
    assert later.available_figures() == {
        name: release.Figures(len(content), files.digest(name)) for name, content in later.items()
    }


def validating() -> list[BaseProcess]:
    """The processes that validate."""
    return [one for one in multiprocessing.active_children() if one.name == "validation"]


@pytest.fixture
def send_signal(monkeypatch: pytest.MonkeyPatch) -> Callable[[signal.Signals], None]:
    """Send a signal to the validating process after its start."""

    def set_signal(number: signal.Signals) -> None:
        def examine(_: Dataset) -> list[Finding]:
            (process,) = validating()
            os.kill(process.pid or 0, number)
            return []

        monkeypatch.setattr(checking, "examine", examine)

    return set_signal


def test_validation_runs_beside_rules(sources: Sources, tmp_path: Path) -> None:
    """It validates the files, whose findings rules do not change."""
    change(tmp_path, SAYS, 'skos:prefLabel "Ben"@en ;', "")
    dataset = read_sources(sources=sources)
    validation = Validation(dataset)
    complete(dataset)

    assert dataset.size(derived_graph(ID.letter)) > 0
    assert check(dataset, validation) == check(dataset) != []


def test_a_check_that_hangs_times_out(
    letter: Dataset, send_signal: Callable[[signal.Signals], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error names the limit."""
    monkeypatch.setattr(checking, "MAX_VALIDATION_SECONDS", 0)
    send_signal(signal.SIGSTOP)

    with pytest.raises(DatasetError, match=r"did not finish within 0 seconds\."):
        check(letter)


def test_a_check_whose_process_is_killed_fails(letter: Dataset, send_signal: Callable[[signal.Signals], None]) -> None:
    """For instance because memory is short."""
    send_signal(signal.SIGKILL)

    with pytest.raises(DatasetError, match=r"ended before it was done\."):
        check(letter)


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (("shapes/evidence/graph-leads-to-passage.rq", "SELECT", "SELEC"), r"graph-leads-to-passage\.rq"),
        (("shapes/person.ttl", "sh:path skos:prefLabel", "sh:path 1"), "The shapes cannot be used: "),
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
