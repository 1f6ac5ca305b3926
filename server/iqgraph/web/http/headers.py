"""Headers that every answer carries."""

from hashlib import sha256

from flask import Flask, Response, request

from ...catalogue.publication import Licence
from ..site import site

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; "
    "img-src 'self' blob:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
EXPOSED = (
    "Accept-Query, Allow, Content-Location, Content-Range, Dataset-Hash, Dataset-Version, ETag, Link, Location, "
    "Memento-Datetime, RateLimit, RateLimit-Policy, Retry-After, X-Request-ID"
)
ASKED = "Accept, Accept-Datetime, Accept-Language, Content-Type, If-None-Match, Range"
CACHED = "public, max-age=60, stale-while-revalidate=60, stale-if-error=86400"
IMMUTABLE = "public, max-age=31536000, immutable"
DAY = 86400


def init_app(app: Flask) -> None:
    """Add the headers to each answer of the application."""
    app.after_request(validate)
    app.after_request(protect)
    app.after_request(share)
    app.after_request(stamp)


def validate(response: Response) -> Response:
    """Give a whole answer its tag, and tell who has it already that nothing changed."""
    asked = request.method in ("GET", "HEAD", "QUERY")
    if asked and response.status_code == 200 and not response.get_etag()[0]:
        data = response.headers.get("Dataset-Hash", "")
        response.set_etag(tag(response.content_type or "", response.get_data(), data))
        response.headers.setdefault("Cache-Control", CACHED)
        response.make_conditional(request)
    elif asked and response.location:
        response.headers.setdefault("Cache-Control", CACHED)
    elif response.status_code >= 400:
        response.headers["Cache-Control"] = "no-store"
    return response


def tag(content_type: str, body: bytes, data: str) -> str:
    """A strong validator (RFC 9110, section 8.8.3): equal tags, equal answers from the same data.

    A cache that is told 304 may keep the headers it has, so an answer that only tells of newer data gets another tag.
    """
    return sha256(f"{content_type}\n{data}\n".encode() + body).hexdigest()[:32]


def protect(response: Response) -> Response:
    """Let no browser guess a type, run a script or frame a page."""
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def share(response: Response) -> Response:
    """Let scripts of any other site read what is public anyway."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = EXPOSED
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = ", ".join(response.allow or ())
        response.headers["Access-Control-Allow-Headers"] = ASKED
        response.headers["Access-Control-Max-Age"] = str(DAY)
    return response


def stamp(response: Response) -> Response:
    """Tell from which data the answer comes; of somebody's files, only they could tell."""
    if site().bundled:
        if site().version:
            response.headers["Dataset-Version"] = site().version
        response.headers["Dataset-Hash"] = f"sha-256={site().digest}"
    return response


def text(content_type: str) -> str:
    """The content type of a text, which is always UTF-8."""
    return f"{content_type}; charset=utf-8" if content_type.startswith("text/") else content_type


def licence_link(licence: Licence) -> str:
    """The Link header (RFC 8288) that names a licence."""
    return f'<{licence.address}>; rel="license"'
