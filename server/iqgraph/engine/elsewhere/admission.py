"""Before anything is served: whether the engines elsewhere answer, and hold the data that is served here."""

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from ...client import Call, Server
from ...errors import CallError, DatasetError
from .fingerprint import Fingerprint
from .replica import Differs, Fault, Replica

PATIENCE = 60.0
MOST = 64 << 20
log = logging.getLogger(__name__)


def admit(servers: Sequence[Server], expected: Fingerprint) -> None:
    """Return if at least one engine may be asked; each other one is told of in a sentence, and tried again later.

    If none may: DatasetError if one holds other data, CallError if none answers.
    """
    with ThreadPoolExecutor(len(servers)) as threads:
        faults = list(threads.map(lambda server: _fault(server, expected), servers))
    wrong = [(server, fault) for server, fault in zip(servers, faults, strict=True) if fault]
    if len(wrong) < len(servers):
        for server, fault in wrong:
            log.warning("%s It is tried again while the others are asked.", _sentence(server, fault))
        return
    sentences = " ".join(_sentence(server, fault) for server, fault in wrong)
    raise (DatasetError if any(isinstance(fault, Differs) for _, fault in wrong) else CallError)(sentences)


def _fault(server: Server, expected: Fingerprint) -> Fault | None:
    replica = Replica(server, expected, MOST)
    try:
        replica.examine(PATIENCE, Call(replica.lines), thorough=True)
    except Fault as fault:
        return fault
    finally:
        replica.lines.close()
    return None


def _sentence(server: Server, fault: Fault) -> str:
    silent = f"does not answer queries ({fault}); start it, or correct the address"
    said = str(fault) if isinstance(fault, Differs) else silent
    return f"The engine {server.shown} {said}."
