"""Our IRIs, and any other that the dataset describes: each thing has an address, and a document in every form."""

import json
from collections.abc import Callable

from flask import Blueprint, Response, redirect, request
from pyoxigraph import NamedNode
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from ...bilingual import Text, sentences
from ...catalogue.publication import CC_BY
from ...engine.nearest import local
from ...engine.neighbourhood import find
from ...errors import MAX_REPEATED_CHARS, shortened
from ...formats import JSON_LD, Format
from ...terms import BASE, current_iri
from .. import reference, urls, views
from ..forms import (
    DOCUMENTS,
    choose,
    mark_negotiated,
    route_forms,
    split_form,
    turtle_response,
    without_form,
)
from ..http.language import language
from ..http.messages import TypedLink, add_links, licence_link
from ..http.negotiation import Page
from ..http.problems import MAX_NEAREST, Problem, from_http, require_bundled, respond, suggest
from ..site import site
from . import documents
from .documents import document

bp = Blueprint("resources", __name__)

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
        # For good, so that whoever keeps addresses may change them (RFC 9110, section 15.4.2).
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
    form = choose(DOCUMENTS, request.args.get("format"), extension)
    response = document(node, form)
    if extension is None:
        mark_negotiated(response, urls.form(node.value, form.extension))
    return response


@bp.get("/context.jsonld")
def context() -> Response:
    """The names that our JSON-LD documents use, as a context that others can refer to."""
    require_bundled()
    content = json.dumps(site().context.document(), ensure_ascii=False, indent=2) + "\n"
    response = Response(content, content_type=JSON_LD.media_type)
    add_links(response, licence_link(CC_BY))
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
    node = NamedNode(urls.iri(name))
    canonical = TypedLink("canonical", f"{node.value}.{form.extension}", form.media_types[0])
    add_links(response, [canonical, *documents.links_of_forms(node, form)])
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
    response = Response(status=303, headers={"Location": urls.within(urls.form(node.value, form.extension))})
    mark_negotiated(response)
    add_links(response, documents.links(node, form, are_of_thing=True))
    return response


@bp.app_errorhandler(404)
def elsewhere(error: NotFound) -> AnyResponse:
    """A path that leads nowhere: to the tidy path if this one is not, else help."""
    found = tidied()
    if found is not None:
        return found
    # Near names help whoever reads; who writes is told only that nothing is here.
    if request.method not in ("GET", "HEAD"):
        return from_http(error)
    return respond(unknown(urls.iri(request.path.strip("/"))))


def tidied() -> AnyResponse | None:
    """The way to the same path without empty segments or a slash at its end; None if it is tidy or climbs."""
    path = urls.tidy(request.path)
    climbs = not {".", ".."}.isdisjoint(path.split("/"))
    if path == request.path or climbs:
        return None
    # A browser that asks with OPTIONS first follows no redirect (https://fetch.spec.whatwg.org/#cors-preflight-fetch).
    if request.method == "OPTIONS":
        return Response(status=204, headers={"Allow": "GET, HEAD, OPTIONS, POST, QUERY"})
    # 308 keeps method and body (RFC 9110, section 15.4.9).
    return redirect(urls.within(urls.root() + path), 308)


def unknown(iri: str) -> Problem:
    """The problem with an IRI that nothing is known of, with the addresses of things with similar names."""
    path = iri.removeprefix(BASE)
    nearest = _nearest(path)
    is_thing = path == iri or (site().bundled and urls.KIND.match(path) is not None)
    if is_thing and path != iri and _has_suffix(path):  # a form of a thing's document is not the thing
        iri = iri.rpartition(".")[0]
    given = shortened(iri if is_thing else f"/{path}")
    if is_thing:
        missing = Text(de=f"Der Graph enthält nichts über {given}.", en=f"The graph has nothing about {given}.")
    else:
        missing = Text(de=f"Die Adresse {given} gibt es hier nicht.", en=f"There is no address {given} here.")
    hint = suggest([one.removeprefix(BASE) for one in nearest])
    return Problem("not-found", sentences(missing, hint), nearest=[urls.local(one) for one in nearest])


@bp.app_template_global()
def called(address: str) -> str:
    """What the thing at an address of this site or of this IRI is called; the address if it has no name."""
    path = address.removesuffix(f"?lang={language()}").removeprefix(f"{urls.root()}/")
    iri = address if address.startswith(BASE) else urls.iri(path)
    return views.link(NamedNode(iri)).text if urls.is_ours(iri) else address


def _nearest(path: str) -> list[str]:
    words = [path.partition("/")[2], local(path)] if urls.KIND.match(path) else [path, local(path)]
    stems = [word.rpartition(".")[0] for word in words if _has_suffix(word)]
    found = dict.fromkeys(
        iri for word in [*stems, *words] for iri in site().names.nearest(word[:MAX_REPEATED_CHARS], MAX_NEAREST)
    )
    folders = [f"{BASE}{folder}/" for folder in (path.rpartition("/")[0], path.partition("/")[0])]
    return sorted(found, key=lambda iri: [not iri.startswith(folder) for folder in folders])[:MAX_NEAREST]


def _has_suffix(word: str) -> bool:
    return word.rpartition(".")[2] in {form.extension for form in DOCUMENTS}
