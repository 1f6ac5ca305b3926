"""The catalogue and the description of the data: as pages, as RDF, and as a data block inside pages."""

from operator import itemgetter

from flask import Blueprint, Flask, Response, redirect, request
from pyoxigraph import Triple
from werkzeug.wrappers import Response as AnyResponse

from ..catalogue.catalogue import catalogue as describe
from ..catalogue.publication import Publication, publication
from ..catalogue.schemaorg import structured_data
from ..catalogue.void import void as measure
from ..formats import RDF_FORMATS
from ..serialisation import serialise
from ..terms import PREFIXES
from . import urls, views
from .http.choice import DOCUMENTS, by_suffix, choose
from .http.headers import licence_link, text
from .http.language import language
from .http.negotiation import Page
from .http.problems import Problem
from .site import site

bp = Blueprint("catalogue", __name__)

LARGEST = 1_000_000


@bp.get("/catalog")
@bp.get("/catalog.<extension>")
def catalogue(extension: str | None = None) -> Response:
    """What is published here: datasets, files, service."""
    return _document("catalog", describe(published()), extension)


@bp.get("/.well-known/void")
@bp.get("/void")
@bp.get("/void.<extension>")
def void(extension: str | None = None) -> Response:
    """What the data holds, in numbers; VoID says where crawlers look for it."""
    if site().dataset.statements > LARGEST and not site().bundled:
        raise Problem("too-much", f"More than {LARGEST} statements are not counted here; ask the endpoint for numbers.")
    return _document("void", measure(published(), site().counts, prefixes()), extension)


@bp.get("/dataset")
@bp.get("/dataset.<extension>")
def dataset(extension: str | None = None) -> AnyResponse:
    """The data is no document; the catalogue is the one about it, in each form."""
    form = choose(DOCUMENTS) if extension is None else by_suffix(extension)
    if form is None:
        raise Problem("not-found", f"{request.path} has no form .{extension}.")
    response = redirect(urls.document("catalog", form.extension), 303)
    if extension is None:
        response.vary.add("Accept")
    return response


def published() -> Publication:
    """What is published, with addresses as this request called us."""
    return publication(site().dataset, site().dumps, urls.host(), site().settings)


def prefixes() -> dict[str, str]:
    """Our prefixes, and those of the files that are served."""
    return {**PREFIXES, **site().dataset.prefixes}


def data_block() -> dict[str, object]:
    """The publication as schema.org has it, in the reader's language."""
    return structured_data(published(), language())


def init_app(app: Flask) -> None:
    """Give the data block to the templates."""
    app.jinja_env.globals.update(data_block=data_block)


def _document(name: str, triples: list[Triple], extension: str | None) -> Response:
    form = choose(DOCUMENTS) if extension is None else by_suffix(extension)
    if form is None:
        raise Problem("not-found", f"{request.path} has no form .{extension}.")
    if isinstance(form, Page):
        response = views.html(f"{name}.html", published=published(), forms=RDF_FORMATS, **_numbers())
    else:
        response = Response(serialise(triples, form, prefixes()), content_type=text(form.media_type))
    if extension is None:
        response.vary.add("Accept")
        response.headers["Content-Location"] = urls.document(name, form.extension)
    if licence := published().data.licence:
        response.headers.add("Link", licence_link(licence))
    return response


def _numbers() -> dict[str, object]:
    """The counts as rows of tables, the largest first."""
    counts = site().counts
    classes = [(number, views.link(term)) for term, number in counts.classes.items()]
    properties = [(*use, views.link(term)) for term, use in counts.properties.items()]
    links = [(number, target.host, views.link(target.predicate)) for target, number in counts.links.items()]
    return {
        "counts": counts,
        "classes": sorted(classes, key=itemgetter(0), reverse=True),
        "properties": sorted(properties, key=itemgetter(0), reverse=True),
        "links": sorted(links, key=itemgetter(0), reverse=True),
    }
