"""What a setting may be: how its text is read, and the words for what is allowed."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any

CONTRIBUTORS = "http://dcat-ap.de/def/contributors/"
ADDRESS = re.compile(r"https?://[^\s<>\"{}|\\^`/]+(/[^\s<>\"{}|\\^`]*)?")
MAIL = re.compile(r"(?:mailto:)?([^\s<>\"{}|\\^`:/?#@]+@[^\s<>\"{}|\\^`:/?#@]+)")
_ENDPOINT = re.compile(r"https?://[^\s/?#@]+(?:[/?][^\s#]*)?", re.ASCII)
_SEGMENTS = re.compile(r"(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+")


@dataclass(frozen=True, slots=True)
class Allowed:
    """The values of a setting.

    `read` makes one of a text or raises ValueError; `words` end the sentence "allowed is".
    """

    words: str
    read: Callable[[str], Any]


def whole(least: int, most: int) -> Allowed:
    """A whole number within bounds."""

    def read(text: str) -> int:
        number = int(text)
        _check(number, least, most)
        return number

    return Allowed(f"a whole number from {_number(least)} to {_number(most)}", read)


def amount(least: float, most: float, *, zero: bool = False) -> Allowed:
    """A number within bounds, or 0 where that means none."""

    def read(text: str) -> float:
        number = float(text)
        if zero and number == 0:
            return 0.0
        _check(number, least, most)
        return number

    return Allowed(f"{'0 or ' if zero else ''}a number from {_number(least)} to {_number(most)}", read)


def choice(*names: str) -> Allowed:
    """One of a few names."""

    def read(text: str) -> str:
        if text not in names:
            raise ValueError(text)
        return text

    return Allowed(f"{', '.join(names[:-1])} or {names[-1]}", read)


def matching(words: str, *patterns: re.Pattern[str]) -> Allowed:
    """A text that fits one of the patterns wholly."""

    def read(text: str) -> str:
        if not any(pattern.fullmatch(text) for pattern in patterns):
            raise ValueError(text)
        return text

    return Allowed(words, read)


def _check(number: float, least: float, most: float) -> None:
    if not math.isfinite(number) or not least <= number <= most:
        raise ValueError(number)


def _number(number: float) -> str:
    return f"{int(number):,}" if number == int(number) else f"{number:g}"


def _path(text: str) -> str:
    if "\0" in text:
        raise ValueError(text)
    return text


TEXT = Allowed("a text", lambda text: " ".join(text.split()))
PATH = Allowed("a path", _path)
ENDPOINT = matching("a plain address such as http://localhost:7878/query", _ENDPOINT)
WEB_ADDRESS = matching("a web address", ADDRESS)
CONTACT = matching("an e-mail address or a web address", ADDRESS, MAIL)
CONTRIBUTOR = matching(
    f"an IRI of the list {CONTRIBUTORS} of GovData", re.compile(re.escape(CONTRIBUTORS) + r"[^\s<>\"{}|\\^`/]+")
)
NETWORK = Allowed("an address or a network such as 127.0.0.1 or 10.0.0.0/8", ip_network)
BASE_PATH = matching("a path such as /kg, without a slash at its end", _SEGMENTS)
