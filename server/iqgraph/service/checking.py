"""The checks of new data that take seconds: its validation by the shapes, and the sizes and hashes of its files.

They run in processes of their own, which return all memory of their work when they end. Results for valid data are kept
in the user's cache, for later starts and for the server that replaces a lost one.
"""

import contextlib
import gc
import json
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Sequence
from functools import partial
from hashlib import sha256
from importlib.metadata import version
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO, Any, NamedTuple

from pyoxigraph import RdfFormat, Store

from ..bilingual import Text
from ..dataset import Dataset, load
from ..dataset.profile import BUNDLED
from ..engine.workers.sweeper import lower_priority
from ..engine.workers.worker import die_with_parent, set_title
from ..errors import CallError, LocalizedError
from ..release.dumps import QUADS
from ..release.release import Checksum, Files, build
from ..resources import File, packaged, walk
from ..validation.causes import causes
from ..validation.evidence import examine
from ..validation.findings import Finding, sort_findings
from ..writing import write

MAX_CACHE_FILES = 50
CODE = Path(__file__).parents[1]
LIBRARIES = ("deflate", "pyoxigraph", "pyshacl", "rdflib", "zstandard")
# The other start methods would import all modules or load the dataset again.
FORK = multiprocessing.get_context("fork")
LOST = Text(
    de="Der Prozess, der die Daten lädt oder prüft, endete vorzeitig; vielleicht fehlt es an Speicher.",
    en="The process that loads or checks the data ended before it was done; there may be too little memory.",
)
FAULT = Text(
    de="Beim Laden oder Prüfen der Daten trat ein Programmfehler auf. Bitte melden Sie ihn; er steht im Protokoll.",
    en="A fault of the program ended the loading or the check of the data. Please report it; it is in the log.",
)


class Job:
    """A process that begins at once, sends results or an error, and ends with this one."""

    def __init__(self, run: Callable[..., object], *arguments: object, name: str, daemon: bool = True) -> None:
        self.results, sender = FORK.Pipe(duplex=False)
        parameters = (run, arguments, sender, os.getpid())
        self.process = FORK.Process(target=_run, args=parameters, name=name, daemon=daemon)
        self.process.start()
        sender.close()

    def result(self) -> Any:  # noqa: ANN401 - what the function sends
        """The next result, or the error that was sent or raised in its place."""
        try:
            result = self.results.recv()
        except EOFError as error:
            self.process.join()
            raise CallError(reason(self.process.exitcode)) from error
        if isinstance(result, Exception):
            raise result
        return result

    def stop(self) -> None:
        """End the process, whether or not it is done."""
        self.process.kill()
        self.process.join()


def reason(exit_code: int | None) -> Text:
    """Why a process ended without a result; an exception that nothing handles ends it with 1."""
    return FAULT if exit_code == 1 else LOST


