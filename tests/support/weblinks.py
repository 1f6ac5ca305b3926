"""A reader of Link headers as RFC 8288 has them, written after its grammar and not after our writer."""

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
    """The links of a header; raises ValueError if any of it is no link."""
    links, place = [], 0
    while place < len(header):
        found = LINK.match(header, place)
        if not found:
            raise ValueError(f"no link: {header[place:]}")
        given = {name: quoted or plain for name, quoted, plain in reversed(PARAMETER.findall(found[2]))}
        links += [WebLink(found[1], one, given.get("type"), given.get("anchor")) for one in given["rel"].split()]
        place = found.end()
    return links
