"""What a client accepts: media types, codings and languages with their weights, and the best of what there is."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TypeVar

from ...formats import FORMATS, JSON, N_TRIPLES, XML, Form

AForm = TypeVar("AForm", bound=Form)


@dataclass(frozen=True, slots=True, eq=False)
class Page(Form):
    """A form that only the web has."""


HTML = Page("HTML", "html", ("text/html", "application/xhtml+xml"))
PLAIN, EXACT = "text/plain", 2
TEXT = Page("text", "txt", (PLAIN,))

_RANGE = re.compile(r"([\w!#$&^.+*-]++)/([\w!#$&^.+*-]++)")
# What the names of formats for rows mean where the answer is a graph.
_QUERY_FORMS = {"json": "jsonld", "xml": "rdf"}
_OTHER_NAMES = {"excel": "xlsx", "n3": "turtle", "rdf": "rdfxml", "srj": "json", "srx": "xml", "xhtml": "html"}
# Wishes that are clear, and not fulfilled.
MAX_NAME_CHARS = 100  # what names decided is remembered, and a form may hold a MiB
_MISSING = ("arrow", "geojson", "ods", "parquet", "pdf", "png", "svg", "xls", "yaml")


def negotiate(accept: str | None, offers: Sequence[AForm]) -> AForm | None:
    """The best of the offers for an Accept header, the earlier one if two are equal; None if none will do."""
    ranges = media_ranges(accept or "")
    if not ranges:
        return offers[0]
    best = max(offers, key=lambda offer: _match(ranges, offer))
    quality, exactness = _match(ranges, best)
    # The type of N-Triples in RDF 1.0 (https://www.w3.org/TR/rdf-testcases/#ntriples), which rdflib still asks for.
    if ranges.get(PLAIN, 0) > quality and exactness < EXACT:
        best, quality = next(((one, 1.0) for one in offers if one.name == N_TRIPLES.name), (best, quality))
    if quality > 0:
        return best
    # Libraries name these for whatever they ask, and read what comes by its own type; a wish may be passed over
    # (RFC 9110, section 12.5.1).
    return offers[0] if any(ranges.get(one.media_type) for one in (JSON, XML)) else None


def media_ranges(accept: str) -> dict[str, float]:
    """The media ranges of an Accept header, each with how gladly it is taken; what cannot be read is passed over."""
    ranges: dict[str, float] = {}
    for value, quality in weighted(accept):
        name = "*/*" if value == "*" else value  # as Java's older clients write it
        found = _RANGE.fullmatch(name)
        if found and not (found[1] == "*" and found[2] != "*"):
            ranges[name] = max(quality, ranges.get(name, 0.0))
    return ranges


def named(name: str, offers: Sequence[AForm]) -> AForm | None:
    """The offer that a short name, file extension or media type means; `json` and `xml` fit what is offered."""
    plain = _plain(name)
    plain = _OTHER_NAMES.get(plain, plain)
    for wanted in (plain, _QUERY_FORMS.get(plain)):
        for offer in offers:
            if wanted in {_plain(offer.extension), _plain(offer.name)} or name.strip().lower() in offer.media_types:
                return offer
    return None


def is_format(name: str) -> bool:
    """Whether a name means any format, be it one that we have not; else it is no wish, and passed over."""
    return len(name) <= MAX_NAME_CHARS and (_plain(name) in _MISSING or named(name, (*FORMATS, HTML)) is not None)


def _match(ranges: Mapping[str, float], offer: Form) -> tuple[float, int]:
    """How gladly an offer is taken, and how exactly it was named: the most exact range decides.

    Ranges with `*` look at the registered media type only.
    """
    exact = [ranges[media_type] for media_type in offer.media_types if media_type in ranges]
    if exact:
        return max(exact), EXACT
    family, _, subtype = offer.media_type.partition("/")
    # Who reads JSON reads what is built on it (RFC 6839, section 3.1), and so with XML.
    for exactness, name in ((1, f"{family}/{subtype.rpartition('+')[2]}"), (1, f"{family}/*"), (0, "*/*")):
        if name in ranges:
            return ranges[name], exactness
    return 0.0, 0


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


MAX_MEMBERS = 128
GZIP = "gzip"
# Possessive quantifiers never go back, so no field takes longer than its length allows
# (https://docs.python.org/3/library/re.html#regular-expression-syntax).
_CLOSED = re.compile(r'(?:[^"]++|"(?:[^"\\]++|\\.)*+")*+', re.DOTALL)
_MEMBER = re.compile(r'(?:[^,"]++|"(?:[^"\\]++|\\.)*+")++', re.DOTALL)
_QUOTED = re.compile(r'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_WEIGHT = re.compile(r'(?:^|;)\s*+q\s*+=\s*+([^;\s"]*+)')
_NUMBER = re.compile(r"[01](?:\.[0-9]*+)?|\.[0-9]++")


def weighted(field: str) -> Iterator[tuple[str, float]]:
    """The values in a list, in small letters, each with its weight (RFC 9110, sections 5.6.1, 5.6.6 and 12.4.2).

    What cannot be read is passed over. No client has more than a few members, so those after the first `MAX_MEMBERS`
    do not count.
    """
    for member in islice(_members(field), MAX_MEMBERS):
        value, _, parameters = member.lower().partition(";")
        found = _WEIGHT.search(_QUOTED.sub("", parameters))
        if not found:
            yield value.strip(), 1.0
        elif _NUMBER.fullmatch(found[1]):
            yield value.strip(), min(float(found[1]), 1.0)


# As with languages, clients send few different ones.
@lru_cache(256)
def coding(accepted: str | None) -> str:
    """The content coding for an Accept-Encoding header (RFC 9110, section 12.5.3), empty for none.

    It is gzip if that is not refused and not liked less than none.
    """
    quality = dict(weighted(accepted or ""))
    # old clients call it x-gzip (RFC 9110, section 8.4.1.3)
    liked = quality.get(GZIP, quality.get("x-gzip", quality.get("*", 0.0)))
    return GZIP if liked > 0 and liked >= quality.get("identity", 0.0) else ""


def _members(field: str) -> Iterator[str]:
    """What stands between the commas outside of quoted strings.

    A mark of quotation that begins no string parts members too. Behind the first such mark no string begins, since all
    other marks are escaped; so each character is looked at once.
    """
    found = _CLOSED.match(field)
    end = found.end() if found else 0
    text = field[:end] + field[end:].replace('"', ",")
    return (member[0] for member in _MEMBER.finditer(text))
