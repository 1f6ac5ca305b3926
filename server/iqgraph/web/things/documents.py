"""The documents about things, one for each thing and form, and the Link headers that join them (RFC 8288)."""

from collections.abc import Iterator
from dataclasses import dataclass
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
from ...model.kinds import Kind
from ...model.passages import Segment
from ...serialisation import limitation, serialise, serialise_graphs
from ...serialisation.jsonld import frame
from ...terms import BASE, DCTERMS, OA, ONTOLOGY, ORIGINS, QUERY, RDF, SKOS
from .. import urls, views
from ..forms import DOCUMENTS
from ..http.language import language, requested_language
from ..http.messages import TypedLink, add_links, licence_link, text
from ..http.negotiation import Page
from ..http.problems import Problem
from ..query import permalinks
from ..site import memoized, site
from .entity import entity

# Those asked for last, of each version. A page of the bundled graph takes 50 KB on average, the 64 largest 20 MB.
MAX_PAGES = 64
BY_ONTOLOGY = tuple(f"{BASE}{start}" for start in ("concept/", "ontology", "query/", "rule/", "shapes"))
MAX_TARGETS = 20  # more would not fit a header; the document has them all
RELATIONS = {"collection": SKOS.inScheme, "type": RDF.type, "up": DCTERMS.isPartOf}


@dataclass(frozen=True, slots=True)
class Shown:
    """The page of a thing without its frame, which may repeat what the reader sent."""

    title: str
    kind: Kind
    passage: Segment | None
    content: Markup


def document(node: NamedNode, form: Format | Page) -> Response:
    """The document about a thing in one form."""
    asked = site().model.questions.by_slug.get(node.value.removeprefix(QUERY.iri))
    if not isinstance(form, Page):
        response = Response(_serialise(_about(node), form), content_type=text(form.media_type))
    elif asked:
        response = permalinks.page(asked)
    else:
        response = views.html("resource.html", shown=_shown(node))
    add_links(response, links(node, form))
    return response


def _shown(node: NamedNode) -> Shown:
    """The page of a thing of ours is made once for a language, a way to write addresses and a portion."""
    if not site().bundled:
        return _show(node)
    pages = memoized("pages", lambda _: lru_cache(MAX_PAGES)(_show))
    return pages(node, language(), requested_language(), urls.root(), request.args.get("page"))


def _show(node: NamedNode, *_key: str | None) -> Shown:
    about = entity(_about(node))
    content = Markup(render_template("thing.html", about=about))  # noqa: S704 - what a template made
    return Shown(about["title"], about["kind"], about["passage"], content)


def _about(node: NamedNode) -> Neighbourhood:
    """What is said of a thing; of a graph that no file describes what we know, which no release says."""
    return neighbourhood(site().dataset, node, () if site().release else describe_graph(site().dataset.store, node))


def _serialise(about: Neighbourhood, form: Format) -> bytes:
    prefixes = site().dataset.prefixes
    if not about.whole:
        node = about.node
        ask = f"CONSTRUCT {{ {node} ?p ?o . ?s ?q {node} }} WHERE {{ {{ {node} ?p ?o }} UNION {{ ?s ?q {node} }} }}"
        endpoint = f"{urls.host()}/sparql"
        raise Problem(
            "too-much",
            de=f"Über {node.value} gibt es mehr als {MAX_STATEMENTS} Aussagen; ein Dokument fasst sie nicht. "
            f"Fragen Sie danach unter {endpoint}: {ask}",
            en=f"There are more than {MAX_STATEMENTS} statements about {node.value}; "
            f"one document does not hold them. Ask for them at {endpoint}: {ask}",
        )
    try:
        if form is JSON_LD:
            return frame(about.node, about.triples, about.graphs(), site().context).encode()
        if form.kind == "dataset":
            return serialise_graphs(about.graphs(), form, prefixes, about.triples)
        return serialise(about.triples, form, prefixes)
    except Inexpressible as error:
        offers = [one.media_type for one in RDF_FORMATS if one is not form and not limitation(about.triples, one)]
        raise Problem("not-acceptable", Unwritable(error.text).text, offers=offers) from error


def links(node: NamedNode, form: Format | Page, *, are_of_thing: bool = False) -> Iterator[TypedLink]:
    """The links of one form of a document, or of the thing itself: to that form, the other forms, and what is said."""
    if not are_of_thing:
        yield TypedLink("describes", node.value)
        if urls.is_ours(node.value):
            yield _typed("canonical", f"{node.value}.{form.extension}", form)
    if are_of_thing or isinstance(form, Page):
        if urls.is_ours(node.value):
            yield TypedLink("cite-as", node.value)  # the lasting name (RFC 8574)
        described = form if are_of_thing else TURTLE
        yield _typed("describedby", urls.form(node.value, described.extension), described)
    yield from links_of_forms(node, form)
    yield from _statements(node, "" if are_of_thing else node.value)


def links_of_forms(node: NamedNode, form: Format | Page) -> Iterator[TypedLink]:
    """The other forms, and the licence if it is about something of ours."""
    for other in DOCUMENTS:
        if other.extension != form.extension:
            yield _typed("alternate", urls.form(node.value, other.extension), other)
    if site().bundled and node.value.startswith(BASE):
        is_of_ontology = node.value.startswith(BY_ONTOLOGY) or node == ONTOLOGY
        yield from licence_link(CC_BY if is_of_ontology else licence_of(site().profile))


def _statements(node: NamedNode, anchor: str = "") -> Iterator[TypedLink]:
    """What the dataset says of the thing itself as links; `via` is where it comes from (RFC 4287)."""
    nodes = site().dataset.nodes
    targets = {relation: nodes(node, predicate) for relation, predicate in RELATIONS.items()}
    targets["via"] = nodes(node, *ORIGINS)
    for document in nodes(node, OA.hasSource):
        targets["via"] += nodes(document, DCTERMS.source)
    for relation, found in targets.items():
        for target in found if len(found) <= MAX_TARGETS else ():
            yield TypedLink(relation, target.value, anchor=anchor)


def _typed(relation: str, address: str, form: Format | Page) -> TypedLink:
    return TypedLink(relation, address, form.media_types[0])
