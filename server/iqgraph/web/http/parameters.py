"""Query parameters: numbers, choices, pagination, and the view of an answer.

An invalid value is a problem. Unknown parameters are ignored, since some clients add their own to every request. Of a
repeated parameter the first value counts: SPARQLWrapper sends `tsv` and its media type
(https://github.com/RDFLib/sparqlwrapper/blob/2.0.0/SPARQLWrapper/Wrapper.py#L726-L742).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from flask import Flask, request

from ...bilingual import Text
from ...errors import shorten
from .language import LANGUAGES
from .problems import Problem, unknown_name

MAX_NUMBER = 999_999_999
MAX_ROWS = 50
VIEWS = ("table", "bars", "line", "timeline", "network", "map")
# int() takes time quadratic in the number of digits
# (https://docs.python.org/3/library/stdtypes.html#integer-string-conversion-length-limitation).
_NUMBER = re.compile(r"-?[0-9]{1,9}")
Item = TypeVar("Item")
Part = TypeVar("Part")


def init_app(app: Flask) -> None:
    """Check the language of each request."""
    app.before_request(check_language)


def check_language() -> None:
    """Refuse an unknown language."""
    if tag := request.args.get("lang"):
        choice("lang", tag, LANGUAGES, "bad-request")


def whole_number(name: str, value: object, minimum: int, maximum: int, slug: str = "bad-request") -> int:
    """Return the value of a parameter as an integer in a range, or raise the problem `slug`."""
    text = str(value)
    number = int(text) if _NUMBER.fullmatch(text) else None
    if number is None or not minimum <= number <= maximum:
        excerpt = shorten(text)
        raise Problem(
            slug,
            de=f"{name}={excerpt} ist keine ganze Zahl von {minimum} bis {maximum}.",
            en=f"{name}={excerpt} is not a whole number from {minimum} to {maximum}.",
        )
    return number


def choice(name: str, value: str, choices: Iterable[str], slug: str = "not-found", remedy: Text | None = None) -> str:
    """Return the value of a parameter if it is one of the choices, or raise the problem `slug`."""
    choices = list(choices)
    if value not in choices:
        raise unknown_name(Text(de="Den Wert", en="value"), f"{name}={value}", choices, slug, remedy)
    return value


@dataclass(frozen=True, slots=True)
class Pagination(Generic[Item]):
    """The items on one page of a list, the number of the page, that of the last one, and the length of the list."""

    items: Sequence[Item]
    number: int
    last: int
    total: int


def begin(items: Sequence[Item], size: int) -> Sequence[Item]:
    """The first items of a list, or all of them if the rest would be up to a third as many."""
    return items[:size] if len(items) > size + size // 3 else items


def paginate(items: Sequence[Item], size: int = MAX_ROWS) -> Pagination[Item]:
    """Return the page of a list that `?page=` asks for, by default the first; the last may be longer by a third."""
    last = max(1, -(-(len(items) - size // 3) // size))
    number = whole_number("page", request.args.get("page", "1"), 1, last, "not-found")
    return Pagination(items[(number - 1) * size : number * size if number < last else None], number, last, len(items))


def part(parts: Mapping[str, Part]) -> Part | None:
    """Return the part of a page that `?part=` asks for, None without the parameter."""
    name = request.args.get("part")
    return None if name is None else parts[choice("part", name, parts)]


def view() -> str:
    """Return the view of an answer that `?view=` asks for, by default the table."""
    return choice("view", request.args.get("view") or VIEWS[0], VIEWS)
