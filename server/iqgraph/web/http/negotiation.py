"""Which format a client gets: a pure function of what it accepts and what there is."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeVar

from ...formats import FORMATS
from .weights import weighted


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


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """A format that only the web has."""

    name: str
    extension: str
    media_types: tuple[str, ...]


HTML = Page("HTML", "html", ("text/html", "application/xhtml+xml"))
TEXT = Page("text", "txt", ("text/plain",))

_RANGE = re.compile(r"([\w!#$&^.+*-]++)/([\w!#$&^.+*-]++)")
_QUERY_FORMS = {"json": "jsonld", "xml": "rdf"}
_OTHER_NAMES = {"n3": "turtle", "rdf": "rdfxml", "srj": "json", "srx": "xml", "xhtml": "html"}


class Match(NamedTuple):
    """How well an offer suits: first how gladly it is taken, then how exactly it was named."""

    quality: float
    exactness: int


def negotiate(accept: str | None, offers: Sequence[AnOffer]) -> AnOffer | None:
    """The best of the offers for an Accept header, the earlier one if two are equal; None if none will do."""
    ranges = media_ranges(accept or "")
    if not ranges:
        return offers[0]
    best = max(offers, key=lambda offer: _match(ranges, offer))
    return best if _match(ranges, best).quality > 0 else None


def media_ranges(accept: str) -> dict[str, float]:
    """The media ranges of an Accept header, each with how gladly it is taken; what cannot be read is passed over."""
    ranges: dict[str, float] = {}
    for value, quality in weighted(accept):
        name = "*/*" if value == "*" else value  # as Java's older clients write it
        found = _RANGE.fullmatch(name)
        if found and not (found[1] == "*" and found[2] != "*"):
            ranges[name] = max(quality, ranges.get(name, 0.0))
    return ranges


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


def _match(ranges: Mapping[str, float], offer: Offer) -> Match:
    """The most exact range decides; ranges with `*` look at the registered media type only."""
    exact = [ranges[media_type] for media_type in offer.media_types if media_type in ranges]
    if exact:
        return Match(max(exact), 2)
    family = offer.media_types[0].partition("/")[0]
    for exactness, name in ((1, f"{family}/*"), (0, "*/*")):
        if name in ranges:
            return Match(ranges[name], exactness)
    return Match(0.0, 0)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
