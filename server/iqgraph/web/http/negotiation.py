"""Content negotiation (RFC 9110, section 12): the best offer for Accept and Accept-Encoding, formats by name."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice

from ...formats import FORMATS, JSON, N_TRIPLES, XML, Format

HTML = Format("HTML", "html", ("text/html", "application/xhtml+xml"))
PLAIN, EXACT = "text/plain", 2
TEXT = Format("text", "txt", (PLAIN,))

_RANGE = re.compile(r"([\w!#$&^.+*-]++)/([\w!#$&^.+*-]++)")
# The formats for graphs that names of formats for rows stand for.
_GRAPH_FORMATS = {"json": "jsonld", "xml": "rdf"}
_ALIASES = {"excel": "xlsx", "n3": "turtle", "rdf": "rdfxml", "srj": "json", "srx": "xml", "xhtml": "html"}
# Formats that are refused, not ignored, when requested by name.
_UNSUPPORTED = ("arrow", "geojson", "ods", "parquet", "pdf", "png", "svg", "xls", "yaml")
MAX_NAME_CHARS = 100  # names are cached, and a form field may hold a MiB


def negotiate(accept: str | None, offers: Sequence[Format]) -> Format | None:
    """Return the best offer for an Accept header, the first of equals; None if no offer is acceptable."""
    ranges = media_ranges(accept or "")
    if not ranges:
        return offers[0]
    best = max(offers, key=lambda offer: _match(ranges, offer))
    quality, exactness = _match(ranges, best)
    # The media type of N-Triples in RDF 1.0 (https://www.w3.org/TR/rdf-testcases/#ntriples), which rdflib still sends.
    if ranges.get(PLAIN, 0) > quality and exactness < EXACT:
        best, quality = next(((offer, 1.0) for offer in offers if offer.name == N_TRIPLES.name), (best, quality))
    if quality > 0:
        return best
    # Libraries send these types with every query, and accept any other; Accept may be disregarded
    # (RFC 9110, section 12.5.1).
    return offers[0] if any(ranges.get(format.media_type) for format in (JSON, XML)) else None


def media_ranges(accept: str) -> dict[str, float]:
    """Return the media ranges of an Accept header with their weights; malformed ones are ignored."""
    ranges: dict[str, float] = {}
    for value, quality in parse_qualities(accept):
        name = "*/*" if value == "*" else value  # as older Java clients write it
        match = _RANGE.fullmatch(name)
        if match and not (match[1] == "*" and match[2] != "*"):
            ranges[name] = max(quality, ranges.get(name, 0.0))
    return ranges


def by_name(name: str, offers: Sequence[Format]) -> Format | None:
    """Return the offer with a name, file extension or media type; `json` and `xml` also mean JSON-LD and RDF/XML."""
    key = _normalize(name)
    key = _ALIASES.get(key, key)
    for alias in (key, _GRAPH_FORMATS.get(key)):
        for offer in offers:
            names = {_normalize(offer.extension), _normalize(offer.name)}
            if alias in names or name.strip().lower() in offer.media_types:
                return offer
    return None


def is_format(name: str) -> bool:
    """Whether a name is that of a format, even an unsupported one; any other name is ignored."""
    is_short = len(name) <= MAX_NAME_CHARS
    return is_short and (_normalize(name) in _UNSUPPORTED or by_name(name, (*FORMATS, HTML)) is not None)


def _match(ranges: Mapping[str, float], offer: Format) -> tuple[float, int]:
    """Return the weight of an offer, by the most specific range, and how specific that is.

    Ranges with `*` match the registered media type only.
    """
    weights = [ranges[media_type] for media_type in offer.media_types if media_type in ranges]
    if weights:
        return max(weights), EXACT
    family, _, subtype = offer.media_type.partition("/")
    # A client that accepts JSON or XML can read formats with that suffix (RFC 6839, section 3.1).
    for exactness, name in ((1, f"{family}/{subtype.rpartition('+')[2]}"), (1, f"{family}/*"), (0, "*/*")):
        if name in ranges:
            return ranges[name], exactness
    return 0.0, 0


def _normalize(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


MAX_MEMBERS = 128
GZIP = "gzip"
# Possessive quantifiers do not backtrack, so the time is linear in the length of the field
# (https://docs.python.org/3/library/re.html#regular-expression-syntax).
_BALANCED = re.compile(r'(?:[^"]++|"(?:[^"\\]++|\\.)*+")*+', re.DOTALL)
_MEMBER = re.compile(r'(?:[^,"]++|"(?:[^"\\]++|\\.)*+")++', re.DOTALL)
_QUOTED = re.compile(r'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_WEIGHT = re.compile(r'(?:^|;)\s*+q\s*+=\s*+([^;\s"]*+)')
_NUMBER = re.compile(r"[01](?:\.[0-9]*+)?|\.[0-9]++")


def parse_qualities(field: str) -> Iterator[tuple[str, float]]:
    """Yield the members of a list in lower case with their weights (RFC 9110, sections 5.6.1, 5.6.6 and 12.4.2).

    Malformed members are ignored, and so are those after the first `MAX_MEMBERS`: no client sends as many.
    """
    for member in islice(_members(field), MAX_MEMBERS):
        value, _, parameters = member.lower().partition(";")
        weight = _WEIGHT.search(_QUOTED.sub("", parameters))
        if not weight:
            yield value.strip(), 1.0
        elif _NUMBER.fullmatch(weight[1]):
            yield value.strip(), min(float(weight[1]), 1.0)


# As with languages, clients send few different values.
@lru_cache(256)
def negotiate_coding(accept_encoding: str | None) -> str:
    """Return the content coding for an Accept-Encoding header (RFC 9110, section 12.5.3), empty for identity.

    It is gzip if that is acceptable, and identity has no higher weight.
    """
    qualities = dict(parse_qualities(accept_encoding or ""))
    # x-gzip is equivalent (RFC 9110, section 8.4.1.3)
    quality = qualities.get(GZIP, qualities.get("x-gzip", qualities.get("*", 0.0)))
    return GZIP if quality > 0 and quality >= qualities.get("identity", 0.0) else ""


def _members(field: str) -> Iterator[str]:
    """Yield the members of a comma-separated list with quoted strings.

    An unbalanced quotation mark separates members too. After the first one no quoted string can begin, since all other
    marks are escaped, so each character is read once.
    """
    match = _BALANCED.match(field)
    end = match.end() if match else 0
    text = field[:end] + field[end:].replace('"', ",")
    return (member[0] for member in _MEMBER.finditer(text))
