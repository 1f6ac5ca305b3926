"""What one query, and all of them together, may use."""

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of the service; sizes in bytes, times in seconds.

    `seconds`, `memory` and `answer` bound one query; `running`, `waiting`, `wait` and `tree` bound them all.
    A query is long after `patience`, and then no longer one of the `running`: it works on with whatever time the others
    leave. Of such, `long` may be there at once, and `long_of_one` of one client.
    """

    seconds: float = 10.0
    memory: int = 512 * MIB
    answer: int = 64 * MIB
    running: int = 8
    waiting: int = 64
    wait: float = 2.0
    tree: int = 1200 * MIB
    patience: float = 0.1
    long: int = 12
    long_of_one: int = 8
