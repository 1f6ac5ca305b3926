"""Long pages in parts: a list that is cut into pages, and a page whose parts have addresses of their own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from flask import request

from .http.parameters import choice, whole_number

MAX_ROWS = 50
VIEWS = ("table", "bars", "line", "timeline", "network", "map")
Item = TypeVar("Item")
Part = TypeVar("Part")


@dataclass(frozen=True, slots=True)
class Portion(Generic[Item]):
    """One page of a list: its items, its number, the number of the last page, and how many items the list has."""

    items: Sequence[Item]
    number: int
    last: int
    total: int


def portion(items: Sequence[Item], size: int = MAX_ROWS) -> Portion[Item]:
    """The page of a list that `?page=` asks for, the first without it; a page that does not exist is a problem."""
    last = max(1, -(-len(items) // size))
    number = whole_number("page", request.args.get("page", "1"), 1, last, "not-found")
    return Portion(items[(number - 1) * size : number * size], number, last, len(items))


def part(parts: Mapping[str, Part]) -> Part | None:
    """The part of a page that `?part=` asks for, None without it; a part that does not exist is a problem."""
    asked = request.args.get("part")
    return None if asked is None else parts[choice("part", asked, parts)]


def view() -> str:
    """How an answer is shown, as `?view=` asks for it; a way that does not exist is a problem."""
    return choice("view", request.args.get("view") or VIEWS[0], VIEWS)
