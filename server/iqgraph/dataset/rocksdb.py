"""The files of an on-disk store, which RocksDB writes: opening all of them, and the reasons why that fails."""

import errno
import os
import re
from contextlib import suppress
from itertools import cycle, islice
from pathlib import Path

from pyoxigraph import NamedNode, Store

from ..bilingual import Text, untranslated
from ..errors import CallError
from .dataset import UNION, GraphName

# RocksDB could open all files at once, but pyoxigraph has no option for that; in Rust there is one since
# https://github.com/oxigraph/oxigraph/pull/1619.
MAX_ROUNDS = 8
KEYS_PER_FILE = 64  # 64 n keys spread evenly over n files miss a given one with a probability of e^-64
ADVICE = Text(de="; leeren Sie den Ordner, um neu zu laden.", en="; empty the folder to load it again.")
CAUSES = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EMFILE, errno.EIO, errno.ENOENT)
TOO_MANY = Text(
    de="Nicht alle Dateien des Datenspeichers können zugleich offen sein; erhöhen Sie die Grenze (ulimit -n).",
    en="not all files of the store can be open at the same time; raise the limit (ulimit -n).",
)


def open_store(folder: Path, content: Path) -> Store:
    """Open the store in the content folder, read-only; errors name the folder."""
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
    """The error of the system within the store's message, else the first sentence of the message."""
    text = str(error)
    causes = [os.strerror(number) for number in CAUSES]
    return next((cause for cause in causes if cause in text), re.split(r"\s\s|\. ", text)[0].rstrip("."))


def descriptors(folder: Path) -> list[int]:
    """The file descriptors of this process for the files of a folder."""
    files = {(entry.stat().st_dev, entry.stat().st_ino) for entry in os.scandir(folder)}
    numbers = []
    for number in map(int, os.listdir("/dev/fd")):  # noqa: PTH208
        with suppress(OSError):  # that of the listing itself is closed by now
            status = os.fstat(number)
            if (status.st_dev, status.st_ino) in files:
                numbers.append(number)
    return sorted(numbers)


def _open_all(store: Store, content: Path) -> None:
    """Make RocksDB open every file of the store, since the workers may open none.

    It opens 16 at first (https://github.com/facebook/rocksdb/pull/3340) and any other when it looks up a key there.
    Keys begin with hashes, so a few hundred lookups in each index reach all files. Since keys are not spread evenly,
    each round makes more lookups; the first makes none.
    """
    count = len(list(content.glob("*.sst")))
    for number in range(MAX_ROUNDS):
        _look_up(store, KEYS_PER_FILE * count * number)
        if len(descriptors(content)) >= count:
            return
    raise CallError(de=f"{content}: {TOO_MANY.de}", en=f"{content}: {TOO_MANY.en}")


def _look_up(store: Store, count: int) -> None:
    graphs: list[GraphName] = [*islice(store.named_graphs(), count)] or [UNION]
    quads = islice(store.quads_for_pattern(None, None, None, UNION), count)
    for number, (quad, graph) in enumerate(zip(quads, cycle(graphs), strict=False)):
        absent = NamedNode(f"urn:chance:{number}")
        for name in (UNION, None, absent, graph):
            next(store.quads_for_pattern(absent, None, None, name), None)
            next(store.quads_for_pattern(None, quad.predicate, quad.object, name), None)
            next(store.quads_for_pattern(None, None, quad.object, name), None)
