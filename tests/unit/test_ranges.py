"""Ranges of bytes as RFC 9110 has them: what is asked for, what is refused, what is ignored."""

import pytest
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from iqgraph.web.http.ranges import MOST, asked_parts, content_range, multipart

SIZE = 1000


@pytest.mark.parametrize(
    ("header", "parts"),
    [
        ("bytes=0-0", [(0, 1)]),
        ("bytes=0-", [(0, 1000)]),
        ("bytes=100-199", [(100, 200)]),
        ("bytes=900-5000", [(900, 1000)]),
        ("bytes=900-99999999999999999999", [(900, 1000)]),
        ("bytes=-1", [(999, 1000)]),
        ("bytes=-5000", [(0, 1000)]),
        ("Bytes = 1-2", [(1, 3)]),
        ("bytes=0-1,5-6", [(0, 2), (5, 7)]),
        ("bytes= 0-1 , 5-6 ,", [(0, 2), (5, 7)]),
        ("bytes=500-,0-1", [(500, 1000), (0, 2)]),
        ("bytes=0-1,-2", [(0, 2), (998, 1000)]),
        ("bytes=0-1,5000-", [(0, 2)]),
        ("bytes=0-1,-0", [(0, 2)]),
    ],
)
def test_parts(header: str, parts: list[tuple[int, int]]) -> None:
    """Parts come in the order in which they are asked for, cut at the end of the file."""
    assert asked_parts(header, SIZE) == parts


@pytest.mark.parametrize(
    "header",
    [
        "bytes=1000-",
        "bytes=5000-6000",
        "bytes=-0",
        "bytes=2-1",
        "bytes=0-1,2-1",
        "bytes=",
        "bytes=,",
        "bytes=-",
        "bytes=a-b",
        "bytes=0-1;2-3",
        "bytes=1",
        "bytes=+1-2",
        "bytes=0x1-2",
        "bytes=\u0661-\u0662",
        f"bytes={'9' * 5000}-",
        "bytes",
        "",
        "bytes 0-1",
    ],
)
def test_refused(header: str) -> None:
    """Nonsense, and what lies outside the file, is said to be so."""
    with pytest.raises(RequestedRangeNotSatisfiable):
        asked_parts(header, SIZE)


@pytest.mark.parametrize(
    "header",
    [
        "lines=0-5",
        "bytes=0-,0-",
        "bytes=0-999,0-0",
        f"bytes={','.join(f'{start}-{start}' for start in range(MOST + 1))}",
    ],
    ids=["other unit", "twice all", "overlapping", "many"],
)
def test_ignored(header: str) -> None:
    """The whole file is the better answer."""
    assert asked_parts(header, SIZE) == []


def test_nothing_of_an_empty_file() -> None:
    """It has no first byte."""
    with pytest.raises(RequestedRangeNotSatisfiable):
        asked_parts("bytes=0-", 0)


def test_multipart() -> None:
    """Each part has its type and its place."""
    body = multipart(b"0123456789", [(0, 2), (8, 10)], "text/plain", "limit")

    assert body.decode().split("\r\n") == [
        "--limit",
        "Content-Type: text/plain",
        "Content-Range: bytes 0-1/10",
        "",
        "01",
        "--limit",
        "Content-Type: text/plain",
        "Content-Range: bytes 8-9/10",
        "",
        "89",
        "--limit--",
        "",
    ]
    assert content_range((8, 10), 10) == "bytes 8-9/10"
