"""Versions: their list, a page for each, the changes between two, `?version=`, and older states of the ontology."""

import re
from urllib.parse import quote

from flask import Blueprint, Flask, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from ..bilingual import Text
from ..engine.neighbourhood import find
from ..formats import RDF_FORMATS, Format
from ..release.versions import Release, describe_release, describe_series, dump_names, version_of
from ..terms import BASE, ID
from . import signposting, urls, views
from .changes import parts, sort_changes, things
from .http.negotiation import HTML
from .http.parameters import paginate, part
from .http.problems import Problem, unknown_name
from .representations import DOCUMENTS, add_negotiation, choose, rdf_response, route_formats, split_extension
from .site import MOUNTED, Site, current_site, site

bp = Blueprint("versions", __name__)

NEWEST, CURRENT = "latest", "current"
SHORT = "permalinks.short"
_PAIR = re.compile(r"(.+?)\.\.(.+?)", re.DOTALL)


def init_app(app: Flask) -> None:
    """Redirect `?version=` to the version, and register the release that a page is about for templates."""
    app.before_request(redirect_to_version)
    app.jinja_env.globals["release"] = lambda: site().release


def redirect_to_version() -> AnyResponse | None:
    """A redirect to the version of `?version=`; None if this is the version.

    Permalinks of queries redirect themselves, since a question may have had another query in that version.
    """
    name = request.args.get("version", "").replace(" ", "+")  # a form decodes the + of 0.4.0+fb44f75b as a space
    # The preflight request of a browser follows no redirect (https://fetch.spec.whatwg.org/#cors-preflight-fetch).
    if not name or name == site().version or request.endpoint == SHORT or request.method == "OPTIONS":
        return None
    if request.path.split("/")[1] not in MOUNTED:
        raise Problem("version")
    root = "" if name == current_site().version else f"version/{resolve(name)}"
    others = [parameter for parameter in request.query_string.split(b"&") if not parameter.startswith(b"version=")]
    # 307 keeps method and body (RFC 9110, section 15.4.8)
    return redirect(urls.keep_query(urls.current(f"{root}{quote(request.path)}".lstrip("/")), b"&".join(others)), 307)


@route_formats(bp, "/version/")
def index(format: Format) -> Response:
    """All releases, the newest first."""
    if not current_site().is_bundled:
        raise Problem("not-found")
    releases = current_site().releases
    if format is HTML:
        return views.html("versions.html", releases=releases[::-1], now=current_site().version)
    records = (triple for release in releases for triple in describe_release(release))
    return rdf_response([*describe_series(releases), *records], format)


@bp.get("/version/<name>")
def version(name: str) -> AnyResponse:
    """A redirect to the document of a version, that document in a format, or the changes between two versions."""
    if pair := _PAIR.fullmatch(name):
        return _changes(*pair.groups())
    stem, format = split_extension(name)
    release = _release(stem)
    if release is None:
        return _redirect(resolve(stem) + name.removeprefix(stem))
    if format:
        return _document(release, format)
    response = redirect(urls.current(f"version/{name}.{choose(DOCUMENTS).extension}"), 303)
    add_negotiation(response)
    return response


@bp.get("/version/<name>/", defaults={"rest": ""})
@bp.route("/version/<name>/<path:rest>", methods=["GET", "POST"])
def page(name: str, rest: str) -> AnyResponse:
    """The document of a version by Accept; paths below it that exist are mounted, all others are unknown."""
    release = _release(name)
    if release is None:
        return _redirect(f"{resolve(name)}/{quote(rest)}")
    if rest:
        raise Problem("version")
    format = choose(DOCUMENTS)
    response = _document(release, format)
    add_negotiation(response, urls.current(f"version/{name}.{format.extension}"))
    return response


@bp.get("/ontology/<name>")
def ontology(name: str) -> AnyResponse:
    """A redirect from the version IRI of the ontology to the ontology of that version."""
    version, _ = split_extension(name)
    if version in current_site().versions:
        path = f"version/{version}/ontology"
    elif version == version_of(current_site().dataset):
        path = "ontology"
    else:
        raise Problem("not-found")
    return redirect(urls.current(path + name.removeprefix(version)), 303)


def _changes(old: str, new: str) -> AnyResponse:
    """The changes between two versions; the second name may have the extension of a page."""
    pair = [old, new.removesuffix(f".{HTML.extension}")]
    names = [name if name == CURRENT else resolve(name) for name in pair]
    if names != pair:
        return _redirect("..".join(names))
    before, after = (current_site().versions.get(name, current_site()) for name in names)
    by_slug = parts(before, after)
    own = part(by_slug) or next((group for group in by_slug.values() if group.changes), None)
    changes = paginate(sort_changes(own) if own else [])
    by_thing = things(changes.items, before, after)
    return views.html("changes.html", old=before, new=after, parts=by_slug, part=own, portion=changes, things=by_thing)


def _document(release: Release, format: Format) -> Response:
    if format is HTML:
        own = current_site().versions[release.version]
        example = find(own.dataset, first.value) if (first := own.profile.example(ID)) else None
        response = views.html(
            "version.html",
            of=release,
            newest=current_site().releases[-1],
            documents_of_version=own.model.documents,
            example=example and {"path": example.value.removeprefix(BASE), "title": views.title(example)},
            files=dump_names(),
            formats=RDF_FORMATS,
        )
    else:
        response = rdf_response(describe_release(release), format)
    signposting.mark(response, release.version)
    return response


def _release(version: str) -> Release | None:
    own = current_site().versions.get(version)
    return own.release if own else None


def resolve(name: str) -> str:
    """The version with a name such as v0.1.0 or latest; a problem if there is none."""
    versions = list(current_site().versions)
    if name.lower() == NEWEST and versions:
        return versions[-1]
    version = name.lower().removeprefix("v")
    if version not in versions:
        raise unknown_name(Text(de="Eine Version", en="version"), name, versions, "version")
    return version


def of_version(name: str) -> Site:
    """The site of a version; without a name, and for files of others, the site of this request."""
    here = site()
    return here if name in ("", here.version) or not here.is_bundled else here.versions[resolve(name)]


def _redirect(path: str) -> AnyResponse:
    """A redirect to the canonical address of something below `version/`."""
    return redirect(urls.keep_query(urls.current(f"version/{path}")), 307)
