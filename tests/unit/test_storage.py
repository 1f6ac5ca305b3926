"""The on-disk store: complete or absent, reused, and never mixed."""

import fcntl
import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from pyoxigraph import RdfFormat, Store

from iqgraph.cli import main
from iqgraph.dataset import UNION, Dataset, load_plain, rocksdb
from iqgraph.dataset.storage import BEFORE, CONTENT, DATASET, MARKER, PART, open_or_load, reload_store, settle
from iqgraph.engine import Query
from iqgraph.errors import CallError, DatasetError
from iqgraph.web import create_app
from loopback import get, serving
from tiny import put

THREE = (200, "n\r\n3\r\n")
TEXT = """@prefix x: <http://x/> .
x:a x:b x:c . x:g { x:a x:b x:c . x:a x:b _:n } x:h { x:d x:e "f" . x:a x:b _:n }
"""
COUNT = Query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
TABLES = " ".join(f"VALUES ?v{n} {{ {' '.join(map(str, range(99)))} }}" for n in range(9))
SLOW = Query(f"SELECT (COUNT(*) AS ?n) {{ {TABLES} }}")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """RDF with named graphs."""
    return put(tmp_path, "a.trig", TEXT)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder for the store, which does not exist yet."""
    return tmp_path / "some" / "store"


def lines(store: Store) -> set[str]:
    """The statements without the names of their blank nodes."""
    return {re.sub(r"_:\w+", "_:n", str(quad)) for quad in store}


def test_the_store_equals_a_dataset_in_memory(file: Path, folder: Path) -> None:
    """It has the same graphs, union, prefixes and counts."""
    memory, disk = load_plain([file]), open_or_load(folder, [file])

    assert lines(disk.store) == lines(memory.store)
    assert (disk.prefixes, disk.statements, disk.graphs()) == (memory.prefixes, memory.statements, memory.graphs())
    assert disk.size(UNION) == disk.statements == 3
    assert len({triple.object for triple in disk.triples()}) == 3


@pytest.mark.parametrize("again", [True, False], ids=["same files", "no files"])
def test_the_store_is_reused(file: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, again: bool) -> None:
    """No file is read a second time, and it does not matter where the store is."""
    first = lines(open_or_load(folder, [file]).store)
    moved = folder.rename(folder.parent / "moved")
    monkeypatch.setattr("iqgraph.dataset.storage.load_files", None)
    if not again:
        file.unlink()

    assert lines(open_or_load(moved, [file] if again else []).store) == first


def _other(file: Path) -> list[Path]:
    return [put(file.parent, "b.ttl", "<http://y/a> <http://y/b> <http://y/c> .")]


def _more(file: Path) -> list[Path]:
    return [file, *_other(file)]


def _longer(file: Path) -> list[Path]:
    file.write_text(TEXT + "x:more x:and x:more .", encoding="utf-8")
    return [file]


def _newer(file: Path) -> list[Path]:
    os.utime(file, (1, 1))
    return [file]


@pytest.mark.parametrize(
    "change", [_other, _more, _longer, _newer], ids=["another file", "one more", "a longer one", "a newer one"]
)
def test_other_files_are_refused(file: Path, folder: Path, change: Callable[[Path], list[Path]]) -> None:
    """One sentence names the differing files; the store stays as it was."""
    first = lines(open_or_load(folder, [file]).store)

    with pytest.raises(CallError, match=r"was loaded from other files, or they have changed since: .+\."):
        open_or_load(folder, change(file))
    assert lines(open_or_load(folder).store) == first


@pytest.mark.parametrize("exists", [True, False], ids=["empty", "missing"])
def test_without_files_there_must_be_a_store(folder: Path, exists: bool) -> None:
    """The first start needs files."""
    if exists:
        folder.mkdir(parents=True)

    with pytest.raises(CallError, match="there is no store yet; name the files to load into it"):
        open_or_load(folder)


def test_a_folder_with_other_files_is_refused(file: Path, folder: Path) -> None:
    """And its files stay."""
    letter = put(folder, "letter.txt", "Dear Anna")

    with pytest.raises(CallError, match="not empty and not one of our stores"):
        open_or_load(folder, [file])
    assert [*folder.iterdir()] == [letter]


def test_an_empty_disk_is_an_empty_folder(file: Path, folder: Path) -> None:
    """A file system puts `lost+found` there."""
    (folder / "lost+found").mkdir(parents=True)

    assert open_or_load(folder, [file]).statements == 3


def test_wrong_data_leaves_nothing(folder: Path, file: Path) -> None:
    """Neither a store nor a part of one."""
    with pytest.raises(DatasetError, match=r"b\.ttl, line 1"):
        open_or_load(folder, [file, put(file.parent, "b.ttl", "<http://y/a> <http://y/b> <http://y/c> . x")])
    assert [*folder.iterdir()] == []


def test_a_killed_load_starts_again(folder: Path, file: Path) -> None:
    """Its rest is neither served nor mixed with the new store."""
    part = folder / PART
    part.mkdir(parents=True)
    Store(part / CONTENT).load(b"<http://old/a> <http://old/b> <http://old/c> .", RdfFormat.N_TRIPLES)

    with pytest.raises(CallError, match="there is no store yet"):
        open_or_load(folder)
    assert lines(open_or_load(folder, [file]).store) == lines(load_plain([file]).store)
    assert not part.exists()


def test_a_killed_replacement_is_undone(folder: Path, file: Path) -> None:
    """A process that ends between the two steps of a replacement leaves the old store under another name."""
    written = lines(open_or_load(folder, [file]).store)
    (folder / DATASET).rename(folder / BEFORE)

    assert lines(open_or_load(folder).store) == written
    assert not (folder / BEFORE).exists()


def test_two_loads_at_a_time(folder: Path, file: Path) -> None:
    """The second is refused during the first."""
    folder.mkdir(parents=True)
    lock = os.open(folder, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)

    with pytest.raises(CallError, match="another process is loading into this folder"):
        open_or_load(folder, [file])
    os.close(lock)


@pytest.mark.parametrize("text", ["{", json.dumps({"format": 0})], ids=["damaged", "other version"])
def test_a_store_with_an_unreadable_marker_is_refused(folder: Path, file: Path, text: str) -> None:
    """The message says how to load it again."""
    open_or_load(folder, [file])
    (folder / DATASET / MARKER).write_text(text, encoding="utf-8")

    with pytest.raises(CallError, match="empty the folder to load it again"):
        open_or_load(folder)


def test_a_store_without_its_content(folder: Path, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command line prints one sentence."""
    open_or_load(folder, [file])
    shutil.rmtree(folder / DATASET / CONTENT)

    assert main(["serve", "--port", "0", "--store", str(folder)]) == 2
    assert re.fullmatch(r"iqgraph: .+\.\n", capsys.readouterr().err)


