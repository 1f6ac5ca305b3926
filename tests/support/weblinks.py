"""A parser of Link headers by the grammar of RFC 8288, independent of our writer."""

import re
from dataclasses import dataclass

LINK = re.compile(r'\s*<([^>]*)>((?:\s*;\s*[\w!#$&+.^`|~*-]+(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s";,]+))?)*)\s*(?:,|$)')
PARAMETER = re.compile(r';\s*([\w!#$&+.^`|~*-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s";,]+)))?')


@dataclass(frozen=True)
class WebLink:
    """One link of a header."""

    target: str
    relation: str
    type: str | None = None
    anchor: str | None = None


def read(header: str) -> list[WebLink]:
    """The links of a header; raises ValueError for anything else in it."""
    links, place = [], 0
    while place < len(header):
        match = LINK.match(header, place)
        if not match:
            raise ValueError(f"no link: {header[place:]}")
        values = {name: text or token for name, text, token in reversed(PARAMETER.findall(match[2]))}
        links += [WebLink(match[1], one, values.get("type"), values.get("anchor")) for one in values["rel"].split()]
        place = match.end()
    return links
