"""The addresses of things: our own IRIs, `/describe` for all others, and the way from a thing to its documents."""

import json
from collections.abc import Callable

from flask import Blueprint, Response, current_app, redirect, request
from pyoxigraph import NamedNode
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response as AnyResponse

from ...bilingual import Text, sentences
from ...catalogue.publication import CC_BY
from ...engine.nearest import local
from ...engine.neighbourhood import find
from ...engine.renamed import current_iri
from ...errors import MAX_REPEATED_CHARS, shorten
from ...formats import JSON_LD, Format
from ...terms import BASE
from .. import reference, urls, views
from ..http.language import language
from ..http.messages import TypedLink, add_links, licence_link
from ..http.negotiation import HTML
from ..http.problems import MAX_NEAREST, Problem, from_http, require_bundled, respond, suggest
from ..representations import (
    DOCUMENTS,
    add_negotiation,
    choose,
    missing_format,
    route_formats,
    split_extension,
    turtle_response,
)
from ..site import THINGS, site
from . import documents
from .documents import document

bp = Blueprint("resources", __name__)

FOLDERS = f"any({', '.join(THINGS)})"


@bp.get(f"/<{FOLDERS}:folder>/<path:name>")
def resource(folder: str, name: str) -> AnyResponse:
    """The document in the format of the address or, for the thing itself, a redirect to one by Accept."""
    path = f"{folder}/{name}"
    # A thing is no document, so its address leads to one (https://www.w3.org/TR/cooluris/#r303uri).
    thing = _thing(path)
    if thing:
        return _see_other(thing)
    stem, format = split_extension(path)
    if format and (thing := _thing(stem)):
        return document(thing, format)
    old = urls.iri(stem)
    if site().is_bundled and (new := current_iri(old)) != old and _thing(new.removeprefix(BASE)):
        extension = urls.iri(path).removeprefix(old)
        # Permanently, so that clients may update their addresses (RFC 9110, section 15.4.2).
        return redirect(urls.keep_query(urls.page(new.removeprefix(BASE) + extension)), 301)
    if urls.normalise(request.path) != request.path:
        raise NotFound
    stem, _, extension = path.rpartition(".")
    raise missing_format(extension, DOCUMENTS) if _thing(stem) else unknown(urls.iri(path))


@bp.get("/describe")
@bp.get("/describe.<extension>")
def describe(extension: str | None = None) -> Response:
    """The document about any IRI (`?uri=`), in the format of the extension, of `format=` or by Accept."""
    uri = request.args.get("uri", "").strip()
    if not uri:
        example = urls.describe("…")
        raise Problem(
            "bad-request",
            de=f"Die Anfrage nennt nichts, was zu beschreiben wäre. Schreiben Sie: {example}",
            en=f"The request names nothing to describe. Write: {example}",
        )
    node = find(site().dataset, uri) or (find(site().dataset, current_iri(uri)) if site().is_bundled else None)
    if node is None:
        raise unknown(uri)
    format = choose(DOCUMENTS, request.args.get("format"), extension)
    response = document(node, format)
    if extension is None:
        add_negotiation(response, urls.representation(node.value, format.extension))
    return response


@bp.get("/context.jsonld")
def context() -> Response:
    """The JSON-LD context of our documents, for others to refer to."""
    require_bundled()
    content = json.dumps(site().context.document(), ensure_ascii=False, indent=2) + "\n"
    response = Response(content, content_type=JSON_LD.media_type)
    add_links(response, licence_link(CC_BY))
    return response


@route_formats(bp, "/ontology")
def ontology(format: Format) -> Response:
    """The ontology."""
    return _vocabulary("ontology", format, reference.ontology)


@route_formats(bp, "/shapes")
def shapes(format: Format) -> Response:
    """The shapes."""
    return _vocabulary("shapes", format, reference.shapes)


def _vocabulary(name: str, format: Format, page: Callable[[], Response]) -> Response:
    file = f"{name}.ttl"
    if not site().is_bundled:
        raise unknown(urls.iri(name))
    response = page() if format is HTML else turtle_response(site().files[file], format, site().dataset.prefixes)
    node = NamedNode(urls.iri(name))
    canonical = TypedLink("canonical", f"{node.value}.{format.extension}", format.media_types[0])
    add_links(response, [canonical, *documents.links_of_formats(node, format)])
    return response


