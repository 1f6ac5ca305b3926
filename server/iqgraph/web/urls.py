"""Where things are: every address of the site is made here, also of styles, scripts and fonts.

Those are bundled when the package is built. Where that was not done, pages do without scripts and fonts, and load the
styles as they are.
"""

import json
import re
from collections.abc import Sequence
from functools import partial
from hashlib import sha256
from importlib.resources import files
from urllib.parse import quote, urlencode

from flask import Flask, Response, request

from ..engine.neighbourhood import describes
from ..terms import BASE
from .http import language
from .http.messages import IMMUTABLE, NO_STORE
from .http.problems import INVALID_HOST, Problem
from .site import MOUNTED, OUTER, site

STATIC = files(__package__) / "static"
KINDS = ("concept", "graph", "id", "passage", "query", "rule")
KIND = re.compile(f"(?:{'|'.join(KINDS)})/")
PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._~-]*(?:/[A-Za-z0-9_][A-Za-z0-9._~-]*)*(?:#[A-Za-z0-9._~-]*)?")


def root() -> str:
    """The path below which the site lies, without a slash at its end."""
    return request.script_root


def iri(path: str) -> str:
    """The IRI that a path stands for, on whatever host the site runs."""
    return f"{BASE}{path}"


def local(iri: str) -> str:
    """The address on this site of what an IRI names; an IRI that we know nothing of is its own address."""
    if is_ours(iri):
        path, mark, part = iri.removeprefix(BASE).partition("#")
        address = page if path.partition("/")[0] in MOUNTED else current  # of the others there is one for all versions
        return f"{address(path)}{mark}{part}"
    return describe(iri) if describes(site().dataset, iri) else iri


def is_ours(iri: str) -> bool:
    """Whether an IRI dereferences at the same path of this site; among somebody's files only things do."""
    path = iri.removeprefix(BASE)
    if path == iri or not PLAIN.fullmatch(path):
        return False
    return site().bundled or (KIND.match(path) is not None and "#" not in path)


def describe(iri: str, extension: str = "", **parameters: str) -> str:
    """The address of the document about what any IRI names, or of one form of it."""
    return page(f"describe.{extension}" if extension else "describe", uri=iri, **parameters)


def document(path: str, extension: str, **parameters: str) -> str:
    """The address of one form of a thing's document."""
    return page(f"{path}.{extension}", **parameters) if extension == "html" else f"{root()}/{path}.{extension}"


def form(iri: str, extension: str, **parameters: str) -> str:
    """The address of one form of the document about what an IRI names; a page may be one of several."""
    find = partial(document, iri.removeprefix(BASE)) if is_ours(iri) else partial(describe, iri)
    return find(extension, **parameters)


def page(path: str = "", **parameters: str | Sequence[str]) -> str:
    """The address of a page, with parameters; a language that the reader has chosen stays chosen."""
    return _with(f"{root()}/{path}", parameters)


def here(**changes: str) -> str:
    """The address of this page with some parameters changed."""
    return _again(root(), changes)


def today() -> str:
    """The address of this page in the current version, with the same parameters."""
    return _again(request.environ.get(OUTER, request.script_root), {})


def _again(root: str, changes: dict[str, str]) -> str:
    parameters = {**request.args.to_dict(flat=False), **{name: [value] for name, value in changes.items()}}
    return f"{root}/{quote(request.path.lstrip('/'))}{'?' if parameters else ''}{urlencode(parameters, doseq=True)}"


def host() -> str:
    """Scheme and host as the client called them, with the path of the site."""
    if not request.host:
        raise Problem("bad-request", INVALID_HOST)
    return absolute(root())


def current(path: str = "", **parameters: str | Sequence[str]) -> str:
    """The address of a page of the current version, from whatever version."""
    return _with(f"{request.environ.get(OUTER, request.script_root)}/{path}", parameters)


def pinned(path: str, **parameters: str | Sequence[str]) -> str:
    """The address of an answer for good: it names the version of the data, if the data says which that is."""
    return current(path, **({"version": site().version} if site().version else {}), **parameters)


def absolute(address: str) -> str:
    """An address of this site with scheme and host in ASCII, as they were sent."""
    # `host_url` would write an internationalised name in its letters.
    return f"{request.scheme}://{request.host}{address}"


def tidy(path: str) -> str:
    """A path without empty segments and without a slash at its end; it never begins with two slashes."""
    # Two slashes at the beginning would name another host (RFC 3986, section 4.2).
    return "/" + "/".join(segment for segment in path.split("/") if segment)


def within(address: str, parameters: bytes | None = None) -> str:
    """An address with the parameters of this request, or with some of them, instead of its own, fit for a header."""
    address = address.partition("?")[0]
    # What a query may hold as it is (RFC 3986, section 3.4); a percent sign begins what is encoded already.
    query = quote(request.query_string if parameters is None else parameters, safe="!$&'()*+,/:;=?@-._~%")
    return f"{quote(address, safe='/%')}{'?' if query else ''}{query}"


def _with(address: str, parameters: dict[str, str | Sequence[str]]) -> str:
    if tag := language.requested_language():
        parameters.setdefault("lang", tag)
    return f"{address}{'?' if parameters else ''}{urlencode(parameters, doseq=True)}"


def is_link(address: str) -> bool:
    """Whether an IRI is something that a browser can follow."""
    # Two slashes begin the name of another host, and browsers take a backslash for one
    # (https://url.spec.whatwg.org/#relative-slash-state).
    return address.startswith(("http://", "https://")) or (address.startswith("/") and address[1:2] not in ("/", "\\"))


def stay(response: Response) -> Response:
    """Let no redirect name a host, since what the client sent as Host may be anybody's, and none have words.

    Those of the framework are English, and nobody reads them: programs follow a redirect, and so do browsers.
    """
    location = response.headers.get("Location", "")
    if location:
        response.set_data(b"")
        response.headers.pop("Content-Type")
    # A Location may be relative (RFC 9110, section 10.2.2).
    for here in (request.host_url, absolute("/")):
        if location.startswith(here):
            response.headers["Location"] = location = f"/{location.removeprefix(here).lstrip('/')}"
    return response


def init_app(app: Flask) -> None:
    """Give the addresses to the templates, and keep redirects on the site."""
    given = (current, document, form, here, host, is_link, local, page, today)
    app.jinja_env.globals.update({one.__name__: one for one in given})
    app.after_request(stay)
    _name_static_files(app)


def _name_static_files(app: Flask) -> None:
    """Give the addresses of static files to the templates; each names the content, so a browser keeps it for good."""
    manifest = STATIC / "built" / "manifest.json"
    bundled: dict[str, str] = json.loads(manifest.read_text(encoding="utf-8")) if manifest.is_file() else {}
    versions = {file.name: sha256(file.read_bytes()).hexdigest()[:12] for file in STATIC.iterdir() if file.is_file()}

    def keep(response: Response) -> Response:
        """A static file under an address with its version never changes; of another version, nothing is kept."""
        if request.endpoint == "static" and response.status_code in (200, 304):
            # What esbuild made has a hash in its name.
            version, name = request.args.get("v"), request.path.removeprefix("/static/")
            if version == versions.get(name) if version else name.startswith("built/"):
                response.headers["Cache-Control"] = IMMUTABLE
            elif version:
                response.headers["Cache-Control"] = NO_STORE
        return response

    app.after_request(keep)
    app.jinja_env.globals.update(
        static=lambda name: f"{root()}/static/{name}?v={versions[name]}",
        built=lambda name: f"{root()}/static/built/{bundled[name]}" if name in bundled else "",
    )
