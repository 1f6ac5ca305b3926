"""The on-disk store: loaded once, whole or not at all, and opened whole at each later start."""

import fcntl
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

from pyoxigraph import Quad, Store

from ..bilingual import Text
from ..errors import CallError, sentence
from .dataset import Dataset, fill
from .profile import describe_files
from .rocksdb import ADVICE, descriptors, open_store, reason_of

DATASET, PART, BEFORE = "dataset", "dataset.loading", "dataset.before"
CONTENT, MARKER = "store", "loaded.json"
FORMAT = 1


def open_or_load(folder: Path, files: Sequence[Path] = ()) -> Dataset:
    """The dataset of a folder, loaded from the files if the folder is new; files given later must be the same."""
    if not (folder / DATASET).exists():
        if (folder / BEFORE).exists():  # the new one was just about to take its place
            (folder / BEFORE).rename(folder / DATASET)
            return open_or_load(folder, files)
        _refuse_other(folder)
        _load(folder, files, place=True)
    _refuse_changed(folder, _marker(folder), files)
    return _dataset(folder, DATASET)


def reload_store(folder: Path, files: Sequence[Path] = ()) -> Dataset:
    """The dataset of a folder, loaded again if the files changed; `settle` gives it the place of the old one."""
    if files and (folder / DATASET).exists():
        if _by_name(_marker(folder)["files"]) != _by_name(map(_state, files)):
            _load(folder, files, place=False)
            return _dataset(folder, PART)
        settle(folder, taken=False)  # what a process left that was killed
    return open_or_load(folder, files)


def settle(folder: Path, *, taken: bool) -> None:
    """Let what was loaded anew take the place of the old, or nothing of it be left; who reads either, may go on."""
    with _alone(folder):
        if taken and (folder / PART / MARKER).exists():
            _replace(folder)
        shutil.rmtree(folder / PART, ignore_errors=True)


def _dataset(folder: Path, name: str) -> Dataset:
    marker, content = _marker(folder, name), folder / name / CONTENT
    store = open_store(folder, content)
    profile = describe_files(store, [Path(state["file"]) for state in marker["files"]])
    return Dataset(
        store,
        prefixes=marker["prefixes"],
        size_hint=marker["statements"],
        descriptors=tuple(descriptors(content)),
        profile=profile,
    )


def _load(folder: Path, files: Sequence[Path], *, place: bool) -> None:
    """Load into a part of the folder that may get its right name once all is there."""
    part = folder / PART
    if not files:
        raise CallError(
            de=f"{folder}: Hier ist noch kein Datenspeicher; nennen Sie die Dateien, die er enthalten soll.",
            en=f"{folder}: there is no store yet; name the files to load into it.",
        )
    with _alone(folder):
        shutil.rmtree(part, ignore_errors=True)
        try:
            _fill(part, files)
            if place:
                _replace(folder)
        except (OSError, RuntimeError) as error:
            shutil.rmtree(part, ignore_errors=True)
            reason = reason_of(error)
            raise CallError(
                de=f"{folder}: Der Datenspeicher ist nicht zu schreiben: {reason}. Nichts davon bleibt.",
                en=f"{folder}: the store cannot be written: {reason}. Nothing of it is kept.",
            ) from error
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise


def _fill(part: Path, files: Sequence[Path]) -> None:
    part.mkdir()
    state = [_state(file) for file in files]
    store = Store(part / CONTENT)
    prefixes = fill(store, files)
    # The union, otherwise than in memory (`unite`): an update would hold all that it adds there until its end.
    quads = (store.quads_for_pattern(None, None, None, graph) for graph in store.named_graphs())
    store.bulk_extend(Quad(*quad.triple) for quad in chain.from_iterable(quads))
    marker = {"format": FORMAT, "files": state, "prefixes": prefixes, "statements": Dataset(store).statements}
    (part / MARKER).write_text(json.dumps(marker, indent=2), encoding="utf-8")


def _replace(folder: Path) -> None:
    there, before = folder / DATASET, folder / BEFORE
    shutil.rmtree(before, ignore_errors=True)
    if there.exists():
        there.rename(before)
    (folder / PART).rename(there)
    shutil.rmtree(before, ignore_errors=True)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Only one process loads into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = os.open(folder, os.O_RDONLY)
    try:
        # However the process ends, the system lets go of it (flock(2)).
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise CallError(
            de=f"{folder}: Ein anderer Prozess lädt gerade in diesen Ordner.",
            en=f"{folder}: another process is loading into it just now.",
        ) from error
    finally:
        os.close(lock)


def _marker(folder: Path, name: str = DATASET) -> dict[str, Any]:
    try:
        marker: dict[str, Any] = json.loads((folder / name / MARKER).read_text(encoding="utf-8"))
        if marker["format"] != FORMAT:
            raise CallError(
                de=f"{folder}: Eine andere Version hat diesen Datenspeicher angelegt{ADVICE.de}",
                en=f"{folder}: another version made this store{ADVICE.en}",
            )
        return {key: marker[key] for key in ("files", "prefixes", "statements")}
    except (FileNotFoundError, KeyError, TypeError, ValueError) as error:
        raise CallError(
            de=f"{folder}: {name}/{MARKER} ist beschädigt oder fehlt{ADVICE.de}",
            en=f"{folder}: {name}/{MARKER} is damaged or missing{ADVICE.en}",
        ) from error


def _state(file: Path) -> dict[str, Any]:
    """By what a file is known again."""
    try:
        found = file.stat()
    except OSError as error:
        raise CallError(sentence(error)) from error
    # Not by a hash: a file may have gigabytes, and each start would read it.
    return {"file": str(file.resolve()), "size": found.st_size, "modified": found.st_mtime_ns}


def _by_name(states: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The states of files by their names, since their order says nothing."""
    return {state["file"]: state for state in states}


def _refuse_other(folder: Path) -> None:
    if folder.exists() and {entry.name for entry in folder.iterdir()} - {PART, "lost+found"}:
        raise CallError(
            de=f"{folder}: Der Ordner ist weder leer noch ein Datenspeicher von uns; nennen Sie einen anderen.",
            en=f"{folder}: this is not empty, and no store of ours; name another folder.",
        )


def _refuse_changed(folder: Path, marker: dict[str, Any], files: Sequence[Path]) -> None:
    loaded, given = _by_name(marker["files"]), _by_name(map(_state, files))
    advice = Text(
        de="Starten Sie ohne Dateien, leeren Sie den Ordner, oder nennen Sie einen anderen.",
        en="Serve it without files, empty it, or name another folder.",
    )
    if files and given.keys() != loaded.keys():
        holds = ", ".join(sorted(loaded))
        raise CallError(
            de=f"{folder}: Der Datenspeicher enthält {holds}, nicht was jetzt genannt ist. {advice.de}",
            en=f"{folder}: the store holds {holds}, not what is given now. {advice.en}",
        )
    changed = sorted(file for file, state in given.items() if state != loaded[file])
    if changed:
        names = ", ".join(changed)
        raise CallError(
            de=f"{folder}: Seit dem Laden haben sich Dateien geändert: {names}. {advice.de}",
            en=f"{folder}: {names} changed since the store was loaded. {advice.en}",
        )
