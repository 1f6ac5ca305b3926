"""The release files, exactly as they are released."""

from collections.abc import Mapping

from flask import Blueprint, Response, request

from ..formats import of_file
from ..publication import licence
from . import views
from .headers import IMMUTABLE, licence_link, text
from .problems import Problem
from .site import site

bp = Blueprint("downloads", __name__)


@bp.get("/download/")
def index() -> Response:
    """All files with their sizes and hashes."""
    return views.html("downloads.html", files=site().dumps)


@bp.get("/download/<name>")
def file(name: str) -> Response:
    """One file; its hash is its ETag, and parts of it can be asked for."""
    content = _content(site().files, name)
    response = Response(content, content_type=media_type(name))
    response.set_etag(site().digests[name])
    response.headers["Cache-Control"] = IMMUTABLE if site().release else "public, max-age=0, must-revalidate"
    if site().bundled:
        response.headers.add("Link", licence_link(licence(name)))
    response.make_conditional(request, accept_ranges=True, complete_length=len(content))
    return response


def media_type(name: str) -> str:
    """The content type of a file by its name."""
    if name.endswith(".gz"):
        return "application/gzip"
    form = of_file(name)
    return text(form.media_type if form else "text/plain")


def _content(files: Mapping[str, bytes], name: str) -> bytes:
    if name not in files:
        raise Problem("not-found", f"The release has no file {name}; it has {', '.join(sorted(files))}.")
    return files[name]
