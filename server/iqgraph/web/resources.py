"""Our IRIs: each thing has an address, and a document in every format."""

from difflib import get_close_matches
from urllib.parse import quote

from flask import Blueprint, Response, redirect
from pyoxigraph import parse
from werkzeug.wrappers import Response as AnyResponse

from ..dataset import Node
from ..engine.neighbourhood import Neighbourhood, find, known_iris, neighbourhood
from ..formats import RDF_FORMATS, TURTLE, Format
from ..serialisation import serialise, serialise_graphs
from ..terms import BASE
from . import reference, urls, views
from .choice import DOCUMENTS, by_suffix, choose
from .headers import text
from .negotiation import Page
from .problems import Problem
from .site import site

bp = Blueprint("resources", __name__)

NEAREST = 5


@bp.get("/<any(id, concept, passage, graph, query, rule):kind>/<path:name>")
def resource(kind: str, name: str) -> AnyResponse:
    """The document in the form that the address names or, at the bare address, the way to the best one."""
    path = f"{kind}/{name}"
    if find(site().dataset, urls.iri(path)):
        return _see_other(path)
    stem, _, extension = path.rpartition(".")
    form = by_suffix(extension)
    if form is None:
        raise _unknown(path)
    node = find(site().dataset, urls.iri(stem))
    if node is None:
        raise _unknown(stem)
    return _document(neighbourhood(site().dataset, node), form)


@bp.get("/<any(ontology, shapes):name>")
@bp.get("/<any(ontology, shapes):name>.<extension>")
def vocabulary(name: str, extension: str | None = None) -> Response:
    """The ontology or the shapes as a whole."""
    content = site().files.get(f"{name}.ttl") if site().bundled else None
    form = choose(DOCUMENTS) if extension is None else by_suffix(extension)
    if content is None or form is None:
        raise _unknown(name if content is None else f"{name}.{extension}")
    if isinstance(form, Page):
        response = reference.page(name)
    else:
        response = Response(_translated(content, form), content_type=text(form.media_type))
    if extension is None:
        response.vary.add("Accept")
        response.headers["Content-Location"] = urls.document(name, form.extension)
    return response


def _see_other(path: str) -> AnyResponse:
    response = redirect(urls.document(quote(path), choose(DOCUMENTS).extension), 303)
    response.vary.add("Accept")
    return response


def _document(about: Neighbourhood, form: Format | Page) -> Response:
    path = about.node.value.removeprefix(BASE)
    if isinstance(form, Page):
        response = views.html("resource.html", path=path, view=views.view(about), forms=RDF_FORMATS)
    else:
        response = Response(_written(about, form), content_type=text(form.media_type))
    response.headers["Link"] = f'<{about.node.value}>; rel="describes"'
    return response


def _written(about: Neighbourhood, form: Format) -> bytes:
    prefixes = site().dataset.prefixes
    if form.kind != "dataset":
        return serialise(about.triples, form, prefixes)
    graphs = {graph for triple in about.triples for graph in about.evidence.get(triple, ())}
    ordered: list[Node] = sorted(graphs, key=str)
    told = [(graph, [t for t, where in about.evidence.items() if graph in where]) for graph in ordered]
    return serialise_graphs(told, form, prefixes, [t for t in about.triples if not about.evidence.get(t)])


def _translated(content: bytes, form: Format) -> bytes:
    if form is TURTLE:
        return content
    return serialise((quad.triple for quad in parse(content, TURTLE.rdf)), form, site().dataset.prefixes)


def _unknown(path: str) -> Problem:
    kind = path.partition("/")[0]
    names = {iri.removeprefix(BASE) for iri in known_iris(site().dataset, urls.iri(f"{kind}/")) if "#" not in iri}
    nearest = get_close_matches(path, names, NEAREST)
    hint = f" Near to it are: {', '.join(nearest)}." if nearest else ""
    return Problem("not-found", f"The graph knows nothing of {urls.iri(path)}.{hint}", nearest=nearest)
