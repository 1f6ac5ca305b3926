"""The documents about things: one thing, every form."""

from collections.abc import Iterable

from flask import Response
from pyoxigraph import NamedNode, Triple

from ...dataset.unsourced import described
from ...engine.things.gathering import MOST
from ...engine.things.neighbourhood import Neighbourhood, neighbourhood
from ...errors import Inexpressible
from ...formats import JSON_LD, RDF_FORMATS, Format
from ...serialisation import lack, serialise, serialise_graphs
from ...serialisation.framing import framed
from .. import urls, views
from ..http.headers import text
from ..http.negotiation import Page
from ..http.problems import Problem
from ..site import site
from . import entity, relations


def document(node: NamedNode, form: Format | Page) -> Response:
    """The document about a thing in one form."""
    asked = site().questions.get(node.value)
    about = neighbourhood(site().dataset, node, _of_graph(node))
    if not isinstance(form, Page):
        response = Response(_written(about, form), content_type=text(form.media_type))
    elif asked:
        passages = [(passage, *views.cited([passage])) for passage in asked.passages]
        response = views.html("question.html", question=asked, passages=passages, forms=RDF_FORMATS)
    else:
        told = {"view": views.view(about), "about": entity.entity(about), "whole": about.whole}
        forms = [one for one in RDF_FORMATS if not lack(about.triples, one)]
        response = views.html("resource.html", forms=forms, **told)
    relations.add(response, relations.of_document(about, form))
    return response


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
            f"The dataset says more than {MOST} things about {node.value}; one document does not hold them. "
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
