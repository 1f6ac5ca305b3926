"""Versions on the web: their list, a page of each, what changed between two, and older states of the ontology."""

import re
from collections.abc import Iterable
from datetime import date
from urllib.parse import quote

from flask import Blueprint, Flask, Response, current_app, redirect, request
from pyoxigraph import Triple
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response as AnyResponse

from ...bilingual import Text, sentences
from ...errors import shortened
from ...formats import RDF_FORMATS, Format
from ...release.versions import Release, described, difference, files, number, patch, series
from ...serialisation import serialise
from ...terms import BASE
from .. import urls, views
from ..http.choice import DOCUMENTS, by_suffix, choose
from ..http.headers import IMMUTABLE, text
from ..http.language import say
from ..http.negotiation import HTML, Page
from ..http.problems import Problem
from ..site import current_site, site
from .changes import shown

bp = Blueprint("versions", __name__)

NEWEST, CURRENT = "latest", "current"
PATCH = Page("RDF Patch", "rdfp", ("application/rdf-patch",))
_PAIR = re.compile(r"(.+?)\.\.(.+?)(?:\.(html|rdfp))?", re.DOTALL)


def init_app(app: Flask) -> None:
    """Let the pages say of which release they are; none, if they are of the current state."""
    app.jinja_env.globals.update(day=day, release=lambda: site().release)


def day(issued: date) -> str:
    """A day as the reader writes it."""
    return say(de=f"{issued:%d.%m.%Y}", en=issued.isoformat())


@bp.get("/version/")
@bp.get("/version.<extension>")
def index(extension: str | None = None) -> Response:
    """All releases, the newest first, and how the current state differs from it."""
    kept = current_site().releases
    form = choose(DOCUMENTS) if extension is None else by_suffix(extension)
    if not current_site().bundled or form is None:
        raise _unknown(f"version.{extension}" if form is None else "")
    if isinstance(form, Page):
        response = views.html("versions.html", releases=kept[::-1], now=current_site().version)
    else:
        response = _rdf([*series(kept), *(triple for one in kept for triple in described(one))], form)
    return _negotiated(response, "version", form) if extension is None else response


@bp.get("/version/<name>")
def version(name: str) -> AnyResponse:
    """The way to a version's document, one form of it, or the difference between two versions."""
    if pair := _PAIR.fullmatch(name):
        return _changes(*pair.groups())
    if name in current_site().versions:
        response = redirect(urls.current(f"version/{name}.{choose(DOCUMENTS).extension}"), 303)
        response.vary.add("Accept")
        return response
    stem, _, extension = name.rpartition(".")
    form = by_suffix(extension)
    release = _kept(stem)
    if release and form:
        return _document(release, form)
    if form and _spelled(stem):
        return _redirected(f"{_spelled(stem)}.{extension}")
    return _redirected(_spelled(name) or _missing(name))


@bp.get("/version/<name>/")
def page(name: str) -> AnyResponse:
    """The document of a version, in the form that the client prefers."""
    release = _kept(name)
    if release is None:
        return _redirected(f"{_spelled(name) or _missing(name)}/")
    form = choose(DOCUMENTS)
    return _negotiated(_document(release, form), f"version/{name}", form)


@bp.get("/version/<name>/<path:rest>")
def below(name: str, rest: str) -> AnyResponse:
    """What changed with a version; what there is one of for all versions; a version by another name."""
    release = _kept(name)
    if release is None:
        return _redirected(f"{_spelled(name) or _missing(name)}/{quote(rest)}")
    if rest == "changes" and release.previous:
        return _redirected(f"{release.previous}..{name}")
    if rest == "changes":
        first = Text(de="Vor dieser Version wurde keine veröffentlicht.", en="No version was released before this one.")
        raise _unknown(f"version/{name}/changes", first)
    if rest.partition("/")[0] != "version" and _is_page(f"/{rest}"):
        return redirect(urls.current(quote(rest) + _parameters()), 302)
    raise _unknown(f"version/{name}/{rest}")


