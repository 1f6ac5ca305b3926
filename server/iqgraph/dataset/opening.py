"""Opening a store on disk in such a way that nothing of it has to be opened later, when workers may not."""

import errno
import os
import re
from itertools import islice
from pathlib import Path

from pyoxigraph import NamedNode, Store

from ..errors import CallError
from .dataset import UNION, GraphName

ROUNDS = 8
CAUSES = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EMFILE, errno.EIO, errno.ENOENT)
TOO_MANY = "not all files of the store can be open at a time; raise the limit (ulimit -n)."
ADVICE = "; empty the folder to load it again."


def opened(folder: Path, content: Path) -> Store:
    """The store whose files are the content of a folder, read-only."""
    try:
        store = Store.read_only(str(content))
        _open_all(store, content)
    except (OSError, RuntimeError) as error:
        reason = reason_of(error)
        if reason == os.strerror(errno.EMFILE):
            raise CallError(f"{folder}: {TOO_MANY}") from error
        advice = "." if reason == os.strerror(errno.EACCES) else ADVICE
        raise CallError(f"{folder}: the store cannot be read: {reason}{advice}") from error
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

    RocksDB opens 16 at first and each other one when a key is looked for in it. Keys are made of hashes, so looking for
    a few hundred of them in every index finds all files.
    """
    wanted = len(list(content.glob("*.sst")))
    for number in range(ROUNDS):
        if len(descriptors(content)) >= wanted:
            return
        _touch(store, 64 * wanted * number)
    raise CallError(f"{content}: {TOO_MANY}")


def _touch(store: Store, count: int) -> None:
    named: list[GraphName] = [*islice(store.named_graphs(), count)]
    for number, quad in enumerate(islice(store.quads_for_pattern(None, None, None, UNION), count)):
        chance = NamedNode(f"urn:chance:{number}")
        for graph in (UNION, None, chance, *named[number % len(named or " ") :][:1]):
            next(store.quads_for_pattern(chance, None, None, graph), None)
            next(store.quads_for_pattern(None, quad.predicate, quad.object, graph), None)
            next(store.quads_for_pattern(None, None, quad.object, graph), None)


def _identity(descriptor: int) -> tuple[int, int] | None:
    try:
        found = os.fstat(descriptor)
    except OSError:
        return None
    return found.st_dev, found.st_ino
