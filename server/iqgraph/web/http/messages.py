"""Requests and responses as values, compression, and the headers of every response."""

import gzip
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import quote

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.http import parse_range_header
from werkzeug.wrappers import Response as AnyResponse

from ...bilingual import Language
from ...catalogue.publication import Licence
from ...settings import DAY
from ..site import Site, site
from .negotiation import GZIP

Headers = list[tuple[str, str]]


class Request(NamedTuple):
    """The parts of a request that a response may depend on; nothing else reaches the application."""

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
class HttpResponse:
    """A complete response as it is sent, its ETag, its workload, and the SPARQL query that it answers."""

    status: int
    headers: Headers
    body: bytes
    tag: str = ""
    workload: str = ""
    query: str | None = None


def complete(response: AnyResponse) -> HttpResponse:
    """A response of the application as the server sends it."""
    headers = [(name.lower(), value) for name, value in response.headers if name != "Date"]  # the server adds its own
    return HttpResponse(response.status_code, headers, response.get_data(), response.headers.get("ETag", ""))


# RFC 9110, sections 8.4 and 12.5.3
MIN_COMPRESSED_BYTES = 1000  # a response that fits into one packet arrives no sooner when compressed
GZIP_LEVEL = 6  # zlib's own compromise between time and size (https://zlib.net/manual.html)
TEXTS = re.compile(r"text/|image/svg\+xml|application/(?:[\w.+-]*\+)?(?:json|xml|trig|n-triples|n-quads|javascript)\b")


def is_compressible(response: HttpResponse) -> bool:
    """Whether a response has a compressed variant: it is complete, text, not short and not compressed already."""
    headers, is_long = dict(response.headers), len(response.body) >= MIN_COMPRESSED_BYTES
    is_text = TEXTS.match(headers.get("content-type", "")) is not None
    return response.status == 200 and is_long and is_text and "content-encoding" not in headers


# Fields of the plain variant: its digest covers bytes that are not compressed (RFC 9530, section 3).
PLAIN_ONLY = {"accept-ranges", "content-length", "etag", "repr-digest"}


def compress(response: HttpResponse) -> HttpResponse:
    """Return the compressed variant, which has an ETag of its own."""
    # A strong ETag identifies bytes, not a resource (RFC 9110, section 8.8.3.3).
    tag = f'{response.tag[:-1]}-{GZIP}"' if response.tag else ""
    headers: Headers = [pair for pair in response.headers if pair[0] not in PLAIN_ONLY]
    headers += [("content-encoding", GZIP), *([("etag", tag)] if tag else [])]
    return replace(response, headers=headers, body=gzip.compress(response.body, GZIP_LEVEL, mtime=0), tag=tag)


def cut(response: HttpResponse, headers: Mapping[str, str]) -> HttpResponse:
    """Return the part of a response that Range and If-Range ask for; raise if it begins behind the end.

    The whole response if it takes no ranges, if several are asked for (RFC 9110, section 14.2), or if the tag is not
    exactly its own (section 13.1.5).
    """
    ranges, size = parse_range_header(headers.get("range")), len(response.body)
    takes_ranges = response.status == 200 and ("accept-ranges", "bytes") in response.headers
    is_same = headers.get("if-range", response.tag) == response.tag
    if not (takes_ranges and is_same and ranges and ranges.units == "bytes" and len(ranges.ranges) == 1):
        return response
    part = range(size)[slice(*ranges.ranges[0])]
    if not part:
        raise RequestedRangeNotSatisfiable(size)
    fields = [("content-range", f"bytes {part.start}-{part.stop - 1}/{size}"), ("content-length", str(len(part)))]
    fields = [*(field for field in response.headers if field[0] != "content-length"), *fields]
    return replace(response, status=206, headers=fields, body=response.body[part.start : part.stop])


NO_STORE = "no-store"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; "
    "img-src 'self' blob:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# For pages that other sites embed in frames.
