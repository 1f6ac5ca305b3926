"""Versions on the web: their list, a page of each, what changed between two, and older states of the ontology."""

import re
from datetime import date
from urllib.parse import quote

from flask import Blueprint, Flask, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from ..bilingual import Text, sentences
from ..engine.neighbourhood import find
from ..errors import shortened
from ..formats import RDF_FORMATS, Format
from ..release.versions import Difference, Release, described, difference, files, number, patch, series
from ..terms import BASE, ID
from . import signposting, urls, views
from .changes import ordered, parts, things
from .forms import DOCUMENTS, choose, choose_form, mark_negotiated, rdf_response, route_forms, split_form
from .http.language import say
from .http.messages import IMMUTABLE
from .http.negotiation import HTML, Page
from .http.parameters import part, portion
from .http.problems import DETAILS, Problem
from .signposting import published
from .site import MOUNTED, Site, current_site, site

bp = Blueprint("versions", __name__)

NEWEST, CURRENT = "latest", "current"
SHORT = "permalinks.short"
# https://afs.github.io/rdf-delta/rdf-patch.html
PATCH = Page("RDF Patch", "rdfp", ("application/rdf-patch",))
_PAIR = re.compile(r"(.+?)\.\.(.+?)(?:\.(html|rdfp))?", re.DOTALL)


def init_app(app: Flask) -> None:
    """Let `?version=` be heard, and the pages say of which release they are; none, if they are of the current state."""
    app.before_request(pin)
    app.jinja_env.globals.update(day=day, release=lambda: site().release)


def pin() -> AnyResponse | None:
    """The way to the version that `?version=` names, for every address; none where it is that which answers.

    The short addresses of queries find their own way, since a question may have been asked otherwise then.
    """
    wanted = request.args.get("version", "").replace(" ", "+")  # a form reads the + of 0.4.0+fb44f75b as a space
    # A browser that asks with OPTIONS first follows no redirect (https://fetch.spec.whatwg.org/#cors-preflight-fetch).
    if not wanted or wanted == site().version or request.endpoint == SHORT or request.method == "OPTIONS":
        return None
    is_mounted = request.path.split("/")[1] in MOUNTED
    version = "" if wanted == current_site().version else spell(wanted, None if is_mounted else _current_only())
    if site().release and version != site().version:  # the path is of a version already
        raise Problem(
            "bad-request",
            de=f"Die Adresse nennt Version {site().version}, version={shortened(wanted)} eine andere. Nennen Sie eine.",
            en=f"The address names version {site().version}, version={shortened(wanted)} another. Name one of them.",
        )
    root = f"version/{version}" if version else ""
    if not is_mounted:
        raise Problem("version", _current_only())
    others = [one for one in request.query_string.split(b"&") if not one.startswith(b"version=")]
    # 307 keeps method and body (RFC 9110, section 15.4.8)
    return redirect(urls.within(urls.current(f"{root}{quote(request.path)}".lstrip("/")), b"&".join(others)), 307)


def day(issued: date) -> str:
    """A day as the reader writes it."""
    return say(de=f"{issued:%d.%m.%Y}", en=issued.isoformat())


@route_forms(bp, "/version/")
def index(form: Format | Page) -> Response:
    """All releases, the newest first, and how the current state differs from it."""
    if not current_site().bundled:
        raise _unknown("")
    releases = current_site().releases
    if isinstance(form, Page):
        return views.html("versions.html", releases=releases[::-1], now=current_site().version)
    return rdf_response([*series(releases), *(triple for one in releases for triple in described(one))], form)


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


@bp.get("/version/<name>/")
def page(name: str) -> AnyResponse:
    """The document of a version, in the form that the client prefers."""
    found = current_site().versions.get(name)
    if found is None or found.release is None:
        return _redirect(f"{spell(name)}/")
    form = choose(DOCUMENTS)
    response = _document(found.release, form)
    mark_negotiated(response, urls.current(f"version/{name}.{form.extension}"))
    return response


@bp.get("/version/<name>/<path:rest>")
def below(name: str, rest: str) -> AnyResponse:
    """What changed with a version, or a version by another name; nothing else lies below one."""
    found = current_site().versions.get(name)
    if found is None or found.release is None:
        return _redirect(f"{spell(name)}/{quote(rest)}")
    if rest == "changes" and found.release.previous:
        return _redirect(f"{found.release.previous}..{name}")
    if rest == "changes":
        first = Text(de="Vor dieser Version wurde keine veröffentlicht.", en="No version was released before this one.")
        raise _unknown(f"version/{name}/changes", first)
    raise _unknown(f"version/{name}/{rest}")


