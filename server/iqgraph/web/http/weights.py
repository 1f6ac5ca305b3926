"""The fields of a request that begin with Accept: lists whose members have weights."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

MAX_MEMBERS = 128
GZIP = "gzip"
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


@lru_cache(256)
def coding(accepted: str | None) -> str:
    """The content coding for an Accept-Encoding header (RFC 9110, section 12.5.3), empty for none.

    It is gzip if that is not refused and not liked less than none.
    """
    quality = dict(weighted(accepted or ""))
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
