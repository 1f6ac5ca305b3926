"""Whose turn it is: a bounded queue that serves its clients one after the other, however much each one asks."""

import asyncio
from collections import deque
from typing import Generic, TypeVar

Thing = TypeVar("Thing")


class Turns(Generic[Thing]):
    """Waits for things that become free; what is given goes to the client that has waited through fewest turns."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.lines: dict[str, deque[asyncio.Future[Thing]]] = {}

    def __len__(self) -> int:
        """How many wait."""
        return sum(map(len, self.lines.values()))

    def join(self, client: str) -> asyncio.Future[Thing] | None:
        """A place in the client's line, or None if the queue is full."""
        if len(self) >= self.most:
            return None
        turn: asyncio.Future[Thing] = asyncio.get_running_loop().create_future()
        self.lines.setdefault(client, deque()).append(turn)
        return turn

    def give(self, thing: Thing) -> bool:
        """Give to the next in turn, whose client then comes last; False if nobody waits."""
        for client in list(self.lines):
            line = self.lines.pop(client)
            while line:
                turn = line.popleft()
                if not turn.done():
                    turn.set_result(thing)
                    if line:
                        self.lines[client] = line
                    return True
        return False
