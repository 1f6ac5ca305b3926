"""A request and its answer as values, the compressed variant of an answer, and the headers that every one carries."""

import gzip
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import quote

from flask import Flask, Response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from ...catalogue.publication import Licence
from ...settings import DAY
from ..site import Site, site
from .language import Language
from .negotiation import GZIP

Headers = list[tuple[str, str]]


class Request(NamedTuple):
    """All of a request that can decide an answer; nothing else reaches the application."""

    method: str = "GET"
    scheme: str = "http"
    host: str = ""
    root: str = ""
    path: str = "/"
    query: str = ""
    accept: str | None = None
    language: Language = "en"
    body_type: str | None = None
    body_encoding: str | None = None
    coding: str = ""
    body: bytes = b""


@dataclass(slots=True)
class Answer:
    """A whole answer as it goes to the client, and what kind of thing it is; `query` is the text that it answers."""

    status: int
    headers: Headers
    body: bytes
    tag: str = ""
    kind: str = ""
    query: str | None = None


# RFC 9110, sections 8.4 and 12.5.3
MIN_COMPRESSED_BYTES = 1000  # what fits into one packet is there no sooner for being smaller
GZIP_LEVEL = 6  # zlib's own compromise between time and size (https://zlib.net/manual.html)
TEXTS = re.compile(r"text/|image/svg\+xml|application/(?:[\w.+-]*\+)?(?:json|xml|trig|n-triples|n-quads|javascript)\b")


def is_compressible(answer: Answer) -> bool:
    """Whether an answer has a compressed variant: it is whole, a text, not short and not compressed already."""
    return answer.status == 200 and len(answer.body) >= MIN_COMPRESSED_BYTES and _is_text(answer)


def _is_text(answer: Answer) -> bool:
    names = dict(answer.headers)
    return "content-encoding" not in names and TEXTS.match(names.get("content-type", "")) is not None


def with_vary(answer: Answer) -> Answer:
    """The answer, saying that it comes in variants if it does, or is a part of what does (RFC 9110, section 15.3.7)."""
    if not (is_compressible(answer) or (answer.status == 206 and _is_text(answer))):
        return answer
    vary = ", ".join(filter(None, [dict(answer.headers).get("vary"), "Accept-Encoding"]))
    return replace(answer, headers=[*(pair for pair in answer.headers if pair[0] != "vary"), ("vary", vary)])


def compress(answer: Answer) -> Answer:
    """The same answer, smaller; its tag is another, since its bytes are."""
    # A strong tag names bytes, not a resource (RFC 9110, section 8.8.3.3).
    tag = f'{answer.tag[:-1]}-{GZIP}"' if answer.tag else ""
    replaced = {"content-length", "etag", "accept-ranges"}
    headers: Headers = [pair for pair in answer.headers if pair[0] not in replaced]
    headers += [("content-encoding", GZIP), *([("etag", tag)] if tag else [])]
    return replace(answer, headers=headers, body=gzip.compress(answer.body, GZIP_LEVEL, mtime=0), tag=tag)


NO_STORE = "no-store"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; "
    "img-src 'self' blob:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
FRAMED = POLICY.replace("frame-ancestors 'none'", "frame-ancestors *")  # for what is made to stand on other sites
EXPOSED = (
    "Accept-Query, Allow, Content-Location, Content-Range, Dataset-Hash, Dataset-Version, ETag, Link, Location, "
    "Repr-Digest, Retry-After, X-Request-ID"
)
# Nothing that a script could send is a secret here; `*` does not stand for this one
# (https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name).
ASKED = "*, Authorization"
# An answer that is a minute old is shown while a new one is fetched, or while nobody answers (RFC 5861).
CACHED = "public, max-age=60, stale-while-revalidate=60, stale-if-error=86400"
# Not even a reload asks again for what has its version or hash in its address (RFC 8246).
IMMUTABLE = "public, max-age=31536000, immutable"
ASCII = "".join(map(chr, range(128)))
_CONTROL = re.compile(r"[\0-\x08\x0b\x0e-\x1f\x7f]")
NO_GUESS, NO_REFERRER = ("x-content-type-options", "nosniff"), ("referrer-policy", "no-referrer")
SAFETY = [NO_GUESS, ("content-security-policy", POLICY), NO_REFERRER]
SHARING = [("access-control-allow-origin", "*"), ("access-control-expose-headers", EXPOSED)]


