"""Long pages in parts: a list that is cut into pages, and a page whose parts have addresses of their own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from flask import request

from ..errors import shortened
from .http.problems import Problem

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
    asked = request.args.get("page", "1")
    number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) <= len(str(last)) else 0
    if not 1 <= number <= last:
        given = shortened(asked)
        raise Problem(
            "not-found",
            de=f"Eine Seite {given} gibt es hier nicht. Die Seiten gehen von 1 bis {last}.",
            en=f"There is no page {given} here. The pages go from 1 to {last}.",
        )
    return Portion(items[(number - 1) * size : number * size], number, last, len(items))


def part(parts: Mapping[str, Part]) -> Part | None:
    """The part of a page that `?part=` asks for, None without it; a part that does not exist is a problem."""
    asked = request.args.get("part")
    if asked is not None and asked not in parts:
        given, known = shortened(asked), ", ".join(parts)
        raise Problem(
            "not-found",
            de=f"Einen Teil {given} hat diese Seite nicht. Ihre Teile sind: {known}.",
            en=f"This page has no part {given}. Its parts are: {known}.",
            parts=list(parts),
        )
    return parts[asked] if asked is not None else None


def view() -> str:
    """How an answer is shown, as `?view=` asks for it; a way that does not exist is a problem."""
    asked = request.args.get("view") or VIEWS[0]
    if asked not in VIEWS:
        given, known = shortened(asked), ", ".join(VIEWS)
        raise Problem(
            "not-found",
            de=f"Eine Darstellung {given} gibt es nicht. Es gibt: {known}.",
            en=f"There is no view {given}. There are: {known}.",
        )
    return asked
