"""Answers that were given before: bounded in bytes, and found again only by all that decided them."""

from collections import OrderedDict
from typing import Generic, TypeVar

from ...web.http.messages import Answer

Key = TypeVar("Key")


class Cache(Generic[Key]):
    """The answers used last, as many as fit."""

    def __init__(self, most: int, largest: int) -> None:
        self.most, self.largest, self.size, self.evicted = most, largest, 0, 0
        self.entries: OrderedDict[Key, tuple[Answer, int]] = OrderedDict()

    def get(self, key: Key) -> Answer | None:
        """The answer under exactly this key."""
        entry = self.entries.get(key)
        if entry is None:
            return None
        self.entries.move_to_end(key)
        return entry[0]

    def put(self, key: Key, answer: Answer, key_size: int = 0) -> None:
        """Keep an answer, and let go of those not asked for the longest time; a key takes memory too."""
        size = answer.size + key_size
        if size > self.largest or key in self.entries:
            return
        self.entries[key] = answer, size
        self.size += size
        while self.size > self.most:
            self.size -= self.entries.popitem(last=False)[1][1]
            self.evicted += 1
