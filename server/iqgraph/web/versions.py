"""Versions on the web: their list, a page of each, what changed between two, and older states of the ontology."""

import re
from urllib.parse import quote

from flask import Blueprint, Flask, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from ..bilingual import Text
from ..engine.neighbourhood import find
from ..errors import shortened
from ..formats import RDF_FORMATS, Format
from ..release.versions import Release, describe_release, describe_series, difference, dump_names, version_of
from ..terms import BASE, ID
from . import signposting, urls, views
from .changes import ordered, parts, things
from .forms import DOCUMENTS, choose, mark_negotiated, rdf_response, route_forms, split_form
from .http.negotiation import HTML, Page
from .http.parameters import paginate, part
from .http.problems import Problem, unknown_name
from .signposting import published
from .site import MOUNTED, Site, current_site, site

bp = Blueprint("versions", __name__)

NEWEST, CURRENT = "latest", "current"
SHORT = "permalinks.short"
_PAIR = re.compile(r"(.+?)\.\.(.+?)", re.DOTALL)


def init_app(app: Flask) -> None:
    """Let `?version=` be heard, and the pages say of which release they are; none, if they are of the current state."""
    app.before_request(pin)
    app.jinja_env.globals["release"] = lambda: site().release


def pin() -> AnyResponse | None:
    """The way to the version that `?version=` names, for every address; none where it is that which answers.

    The short addresses of queries find their own way, since a question may have been asked otherwise then.
    """
    wanted = request.args.get("version", "").replace(" ", "+")  # a form reads the + of 0.4.0+fb44f75b as a space
    # A browser that asks with OPTIONS first follows no redirect (https://fetch.spec.whatwg.org/#cors-preflight-fetch).
    if not wanted or wanted == site().version or request.endpoint == SHORT or request.method == "OPTIONS":
        return None
    if request.path.split("/")[1] not in MOUNTED:
        given = shortened(request.path)
        raise Problem(
            "version",
            de=f"{given} gibt es nur zum heutigen Stand der Daten. Lassen Sie version weg.",
            en=f"{given} is about the current state of the data only. Leave version out.",
        )
    root = "" if wanted == current_site().version else f"version/{spell(wanted)}"
    others = [one for one in request.query_string.split(b"&") if not one.startswith(b"version=")]
    # 307 keeps method and body (RFC 9110, section 15.4.8)
    return redirect(urls.within(urls.current(f"{root}{quote(request.path)}".lstrip("/")), b"&".join(others)), 307)


@route_forms(bp, "/version/")
def index(form: Format | Page) -> Response:
    """All releases, the newest first, and how the current state differs from it."""
    if not current_site().bundled:
        raise Problem("not-found")
    releases = current_site().releases
    if isinstance(form, Page):
        return views.html("versions.html", releases=releases[::-1], now=current_site().version)
    records = (triple for one in releases for triple in describe_release(one))
    return rdf_response([*describe_series(releases), *records], form)


@bp.get("/version/<name>")
def version(name: str) -> AnyResponse:
    """The way to a version's document, one form of it, or the difference between two versions."""
    if pair := _PAIR.fullmatch(name):
        return _changes(*pair.groups())
    stem, form = split_form(name)
    found = current_site().versions.get(stem)
    if found is None or found.release is None:
        return _redirect(spell(stem) + name.removeprefix(stem))
    if form:
        return _document(found.release, form)
    response = redirect(urls.current(f"version/{name}.{choose(DOCUMENTS).extension}"), 303)
    mark_negotiated(response)
    return response


@bp.get("/version/<name>/", defaults={"rest": ""})
@bp.get("/version/<name>/<path:rest>")
def page(name: str, rest: str) -> AnyResponse:
    """The document of a version, in the form that the client prefers; below it lies nothing else."""
    found = current_site().versions.get(name)
    if found is None or found.release is None:
        return _redirect(f"{spell(name)}/{quote(rest)}")
    if rest:
        raise Problem("not-found")
    form = choose(DOCUMENTS)
    response = _document(found.release, form)
    mark_negotiated(response, urls.current(f"version/{name}.{form.extension}"))
    return response


@bp.get("/ontology/<name>")
def ontology(name: str) -> AnyResponse:
    """The way to the ontology as it was in a version, whose IRI this is."""
    wanted, _ = split_form(name)
    if wanted in current_site().versions:
        path = f"version/{wanted}/ontology"
    elif wanted == version_of(current_site().dataset):
        path = "ontology"
    else:
        raise Problem("not-found")
    return redirect(urls.current(path + name.removeprefix(wanted)), 303)


def _changes(old: str, new: str) -> AnyResponse:
    """The page of what changed between two versions, whose names may end as the address of a page does."""
    pair = [old, new.removesuffix(f".{HTML.extension}")]
    names = [one if one == CURRENT else spell(one) for one in pair]
    if names != pair:
        return _redirect("..".join(names))
    before, after = (current_site().versions.get(name, current_site()) for name in names)
    found = parts(difference(before.canonical, after.canonical), before, after)
    shown = part(found) or next((one for one in found.values() if one.rows), None)
    rows = paginate(ordered(shown) if shown else [])
    return views.html(
        "changes.html",
        old=before,
        new=after,
        parts=found,
        part=shown,
        rows=rows,
        things=things(rows.items, before, after),
    )


def _document(release: Release, form: Format | Page) -> Response:
    if isinstance(form, Page):
        held = current_site().versions[release.version]
        example = find(held.dataset, first.value) if (first := held.profile.example(ID)) else None
        shown = {"of": release, "newest": current_site().releases[-1], "outlines": held.model.outlines}
        shown["example"] = example and {"path": example.value.removeprefix(BASE), "title": views.title(example)}
        response = views.html("version.html", **shown, files=dump_names(), forms=RDF_FORMATS)
    else:
        response = rdf_response(describe_release(release), form)
    signposting.mark(response, published(), release.version)
    return response


def spell(name: str) -> str:
    """The version that a name means, such as v0.1.0 or latest; not found if it means none."""
    versions = list(current_site().versions)
    if name.lower() == NEWEST and versions:
        return versions[-1]
    plain = name.lower().removeprefix("v")
    if plain not in versions:
        raise unknown_name(Text(de="Eine Version", en="version"), name, versions, "version")
    return plain


def of_version(name: str) -> Site:
    """The site of a version by its name, without one the current one; somebody's files have no other."""
    here = site()
    return here if name in ("", here.version) or not here.bundled else here.versions[spell(name)]


def _redirect(path: str) -> AnyResponse:
    """The way to the usual address of something below `version/`."""
    return redirect(urls.within(urls.current(f"version/{path}")), 302)
