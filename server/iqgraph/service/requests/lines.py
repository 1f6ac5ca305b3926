"""Lines for a log: whoever has one hands it over and never waits for a disk or a reader.

A thread writes what has come together, five times a second. If it cannot keep up or cannot write, what comes is let go
and counted, and the service goes on.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

PAUSE = 0.2
MOST = 50_000

Item = TypeVar("Item")
log = logging.getLogger(__name__)


class Lines(Generic[Item]):
    """Hands what it is given to `write`, many at a time, in a thread of its own; each time it also does the `rest`."""

    def __init__(
        self,
        name: str,
        write: Callable[[Sequence[Item]], None],
        rest: Callable[[], object] = bool,
        most: int = MOST,
    ) -> None:
        self.name, self.write, self.rest, self.most = name, write, rest, most
        self.items: deque[Item] = deque()
        self.lost = 0
        self.failing = False
        self.closed = threading.Event()
        self.thread = threading.Thread(target=self._run, name=name, daemon=True)
        self.thread.start()

    def put(self, item: Item) -> None:
        """Hand over an item, if there is room for it."""
        if len(self.items) < self.most:
            self.items.append(item)
        else:
            self.lost += 1

    def close(self) -> None:
        """Write what is left."""
        self.closed.set()
        self.thread.join()

    def _run(self) -> None:
        while not self.closed.wait(PAUSE):
            self._flush()
        self._flush()

    def _flush(self) -> None:
        batch = [self.items.popleft() for _ in range(len(self.items))]
        try:
            self.rest()
            if batch:
                self.write(batch)
                self.failing = False
        except OSError as error:
            self._lose(batch, error.strerror or str(error))
        except Exception as fault:
            log.debug("Fault in the %s", self.name, exc_info=fault)
            self._lose(batch, f"a fault of the server, {type(fault).__name__}")

    def _lose(self, batch: Sequence[Item], reason: str) -> None:
        self.lost += len(batch)
        if not self.failing:
            log.error("The %s cannot be written: %s. Its lines are let go until it can.", self.name, reason)
        self.failing = True
