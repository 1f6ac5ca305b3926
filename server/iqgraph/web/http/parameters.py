"""Parameters of a request, and the part of a long page that they ask for.

A value out of its bounds and a choice that there is not are problems. Parameters that are not known are ignored:
clients send some with every request. Of several values, where only one is wanted, the first counts: SPARQLWrapper sends
`tsv` and its media type (https://github.com/RDFLib/sparqlwrapper/blob/2.0.0/SPARQLWrapper/Wrapper.py#L726-L742).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from flask import Flask, request

from ...bilingual import Text
from ...errors import shortened
from .language import LANGUAGES
from .problems import Problem, unlisted

MAX_NUMBER = 999_999_999
MAX_ROWS = 50
VIEWS = ("table", "bars", "line", "timeline", "network", "map")
# The time that int() takes grows with the square of the length
# (https://docs.python.org/3/library/stdtypes.html#integer-string-conversion-length-limitation).
_NUMBER = re.compile(r"-?[0-9]{1,9}")
Item = TypeVar("Item")
Part = TypeVar("Part")


def init_app(app: Flask) -> None:
    """Look at the language in each address."""
    app.before_request(check_language)


def check_language() -> None:
    """Refuse a language that no page has."""
    if asked := request.args.get("lang"):
        choice("lang", asked, LANGUAGES, "bad-request")


def whole_number(name: str, given: object, least: int, most: int, slug: str = "bad-request") -> int:
    """A whole number within its bounds."""
    text = str(given)
    number = int(text) if _NUMBER.fullmatch(text) else None
    if number is None or not least <= number <= most:
        value = shortened(text)
        raise Problem(
            slug,
            de=f"{name}={value} ist keine ganze Zahl von {least} bis {most}.",
            en=f"{name}={value} is not a whole number from {least} to {most}.",
        )
    return number


def choice(name: str, given: str, known: Iterable[str], slug: str = "not-found", remedy: Text | None = None) -> str:
    """One of the values that there are; the remedy names them, unless it is given."""
    known = list(known)
    if given not in known:
        raise unlisted(Text(de="Eine Auswahl", en="choice"), f"{name}={given}", known, slug, remedy)
    return given


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
