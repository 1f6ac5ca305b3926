"""Our IRIs, and any other that the dataset describes: each thing has an address, and a document in every form."""

import json

from flask import Blueprint, Response, request
from pyoxigraph import NamedNode, parse
from werkzeug.wrappers import Response as AnyResponse

from ...engine.things.neighbourhood import find
from ...formats import JSON_LD, TURTLE, Format
from ...serialisation import serialise
from .. import reference, urls
from ..http.choice import DOCUMENTS, by_suffix, choose
from ..http.headers import text
from ..http.negotiation import Page
from ..http.problems import Problem
from ..site import site
from . import relations
from .documents import document
from .missing import tidied, unknown, without_form

bp = Blueprint("resources", __name__)

KINDS = f"any({', '.join(urls.KINDS)})"


@bp.get(f"/<{KINDS}:kind>/<path:name>")
def resource(kind: str, name: str) -> AnyResponse:
    """The document in the form that the address names or, at the bare address, the way to the best one."""
    path = f"{kind}/{name}"
    thing = _thing(path)
    if thing:
        return _see_other(thing)
    stem, _, extension = path.rpartition(".")
    thing, form = _thing(stem), by_suffix(extension)
    if thing and form:
        return document(thing, form)
    return tidied() or _raise(without_form(thing, extension) if thing else unknown(urls.iri(path)))


@bp.get("/describe")
@bp.get("/describe.<extension>")
def describe(extension: str | None = None) -> Response:
    """The document about what any IRI names: `?uri=`, the form by the end of the path, by `format=` or by Accept."""
    uri = request.args.get("uri", "").strip()
    if not uri:
        raise Problem("bad-request", f"Name the thing to describe: {urls.describe('…')}")
    form = by_suffix(extension) if extension else choose(DOCUMENTS, request.args.get("format"))
    node = find(site().dataset, uri)
    if node is None:
        raise unknown(uri)
    if form is None:
        raise without_form(node, extension or "")
    response = document(node, form)
    if extension is None:
        response.vary.add("Accept")
        response.headers["Content-Location"] = urls.form(node.value, form.extension)
    return response


@bp.get("/context.jsonld")
def context() -> Response:
    """The names that our JSON-LD documents use, as a context that others can refer to."""
    if not site().bundled:
        raise Problem("not-found", "These files are not ours, so there is no context for them.")
    content = json.dumps(site().context.published(), ensure_ascii=False, indent=2) + "\n"
    response = Response(content, content_type=JSON_LD.media_type)
    relations.add(response, [f'<{relations.CC_BY}>; rel="license"'])
    return response


@bp.get("/<any(ontology, shapes):name>")
@bp.get("/<any(ontology, shapes):name>.<extension>")
def vocabulary(name: str, extension: str | None = None) -> Response:
    """The ontology or the shapes as a whole."""
    content = site().files.get(f"{name}.ttl") if site().bundled else None
    form = choose(DOCUMENTS) if extension is None else by_suffix(extension)
    if content is None or form is None:
        raise unknown(urls.iri(name)) if content is None else without_form(NamedNode(urls.iri(name)), extension or "")
    if isinstance(form, Page):
        response = reference.page(name)
    else:
        response = Response(_translated(content, form), content_type=text(form.media_type))
    if extension is None:
        response.vary.add("Accept")
        response.headers["Content-Location"] = urls.document(name, form.extension)
    relations.add(response, relations.of_vocabulary(NamedNode(urls.iri(name)), form))
    return response


def _thing(path: str) -> NamedNode | None:
    iri = urls.iri(path)
    return find(site().dataset, iri) if urls.is_ours(iri) else None


def _see_other(node: NamedNode) -> AnyResponse:
    try:
        form = choose(DOCUMENTS)
    except Problem as problem:
        problem.members["forms"] = [urls.form(node.value, one.extension) for one in DOCUMENTS]
        raise
    response = _to(urls.form(node.value, form.extension))
    relations.add(response, relations.of_thing(node, form))
    return response


def _to(address: str) -> Response:
    response = Response(status=303, headers={"Location": urls.within(address)})
    response.vary.add("Accept")
    return response


def _raise(problem: Problem) -> AnyResponse:
    raise problem


def _translated(content: bytes, form: Format) -> bytes:
    if form is TURTLE:
        return content
    return serialise((quad.triple for quad in parse(content, TURTLE.rdf)), form, site().dataset.prefixes)
