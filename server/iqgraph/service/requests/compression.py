"""Compressed variants of answers, for clients that accept them (RFC 9110, sections 8.4 and 12.5.3)."""

import gzip
import re
from dataclasses import replace
from functools import lru_cache

from ...web.http.messages import Answer, Headers
from ...web.http.weights import weighted

GZIP = "gzip"
SMALLEST = 1000
LEVEL = 6
TEXTS = re.compile(r"text/|image/svg\+xml|application/(?:[\w.+-]*\+)?(?:json|xml|trig|n-triples|n-quads|javascript)\b")


@lru_cache(256)
def coding(accepted: str | None) -> str:
    """The coding for an Accept-Encoding header: gzip if it is not refused and not liked less than none, else empty."""
    quality = dict(weighted(accepted or ""))
    liked = quality.get(GZIP, quality.get("x-gzip", quality.get("*", 0.0)))
    return GZIP if liked > 0 and liked >= quality.get("identity", 0.0) else ""


def is_compressible(answer: Answer) -> bool:
    """Whether an answer has a compressed variant: it is whole, a text, not short and not compressed already."""
    if answer.status != 200 or len(answer.body) < SMALLEST:
        return False
    names = dict(answer.headers)
    return "content-encoding" not in names and TEXTS.match(names.get("content-type", "")) is not None


def varied(answer: Answer) -> Answer:
    """The answer, saying that it comes in variants if it does."""
    if not is_compressible(answer):
        return answer
    named = [value for name, value in answer.headers if name == "vary"]
    others = [pair for pair in answer.headers if pair[0] != "vary"]
    return replace(answer, headers=[*others, ("vary", ", ".join([*named, "Accept-Encoding"]))])


def compressed(answer: Answer) -> Answer:
    """The same answer, smaller; its tag is another, since its bytes are."""
    tag = f'{answer.tag[:-1]}-{GZIP}"' if answer.tag else ""
    replaced = {"content-length", "etag", "accept-ranges"}
    headers: Headers = [pair for pair in answer.headers if pair[0] not in replaced]
    headers += [("content-encoding", GZIP), *([("etag", tag)] if tag else [])]
    return replace(answer, headers=headers, body=gzip.compress(answer.body, LEVEL, mtime=0), tag=tag)