@bp.get("/ontology/<name>")
def ontology(name: str) -> AnyResponse:
    """The way to the ontology as it was in a version, whose IRI this is."""
    wanted, _ = split_form(name)
    if wanted in current_site().versions:
        path = f"version/{wanted}/ontology"
    elif wanted == number(current_site().dataset):
        path = "ontology"
    else:
        raise _unknown(f"ontology/{name}") if current_site().bundled else Problem("not-found", DETAILS["not-found"])
    return redirect(urls.current(path + name.removeprefix(wanted)), 303)


def _changes(old: str, new: str, suffix: str | None) -> AnyResponse:
    names = [one if one == CURRENT else spell(one) for one in (old, new)]
    if names != [old, new]:
        return _redirect("..".join(names) + (f".{suffix}" if suffix else ""))
    before, after = (current_site().versions.get(name, current_site()) for name in names)
    path = f"version/{old}..{new}"
    form = choose_form(suffix, (PATCH, HTML))
    change = difference(before.canonical, after.canonical)
    if form is HTML:
        response = _page_of_changes(change, before, after, path)
    else:
        response = Response(patch(change, before.version, after.version), content_type=PATCH.media_types[0])
        if before.release and after.release:
            response.headers["Cache-Control"] = IMMUTABLE
    if suffix is None:
        mark_negotiated(response, urls.current(f"{path}.{form.extension}"))
    return response


def _page_of_changes(change: Difference, before: Site, after: Site, path: str) -> Response:
    found = parts(change, before, after)
    shown = part(found) or next((one for one in found.values() if one.rows), None)
    rows = portion(ordered(shown) if shown else [])
    return views.html(
        "changes.html",
        old=before,
        new=after,
        path=path,
        parts=found,
        part=shown,
        rows=rows,
        things=things(rows.items, before, after),
        patch=PATCH,
    )


def _document(release: Release, form: Format | Page) -> Response:
    if isinstance(form, Page):
        held = current_site().versions[release.version]
        example = find(held.dataset, first.value) if (first := held.profile.example(ID)) else None
        shown = {"of": release, "newest": current_site().releases[-1], "outlines": held.model.outlines}
        shown["example"] = example and {"path": example.value.removeprefix(BASE), "title": views.title(example)}
        response = views.html("version.html", **shown, files=files(), forms=RDF_FORMATS)
    else:
        response = rdf_response(described(release), form)
    signposting.mark(response, published(), release.version)
    return response


def spell(name: str, remedy: Text | None = None) -> str:
    """The version that a name means, such as v0.1.0 or latest; not found if it means none, with all or the remedy."""
    versions = list(current_site().versions)
    if name.lower() == NEWEST and versions:
        return versions[-1]
    plain = name.lower().removeprefix("v")
    if plain not in versions:
        given = shortened(name)
        missing = Text(de=f"Eine Version {given} gibt es nicht.", en=f"There is no version {given}.")
        raise Problem("version", sentences(missing, remedy or _known()), versions=versions)
    return plain


def _current_only() -> Text:
    given = shortened(request.path)
    return Text(
        de=f"{given} gibt es nur zum heutigen Stand der Daten. Lassen Sie version weg.",
        en=f"{given} is about the current state of the data only. Leave version out.",
    )


def _redirect(path: str) -> AnyResponse:
    """The way to the usual address of something below `version/`."""
    return redirect(urls.within(urls.current(f"version/{path}")), 302)


def _known() -> Text:
    known = ", ".join(current_site().versions)
    if not known:
        return Text(de="Hier gibt es keine Versionen.", en="No versions are kept here.")
    return Text(
        de=f"Die Versionen sind {known}; {NEWEST} führt zur neuesten.",
        en=f"The versions are {known}; {NEWEST} leads to the newest.",
    )


def _unknown(path: str, hint: Text | None = None) -> Problem:
    iri = shortened(urls.called(path))
    missing = Text(de=f"Unter {iri} gibt es nichts.", en=f"There is nothing at {iri}.")
    return Problem("not-found", sentences(missing, hint or _known()))
