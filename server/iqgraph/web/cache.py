"""Answers that were given before: bounded in bytes, and found again only by all that decided them."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Generic, TypeVar

Headers = list[tuple[str, str]]
Key = TypeVar("Key")
OVERHEAD = 512


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer as it goes to the client."""

    status: int
    headers: Headers
    body: bytes
    tag: str = ""

    @property
    def size(self) -> int:
        """The memory that it takes, roughly."""
        return len(self.body) + OVERHEAD


class Cache(Generic[Key]):
    """The answers used last, as many as fit."""

    def __init__(self, most: int, largest: int) -> None:
        self.most, self.largest, self.size = most, largest, 0
        self.answers: OrderedDict[Key, Answer] = OrderedDict()

    def get(self, key: Key) -> Answer | None:
        """The answer under exactly this key."""
        answer = self.answers.get(key)
        if answer is not None:
            self.answers.move_to_end(key)
        return answer

    def put(self, key: Key, answer: Answer) -> None:
        """Keep an answer, and let go of those not asked for the longest time."""
        if answer.size > self.largest or key in self.answers:
            return
        self.answers[key] = answer
        self.size += answer.size
        while self.size > self.most:
            self.size -= self.answers.popitem(last=False)[1].size
