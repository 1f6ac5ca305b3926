"""Compression: only clients that accept gzip get it, and caches keep the variants apart."""

import pytest

from iqgraph.web.http.messages import HttpResponse, is_compressible
from iqgraph.web.http.negotiation import negotiate_coding

BODY = b"a line of text\n" * 200


@pytest.mark.parametrize(
    ("accept_encoding", "expected"),
    [
        (None, ""),
        ("", ""),
        ("gzip", "gzip"),
        ("GZIP", "gzip"),
        ("x-gzip", "gzip"),
        ("gzip, deflate, br, zstd", "gzip"),
        ("deflate, br", ""),
        ("*", "gzip"),
        ("*;q=0", ""),
        ("gzip;q=0", ""),
        ("gzip;q=0.0, *", ""),
        ("gzip; q=0.5, *;q=0", "gzip"),
        ("identity", ""),
        ("identity;q=0.5, gzip;q=0.4", ""),
        ("identity;q=0.4, gzip;q=0.5", "gzip"),
        ("gzip;q=nonsense", ""),
        (";;;,,,", ""),
        ("br;q=1.0, gzip;q=0.8, *;q=0.1", "gzip"),
    ],
)
def test_negotiation_of_the_coding(accept_encoding: str | None, expected: str) -> None:
    """For one Accept-Encoding header."""
    assert negotiate_coding(accept_encoding) == expected


@pytest.mark.parametrize(
    "media_type",
    [
        "text/turtle; charset=utf-8",
        "text/html; charset=utf-8",
        "application/sparql-results+json",
        "application/sparql-results+xml",
        "application/ld+json",
        "application/rdf+xml",
        "application/n-triples",
        "application/n-quads",
        "application/trig",
        "image/svg+xml",
    ],
)
def test_texts_are_compressible(media_type: str) -> None:
    """Each output format, and the pages."""
    assert is_compressible(HttpResponse(200, [("content-type", media_type)], BODY))


@pytest.mark.parametrize(
    "answer",
    [
        HttpResponse(200, [("content-type", "application/gzip")], BODY),
        HttpResponse(200, [("content-type", "image/png")], BODY),
        HttpResponse(200, [("content-type", "application/zstd")], BODY),
        HttpResponse(200, [("content-type", "text/csv"), ("content-encoding", "br")], BODY),
        HttpResponse(206, [("content-type", "application/zstd")], BODY),
        HttpResponse(404, [("content-type", "text/csv")], BODY),
        HttpResponse(200, [], BODY),
    ],
    ids=["gzip", "png", "zstd", "coded", "part", "error", "untyped"],
)
def test_other_answers_are_not(answer: HttpResponse) -> None:
    """They are short, incomplete, or no plain text."""
    assert not is_compressible(answer)
