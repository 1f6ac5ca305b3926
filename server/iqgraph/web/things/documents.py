"""The documents about things: one thing, every form."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from flask import Response, render_template
from markupsafe import Markup
from pyoxigraph import NamedNode, Triple

from ...dataset.unsourced import described
from ...engine.things.neighbourhood import MAX_STATEMENTS, Neighbourhood, neighbourhood
from ...errors import Inexpressible
from ...formats import JSON_LD, RDF_FORMATS, Format
from ...model.kinds import Kind
from ...model.passages import Segment
from ...serialisation import lack, serialise, serialise_graphs
from ...serialisation.framing import framed
from .. import urls, views
from ..http.headers import text
from ..http.language import chosen, language
from ..http.negotiation import Page
from ..http.problems import Problem
from ..site import kept, site
from . import entity, relations

# Those asked for last, of each version. A page of the bundled graph takes 50 KB on average, the 64 largest 20 MB.
MAX_PAGES = 64


@dataclass(frozen=True, slots=True)
class Shown:
    """The page of a thing without its frame, which may repeat what the reader sent."""

    title: str
    kind: Kind
    passage: Segment | None
    content: Markup


def document(node: NamedNode, form: Format | Page) -> Response:
    """The document about a thing in one form."""
    asked = site().questions.get(node.value)
    if not isinstance(form, Page):
        response = Response(_written(_about(node), form), content_type=text(form.media_type))
    elif asked:
        passages = [(passage, *views.cited([passage])) for passage in asked.passages]
        response = views.html("question.html", question=asked, passages=passages, forms=RDF_FORMATS)
    else:
        response = views.html("resource.html", shown=_shown(node))
    relations.add(response, relations.of_document(node, form))
    return response


def _shown(node: NamedNode) -> Shown:
    """The page of a thing of ours is made once for a language and a way to write addresses, however it is asked for."""
    if not site().bundled:
        return _show(node)
    pages = kept("pages", lambda _: lru_cache(MAX_PAGES)(_show))
    return pages(node, language(), chosen(), urls.root())


def _show(node: NamedNode, *_key: str | None) -> Shown:
    about = _about(node)
    view, told = views.view(about), entity.entity(about)
    forms = [one for one in RDF_FORMATS if not lack(about.triples, one)]
    content = render_template("thing.html", view=view, about=told, whole=about.whole, forms=forms)
    return Shown(view.title, told.kind, told.passage, Markup(content))  # noqa: S704 - what a template made


def _about(node: NamedNode) -> Neighbourhood:
    return neighbourhood(site().dataset, node, _of_graph(node))


def _of_graph(node: NamedNode) -> Iterable[Triple]:
    """What is known of a graph that no file describes; the documents of a release say only what it said."""
    return () if site().release else described(site().dataset, node)


def _written(about: Neighbourhood, form: Format) -> bytes:
    prefixes = site().dataset.prefixes
    if not about.whole:
        node = about.node
        ask = f"CONSTRUCT {{ {node} ?p ?o . ?s ?q {node} }} WHERE {{ {{ {node} ?p ?o }} UNION {{ ?s ?q {node} }} }}"
        raise Problem(
            "too-much",
            f"The dataset says more than {MAX_STATEMENTS} things about {node.value}; one document does not hold them. "
            f"Ask for them at {urls.host()}/sparql: {ask}",
        )
    try:
        if form is JSON_LD:
            return framed(about.node, about.triples, about.graphs(), site().context).encode()
        if form.kind == "dataset":
            return serialise_graphs(about.graphs(), form, prefixes, about.graphless())
        return serialise(about.triples, form, prefixes)
    except Inexpressible as error:
        offers = [one.media_type for one in RDF_FORMATS if one is not form and not lack(about.triples, one)]
        raise Problem("not-acceptable", f"{error}. Other formats can say it.", offers=offers) from error
