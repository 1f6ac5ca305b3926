"""The SPARQL endpoint: answers, its description for programs, and a page for people."""

import json
from itertools import chain
from typing import Any

from flask import Blueprint, Response, request

from ...engine import Engine, Query, QueryError
from ...engine.description import SD, service_description
from ...formats import JSON, TURTLE, Format
from ...serialisation import serialise
from ...terms import PREFIXES
from .. import answers, urls, views
from ..http.choice import DOCUMENTS, choose, with_page
from ..http.headers import text
from ..site import site
from . import permalinks, protocol
from .examples import asked, by_topic, first
from .snippets import snippets
from .unknown import unknown

bp = Blueprint("sparql", __name__)
OUTCOME = "iqgraph.outcome"
ACCEPTED = f"{protocol.QUERY}, {protocol.FORM}"

SHOWN = 1000
LARGEST_PAGE = 4 << 20
MAX_LINKED_CHARS = 1 << 13


@bp.route("/sparql", methods=["GET", "POST", "QUERY"])
def sparql() -> Response:
    """Answer a query; without one, describe the service."""
    found = protocol.asked(request)
    response = answer(found.query, found.format) if found.query else describe(found.format)
    response.vary.add("Accept")
    return response


@bp.after_request
def accept_queries(response: Response) -> Response:
    """Say in which media types the method QUERY takes queries (RFC 10008, section 3)."""
    response.headers["Accept-Query"] = ACCEPTED
    return response


def answer(query: Query, name: str | None) -> Response:
    """The answer in the format that the client prefers."""
    chosen = choose(with_page(query.formats), name)
    response = told(ask(query, chosen), chosen) if isinstance(chosen, Format) else _page(query)
    if asks_others(query, site().engine):
        response.headers["Cache-Control"] = "no-store"
    return response


def told(content: bytes, chosen: Format) -> Response:
    """An answer in a format for programs."""
    response = Response(content, content_type=text(chosen.media_type))
    response.vary.add("Accept")
    return response


def asks_others(query: Query, engine: Engine) -> bool:
    """Whether other services may have a part in the answer, which then may be another one the next time."""
    return bool(engine.services) and "SERVICE" in query.text.upper()


def shown(query: Query) -> Format:
    """The format that the page of an answer is made from."""
    return TURTLE if query.form in ("CONSTRUCT", "DESCRIBE") else JSON


def describe(name: str | None) -> Response:
    """The service description or, for people, a form."""
    chosen = choose(DOCUMENTS, name)
    if not isinstance(chosen, Format):
        return _html(Query(""), result=None)
    triples = service_description(site().dataset, f"{urls.host()}/sparql", site().engine.limits, site().engine.services)
    return Response(serialise(triples, chosen, PREFIXES | {"sd": SD.iri}), content_type=text(chosen.media_type))


def ask(query: Query, chosen: Format) -> bytes:
    """The answer of the engine, or the problem with the query; it may have been asked before this."""
    outcome: bytes | QueryError | None = request.environ.get(OUTCOME)
    if isinstance(outcome, QueryError):
        raise answers.problem(outcome) from outcome
    return outcome if outcome is not None else answers.ask(query, chosen)


def _page(query: Query) -> Response:
    """The answer as a page: a table for rows, Turtle for a graph; of one that is too large, only its size."""
    form = shown(query)
    content = ask(query, form)
    if len(content) > LARGEST_PAGE:
        return _html(query, result={"size": len(content)})
    result = {"turtle": content.decode()} if form is TURTLE else _table(json.loads(content))
    return _html(query, result=result)


def _table(found: dict[str, Any]) -> dict[str, Any]:
    if "boolean" in found:
        return {"boolean": found["boolean"]}
    rows = found["results"]["bindings"]
    return {"names": found["head"]["vars"], "rows": rows[:SHOWN], "count": len(rows)}


def _is_empty(result: dict[str, Any]) -> bool:
    """Whether nothing was found: no rows, no, or a graph without statements."""
    return not result.get("count", True) or not result.get("boolean", True) or not result.get("turtle", "true").strip()


def _html(query: Query, result: dict[str, Any] | None) -> Response:
    """The page; of a query that is too long for an address it shows the text and the answer, and nothing made of it."""
    graphs = protocol.graphs(query)
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
        topics=by_topic(),
        example=first(),
        permalink=permalinks.address(query) if query.text and is_short else "",
        unknown=unknown(query.text) if result and is_short and _is_empty(result) else [],
        snippets=snippets(f"{urls.host()}/sparql", query.text, graphs)
        if result and is_short and "names" in result
        else [],
    )
