"""What one query, and all of them together, may use."""

from dataclasses import dataclass

from ..configuration.declared import SETTINGS
from ..configuration.effective import Configuration

MIB = 1 << 20


def _default(name: str, unit: int = 1) -> int:
    return int(SETTINGS[name].default * unit)


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of the service; sizes in bytes, times in seconds.

    `seconds`, `memory` and `answer` bound one query; `running`, `waiting`, `wait` and `tree` bound them all.
    A query is long after `patience`, and then no longer one of the `running`: it works on with whatever time the others
    leave. Of such, `long` may be there at once, and `long_of_one` of one client.
    """

    seconds: float = SETTINGS["timeout"].default
    memory: int = _default("memory", MIB)
    answer: int = _default("answer-size", MIB)
    running: int = _default("workers")
    waiting: int = _default("queue")
    wait: float = SETTINGS["queue-time"].default
    tree: int = _default("long-memory", MIB)
    patience: float = 0.1
    long: int = _default("long-queries")
    long_of_one: int = _default("long-queries-client")

    @classmethod
    def of(cls, configuration: Configuration) -> "Limits":
        """The limits that are configured."""
        return cls(
            seconds=configuration["timeout"],
            memory=int(configuration["memory"] * MIB),
            answer=int(configuration["answer-size"] * MIB),
            running=configuration["workers"],
            waiting=configuration["queue"],
            wait=configuration["queue-time"],
            tree=int(configuration["long-memory"] * MIB),
            long=configuration["long-queries"],
            long_of_one=configuration["long-queries-client"],
        )
