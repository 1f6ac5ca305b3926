"""Validation in a process of its own: it runs beside other work, and its libraries leave no memory behind."""

import mmap
import multiprocessing
import os
import pickle
import signal
from hashlib import sha256
from multiprocessing.connection import Connection

from ..dataset import Dataset
from ..engine.workers.sandbox import die_with_parent
from ..errors import DatasetError
from ..release.dumps import QUADS
from ..release.release import Files
from ..resources import walk
from ..validation.evidence import examine
from ..validation.findings import Finding, ordered

MAX_CHECK_SECONDS = 600
MAX_BYTES = 1 << 20  # of which the system gives only what is written


class Checks:
    """The findings of the last check, in memory that all servers share: equal data is not checked by each of them.

    So a server that was lost is replaced in a fraction of the time. Make it before any of them is forked.
    """

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, MAX_BYTES)

    def findings(self, dataset: Dataset, files: Files) -> list[Finding]:
        """What a check finds; as long as one runs and leaves a core idle, files of the release are made."""
        key = _digest(dataset, files)
        if self._memory[: len(key)] == key:
            found: list[Finding] = pickle.loads(self._memory[len(key) :])  # noqa: S301 - from a process of ours
            return found
        check = Check(dataset)
        evidence = examine(dataset)
        files.make_while(lambda: check.runs() and _has_idle_core())
        found = ordered([*evidence, *check.findings()])
        content = pickle.dumps(found)
        is_valid = not any(one.breach for one in found)
        if is_valid and len(key) + len(content) <= MAX_BYTES and _digest(dataset, files) == key:
            # The key goes first and comes last, so that nobody takes a half for a whole.
            self._memory[: len(key)] = bytes(len(key))
            self._memory[len(key) : len(key) + len(content)] = content
            self._memory[: len(key)] = key
        return found


def _has_idle_core() -> bool:
    """Whether nobody would wait for what this process does now, by the load of the last minute."""
    return os.getloadavg()[0] < (os.cpu_count() or 1)


def _digest(dataset: Dataset, files: Files) -> bytes:
    """A hash of the data as it was loaded, and of the files of the ontology and shapes as they are now."""
    total = sha256(files.digest(QUADS).encode())
    for root in (dataset.sources.ontology, dataset.sources.shapes) if dataset.sources else ():
        for file in walk(root, root.name):
            total.update(file.name.encode() + b"\0" + sha256(file.content.read_bytes()).digest())
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
