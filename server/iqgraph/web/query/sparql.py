"""The SPARQL endpoint for people: pages of answers, and the description of the service."""

import json
from itertools import chain
from typing import Any

from flask import Blueprint, Response, request

from ...engine import Query
from ...engine.description import SD, service_description
from ...engine.evidence import is_explained
from ...formats import Format
from ...serialisation import serialise
from ...terms import PREFIXES
from .. import answers, urls, views
from ..forms import decide
from ..http.messages import NO_STORE, Request, text
from ..http.negotiation import Page
from ..site import site
from . import endpoint, permalinks
from .endpoint import OUTCOME, Outcome, is_repeatable, offers, shown
from .examples import asked, first
from .snippets import keys, snippets
from .unknown import unknown

bp = Blueprint("sparql", __name__)

MAX_ROWS = 1000
MAX_PAGE_BYTES = 4 << 20
MAX_LINKED_CHARS = 1 << 13


@bp.route("/sparql", methods=["GET", "POST", "QUERY"])
def sparql() -> Response:
    """The page of an answer; without a query, the description of the service."""
    outcome: Outcome = request.environ.get(OUTCOME) or _outcome()
    response = _page(outcome.query, outcome.content) if outcome.query else describe(outcome.chosen)
    if outcome.query and (target := endpoint.provenance(outcome.query, site(), urls.root())):
        response.headers.add("Link", endpoint.linked(target))
    if outcome.query and not is_repeatable(outcome.query, site().engine):
        response.headers["Cache-Control"] = NO_STORE
    response.vary.add("Accept")
    return response


@bp.after_request
def accept_queries(response: Response) -> Response:
    """Say in which media types the method QUERY takes queries (RFC 10008, section 3)."""
    response.headers["Accept-Query"] = endpoint.ACCEPTED
    return response


def incoming() -> Request:
    """The request as the server would have given it."""
    body = request.get_data(cache=False) if request.method in endpoint.WITH_BODY else b""
    return Request(
        method=request.method,
        path=request.path,
        query=request.query_string.decode("latin-1"),
        accept=request.headers.get("Accept"),
        body_type=request.content_type,
        body_encoding=request.content_encoding,
        body=body,
    )


def _outcome() -> Outcome:
    """What the loop of the server would have found out; there is none where the application is called by itself."""
    asked = incoming()
    query, name = endpoint.read_request(asked, is_renamed=site().bundled and not site().release)
    chosen = decide(offers(query), name, asked.accept)
    return Outcome(query, chosen, answers.ask(query, shown(query)) if query else b"")


def describe(chosen: Format | Page) -> Response:
    """The service description or, for people, a form."""
    if not isinstance(chosen, Format):
        return _html(Query(""), result=None)
    triples = service_description(site().dataset, f"{urls.host()}/sparql", site().engine.limits, site().engine.services)
    return Response(serialise(triples, chosen, PREFIXES | {"sd": SD.iri}), content_type=text(chosen.media_type))


def _page(query: Query, content: bytes) -> Response:
    """The answer as a page: a table for rows, Turtle for a graph; of one that is too large, only its size."""
    if len(content) > MAX_PAGE_BYTES:
        return _html(query, result={"size": len(content)})
    result = {"turtle": content.decode()} if query.has_graph else _table(json.loads(content))
    return _html(query, result=result)


def _table(found: dict[str, Any]) -> dict[str, Any]:
    if "boolean" in found:
        return {"boolean": found["boolean"]}
    rows = found["results"]["bindings"]
    return {"names": found["head"]["vars"], "rows": rows[:MAX_ROWS], "count": len(rows)}


def _is_empty(result: dict[str, Any]) -> bool:
    """Whether nothing was found: no rows, no, or a graph without statements."""
    return not result.get("count", True) or not result.get("boolean", True) or not result.get("turtle", "true").strip()


def _html(query: Query, result: dict[str, Any] | None) -> Response:
    """The page; of a query that is too long for an address it shows the text and the answer, and nothing made of it."""
    graphs = endpoint.graphs(query)
    is_short = len(query.text) + sum(map(len, chain.from_iterable(graphs.values()))) <= MAX_LINKED_CHARS
    return views.html(
        "sparql.html",
        query=query.text,
        graphs=graphs,
        result=result,
        is_short=is_short,
        question=asked(query.text) if result and not graphs and is_short else None,
        kept=request.args.get("version", "") in site().versions,
        formats=query.formats if query.text else (),
        topics=site().model.questions.by_topic(),
        example=first(),
        is_explained=site().has_graphs and is_short and is_explained(query),
        explained=endpoint.MAX_ROWS,
        permalink=permalinks.address(query) if query.text and is_short else "",
        unknown=unknown(query.text) if result and is_short and _is_empty(result) else [],
        snippets=snippets(f"{urls.host()}/sparql", query.text, graphs, keys(result["rows"]))
        if result and is_short and "names" in result
        else [],
    )
