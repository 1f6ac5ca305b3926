"""Our IRIs, and any other that the dataset describes: each thing has an address, and a document in every form."""

import json
from collections.abc import Callable
from difflib import get_close_matches

from flask import Blueprint, Response, redirect, request
from pyoxigraph import NamedNode
from werkzeug.wrappers import Response as AnyResponse

from ...bilingual import Text, sentences
from ...catalogue.publication import CC_BY
from ...engine import GraphNameError, Query
from ...engine.neighbourhood import find
from ...errors import MAX_REPEATED_CHARS, shortened
from ...formats import JSON_LD, RDF_FORMATS, Format
from ...terms import BASE, current_iri
from .. import answers, reference, urls
from ..forms import (
    DOCUMENTS,
    choose,
    choose_form,
    mark_negotiated,
    route_forms,
    split_form,
    turtle_response,
    without_form,
)
from ..http.messages import licence_link, text
from ..http.negotiation import Page
from ..http.problems import Problem, require_bundled, suggest
from ..query.endpoint import SHORTCUTS
from ..site import site
from . import documents
from .documents import document
from .missing import called, elsewhere, tidied, unknown

bp = Blueprint("resources", __name__)

MAX_NEAREST = 5
WHOLE_GRAPH = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
KINDS = f"any({', '.join(urls.KINDS)})"


@bp.get(f"/<{KINDS}:kind>/<path:name>")
def resource(kind: str, name: str) -> AnyResponse:
    """The document in the form that the address names or, at the bare address, the way to the best one."""
    path = f"{kind}/{name}"
    # A thing is no document, so its address leads to one (https://www.w3.org/TR/cooluris/#r303uri).
    thing = _thing(path)
    if thing:
        return _see_other(thing)
    stem, form = split_form(path)
    if form and (thing := _thing(stem)):
        return document(thing, form)
    old = urls.iri(stem)
    if site().bundled and (now := current_iri(old)) != old and _thing(now.removeprefix(BASE)):
        ending = urls.iri(path).removeprefix(old)
        return redirect(urls.within(urls.page(now.removeprefix(BASE) + ending)), 301)
    if found := tidied():
        return found
    stem, _, extension = path.rpartition(".")
    raise without_form(extension, DOCUMENTS) if _thing(stem) else unknown(urls.iri(path))


@bp.get("/describe")
@bp.get("/describe.<extension>")
def describe(extension: str | None = None) -> Response:
    """The document about what any IRI names: `?uri=`, the form by the end of the path, by `format=` or by Accept."""
    uri = request.args.get("uri", "").strip()
    if not uri:
        example = urls.describe("…")
        raise Problem(
            "bad-request",
            de=f"Die Anfrage nennt nichts, was zu beschreiben wäre. Schreiben Sie: {example}",
            en=f"The request names nothing to describe. Write: {example}",
        )
    node = find(site().dataset, uri) or (find(site().dataset, current_iri(uri)) if site().bundled else None)
    if node is None:
        raise unknown(uri)
    form = choose_form(extension, DOCUMENTS, request.args.get("format"))
    response = document(node, form)
    if extension is None:
        mark_negotiated(response, urls.form(node.value, form.extension))
    return response


@bp.get("/graph-store")
def graph_store() -> Response:
    """The graph that the request names: the reading side of the SPARQL 1.1 Graph Store HTTP Protocol.

    It is the answer to a query, and so within the limits of one.
    """
    name = next((request.args[key] for key in SHORTCUTS if request.args.get(key)), None)
    asked = Query(WHOLE_GRAPH, default_graphs=_chosen_graphs())
    chosen = choose(RDF_FORMATS, name)
    response = Response(answers.ask(asked, chosen), content_type=text(chosen.media_type))
    response.vary.add("Accept")
    return response


@bp.get("/context.jsonld")
def context() -> Response:
    """The names that our JSON-LD documents use, as a context that others can refer to."""
    require_bundled()
    content = json.dumps(site().context.published(), ensure_ascii=False, indent=2) + "\n"
    response = Response(content, content_type=JSON_LD.media_type)
    documents.add_links(response, [licence_link(CC_BY)])
    return response


@route_forms(bp, "/ontology")
def ontology(form: Format | Page) -> Response:
    """The ontology as a whole."""
    return _vocabulary("ontology", form, reference.ontology)


@route_forms(bp, "/shapes")
def shapes(form: Format | Page) -> Response:
    """The shapes as a whole."""
    return _vocabulary("shapes", form, reference.shapes)


def _vocabulary(name: str, form: Format | Page, page: Callable[[], Response]) -> Response:
    file = f"{name}.ttl"
    if not site().bundled or file not in site().files:
        raise unknown(urls.iri(name))
    response = page() if isinstance(form, Page) else turtle_response(site().files[file], form, site().dataset.prefixes)
    documents.add_links(response, documents.links_of_vocabulary(NamedNode(urls.iri(name)), form))
    return response


def _chosen_graphs() -> tuple[str, ...]:
    """The named graph, or none for the default graph (Graph Store HTTP Protocol, section 4.2)."""
    names = request.args.getlist("graph")
    default = "default" in request.args
    if len(names) + default != 1:
        raise Problem(
            "bad-request",
            de="Die Anfrage muss genau einen Graphen nennen: /graph-store?default "
            "oder /graph-store?graph= mit seiner IRI.",
            en="The request has to name exactly one graph: /graph-store?default, or /graph-store?graph= and its IRI.",
        )
    return tuple(_known_graph(name) for name in names)


def _known_graph(name: str) -> str:
    try:
        node = NamedNode(name)
    except ValueError as error:
        raise answers.problem(GraphNameError(name)) from error
    if not site().dataset.store.contains_named_graph(node):
        names = [graph.value for graph in site().dataset.graphs()]
        nearest = get_close_matches(name, names, MAX_NEAREST) if len(name) <= MAX_REPEATED_CHARS else []
        known = shortened(name)
        missing = Text(de=f"Einen Graphen {known} gibt es hier nicht.", en=f"There is no graph {known} here.")
        raise Problem("not-found", sentences(missing, suggest(nearest)), nearest=nearest)
    return name


def _thing(path: str) -> NamedNode | None:
    iri = urls.iri(path)
    return find(site().dataset, iri) if urls.is_ours(iri) else None


def _see_other(node: NamedNode) -> AnyResponse:
    try:
        form = choose(DOCUMENTS)
    except Problem as problem:
        problem.members["forms"] = [urls.form(node.value, one.extension) for one in DOCUMENTS]
        raise
    response = Response(status=303, headers={"Location": urls.within(urls.form(node.value, form.extension))})
    mark_negotiated(response)
    documents.add_links(response, documents.links_of_thing(node, form))
    return response


bp.app_errorhandler(404)(elsewhere)
bp.app_template_global()(called)
