"""Fair use: a budget of seconds of work for each client, not of requests.

Each client has a bucket that is full at first and fills again evenly. What an answer has cost is taken out afterwards,
so it may go below zero; then the client waits until a whole second is in it again. Only so many clients are remembered;
of whoever was not heard of for longest, the bucket counts as full.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable

from ...web.http.messages import Headers

POLICY = "work"
UNIT = "work-seconds"
MOST_CLIENTS = 1 << 15


class Budget:
    """The buckets of all clients: so many seconds of work in a window of so many seconds; 0 is no limit."""

    def __init__(
        self,
        seconds: float,
        window: int,
        clock: Callable[[], float] = time.monotonic,
        most: int = MOST_CLIENTS,
    ) -> None:
        self.seconds, self.window, self.clock, self.most = seconds, window, clock, most
        self.rate = seconds / window  # what comes back in each second
        self.refused = 0
        self.used: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def left(self, client: str) -> float:
        """The seconds of work that the client may still cause; less than 0 if it caused too many."""
        level, then = self.used.get(client, (self.seconds, 0.0))
        return min(self.seconds, level + (self.clock() - then) * self.rate)

    def spend(self, client: str, seconds: float) -> None:
        """Take out what an answer has cost."""
        if not self.seconds or seconds <= 0:
            return
        self.used[client] = self.left(client) - seconds, self.clock()
        self.used.move_to_end(client)
        if len(self.used) > self.most:
            self.used.popitem(last=False)

    def refuses(self, client: str) -> bool:
        """Whether the client has used up its budget, and has to wait."""
        refused = bool(self.seconds) and self.left(client) <= 0
        self.refused += refused
        return refused

    def wait(self, client: str) -> int:
        """The whole seconds until there is one more second of work."""
        left = self.left(client)
        return max(1, math.ceil((min(math.floor(max(left, 0)) + 1, self.seconds) - left) / self.rate))

    def headers(self, client: str) -> Headers:
        """What the client is told of its budget, as draft-ietf-httpapi-ratelimit-headers-11 has it.

        Its registry knows no unit for work, so the unit has a name of ours.
        """
        if not self.seconds:
            return []
        left = max(0, math.floor(self.left(client)))
        return [
            ("ratelimit-policy", f'"{POLICY}";q={math.floor(self.seconds)};qu="{UNIT}";w={self.window}'),
            ("ratelimit", f'"{POLICY}";r={left};t={self.wait(client)}'),
        ]