def test_the_order_of_files_does_not_matter(folder: Path, file: Path) -> None:
    """Neither at a start nor in a reload."""
    files = _more(file)
    open_or_load(folder, files)

    open_or_load(folder, files[::-1])
    reload_store(folder, files[::-1])

    assert [one.name for one in folder.iterdir()] == [DATASET]


def test_the_last_round_may_open_the_rest(folder: Path, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store is refused only if some of its files are closed after all rounds."""
    rounds: list[int] = []
    monkeypatch.setattr(rocksdb, "_look_up", lambda _, count: rounds.append(count))
    monkeypatch.setattr(rocksdb, "descriptors", lambda _: range(99) if len(rounds) == rocksdb.MAX_ROUNDS else ())

    assert open_or_load(folder, [file]).statements == 3
    assert len(rounds) == rocksdb.MAX_ROUNDS


@pytest.mark.parametrize("is_taken", [True, False])
def test_new_content_has_its_place_once_it_is_settled(folder: Path, file: Path, *, is_taken: bool) -> None:
    """Both stores can be read before and after; the next start finds the chosen one, and the other is removed."""
    old, before = open_or_load(folder, [file]), lines(load_plain([file]).store)
    _longer(file)
    new, after = reload_store(folder, [file]), lines(load_plain([file]).store)
    assert lines(open_or_load(folder).store) == before

    settle(folder, taken=is_taken)

    assert (lines(old.store), lines(new.store)) == (before, after)
    assert lines(open_or_load(folder).store) == (after if is_taken else before)
    assert [one.name for one in folder.iterdir()] == [DATASET]


def test_the_rest_of_a_killed_reload_is_ignored(folder: Path, file: Path) -> None:
    """It may be older than the store that is served."""
    state = file.stat()
    before = lines(open_or_load(folder, [file]).store)
    text = file.read_bytes()
    _longer(file)
    reload_store(folder, [file])
    file.write_bytes(text)
    os.utime(file, ns=(state.st_atime_ns, state.st_mtime_ns))

    reload_store(folder, [file])
    settle(folder, taken=True)

    assert lines(open_or_load(folder).store) == before
    assert [one.name for one in folder.iterdir()] == [DATASET]


def ask(root: str, query: Query) -> tuple[int, str]:
    """The answer of a running server, as CSV."""
    return get(f"{root}/sparql?format=csv&query={quote(query.text)}")


def test_a_store_is_served(file: Path, folder: Path) -> None:
    """A slow query ends at its limit, later ones are answered, and a second server needs no files.

    Servers only read a store, so several may share it.
    """
    with serving("--store", folder, "--timeout", "1", file) as root, serving("--store", folder) as beside:
        assert ask(root, COUNT) == THREE
        assert ask(root, SLOW)[0] == 422
        assert ask(root, COUNT) == ask(beside, COUNT) == THREE


@pytest.mark.parametrize(
    ("path", "status"),
    [("/", 200), ("/ready", 200), ("/health", 200), ("/sparql", 200), ("/sparql?query=ASK%7B%7D", 200), ("/id/x", 404)],
)
def test_first_answers_need_no_scan_of_all_statements(
    file: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, path: str, status: int
) -> None:
    """Only the engine may count millions of statements."""

    def walk(*_: object) -> None:
        raise AssertionError("all statements are scanned")

    dataset = open_or_load(folder, [file])
    monkeypatch.setattr(Dataset, "triples", walk)
    monkeypatch.setattr("iqgraph.dataset.dataset.MAX_LISTED_STATEMENTS", 0)

    assert create_app(dataset).test_client().get(path).status_code == status
