"""A request and its answer as values, and the headers that every answer carries."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import quote

from flask import Flask, Response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from ...catalogue.publication import Licence
from ..site import Site, site
from .language import Language

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


NO_STORE = "no-store"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; "
    "img-src 'self' blob:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
FRAMED = POLICY.replace("frame-ancestors 'none'", "frame-ancestors *")  # for what is made to stand on other sites
EXPOSED = (
    "Accept-Query, Allow, Content-Location, Content-Range, Dataset-Hash, Dataset-Version, ETag, Link, Location, "
    "Retry-After, X-Request-ID"
)
# Nothing that a script could send is a secret here; `*` does not stand for this one
# (https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name).
ASKED = "*, Authorization"
# An answer that is a minute old is shown while a new one is fetched, or while nobody answers (RFC 5861).
CACHED = "public, max-age=60, stale-while-revalidate=60, stale-if-error=86400"
# Not even a reload asks again for what has its version or hash in its address (RFC 8246).
IMMUTABLE = "public, max-age=31536000, immutable"
DAY = 86400
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
