"""Parts of a file that a client asks for (RFC 9110, section 14)."""

import re
from collections.abc import Iterable

from werkzeug.exceptions import RequestedRangeNotSatisfiable

Part = tuple[int, int]

SPECIFIER = re.compile(r"\s*([!#$%&'*+.^_`|~0-9a-z-]+)\s*=(.*)", re.IGNORECASE | re.DOTALL)
RANGE = re.compile(r"([0-9]{0,99})-([0-9]{0,99})")
MOST = 16


def asked_parts(header: str, size: int) -> list[Part]:
    """The parts as first byte and end; none if the header is to be ignored, so that the whole file is the answer.

    A range without sense, or only such as lie outside the file, is refused with 416. Ignored are units other than
    bytes, more parts than anybody needs, and parts that together are longer than the file.
    """
    found = SPECIFIER.fullmatch(header)
    if found is None:
        raise RequestedRangeNotSatisfiable(size)
    if found[1].lower() != "bytes":
        return []
    given = [one.strip() for one in found[2].split(",")]
    parts = [part for one in given if one for part in _part(one, size)]
    if not parts:
        raise RequestedRangeNotSatisfiable(size)
    return parts if len(parts) <= MOST and sum(end - start for start, end in parts) <= size else []


def content_range(part: Part, size: int) -> str:
    """The value of Content-Range."""
    return f"bytes {part[0]}-{part[1] - 1}/{size}"


def multipart(content: bytes, parts: Iterable[Part], content_type: str, boundary: str) -> bytes:
    """Several parts in one body, each with its place (RFC 9110, section 14.6)."""
    size = len(content)
    bodies = []
    for part in parts:
        head = f"--{boundary}\r\nContent-Type: {content_type}\r\nContent-Range: {content_range(part, size)}\r\n\r\n"
        bodies += [head.encode(), content[slice(*part)], b"\r\n"]
    return b"".join([*bodies, f"--{boundary}--\r\n".encode()])


def _part(text: str, size: int) -> list[Part]:
    """One range; nothing if no byte of the file is in it."""
    found = RANGE.fullmatch(text)
    first, last = found.groups() if found else ("", "")
    if (not first and not last) or (first and last and int(first) > int(last)):
        raise RequestedRangeNotSatisfiable(size)
    start = int(first) if first else max(size - int(last), 0)
    end = min(int(last) + 1, size) if first and last else size
    return [(start, end)] if start < end else []