def init_app(app: Flask) -> None:
    """Add the headers to each answer of the application."""
    app.after_request(validate)
    app.after_request(complete)


def of_all(about: Site) -> Headers:
    """The headers of every answer: what a browser may do with it, and from which data it comes.

    Scripts of any other site may read what is public anyway. From which data somebody's files come, only they could
    tell.
    """
    version = [("dataset-version", about.version)] if about.bundled and about.version else []
    return [*SAFETY, *SHARING, *version, *([("dataset-hash", about.hash)] if about.hash else [])]


def validate(response: Response) -> Response:
    """Give a whole answer its tag, unless nobody may keep it."""
    asked = request.method in ("GET", "HEAD", "QUERY")
    kept = response.headers.get("Cache-Control") != NO_STORE
    if asked and response.status_code == 200 and not response.get_etag()[0]:
        if kept:
            response.set_etag(tag(response.content_type or "", response.get_data(), site().hash))
        response.headers.setdefault("Cache-Control", CACHED)
    elif asked and response.location:
        response.headers.setdefault("Cache-Control", CACHED)
    elif response.status_code >= 400:
        response.headers["Cache-Control"] = NO_STORE
    return response


def tag(content_type: str, body: bytes, data: str) -> str:
    """A strong validator (RFC 9110, section 8.8.3): equal tags, equal answers from the same data.

    A cache that is told 304 may keep the headers it has, so an answer that only tells of newer data gets another tag.
    """
    digest = sha256(f"{content_type}\n{data}\n".encode())
    digest.update(body)  # an answer may be large, so it is not copied
    return digest.hexdigest()[:32]


def complete(response: Response) -> Response:
    """Add what every answer has, and what a browser asks before it lets a script ask."""
    for name, value in of_all(site()):
        response.headers.setdefault(name, value)
    if request.method == "OPTIONS":
        if not response.get_data():
            del response.headers["Content-Type"]  # of nothing there is no type (RFC 9110, section 8.3)
        response.headers["Access-Control-Allow-Methods"] = ", ".join(response.allow or ())
        response.headers["Access-Control-Allow-Headers"] = ASKED
        response.headers["Access-Control-Max-Age"] = str(DAY)
    return response


def page(template: str, **values: object) -> str:
    """A page without the signs that HTML cannot hold, whoever sent them; a browser shows U+FFFD in their place too.

    https://html.spec.whatwg.org/multipage/parsing.html#parse-error-unexpected-null-character
    """
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", render_template(template, **values))


def text(content_type: str) -> str:
    """The content type of a text, which is always UTF-8."""
    return f"{content_type}; charset=utf-8" if content_type.startswith("text/") else content_type


class TypedLink(NamedTuple):
    """A relation, where it leads, of which media type that is, and what it is said of, if not of the answer itself."""

    relation: str
    target: str
    media_type: str = ""
    anchor: str = ""

    def in_header(self) -> str:
        """The link as RFC 8288 writes it, with URIs for IRIs (RFC 3987, section 3.1), as a header cannot hold these."""
        kind = f'; type="{self.media_type}"' if self.media_type else ""
        about = f'; anchor="{quote(self.anchor, safe=ASCII)}"' if self.anchor else ""
        return f'<{quote(self.target, safe=ASCII)}>; rel="{self.relation}"{kind}{about}'


def add_links(response: AnyResponse, links: Iterable[TypedLink]) -> None:
    """Add links to an answer, if there are any."""
    if written := ", ".join(link.in_header() for link in links):
        response.headers.add("Link", written)


def licence_link(licence: Licence | None) -> list[TypedLink]:
    """The link to a licence, if there is one."""
    return [TypedLink("license", licence.address)] if licence else []
