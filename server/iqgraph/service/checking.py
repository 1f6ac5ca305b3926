"""Validation in a process of its own: it runs beside other work, and its libraries leave no memory behind."""

import multiprocessing
import signal
from multiprocessing.connection import Connection

from ..dataset import Dataset
from ..errors import DatasetError
from ..validation.evidence import examine
from ..validation.findings import Finding, ordered

PATIENCE = 600


class Check:
    """A validation that has begun."""

    def __init__(self, dataset: Dataset) -> None:
        context = multiprocessing.get_context("fork")
        self._result, sender = context.Pipe(duplex=False)
        self._process = context.Process(target=_check, args=(dataset, sender), daemon=True)
        self._process.start()
        sender.close()

    def runs(self) -> bool:
        """Whether it has not ended yet."""
        return not self._result.poll()

    def findings(self) -> list[Finding]:
        """What was found; waits for it."""
        if not self._result.poll(PATIENCE):
            self._process.kill()
            raise DatasetError(f"The validation did not come to its end within {PATIENCE} seconds.")
        try:
            found: list[Finding] | Exception = self._result.recv()
        except EOFError as error:
            raise DatasetError("The validation ended before it was done.") from error
        self._process.join()
        if isinstance(found, Exception):
            raise found
        return found


def _check(dataset: Dataset, result: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        result.send(_found(dataset))
    except DatasetError as error:
        result.send(error)


def _found(dataset: Dataset) -> list[Finding]:
    from ..validation.validation import validate  # noqa: PLC0415 - only this process pays for rdflib and pySHACL

    return ordered([*examine(dataset), *validate(dataset)])
