"""The check of data in service: it is done once for equal data, beside other work, and never taken for done."""

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
Checked = list[Dataset]
Edit = tuple[str, str, str]


@pytest.fixture(autouse=True)
def checked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Checked:
    """What is checked, with a cache of its own."""
    found: Checked = []

    def counted(dataset: Dataset) -> list[Finding]:
        found.append(dataset)
        return check(dataset)

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(checking, "check", counted)
    return found


def found(sources: Sources) -> list[Finding]:
    """What is wrong with the sources as they are now."""
    dataset = load(sources=sources)
    return check_once(dataset, release.build(dataset))


@pytest.mark.parametrize(
    "edit",
    [(SAYS, "@prefix", "# changed\n@prefix"), ("shapes/evidence/graph-leads-to-passage.rq", "SELECT", "SELECT ")],
    ids=["data", "rule"],
)
def test_equal_data_is_checked_once(sources: Sources, tmp_path: Path, checked: Checked, edit: Edit) -> None:
    """What was found valid is known to every later start, until a file that counts is another."""
    assert [found(sources), found(sources), len(checked)] == [[], [], 1]
    change(tmp_path, *edit)

    assert [found(sources), len(checked)] == [[], 2]


def test_of_a_document_that_is_gone_nothing_else_is_found(sources: Sources, tmp_path: Path) -> None:
    """What its seals lack follows from that."""
    file = put(
        tmp_path, "data/card/01.trig", HEAD.replace("/letter/", "/card/") + "g:S01 { id:zoe iq:leads id:choir . }"
    )
    shape = (
        "shapes:Graph a sh:NodeShape ; sh:targetSubjectsOf void:triples ; sh:property [ sh:path a:b ; sh:minCount 1 ] ."
    )
    put(tmp_path, "shapes/graph.ttl", f"{HEAD}@prefix a: <urn:a:> .\n{shape}")
    seal(sources)
    file.unlink()
    told = [one.line() for one in check(load(sources=sources)) if "card" in one.line()]

    assert len(told) == 1
    assert told[0].startswith("data/card/01.trig: ")


def test_invalid_data_is_checked_each_time(sources: Sources, tmp_path: Path, checked: Checked) -> None:
    """Nothing is kept of it."""
    change(tmp_path, SAYS, 'skos:prefLabel "Ben"@en ;', "")

    assert [len(found(sources)), len(found(sources)), len(checked)] == [1, 1, 2]


def test_without_a_cache_each_start_checks(sources: Sources, tmp_path: Path, checked: Checked) -> None:
    """A place where nothing can be written is no error."""
    (tmp_path / "cache").write_bytes(b"")

    assert [found(sources), found(sources), len(checked)] == [[], [], 2]


def test_a_place_that_cannot_even_be_looked_at(
    sources: Sources, monkeypatch: pytest.MonkeyPatch, checked: Checked
) -> None:
    """As in the home of another user it is no error; here the name is longer than any can be."""
    monkeypatch.setenv("XDG_CACHE_HOME", "/" + "x" * 5000)

    assert [found(sources), found(sources), len(checked)] == [[], [], 2]


def test_sizes_are_found_out_by_another_process(sources: Sources) -> None:
    """They are known after a while though no file was made here, and to a later start at once."""
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
def struck(monkeypatch: pytest.MonkeyPatch) -> Callable[[signal.Signals], None]:
    """Send a signal to the process that validates, once it has begun."""

    def strike(wanted: signal.Signals) -> None:
        def examine(_: Dataset) -> list[Finding]:
            (process,) = validating()
            os.kill(process.pid or 0, wanted)
            return []

        monkeypatch.setattr(checking, "examine", examine)

    return strike


def test_shapes_are_asked_while_rules_are_run(sources: Sources, tmp_path: Path) -> None:
    """They look at what files say, and find the same in what rules have not added to yet."""
    change(tmp_path, SAYS, 'skos:prefLabel "Ben"@en ;', "")
    dataset = read_sources(sources=sources)
    validation = Validation(dataset)
    complete(dataset)

    assert dataset.size(derived_graph(ID.letter)) > 0
    assert check(dataset, validation) == check(dataset) != []


def test_check_that_hangs(
    letter: Dataset, struck: Callable[[signal.Signals], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A validation that does not move is given up."""
    monkeypatch.setattr(checking, "MAX_VALIDATION_SECONDS", 0)
    struck(signal.SIGSTOP)

    with pytest.raises(DatasetError, match=r"did not finish within 0 seconds\."):
        check(letter)


def test_check_that_is_lost(letter: Dataset, struck: Callable[[signal.Signals], None]) -> None:
    """A validation whose process is killed, as when memory is short, is no success."""
    struck(signal.SIGKILL)

    with pytest.raises(DatasetError, match=r"ended before it was done\."):
        check(letter)


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (("shapes/evidence/graph-leads-to-passage.rq", "SELECT", "SELEC"), r"graph-leads-to-passage\.rq"),
        (("shapes/person.ttl", "sh:path skos:prefLabel", "sh:path 1"), "The shapes cannot be used: "),
    ],
)
def test_check_that_cannot_be_done(sources: Sources, tmp_path: Path, edit: tuple[str, str, str], message: str) -> None:
    """What is wrong with the rules, or with the shapes in another process, comes back as the error it is."""
    change(tmp_path, *edit)

    with pytest.raises(DatasetError, match=message):
        found(sources)

    assert validating() == []
