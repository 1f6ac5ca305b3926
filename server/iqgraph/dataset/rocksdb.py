"""The files of a store on disk, which RocksDB keeps: all of them opened, and what it says when it cannot."""

import errno
import os
import re
from itertools import cycle, islice
from pathlib import Path

from pyoxigraph import NamedNode, Store

from ..bilingual import Text, untranslated
from ..errors import CallError
from .dataset import UNION, GraphName

# RocksDB could open all files at once, but pyoxigraph has no option for that; in Rust there is one since
# https://github.com/oxigraph/oxigraph/pull/1619.
MAX_ROUNDS = 8
KEYS_A_FILE = 64  # of n files that share the keys evenly, 64 n keys miss a certain one with the chance e^-64
ADVICE = Text(de="; leeren Sie den Ordner, um neu zu laden.", en="; empty the folder to load it again.")
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