EMBEDDABLE_POLICY = POLICY.replace("frame-ancestors 'none'", "frame-ancestors *")
EXPOSED_HEADERS = (
    "Accept-Query, Allow, Content-Location, Content-Range, Dataset-Hash, Dataset-Version, ETag, Link, Location, "
    "Repr-Digest, Retry-After, X-Request-ID"
)
# The server keeps no secrets from scripts; `*` does not include Authorization
# (https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name).
ALLOWED_HEADERS = "*, Authorization"
# A stale response may be used for a minute while a new one is fetched, and for a day if that fails (RFC 5861).
CACHEABLE = "public, max-age=60, stale-while-revalidate=60, stale-if-error=86400"
# For URLs that contain a version or hash; a browser does not revalidate them even on reload (RFC 8246).
IMMUTABLE = "public, max-age=31536000, immutable"
ASCII = "".join(map(chr, range(128)))
_CONTROL = re.compile(r"[\0-\x08\x0b\x0e-\x1f\x7f]")
SECURITY_HEADERS = [
    ("x-content-type-options", "nosniff"),
    ("content-security-policy", POLICY),
    ("referrer-policy", "no-referrer"),
]
CORS_HEADERS = [("access-control-allow-origin", "*"), ("access-control-expose-headers", EXPOSED_HEADERS)]


def init_app(app: Flask) -> None:
    """Add the headers to every response of the application."""
    app.after_request(add_validators)
    app.after_request(add_headers)


def common_headers(about: Site) -> Headers:
    """Return the headers of every response: security, CORS, and the version and hash of the bundled data."""
    version = [("dataset-version", about.version)] if about.is_bundled and about.version else []
    return [*SECURITY_HEADERS, *CORS_HEADERS, *version, *([("dataset-hash", about.hash)] if about.hash else [])]


def add_validators(response: Response) -> Response:
    """Add ETag and Cache-Control to complete responses and redirects; forbid the caching of errors."""
    is_safe = request.method in ("GET", "HEAD", "QUERY")
    if is_safe and response.status_code == 200 and not response.get_etag()[0]:
        if response.headers.get("Cache-Control") != NO_STORE:
            response.set_etag(entity_tag(response.content_type or "", response.get_data(), site().hash))
        response.headers.setdefault("Cache-Control", CACHEABLE)
    elif is_safe and response.location:
        response.headers.setdefault("Cache-Control", CACHEABLE)
    elif response.status_code >= 400:
        response.headers["Cache-Control"] = NO_STORE
    return response


def entity_tag(content_type: str, body: bytes, data: str) -> str:
    """Return a strong validator (RFC 9110, section 8.8.3) for a response from data with this hash.

    A cache may keep the old headers after a 304, so the tag also changes if only the hash of the data does.
    """
    digest = sha256(f"{content_type}\n{data}\n".encode())
    digest.update(body)  # not concatenated, since a body may be large
    return digest.hexdigest()[:32]


def add_headers(response: Response) -> Response:
    """Add the common headers and, to the response to OPTIONS, those of a CORS preflight."""
    if TEXTS.match(response.content_type or ""):
        response.vary.add("Accept-Encoding")  # the front compresses it unless it is short (RFC 9110, section 12.5.5)
    for name, value in common_headers(site()):
        response.headers.setdefault(name, value)
    if request.method == "OPTIONS":
        if not response.get_data():
            del response.headers["Content-Type"]  # an empty body has no type (RFC 9110, section 8.3)
        response.headers["Access-Control-Allow-Methods"] = ", ".join(response.allow or ())
        response.headers["Access-Control-Allow-Headers"] = ALLOWED_HEADERS
        response.headers["Access-Control-Max-Age"] = str(DAY)
    return response


def render(template: str, **values: object) -> str:
    """Render a template, with U+FFFD in place of control characters, as browsers show them.

    https://html.spec.whatwg.org/multipage/parsing.html#parse-error-unexpected-null-character
    """
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", render_template(template, **values))


def text(content_type: str) -> str:
    """Add the charset, always UTF-8, to the content type of a text."""
    return f"{content_type}; charset=utf-8" if content_type.startswith("text/") else content_type


class TypedLink(NamedTuple):
    """A link of RFC 8288: relation, target, media type of the target, and the context if not the response itself."""

    relation: str
    target: str
    media_type: str = ""
    anchor: str = ""

    def in_header(self) -> str:
        """Write the link for a header, with IRIs mapped to URIs (RFC 3987, section 3.1)."""
        media_type = f'; type="{self.media_type}"' if self.media_type else ""
        anchor = f'; anchor="{quote(self.anchor, safe=ASCII)}"' if self.anchor else ""
        return f'<{quote(self.target, safe=ASCII)}>; rel="{self.relation}"{media_type}{anchor}'


def add_links(response: AnyResponse, links: Iterable[TypedLink]) -> None:
    """Add links to a response, if there are any."""
    if header := ", ".join(link.in_header() for link in links):
        response.headers.add("Link", header)


def licence_link(licence: Licence | None) -> list[TypedLink]:
    """Return the link to a licence, if there is one."""
    return [TypedLink("license", licence.address)] if licence else []
