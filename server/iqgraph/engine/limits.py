"""What one query, and all of them together, may use."""

from dataclasses import dataclass

from ..settings import Settings

MIB = 1 << 20
DEFAULT = Settings()


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of the service; sizes in bytes, times in seconds.

    `seconds`, `memory` and `answer` bound one query; `running`, `waiting`, `wait` and `tree` bound them all.
    A query is long after `patience`, and then no longer one of the `running`: it works on with whatever time the others
    leave. Of such, `long` may be there at once, and `long_of_one` of one client.
    """

    seconds: float = DEFAULT.timeout
    memory: int = int(DEFAULT.memory * MIB)
    answer: int = int(DEFAULT.answer_size * MIB)
    running: int = DEFAULT.workers
    waiting: int = DEFAULT.queue
    wait: float = DEFAULT.queue_time
    tree: int = int(DEFAULT.long_memory * MIB)
    patience: float = 0.1
    long: int = DEFAULT.long_queries
    long_of_one: int = DEFAULT.long_queries_client

    @classmethod
    def of(cls, settings: Settings) -> "Limits":
        """The limits that are set."""
        return cls(
            seconds=settings.timeout,
            memory=int(settings.memory * MIB),
            answer=int(settings.answer_size * MIB),
            running=settings.workers,
            waiting=settings.queue,
            wait=settings.queue_time,
            tree=int(settings.long_memory * MIB),
            long=settings.long_queries,
            long_of_one=settings.long_queries_client,
        )
