"""The on-disk store: loaded once, completely or not at all, and opened at each later start."""

import fcntl
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from pyoxigraph import Quad, Store

from ..errors import CallError, sentence
from .dataset import Dataset, load_files
from .profile import describe_files
from .rocksdb import ADVICE, descriptors, open_store, reason_of

DATASET, PART, BEFORE = "dataset", "dataset.loading", "dataset.before"
CONTENT, MARKER = "store", "loaded.json"
FORMAT = 1
FileStates = Mapping[str, Mapping[str, Any]]  # size and time of change by absolute path


@dataclass(frozen=True)
class _Marker:
    """What a store was loaded from, its prefixes, and the number of its statements."""

    files: FileStates
    prefixes: Mapping[str, str]
    statements: int


def open_or_load(folder: Path, files: Sequence[Path] = ()) -> Dataset:
    """The dataset in a folder, loaded from the files if there is none; later calls need the same files or none."""
    if not (folder / DATASET).exists():
        if (folder / BEFORE).exists():  # a process was killed while it replaced the store
            (folder / BEFORE).rename(folder / DATASET)
            return open_or_load(folder, files)
        if folder.exists() and {entry.name for entry in folder.iterdir()} - {PART, "lost+found"}:
            raise CallError(
                de=f"{folder}: Der Ordner ist weder leer noch ein Datenspeicher von uns; nennen Sie einen anderen.",
                en=f"{folder}: this folder is not empty and not one of our stores; choose another one.",
            )
        _load(folder, files, place=True)
    _refuse_other_files(folder, _read_marker(folder).files, files)
    return _open(folder, DATASET)


def reload_store(folder: Path, files: Sequence[Path] = ()) -> Dataset:
    """The dataset in a folder, loaded again if the files have changed; `settle` then replaces the old one."""
    if files and (folder / DATASET).exists():
        if _read_marker(folder).files != _states(files):
            _load(folder, files, place=False)
            return _open(folder, PART)
        settle(folder, taken=False)  # remove what a killed process has left
    return open_or_load(folder, files)


def settle(folder: Path, *, taken: bool) -> None:
    """Replace the store by the reloaded one, or remove the latter; processes that have either open can go on."""
    with _lock(folder):
        if taken and (folder / PART / MARKER).exists():
            _replace(folder)
        shutil.rmtree(folder / PART, ignore_errors=True)


def _open(folder: Path, name: str) -> Dataset:
    marker, content = _read_marker(folder, name), folder / name / CONTENT
    store = open_store(folder, content)
    return Dataset(
        store,
        prefixes=marker.prefixes,
        size_hint=marker.statements,
        descriptors=tuple(descriptors(content)),
        profile=describe_files(store, list(map(Path, marker.files))),
    )


def _load(folder: Path, files: Sequence[Path], *, place: bool) -> None:
    """Load the files into a temporary subfolder, which is removed if that fails, and put it in place if wanted."""
    part = folder / PART
    if not files:
        raise CallError(
            de=f"{folder}: Hier ist noch kein Datenspeicher; nennen Sie die Dateien, die er enthalten soll.",
            en=f"{folder}: there is no store yet; name the files to load into it.",
        )
    with _lock(folder):
        shutil.rmtree(part, ignore_errors=True)
        try:
            _fill(part, files)
            if place:
                _replace(folder)
        except BaseException as error:
            shutil.rmtree(part, ignore_errors=True)
            if not isinstance(error, OSError | RuntimeError):
                raise
            reason = reason_of(error)
            raise CallError(
                de=f"{folder}: Der Datenspeicher ist nicht zu schreiben: {reason}. Nichts davon bleibt.",
                en=f"{folder}: the store cannot be written: {reason}. Nothing of it is kept.",
            ) from error


def _fill(part: Path, files: Sequence[Path]) -> None:
    part.mkdir()
    states = _states(files)  # before they are read, so that a change meanwhile is noticed later
    store = Store(part / CONTENT)
    prefixes = load_files(store, files)
    # Not by `add_union`, since an update would keep all that it adds in memory until its end.
    quads = (store.quads_for_pattern(None, None, None, graph) for graph in store.named_graphs())
    store.bulk_extend(Quad(*quad.triple) for quad in chain.from_iterable(quads))
    size = Dataset(store).statements
    marker = {"format": FORMAT, "files": [*states.values()], "prefixes": prefixes, "statements": size}
    (part / MARKER).write_text(json.dumps(marker, indent=2), encoding="utf-8")


def _replace(folder: Path) -> None:
    dataset, before = folder / DATASET, folder / BEFORE
    shutil.rmtree(before, ignore_errors=True)
    if dataset.exists():
        dataset.rename(before)
    (folder / PART).rename(dataset)
    shutil.rmtree(before, ignore_errors=True)


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    """Hold the lock of the folder, so that only one process loads into it."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = os.open(folder, os.O_RDONLY)
    try:
        # The system releases it, however the process ends (flock(2)).
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise CallError(
            de=f"{folder}: Ein anderer Prozess lädt gerade in diesen Ordner.",
            en=f"{folder}: another process is loading into this folder.",
        ) from error
    finally:
        os.close(lock)


def _read_marker(folder: Path, name: str = DATASET) -> _Marker:
    try:
        marker = json.loads((folder / name / MARKER).read_text(encoding="utf-8"))
        if marker["format"] != FORMAT:
            raise ValueError(marker["format"])
        files = {state["file"]: state for state in marker["files"]}
        return _Marker(files, marker["prefixes"], marker["statements"])
    except (FileNotFoundError, KeyError, TypeError, ValueError) as error:
        raise CallError(
            de=f"{folder}: {name}/{MARKER} fehlt, ist beschädigt oder von einer anderen Version{ADVICE.de}",
            en=f"{folder}: {name}/{MARKER} is missing, damaged or of another version{ADVICE.en}",
        ) from error


def _states(files: Iterable[Path]) -> FileStates:
    """The states of the files. They have no hash: a file may have gigabytes, and each start would read it."""
    states = {}
    for file in files:
        try:
            status = file.stat()
        except OSError as error:
            raise CallError(sentence(error)) from error
        name = str(file.resolve())
        states[name] = {"file": name, "size": status.st_size, "modified": status.st_mtime_ns}
    return states


def _refuse_other_files(folder: Path, old: FileStates, files: Sequence[Path]) -> None:
    new = _states(files)
    if files and new != old:
        names = ", ".join(sorted(name for name in {*old, *new} if old.get(name) != new.get(name)))
        raise CallError(
            de=f"{folder}: Der Datenspeicher wurde aus anderen Dateien oder einem anderen Stand geladen: {names}. "
            "Starten Sie ohne Dateien, leeren Sie den Ordner, oder nennen Sie einen anderen.",
            en=f"{folder}: the store was loaded from other files, or they have changed since: {names}. "
            "Serve it without files, empty it, or name another folder.",
        )
