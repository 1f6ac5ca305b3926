"""Validation in a process of its own: it runs beside other work, and its libraries leave no memory behind."""

import contextlib
import json
import mmap
import multiprocessing
import os
import signal
import sys
from collections.abc import Mapping
from functools import partial
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files as packaged_files
from multiprocessing.connection import Connection
from pathlib import Path
from types import MappingProxyType

from pyoxigraph import RdfFormat

from ..dataset import Dataset
from ..engine.workers.sandbox import die_with_parent
from ..errors import DatasetError
from ..release.release import Figures, Files
from ..resources import walk
from ..validation.evidence import examine
from ..validation.findings import Finding, ordered
from ..writing import write

MAX_CHECK_SECONDS = 600
MAX_KEPT = 50
NO_FIGURES: Mapping[str, Figures] = MappingProxyType({})
KEY_BYTES = sha256().digest_size
CODE = packaged_files("iqgraph")
LIBRARIES = ("deflate", "pyoxigraph", "pyshacl", "rdflib", "zstandard")


class Checks:
    """What was found valid, in memory that all servers share and in the user's cache: equal data is checked once.

    So a server starts, and one that was lost is replaced, in a fraction of the time. Only a verdict without any finding
    is kept, under a hash of all that it depends on; and beside it sizes and
    hashes of the files of the release. Make this before any of the servers is forked.
    """

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, KEY_BYTES)

    def findings(self, dataset: Dataset, files: Files) -> list[Finding]:
        """What a check finds; as long as one runs and leaves a core idle, files of the release are made."""
        key = _digest(dataset)
        verdict, figures = _place("valid", key), _place("files", key)
        files.know(_read(figures), partial(_keep, figures))
        if self._memory[:] == key or verdict.exists():
            return []
        check = Check(dataset)
        evidence = examine(dataset)
        files.make_while(lambda: check.runs() and _has_idle_core())
        found = ordered([*evidence, *check.findings()])
        if not found and _digest(dataset) == key:
            self._memory[:] = key
            _keep(verdict)
        return found


def _place(kind: str, key: bytes) -> Path:
    """The file that keeps something of equal data, equally checked (XDG Base Directory Specification)."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path(os.environ.get("HOME") or "/nonexistent", ".cache")
    return Path(cache, "iqgraph", kind, key.hex())


def _read(place: Path) -> dict[str, Figures]:
    """The sizes and hashes of the files that equal data makes, if all of them were made once."""
    try:
        return {name: Figures(*found) for name, found in json.loads(place.read_bytes()).items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _keep(place: Path, figures: Mapping[str, Figures] = NO_FIGURES) -> None:
    """Leave something for later starts, and no more than the last few; without a place to write, each finds it anew."""
    with contextlib.suppress(OSError):
        write({place: json.dumps(dict(figures)).encode()})
        for old in sorted(place.parent.iterdir(), key=lambda one: one.stat().st_mtime)[:-MAX_KEPT]:
            old.unlink()


def _has_idle_core() -> bool:
    """Whether nobody would wait for what this process does now, by the load of the last minute."""
    return os.getloadavg()[0] < (os.cpu_count() or 1)


def _digest(dataset: Dataset) -> bytes:
    """A hash of the data as it was loaded, of its files, the ontology and the shapes, and of the code that checks."""
    quads = dataset.store.dump(format=RdfFormat.N_QUADS) or b""
    total = sha256(b"\n".join(sorted(quads.splitlines())))  # a store has no order
    sources = dataset.sources
    for root in (sources.ontology, sources.data, sources.shapes, CODE) if sources else ():
        for file in walk(root, root.name):
            if root is not CODE or file.name.endswith(".py"):
                total.update(file.name.encode() + b"\0" + sha256(file.content.read_bytes()).digest())
    total.update("\0".join([sys.version, *map(version, LIBRARIES)]).encode())
    return total.digest()


class Check:
    """A validation by the shapes that has begun."""

    def __init__(self, dataset: Dataset) -> None:
        # Other ways to start would load the dataset again.
        context = multiprocessing.get_context("fork")
        self._result, sender = context.Pipe(duplex=False)
        self._process = context.Process(target=_check, args=(dataset, sender, os.getpid()), daemon=True)
        self._process.start()
        sender.close()

    def runs(self) -> bool:
        """Whether it has not ended yet."""
        return not self._result.poll()

    def findings(self) -> list[Finding]:
        """What was found; waits for it."""
        if not self._result.poll(MAX_CHECK_SECONDS):
            self._process.kill()
            raise DatasetError(
                de=f"Die Prüfung kam in {MAX_CHECK_SECONDS} Sekunden nicht zu ihrem Ende.",
                en=f"The validation did not come to its end within {MAX_CHECK_SECONDS} seconds.",
            )
        try:
            found: list[Finding] | Exception = self._result.recv()
        except EOFError as error:
            raise DatasetError(
                de="Die Prüfung brach vorzeitig ab.", en="The validation ended before it was done."
            ) from error
        self._process.join()
        if isinstance(found, Exception):
            raise found
        return found


def _check(dataset: Dataset, result: Connection, parent: int) -> None:
    die_with_parent(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        from ..validation.validation import validate  # noqa: PLC0415 - only this process pays for rdflib and pySHACL

        result.send(validate(dataset))
    except DatasetError as error:
        result.send(error)
