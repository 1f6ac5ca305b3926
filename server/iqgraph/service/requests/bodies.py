"""The bodies that are under way: a client may send one slowly, or never to its end, and it takes memory meanwhile."""

from ...web.http.problems import Problem

MAX_BODIES_BYTES = 64 << 20
MAX_SMALL_BODY_BYTES = 1 << 16
FULL = "The server is taking in as many large requests as it can hold. Try again in a moment."


class UnderWay:
    """The bytes of all bodies that have begun to come.

    Beyond the limit no body may become large; small ones, as those of nearly all queries are, come in all the same.
    """

    def __init__(self) -> None:
        self.bytes = 0

    def add(self, part: bytes, before: int) -> None:
        """Count a part of a body of which so many bytes came before; a Problem if there is no room for it."""
        if before + len(part) > MAX_SMALL_BODY_BYTES and self.bytes + len(part) > MAX_BODIES_BYTES:
            raise Problem("overloaded", FULL)
        self.bytes += len(part)

    def remove(self, size: int) -> None:
        """A body of this size is whole, or was given up."""
        self.bytes -= size
