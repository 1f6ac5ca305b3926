"""The documents about a thing, one in each format, and the Link headers that connect them (RFC 8288)."""

from collections.abc import Iterator
from functools import lru_cache

from flask import Response, render_template, request
from markupsafe import Markup
from pyoxigraph import NamedNode

from ...catalogue.publication import CC_BY, licence_of
from ...dataset.profile import describe_graph
from ...engine import Unwritable
from ...engine.neighbourhood import MAX_STATEMENTS, Neighbourhood, neighbourhood
from ...errors import Inexpressible
from ...formats import JSON_LD, RDF_FORMATS, TURTLE, Format
from ...serialisation import limitation, serialise, serialise_graphs
from ...serialisation.jsonld import frame
from ...terms import BASE, DCTERMS, OA, ONTOLOGY, ORIGINS, QUERY, RDF, SKOS
from .. import urls, views
from ..http.language import language, requested_language
from ..http.messages import TypedLink, add_links, licence_link, text
from ..http.negotiation import HTML
from ..http.problems import Problem
from ..query import permalinks
from ..representations import DOCUMENTS
from ..site import memoize, site
from .entity import Entity

# Cached in each version. A page of the bundled graph takes 50 KB on average, the 64 largest 20 MB.
MAX_PAGES = 64
ONTOLOGY_PREFIXES = tuple(f"{BASE}{start}" for start in ("concept/", "ontology", "query/", "rule/", "shapes"))
MAX_TARGETS = 20  # more would not fit into a header; the document has all of them
RELATIONS = {"collection": SKOS.inScheme, "type": RDF.type, "up": DCTERMS.isPartOf}


def document(node: NamedNode, format: Format) -> Response:
    """The document about a thing in a format."""
    question = site().model.questions.by_slug.get(node.value.removeprefix(QUERY.iri))
    if format is not HTML:
        response = Response(_serialise(_neighbourhood(node), format), content_type=text(format.media_type))
    elif question:
        response = permalinks.page(question)
    else:
        title = views.title(node) or views.link(node).text
        response = views.html("resource.html", title=title, content=_content(node, title))
    add_links(response, links(node, format))
    return response


def _content(node: NamedNode, title: str) -> Markup:
    """The page of a thing without its frame; in our own data cached for each language, style of addresses and portion.

    Not the frame, since it repeats parameters of the request.
    """
    if not site().is_bundled:
        return _render(node, title)
    render = memoize("pages", lambda _: lru_cache(MAX_PAGES)(_render))
    return render(node, title, language(), requested_language(), urls.root(), request.args.get("page"))


def _render(node: NamedNode, title: str, *_key: str | None) -> Markup:
    thing = Entity(_neighbourhood(node), title)
    return Markup(render_template("thing.html", thing=thing))  # noqa: S704 - the template has escaped it


def _neighbourhood(node: NamedNode) -> Neighbourhood:
    """The statements about a thing; for a built-in graph, which no file describes, also ours, but not in releases."""
    return neighbourhood(site().dataset, node, () if site().release else describe_graph(site().dataset.store, node))


def _serialise(thing: Neighbourhood, format: Format) -> bytes:
    prefixes = site().dataset.prefixes
    if not thing.whole:
        node = thing.node
        query = f"CONSTRUCT {{ {node} ?p ?o . ?s ?q {node} }} WHERE {{ {{ {node} ?p ?o }} UNION {{ ?s ?q {node} }} }}"
        endpoint = f"{urls.host()}/sparql"
        raise Problem(
            "too-much",
            de=f"Über {node.value} gibt es mehr als {MAX_STATEMENTS} Aussagen; ein Dokument fasst sie nicht. "
            f"Fragen Sie danach unter {endpoint}: {query}",
            en=f"There are more than {MAX_STATEMENTS} statements about {node.value}; "
            f"one document does not hold them. Ask for them at {endpoint}: {query}",
        )
    try:
        if format is JSON_LD:
            return frame(thing.node, thing.triples, thing.graphs(), site().context).encode()
        if format.content == "dataset":
            return serialise_graphs(thing.graphs(), format, prefixes, thing.triples)
        return serialise(thing.triples, format, prefixes)
    except Inexpressible as error:
        others = (other for other in RDF_FORMATS if other is not format)
        offers = [other.media_type for other in others if not limitation(thing.triples, other)]
        raise Problem("not-acceptable", Unwritable(error.text).text, offers=offers) from error


def links(node: NamedNode, format: Format, *, are_of_thing: bool = False) -> Iterator[TypedLink]:
    """The links of a document in a format, or of the redirect from the thing to it."""
    if not are_of_thing:
        yield TypedLink("describes", node.value)
        if urls.is_ours(node.value):
            yield _link_to("canonical", f"{node.value}.{format.extension}", format)
    if are_of_thing or format is HTML:
        if urls.is_ours(node.value):
            yield TypedLink("cite-as", node.value)  # the persistent identifier (RFC 8574)
        target = format if are_of_thing else TURTLE
        yield _link_to("describedby", urls.representation(node.value, target.extension), target)
    yield from links_of_formats(node, format)
    yield from _links_of_thing(node, "" if are_of_thing else node.value)


def links_of_formats(node: NamedNode, format: Format) -> Iterator[TypedLink]:
    """The links to the other formats and, for our own things, to the licence."""
    for other in DOCUMENTS:
        if other.extension != format.extension:
            yield _link_to("alternate", urls.representation(node.value, other.extension), other)
    if site().is_bundled and node.value.startswith(BASE):
        is_of_ontology = node.value.startswith(ONTOLOGY_PREFIXES) or node == ONTOLOGY
        yield from licence_link(CC_BY if is_of_ontology else licence_of(site().profile))


def _links_of_thing(node: NamedNode, anchor: str = "") -> Iterator[TypedLink]:
    """The statements about a thing that have a link relation; `via` is its source (RFC 4287)."""
    nodes = site().dataset.nodes
    targets = {relation: nodes(node, predicate) for relation, predicate in RELATIONS.items()}
    targets["via"] = nodes(node, *ORIGINS)
    for source_document in nodes(node, OA.hasSource):
        targets["via"] += nodes(source_document, DCTERMS.source)
    for relation, iris in targets.items():
        for target in iris if len(iris) <= MAX_TARGETS else ():
            yield TypedLink(relation, target.value, anchor=anchor)


def _link_to(relation: str, address: str, format: Format) -> TypedLink:
    return TypedLink(relation, address, format.media_types[0])
