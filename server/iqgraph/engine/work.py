"""What answering costs: the seconds of work behind one request, and the figures of the engine as a whole."""

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass(slots=True)
class Work:
    """The work that one request has caused so far: seconds of a processor, and by which way its query went."""

    seconds: float = 0.0
    way: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """What an engine is doing now, and what became of its workers since the start."""

    running: int = 0
    long: int = 0
    idle: int = 0
    waiting: int = 0
    made: int = 0
    memory: int = 0
    killed: Mapping[str, int] = field(default_factory=dict)


WORK: ContextVar[Work | None] = ContextVar("work", default=None)


def spent(seconds: float, way: str) -> None:
    """Add to the work of the request that is being answered, if anybody counts it."""
    work = WORK.get()
    if work is not None:
        work.seconds += seconds
        work.way = way
