"""Which format a client gets: a pure function of what it accepts and what there is."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, Protocol, TypeVar

from ...formats import FORMATS


class Offer(Protocol):
    """Anything that can be offered under media types."""

    @property
    def name(self) -> str:
        """What people call it."""

    @property
    def extension(self) -> str:
        """How its file names end."""

    @property
    def media_types(self) -> tuple[str, ...]:
        """The media types it answers to, the registered one first."""


AnOffer = TypeVar("AnOffer", bound=Offer)


@dataclass(frozen=True, slots=True)
class Page:
    """A format that only the web has."""

    name: str
    extension: str
    media_types: tuple[str, ...]


HTML = Page("HTML", "html", ("text/html", "application/xhtml+xml"))
TEXT = Page("text", "txt", ("text/plain",))

LONGEST_KEPT = 500
_MEMBER = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*")+')
_RANGE = re.compile(r"\s*([\w!#$&^.+*-]+)/([\w!#$&^.+*-]+)\s*((?:;.*)?)$", re.DOTALL)
_ANYTHING = re.compile(r"^\s*\*\s*(?=;|$)")  # as Java's older clients write it
_QUALITY = re.compile(r';\s*q\s*=\s*([^;\s"]*)', re.IGNORECASE)
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_NUMBER = re.compile(r"[01](?:\.\d*)?|\.\d+")
_QUERY_FORMS = {"json": "jsonld", "xml": "rdf"}
_OTHER_NAMES = {"n3": "turtle", "rdf": "rdfxml", "srj": "json", "srx": "xml", "xhtml": "html"}


class Range(NamedTuple):
    """A media range that a client accepts, and how gladly."""

    type: str
    subtype: str
    quality: float


class Match(NamedTuple):
    """How well an offer suits: first how gladly it is taken, then how exactly it was named."""

    quality: float
    exactness: int


def negotiate(accept: str | None, offers: Sequence[AnOffer]) -> AnOffer | None:
    """The best of the offers for an Accept header, the earlier one if two are equal; None if none will do."""
    if accept is None or len(accept) < LONGEST_KEPT:
        return _kept(accept or "", tuple(offers))
    return _best(accept, offers)


@lru_cache(512)
def _kept(accept: str, offers: tuple[AnOffer, ...]) -> AnOffer | None:
    """Clients send the same few headers again and again."""
    return _best(accept, offers)


def _best(accept: str, offers: Sequence[AnOffer]) -> AnOffer | None:
    ranges = list(media_ranges(accept))
    if not ranges:
        return offers[0]
    best = max(offers, key=lambda offer: _match(ranges, offer))
    return best if _match(ranges, best).quality > 0 else None


def media_ranges(accept: str) -> Iterator[Range]:
    """The media ranges of an Accept header; what cannot be read is passed over."""
    for member in _MEMBER.findall(accept):
        found = _RANGE.match(_ANYTHING.sub("*/*", member.lower(), 1))
        quality = _quality(found[3]) if found else None
        if found and quality is not None and not (found[1] == "*" and found[2] != "*"):
            yield Range(found[1], found[2], quality)


def named(name: str, offers: Sequence[AnOffer]) -> AnOffer | None:
    """The offer that a short name, file extension or media type means; `json` and `xml` fit what is offered."""
    plain = _plain(name)
    plain = _OTHER_NAMES.get(plain, plain)
    for wanted in (plain, _QUERY_FORMS.get(plain)):
        for offer in offers:
            if wanted in {offer.extension, _plain(offer.name)} or name.strip().lower() in offer.media_types:
                return offer
    return None


def is_format(name: str) -> bool:
    """Whether a name means any format that we know."""
    return named(name, (*FORMATS, HTML)) is not None


def _quality(parameters: str) -> float | None:
    found = _QUALITY.search(_QUOTED.sub("", parameters))
    if not found:
        return 1.0
    return min(float(found[1]), 1.0) if _NUMBER.fullmatch(found[1]) else None


def _match(ranges: Sequence[Range], offer: Offer) -> Match:
    """The most exact range decides; ranges with `*` look at the registered media type only."""
    exact = [one.quality for one in ranges if f"{one.type}/{one.subtype}" in offer.media_types]
    if exact:
        return Match(max(exact), 2)
    family = offer.media_types[0].partition("/")[0]
    for exactness, type_ in ((1, family), (0, "*")):
        found = [one.quality for one in ranges if (one.type, one.subtype) == (type_, "*")]
        if found:
            return Match(max(found), exactness)
    return Match(0.0, 0)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
