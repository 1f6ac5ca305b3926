"""The addresses of the site, including those of its styles, scripts and fonts.

These are bundled when the package is built. Without the bundle, pages load the style sheets as they are, and do without
scripts and fonts.
"""

import json
import re
from collections.abc import Sequence
from hashlib import sha256
from importlib.resources import files
from urllib.parse import quote, urlencode

from flask import Flask, Response, request

from ..engine.neighbourhood import describes
from ..terms import BASE
from .http import language
from .http.messages import IMMUTABLE, NO_STORE
from .http.problems import INVALID_HOST, Problem
from .site import MOUNTED, OUTER, THINGS, site

STATIC = files(__package__) / "static"
THING = re.compile(f"(?:{'|'.join(THINGS)})/")
PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._~-]*(?:/[A-Za-z0-9_][A-Za-z0-9._~-]*)*(?:#[A-Za-z0-9._~-]*)?")


def root() -> str:
    """The path below which the site is mounted, without a slash at its end."""
    return request.script_root


def iri(path: str) -> str:
    """The IRI for a path of this site."""
    return f"{BASE}{path}"


def local(iri: str) -> str:
    """The address of a thing on this site; of an IRI without statements, the IRI itself."""
    if is_ours(iri):
        path, separator, fragment = iri.removeprefix(BASE).partition("#")
        address = (
            page if path.partition("/")[0] in MOUNTED else current
        )  # the others exist only for the current version
        return f"{address(path)}{separator}{fragment}"
    return describe(iri) if describes(site().dataset, iri) else iri


def is_ours(iri: str) -> bool:
    """Whether an IRI dereferences at the same path of this site; with files of others, only things do."""
    path = iri.removeprefix(BASE)
    if path == iri or not PLAIN.fullmatch(path):
        return False
    return site().is_bundled or (THING.match(path) is not None and "#" not in path)


def describe(iri: str, extension: str = "", **parameters: str) -> str:
    """The address of the document about any IRI, in a format or by Accept."""
    return page(f"describe.{extension}" if extension else "describe", uri=iri, **parameters)


def document(path: str, extension: str, **parameters: str) -> str:
    """The address of a document in a format."""
    return page(f"{path}.{extension}", **parameters) if extension == "html" else f"{root()}/{path}.{extension}"


def representation(iri: str, extension: str, **parameters: str) -> str:
    """The address of the document about an IRI in a format; the parameters are for its page."""
    if is_ours(iri):
        return document(iri.removeprefix(BASE), extension, **parameters)
    return describe(iri, extension, **parameters)


def page(path: str = "", **parameters: str | Sequence[str]) -> str:
    """The address of a page with parameters, also `lang` if this request has it."""
    return _with_parameters(f"{root()}/{path}", parameters)


def here(**changes: str) -> str:
    """The address of this page with some parameters changed."""
    return _same_page(root(), changes)


def today() -> str:
    """The address of this page in the current version, with the same parameters."""
    return _same_page(request.environ.get(OUTER, request.script_root), {})


def _same_page(root: str, changes: dict[str, str]) -> str:
    parameters = {**request.args.to_dict(flat=False), **{name: [value] for name, value in changes.items()}}
    return f"{root}/{quote(request.path.lstrip('/'))}{'?' if parameters else ''}{urlencode(parameters, doseq=True)}"


def host() -> str:
    """The root of the site with scheme and host as in the request."""
    if not request.host:
        raise Problem("bad-request", INVALID_HOST)
    return absolute(root())


def current(path: str = "", **parameters: str | Sequence[str]) -> str:
    """The address of a page in the current version."""
    return _with_parameters(f"{request.environ.get(OUTER, request.script_root)}/{path}", parameters)


def permalink(path: str, **parameters: str | Sequence[str]) -> str:
    """The address of an answer with the version of the data, if it has one, so that the answer never changes."""
    return current(path, **({"version": site().version} if site().version else {}), **parameters)


def absolute(address: str) -> str:
    """An address of this site with scheme and host in ASCII, as in the request."""
    # `host_url` would write an internationalised name in its letters.
    return f"{request.scheme}://{request.host}{address}"


def normalise(path: str) -> str:
    """A path without empty segments and without a slash at its end."""
    # Two slashes at the beginning would name another host (RFC 3986, section 4.2).
    return "/" + "/".join(segment for segment in path.split("/") if segment)


def keep_query(address: str, query: bytes | None = None) -> str:
    """An address with the query of this request, or another one, in place of its own, encoded for a header."""
    address = address.partition("?")[0]
    # The characters that a query may contain (RFC 3986, section 3.4); a percent sign begins encoded ones.
    parameters = quote(request.query_string if query is None else query, safe="!$&'()*+,/:;=?@-._~%")
    return f"{quote(address, safe='/%')}{'?' if parameters else ''}{parameters}"


def _with_parameters(address: str, parameters: dict[str, str | Sequence[str]]) -> str:
    if tag := language.requested_language():
        parameters.setdefault("lang", tag)
    return f"{address}{'?' if parameters else ''}{urlencode(parameters, doseq=True)}"


def is_link(address: str) -> bool:
    """Whether a browser can follow an IRI."""
    # Two slashes begin the name of another host, and browsers treat a backslash as a slash
    # (https://url.spec.whatwg.org/#relative-slash-state).
    return address.startswith(("http://", "https://")) or (address.startswith("/") and address[1:2] not in ("/", "\\"))


def keep_redirects_local(response: Response) -> Response:
    """Make redirects relative, since the Host header may be forged, and drop their body.

    The framework's body is English only, and no client shows it.
    """
    location = response.headers.get("Location", "")
    if location:
        response.set_data(b"")
        response.headers.pop("Content-Type")
    # A Location may be relative (RFC 9110, section 10.2.2).
    for origin in (request.host_url, absolute("/")):
        if location.startswith(origin):
            response.headers["Location"] = location = f"/{location.removeprefix(origin).lstrip('/')}"
    return response


def init_app(app: Flask) -> None:
    """Register the addresses that templates use, and keep redirects on the site."""
    functions = (current, document, here, host, is_link, local, page, representation, today)
    app.jinja_env.globals.update({function.__name__: function for function in functions})
    app.after_request(keep_redirects_local)
    _register_static_files(app)


def _register_static_files(app: Flask) -> None:
    """Register the addresses of static files, which contain a hash, so that browsers cache the files for good."""
    manifest = STATIC / "built" / "manifest.json"
    names: dict[str, str] = json.loads(manifest.read_text(encoding="utf-8")) if manifest.is_file() else {}
    versions = {file.name: sha256(file.read_bytes()).hexdigest()[:12] for file in STATIC.iterdir() if file.is_file()}

    def set_cache_control(response: Response) -> Response:
        """A file of the bundle or with its current version never changes; one with another version is not stored."""
        if request.endpoint == "static" and response.status_code in (200, 304):
            # Names in the bundle contain a hash.
            version, name = request.args.get("v"), request.path.removeprefix("/static/")
            if version == versions.get(name) if version else name.startswith("built/"):
                response.headers["Cache-Control"] = IMMUTABLE
            elif version:
                response.headers["Cache-Control"] = NO_STORE
        return response

    app.after_request(set_cache_control)
    app.jinja_env.globals.update(
        static=lambda name: f"{root()}/static/{name}?v={versions[name]}",
        bundle=lambda name: f"{root()}/static/built/{names[name]}" if name in names else "",
    )