def _run(run: Callable[..., object], arguments: Sequence[object], sender: Connection, parent: int) -> None:
    die_with_parent(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()  # to look for cycles, of which there are hardly any, would take up to a third of the time
    try:
        run(sender, *arguments)
    except (LocalizedError, OSError) as error:
        sender.send(error)
    except MemoryError:
        sender.send(CallError(LOST))


class ServiceData(NamedTuple):
    """A dataset to serve; the bundled one with its files and the findings about it."""

    dataset: Dataset
    files: Files | None = None
    findings: Sequence[Finding] = ()


def load_bundled() -> ServiceData:
    """Load and check the bundled dataset in a process of its own, which then makes each file for its size and hash.

    Loading leaves as many gaps in the memory of a process as the statements fill, so they come to this one as N-Quads.
    """
    store = Store()
    with open(os.memfd_create("statements"), "w+b") as statements:  # noqa: PTH123 - it has no path
        # A daemon could start no process for the validation
        # (https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.daemon).
        job = Job(_load, statements, name="loader", daemon=False)
        prefixes = job.result()
        statements.seek(0)
        store.bulk_load(statements, RdfFormat.N_QUADS)
    dataset = Dataset(store, packaged(), prefixes, profile=BUNDLED)
    files = build(dataset)
    findings, checksums, cache = job.result()
    files.expect(lambda: checksums | _read_cache(cache))
    return ServiceData(dataset, files, findings)


def _load(sender: Connection, statements: IO[bytes]) -> None:
    set_title("iqgraph loader")
    dataset = load()
    with statements:
        dataset.store.dump(statements, RdfFormat.N_QUADS)
    sender.send(dataset.prefixes)  # so they are read while they are checked
    files, cache = build(dataset), cache_file(dataset)
    findings = check_once(dataset, cache)
    if not os.access(cache, os.R_OK):  # equal data is checked again, since it has findings or its files have changed
        cache = cache.with_suffix(".checksums")
    files.expect(partial(_read_cache, cache))
    is_valid = not any(finding.is_breach for finding in findings)
    checksums = {QUADS: files.checksum(QUADS), **files.available_checksums()} if is_valid else {}
    sender.send((findings, checksums, cache))
    if is_valid and len(checksums) < len(files):
        lower_priority(0)
        _write_cache(cache, {name: files.checksum(name) for name in files})


def start_validation(dataset: Dataset) -> Job:
    """Validate the statements of files by the shapes in a process of its own, whose result are the findings."""
    return Job(_validate, dataset, name="validation")


def _validate(sender: Connection, dataset: Dataset) -> None:
    from ..validation.validation import validate  # noqa: PLC0415 - only this process pays for rdflib and pySHACL

    sender.send(validate(dataset))


def inspect(dataset: Dataset, validation: Job | None = None) -> list[Finding]:
    """All findings about a dataset: of a validation, which may have been started before, and about its evidence."""
    validation = validation or start_validation(dataset)
    try:
        return sort_findings([*examine(dataset), *validation.result()])
    finally:
        validation.stop()


def check(dataset: Dataset, validation: Job | None = None) -> list[Finding]:
    """The findings about a dataset, one for each cause."""
    return causes(dataset, inspect(dataset, validation))


def check_once(dataset: Dataset, cache: Path) -> list[Finding]:
    """The findings about a dataset, which is not checked if its cache file says that equal data has none."""
    if os.access(cache, os.R_OK):  # unlike a test whether it exists, never an error in the home of another user
        return []
    findings = check(dataset)
    if not findings and cache_file(dataset) == cache:
        _write_cache(cache, {})
    return findings


def cache_file(dataset: Dataset) -> Path:
    """The file for the results of equal data (XDG Base Directory Specification), and for the checksums of its files.

    Its name is a hash of all that they depend on: the data as it was loaded, its files, ontology, shapes and code.
    """
    cache = os.environ.get("XDG_CACHE_HOME") or Path(os.environ.get("HOME") or "/nonexistent", ".cache")
    quads = dataset.store.dump(format=RdfFormat.N_QUADS) or b""
    total = sha256(b"\n".join(sorted(quads.splitlines())))  # a store has no order
    sources = dataset.sources
    files = [File(str(path.relative_to(CODE)), path) for path in sorted(CODE.rglob("*.py"))]
    for root in (sources.ontology, sources.data, sources.shapes) if sources else ():
        files += walk(root, root.name)
    for file in files:
        total.update(file.name.encode() + b"\0" + sha256(file.content.read_bytes()).digest())
    total.update("\0".join([sys.version, *map(version, LIBRARIES)]).encode())
    return Path(cache, "iqgraph", "valid", total.hexdigest())


def _read_cache(file: Path) -> dict[str, Checksum]:
    """The sizes and hashes of the files; none if they are not computed yet."""
    try:
        return {name: Checksum(*values) for name, values in json.loads(file.read_bytes()).items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _write_cache(file: Path, checksums: dict[str, Checksum]) -> None:
    """Write a cache file, and remove old ones; without a place to write to, each start checks again."""
    with contextlib.suppress(OSError):
        write({file: json.dumps(checksums).encode()})
        for old in sorted(file.parent.iterdir(), key=lambda path: path.stat().st_mtime)[:-MAX_CACHE_FILES]:
            old.unlink()
