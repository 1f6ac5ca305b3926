"""The checks of new data that take seconds: its validation by the shapes, and the sizes and hashes of its files.

Each runs in a process of its own, which returns all memory of its libraries when it ends. Results for valid data are
kept in the user's cache, for later starts and for the server that replaces a lost one.
"""

import contextlib
import gc
import json
import multiprocessing
import os
import signal
import sys
from functools import partial
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files as packaged_files
from multiprocessing.connection import Connection
from pathlib import Path

from pyoxigraph import RdfFormat

from ..dataset import Dataset
from ..engine.workers.sweeper import lower_priority
from ..engine.workers.worker import die_with_parent, set_title
from ..errors import DatasetError
from ..release.release import Figures, Files
from ..resources import walk
from ..validation.causes import causes
from ..validation.evidence import examine
from ..validation.findings import Finding, sort_findings
from ..writing import write

MAX_VALIDATION_SECONDS = 600
MAX_CACHE_FILES = 50
CODE = packaged_files("iqgraph")
LIBRARIES = ("deflate", "pyoxigraph", "pyshacl", "rdflib", "zstandard")
# The other start methods would load the dataset again.
FORK = multiprocessing.get_context("fork")


class Validation:
    """A validation of the statements of files by the shapes, in a process that starts at once."""

    def __init__(self, dataset: Dataset) -> None:
        self.connection, sender = FORK.Pipe(duplex=False)
        arguments = (dataset, sender, os.getpid())
        self.process = FORK.Process(target=_validate, args=arguments, name="validation", daemon=True)
        self.process.start()
        sender.close()

    def findings(self) -> list[Finding]:
        """Wait for the findings; DatasetError if the shapes are unusable, or the process hangs or is lost."""
        if not self.connection.poll(MAX_VALIDATION_SECONDS):
            raise DatasetError(
                de=f"Die Prüfung wurde in {MAX_VALIDATION_SECONDS} Sekunden nicht fertig.",
                en=f"The validation did not finish within {MAX_VALIDATION_SECONDS} seconds.",
            )
        try:
            result: list[Finding] | DatasetError = self.connection.recv()
        except EOFError as error:
            raise DatasetError(
                de="Die Prüfung brach vorzeitig ab.", en="The validation ended before it was done."
            ) from error
        if isinstance(result, DatasetError):
            raise result
        return result

    def stop(self) -> None:
        """End the process, whether or not it is done."""
        self.process.kill()
        self.process.join()


def _validate(dataset: Dataset, sender: Connection, parent: int) -> None:
    die_with_parent(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()  # to look for cycles, of which there are hardly any, would take a third of the time
    try:
        from ..validation.validation import validate  # noqa: PLC0415 - only this process pays for rdflib and pySHACL

        sender.send(validate(dataset))
    except DatasetError as error:
        sender.send(error)


def inspect(dataset: Dataset, validation: Validation | None = None) -> list[Finding]:
    """All findings about a dataset: of a validation, which may have been started before, and about its evidence."""
    validation = validation or Validation(dataset)
    try:
        return sort_findings([*examine(dataset), *validation.findings()])
    finally:
        validation.stop()


def check(dataset: Dataset, validation: Validation | None = None) -> list[Finding]:
    """The findings about a dataset, one for each cause."""
    return causes(dataset, inspect(dataset, validation))


def check_once(dataset: Dataset, files: Files) -> list[Finding]:
    """The findings about a dataset, which is not checked if the cache says that equal data has none.

    The cache depends on all that a result depends on: data, rules and code. It also has the sizes and hashes of the
    files that valid data makes, which another process computes if they are not there.
    """
    cache = _cache_file(dataset)
    if not os.access(cache, os.R_OK):  # unlike a test whether it exists, never an error in the home of another user
        findings = check(dataset)
        if findings or _cache_file(dataset) != cache:
            return findings
        _write_cache(cache, {})
    files.expect(partial(_read_cache, cache))
    if not _read_cache(cache):
        FORK.Process(target=_cache_figures, args=(files, cache, os.getpid()), name="figures", daemon=True).start()
    return []


def _cache_file(dataset: Dataset) -> Path:
    """The file for the results of equal data (XDG Base Directory Specification)."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path(os.environ.get("HOME") or "/nonexistent", ".cache")
    return Path(cache, "iqgraph", "valid", _hash(dataset))


def _hash(dataset: Dataset) -> str:
    """A hash of the data as it was loaded, of its files, the ontology and the shapes, and of the code that checks."""
    quads = dataset.store.dump(format=RdfFormat.N_QUADS) or b""
    total = sha256(b"\n".join(sorted(quads.splitlines())))  # a store has no order
    sources = dataset.sources
    for root in (sources.ontology, sources.data, sources.shapes, CODE) if sources else ():
        for file in walk(root, root.name):
            if root is not CODE or file.name.endswith(".py"):
                total.update(file.name.encode() + b"\0" + sha256(file.content.read_bytes()).digest())
    total.update("\0".join([sys.version, *map(version, LIBRARIES)]).encode())
    return total.hexdigest()


def _read_cache(file: Path) -> dict[str, Figures]:
    """The sizes and hashes of the files; none if they are not computed yet."""
    try:
        return {name: Figures(*values) for name, values in json.loads(file.read_bytes()).items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _write_cache(file: Path, figures: dict[str, Figures]) -> None:
    """Write a cache file, and remove old ones; without a place to write to, each start checks again."""
    with contextlib.suppress(OSError):
        write({file: json.dumps(figures).encode()})
        for old in sorted(file.parent.iterdir(), key=lambda path: path.stat().st_mtime)[:-MAX_CACHE_FILES]:
            old.unlink()


def _cache_figures(files: Files, cache: Path, parent: int) -> None:
    """Make each file once for its size and hash, at the lowest priority."""
    die_with_parent(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    set_title("iqgraph figures")
    lower_priority(0)
    _write_cache(cache, {name: files.figures(name) for name in files})