def _thing(path: str) -> NamedNode | None:
    iri = urls.iri(path)
    return find(site().dataset, iri) if urls.is_ours(iri) else None


def _see_other(node: NamedNode) -> AnyResponse:
    try:
        format = choose(DOCUMENTS)
    except Problem as problem:
        problem.members["forms"] = [urls.representation(node.value, offer.extension) for offer in DOCUMENTS]
        raise
    response = Response(
        status=303, headers={"Location": urls.keep_query(urls.representation(node.value, format.extension))}
    )
    add_negotiation(response)
    add_links(response, documents.links(node, format, are_of_thing=True))
    return response


@bp.app_errorhandler(404)
def missing(error: HTTPException) -> AnyResponse:
    """The answer to an unknown path: a redirect to the normal one, or the problem that this or the path itself has."""
    adapter, response = current_app.create_url_adapter(request), normalisation()
    try:
        if adapter and response:
            endpoint, values = adapter.match(urls.normalise(request.path))
            if values and request.method != "OPTIONS":  # only the view knows whether there is such a name
                current_app.view_functions[endpoint](**values)
            return response
    except Problem as problem:
        return respond(problem)
    except HTTPException as refusal:
        if response and isinstance(refusal, RequestRedirect):  # to the slash that the path of a folder has
            return response
        error = refusal
    # Similar names help readers; other methods only get the problem.
    if error.code != 404 or request.method not in ("GET", "HEAD"):
        return from_http(error)
    return respond(unknown(urls.iri(request.path.strip("/"))))


def normalisation() -> AnyResponse | None:
    """A redirect to the path without empty segments and slash at its end; None if it is normal or has dot segments."""
    path = urls.normalise(request.path)
    if path == request.path or not {".", ".."}.isdisjoint(path.split("/")):
        return None
    # The preflight request of a browser follows no redirect (https://fetch.spec.whatwg.org/#cors-preflight-fetch).
    if request.method == "OPTIONS":
        return Response(status=204, headers={"Allow": "GET, HEAD, OPTIONS, POST, QUERY"})
    # 308 keeps method and body (RFC 9110, section 15.4.9).
    return redirect(urls.keep_query(urls.root() + path), 308)


def unknown(iri: str) -> Problem:
    """The problem of an IRI or path without statements, with the addresses of things with similar names."""
    path = iri.removeprefix(BASE)
    nearest = _nearest(path)
    is_thing = path == iri or (site().is_bundled and urls.THING.match(path) is not None)
    if is_thing and path != iri:
        iri, _ = split_extension(iri)  # the document of a thing, not the thing
    subject = shorten(iri if is_thing else f"/{path}")
    if is_thing:
        message = Text(de=f"Der Graph enthält nichts über {subject}.", en=f"The graph has nothing about {subject}.")
    else:
        message = Text(de=f"Die Adresse {subject} gibt es hier nicht.", en=f"There is no address {subject} here.")
    hint = suggest([other.removeprefix(BASE) for other in nearest])
    return Problem("not-found", sentences(message, hint), nearest=[urls.local(other) for other in nearest])


@bp.app_template_global()
def label_of(address: str) -> str:
    """The label of the thing at an address of this site or with an IRI of ours; without one, the address."""
    path = address.removesuffix(f"?lang={language()}").removeprefix(f"{urls.root()}/")
    iri = address if address.startswith(BASE) else urls.iri(path)
    return views.link(NamedNode(iri)).text if urls.is_ours(iri) else address


def _nearest(path: str) -> list[str]:
    """The IRIs with names similar to a path or its last segment, those in the same folder first."""
    words = [path.partition("/")[2], local(path)] if urls.THING.match(path) else [path, local(path)]
    stems = (split_extension(word)[0] for word in words)
    names = dict.fromkeys(word[:MAX_REPEATED_CHARS] for word in (*stems, *words))
    iris = dict.fromkeys(iri for name in names for iri in site().names.nearest(name, MAX_NEAREST))
    folders = [f"{BASE}{folder}/" for folder in (path.rpartition("/")[0], path.partition("/")[0])]
    return sorted(iris, key=lambda iri: [not iri.startswith(folder) for folder in folders])[:MAX_NEAREST]