@bp.get("/ontology/<name>")
def ontology(name: str) -> AnyResponse:
    """The way to the ontology as it was in a version, whose IRI this is."""
    stem, _, extension = name.rpartition(".")
    wanted, suffix = (stem, f".{extension}") if by_suffix(extension) else (name, "")
    found = f"version/{wanted}/ontology" if wanted in current_site().versions else ""
    if not found and wanted == number(current_site().dataset):
        found = "ontology"
    if not found:
        raise _unknown(f"ontology/{name}")
    return redirect(urls.current(found + suffix), 303)


def _changes(old: str, new: str, suffix: str | None) -> AnyResponse:
    names = [one if one == CURRENT else _spelled(one) or _missing(one) for one in (old, new)]
    if names != [old, new]:
        return _redirected("..".join(names) + (f".{suffix}" if suffix else ""))
    before, after = (current_site().versions.get(name, current_site()) for name in names)
    path = f"version/{old}..{new}"
    forms = (PATCH, HTML)
    form = choose(forms) if suffix is None else next(one for one in forms if one.extension == suffix)
    change = difference(before.canonical, after.canonical)
    if form is HTML:
        things, cut = shown(change, before, after)
        response = views.html(
            "changes.html", old=before, new=after, path=path, change=change, things=things, cut=cut, patch=PATCH
        )
    else:
        response = Response(patch(change, before.version, after.version), content_type=PATCH.media_types[0])
        if before.release and after.release:
            response.headers["Cache-Control"] = IMMUTABLE
    return _negotiated(response, path, form) if suffix is None else response


def _document(release: Release, form: Format | Page) -> Response:
    if isinstance(form, Page):
        newest = current_site().releases[-1]
        outlines = current_site().versions[release.version].model.outlines
        return views.html(
            "version.html", of=release, newest=newest, files=files(), forms=RDF_FORMATS, outlines=outlines
        )
    return _rdf(described(release), form)


def _kept(name: str) -> Release | None:
    found = current_site().versions.get(name)
    return found.release if found else None


def _rdf(triples: Iterable[Triple], form: Format) -> Response:
    return Response(serialise(triples, form), content_type=text(form.media_type))


def _negotiated(response: Response, path: str, form: Format | Page) -> Response:
    response.vary.add("Accept")
    response.headers["Content-Location"] = urls.current(f"{path}.{form.extension}")
    return response


def _spelled(name: str) -> str:
    """The version that a name means; empty if it means none."""
    versions = current_site().versions
    if name.lower() == NEWEST:
        return next(reversed(list(versions)), "")
    plain = name.lower().removeprefix("v")
    return plain if plain in versions else ""


def _is_page(path: str) -> bool:
    try:
        current_app.url_map.bind("").match(path)
    except RequestRedirect:
        return True
    except HTTPException:
        return False
    return True


def _parameters() -> str:
    query = request.query_string.decode("latin-1")
    return f"?{query}" if query else ""


def _redirected(path: str) -> AnyResponse:
    """The way to the usual address of something below `version/`."""
    return redirect(urls.within(urls.current(f"version/{path}")), 302)


def _missing(name: str) -> str:
    given = shortened(name)
    missing = Text(de=f"Eine Version {given} gibt es nicht.", en=f"There is no version {given}.")
    raise Problem("not-found", sentences(missing, _known()), versions=list(current_site().versions))


def _known() -> Text:
    known = ", ".join(current_site().versions)
    if not known:
        return Text(de="Hier gibt es keine Versionen.", en="No versions are kept here.")
    return Text(
        de=f"Die Versionen sind {known}; {NEWEST} führt zur neuesten.",
        en=f"The versions are {known}; {NEWEST} leads to the newest.",
    )


def _unknown(path: str, hint: Text | None = None) -> Problem:
    iri = shortened(f"{BASE}{path}")
    missing = Text(de=f"Unter {iri} gibt es nichts.", en=f"There is nothing at {iri}.")
    return Problem("not-found", sentences(missing, hint or _known()))
