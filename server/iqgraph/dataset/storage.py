"""The on-disk store: loaded once, whole or not at all, and opened whole at each later start."""

import errno
import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, cycle, islice
from pathlib import Path
from typing import Any

from pyoxigraph import NamedNode, Quad, Store

from ..bilingual import Text, untranslated
from ..errors import CallError, sentence
from .dataset import UNION, Dataset, GraphName, fill
from .profile import describe_files

DATASET, PART, BEFORE = "dataset", "dataset.loading", "dataset.before"
CONTENT, MARKER = "store", "loaded.json"
FORMAT = 1
ADVICE = Text(de="; leeren Sie den Ordner, um neu zu laden.", en="; empty the folder to load it again.")


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


# RocksDB could open all files at once, but pyoxigraph has no option for that; in Rust there is one since
# https://github.com/oxigraph/oxigraph/pull/1619.
MAX_ROUNDS = 8
KEYS_A_FILE = 64  # of n files that share the keys evenly, 64 n keys miss a certain one with the chance e^-64
CAUSES = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EMFILE, errno.EIO, errno.ENOENT)
TOO_MANY = Text(
    de="Nicht alle Dateien des Datenspeichers können zugleich offen sein; erhöhen Sie die Grenze (ulimit -n).",
    en="not all files of the store can be open at a time; raise the limit (ulimit -n).",
)


def open_store(folder: Path, content: Path) -> Store:
    """The store whose files are the content of a folder, read-only."""
    try:
        store = Store.read_only(str(content))
        _open_all(store, content)
    except (OSError, RuntimeError) as error:
        reason = reason_of(error)
        if reason == os.strerror(errno.EMFILE):
            raise CallError(de=f"{folder}: {TOO_MANY.de}", en=f"{folder}: {TOO_MANY.en}") from error
        advice = untranslated(".") if reason == os.strerror(errno.EACCES) else ADVICE
        raise CallError(
            de=f"{folder}: Der Datenspeicher ist nicht zu lesen: {reason}{advice.de}",
            en=f"{folder}: the store cannot be read: {reason}{advice.en}",
        ) from error
    return store


def reason_of(error: Exception) -> str:
    """What the system said, within what the store says of it, or at least its beginning."""
    text = str(error)
    causes = [os.strerror(number) for number in CAUSES]
    return next((cause for cause in causes if cause in text), re.split(r"\s\s|\. ", text)[0].rstrip("."))


def descriptors(folder: Path) -> list[int]:
    """Through which descriptors this process reads the files of a folder."""
    wanted = {(entry.stat().st_dev, entry.stat().st_ino) for entry in os.scandir(folder)}
    return sorted(int(name) for name in os.listdir("/dev/fd") if _identity(int(name)) in wanted)  # noqa: PTH208


def _open_all(store: Store, content: Path) -> None:
    """Have every file of the store open, since the workers may open none.

    RocksDB opens 16 at first (https://github.com/facebook/rocksdb/pull/3340) and each other one when a key is looked
    for in it. Keys are made of hashes, so looking for a few hundred of them in every index finds all files. Since they
    are not shared evenly, each round looks for more; the first for none.
    """
    wanted = len(list(content.glob("*.sst")))
    for number in range(MAX_ROUNDS):
        _touch(store, KEYS_A_FILE * wanted * number)
        if len(descriptors(content)) >= wanted:
            return
    raise CallError(de=f"{content}: {TOO_MANY.de}", en=f"{content}: {TOO_MANY.en}")


def _touch(store: Store, count: int) -> None:
    named: list[GraphName] = [*islice(store.named_graphs(), count)] or [UNION]
    quads = islice(store.quads_for_pattern(None, None, None, UNION), count)
    for number, (quad, name) in enumerate(zip(quads, cycle(named), strict=False)):
        chance = NamedNode(f"urn:chance:{number}")
        for graph in (UNION, None, chance, name):
            next(store.quads_for_pattern(chance, None, None, graph), None)
            next(store.quads_for_pattern(None, quad.predicate, quad.object, graph), None)
            next(store.quads_for_pattern(None, None, quad.object, graph), None)


def _identity(descriptor: int) -> tuple[int, int] | None:
    try:
        found = os.fstat(descriptor)
    except OSError:
        return None
    return found.st_dev, found.st_ino
