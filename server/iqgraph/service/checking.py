"""What takes seconds of new data, done beside other work: its validation, and the sizes and hashes of its files.

Each has a process of its own, whose libraries leave no memory behind. What was found is kept in the user's cache, so a
server starts, and one that was lost is replaced, in a fraction of the time.
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
from multiprocessing.process import BaseProcess
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

MAX_CHECK_SECONDS = 600
MAX_KEPT = 50
CODE = packaged_files("iqgraph")
LIBRARIES = ("deflate", "pyoxigraph", "pyshacl", "rdflib", "zstandard")
# Other ways to start would load the dataset again.
FORK = multiprocessing.get_context("fork")
Validation = tuple[BaseProcess, Connection]


def begin(dataset: Dataset) -> Validation:
    """Begin to validate a dataset by the shapes, in another process; what files make of it is enough for that."""
    result, sender = FORK.Pipe(duplex=False)
    process = FORK.Process(target=_validate, args=(dataset, sender, os.getpid()), name="validation", daemon=True)
    process.start()
    sender.close()
    return process, result


def check(dataset: Dataset, validation: Validation | None = None) -> list[Finding]:
    """What is wrong with a dataset, each cause once."""
    return causes(dataset, inspect(dataset, validation))


def inspect(dataset: Dataset, validation: Validation | None = None) -> list[Finding]:
    """All that is found in a dataset: by the shapes, as a validation finds that has begun, and by its evidence."""
    process, result = validation or begin(dataset)
    try:
        return sort_findings([*examine(dataset), *_result(result)])
    finally:
        process.kill()  # whatever ended the check, nobody waits for the process any more
        process.join()


def findings(dataset: Dataset, files: Files) -> list[Finding]:
    """What is wrong with a dataset, of which equal data with equal rules and code is checked once.

    Only a verdict without any finding is kept, under a hash of all that it depends on. Of valid data the sizes and
    hashes of its files are found out too, if nobody did before.
    """
    place = _place(dataset)
    if not os.access(place, os.R_OK):  # nor may a home of somebody else's end the start
        found = check(dataset)
        if found or _place(dataset) != place:
            return found
        _keep(place, {})
    files.expect(partial(_read, place))
    if not _read(place):
        FORK.Process(target=_find_figures, args=(files, place, os.getpid()), name="figures", daemon=True).start()
    return []


def _place(dataset: Dataset) -> Path:
    """The file that keeps what was found of equal data (XDG Base Directory Specification)."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path(os.environ.get("HOME") or "/nonexistent", ".cache")
    return Path(cache, "iqgraph", "valid", _digest(dataset))


def _read(place: Path) -> dict[str, Figures]:
    """The sizes and hashes of the files that equal data makes, once all of them were found out."""
    try:
        return {name: Figures(*found) for name, found in json.loads(place.read_bytes()).items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _keep(place: Path, figures: dict[str, Figures]) -> None:
    """Leave something for later starts, and no more than the last few; without a place to write, each finds it anew."""
    with contextlib.suppress(OSError):
        write({place: json.dumps(figures).encode()})
        for old in sorted(place.parent.iterdir(), key=lambda one: one.stat().st_mtime)[:-MAX_KEPT]:
            old.unlink()


def _digest(dataset: Dataset) -> str:
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


def _result(result: Connection) -> list[Finding]:
    """What a validation found; waits for it."""
    if not result.poll(MAX_CHECK_SECONDS):
        raise DatasetError(
            de=f"Die Prüfung kam in {MAX_CHECK_SECONDS} Sekunden nicht zu ihrem Ende.",
            en=f"The validation did not come to its end within {MAX_CHECK_SECONDS} seconds.",
        )
    try:
        found: list[Finding] | DatasetError = result.recv()
    except EOFError as error:
        raise DatasetError(
            de="Die Prüfung brach vorzeitig ab.", en="The validation ended before it was done."
        ) from error
    if isinstance(found, DatasetError):
        raise found
    return found


def _validate(dataset: Dataset, result: Connection, parent: int) -> None:
    die_with_parent(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()  # objects by the hundred thousand and hardly a circle: to look for circles takes a third of the time
    try:
        from ..validation.validation import validate  # noqa: PLC0415 - only this process pays for rdflib and pySHACL

        result.send(validate(dataset))
    except DatasetError as error:
        result.send(error)


def _find_figures(files: Files, place: Path, parent: int) -> None:
    """Make each file once for its size and hash, in the time that no other process wants."""
    die_with_parent(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    set_title("iqgraph figures")
    lower_priority(0)
    _keep(place, {name: files.figures(name) for name in files})
