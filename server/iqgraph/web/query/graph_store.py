"""The SPARQL 1.1 Graph Store HTTP Protocol, reading side: one graph, named or default, as a document."""

from difflib import get_close_matches

from flask import Blueprint, Response, request
from pyoxigraph import NamedNode

from ...bilingual import Text, sentences
from ...engine import GraphNameError, Query
from ...errors import MAX_REPEATED_CHARS, shortened
from ...formats import RDF_FORMATS
from .. import answers
from ..forms import choose
from ..http.messages import text
from ..http.problems import Problem, suggest
from ..site import site
from .endpoint import SHORTCUTS

bp = Blueprint("graph_store", __name__)

NEAREST = 5
WHOLE = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"


@bp.get("/graph-store")
def graph() -> Response:
    """The graph that the request names, in the format that the client prefers; within the limits of a query."""
    name = next((request.args[key] for key in SHORTCUTS if request.args.get(key)), None)
    asked = Query(WHOLE, default_graphs=_graphs())
    chosen = choose(RDF_FORMATS, name)
    response = Response(answers.ask(asked, chosen), content_type=text(chosen.media_type))
    response.vary.add("Accept")
    return response


def _graphs() -> tuple[str, ...]:
    """The named graph, or none for the default graph (Graph Store HTTP Protocol, section 4.2)."""
    names = request.args.getlist("graph")
    default = "default" in request.args
    if len(names) + default != 1:
        raise Problem(
            "bad-request",
            Text(
                de="Die Anfrage muss genau einen Graphen nennen: /graph-store?default "
                "oder /graph-store?graph= mit seiner IRI.",
                en="The request has to name exactly one graph: /graph-store?default, "
                "or /graph-store?graph= and its IRI.",
            ),
        )
    return tuple(_known(name) for name in names)


def _known(name: str) -> str:
    try:
        node = NamedNode(name)
    except ValueError as error:
        raise answers.problem(GraphNameError(name)) from error
    if not site().dataset.store.contains_named_graph(node):
        names = [graph.value for graph in site().dataset.graphs()]
        nearest = get_close_matches(name, names, NEAREST) if len(name) <= MAX_REPEATED_CHARS else []
        known = shortened(name)
        missing = Text(de=f"Einen Graphen {known} gibt es hier nicht.", en=f"There is no graph {known} here.")
        raise Problem("not-found", sentences(missing, suggest(nearest)), nearest=nearest)
    return name
