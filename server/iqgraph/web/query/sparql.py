"""The SPARQL endpoint for people: pages of answers and evidence, completion for the editor, the service description."""

import json
from contextlib import suppress
from dataclasses import replace
from itertools import chain, islice
from typing import Any

from flask import Blueprint, Response, request
from pyoxigraph import NamedNode, parse

from ...engine import Query
from ...engine.description import SD, service_description
from ...engine.evidence import is_explained
from ...engine.renamed import changes
from ...formats import TURTLE, Format
from ...serialisation import serialise
from ...terms import PREFIXES
from .. import urls, views
from ..http.language import language, localize, say
from ..http.messages import EMBEDDABLE_POLICY, NO_STORE, Request, TypedLink, add_links, text
from ..http.negotiation import HTML
from ..http.parameters import view
from ..http.problems import Problem
from ..representations import choose
from ..site import memoize, site
from . import endpoint, permalinks, protocol
from .endpoint import OUTCOME, Outcome, is_repeatable, offers, page_format
from .protocol import graph_parameters
from .snippets import keys, snippets
from .vocabulary import unknown_terms, vocabulary

bp = Blueprint("sparql", __name__)

CHART = "/chart"
MAX_ROWS = 1000
MAX_STATEMENTS = 250
MAX_PAGE_BYTES = 4 << 20  # browsers are slow to lay out more
MAX_LINKED_CHARS = 1 << 13


@bp.route("/sparql", methods=["GET", "POST", "QUERY"])
def sparql() -> Response:
    """Show the page of an answer or, without a query, the service description."""
    outcome: Outcome = request.environ.get(OUTCOME) or _outcome()
    query = outcome.query
    response = page(query, outcome.content) if query else describe(outcome.format)
    if query and (target := endpoint.provenance(query, site(), urls.root())):
        add_links(response, [TypedLink(endpoint.HAS_PROVENANCE, target)])
    if query and not is_repeatable(query, site().engine):
        response.headers["Cache-Control"] = NO_STORE
    response.vary.add("Accept")
    return response


@bp.get(CHART)
def chart() -> Response:
    """Show the picture of an answer alone, for frames on other sites; its script requests the rows."""
    query, _ = read()
    if query is None or not query.text.strip():
        raise Problem("missing-query")
    question = site().model.questions.by_query(query.text)
    response = views.html(
        "chart.html",
        query=query.text,
        graphs=graph_parameters(query),
        view=view(),
        heading=localize(question.title) if question else say(de="Antwort auf eine Abfrage", en="Answer to a query"),
        heads=permalinks.heads(question) if question else {},
    )
    # Clickjacking does no harm here, since no click changes anything.
    response.headers["Content-Security-Policy"] = EMBEDDABLE_POLICY
    return response


@bp.route(protocol.EVIDENCE, methods=["GET", "POST", "QUERY"])
def evidence() -> Response:
    """Show the evidence of the rows of an answer."""
    outcome: Outcome = request.environ.get(OUTCOME) or _outcome()
    query, document = outcome.query or Query(""), json.loads(outcome.content)
    response = views.html(
        "evidence.html",
        query=query.text,
        graphs=graph_parameters(query),
        names=document["variables"],
        rows=views.with_marks(document["rows"]),
        selection=query.selection,
    )
    response.vary.add("Accept")
    return response


@bp.after_request
def add_accept_query(response: Response) -> Response:
    """Add the media types that the method QUERY accepts (RFC 10008, section 3)."""
    response.headers["Accept-Query"] = protocol.ACCEPT_QUERY
    return response


def read() -> tuple[Query | None, str | None]:
    """Return the query of this request, if any, and the format that it names."""
    message = Request(
        method=request.method,
        path=request.path,
        query=request.query_string.decode("latin-1"),
        body_type=request.content_type,
        body_encoding=request.content_encoding,
        body=request.get_data(cache=False) if request.method in protocol.WITH_BODY else b"",
    )
    return protocol.read_request(message, is_bundled=site().is_bundled and not site().release)


def ask(query: Query, format: Format) -> bytes:
    """Answer a query from the version of this request, on behalf of its client."""
    release = site().release
    query = replace(query, version=release.version if release else "")
    return site().engine.answer(query, format, request.remote_addr or "")


def _outcome() -> Outcome:
    """Return the outcome that the endpoint would have passed on; without the server, there is no endpoint."""
    query, name = read()
    return Outcome(query, choose(offers(query), name), ask(query, page_format(query)) if query else b"")


def describe(format: Format) -> Response:
    """Return the service description or, for people, the page with the editor."""
    if format is HTML:
        return _html(Query(""), {})
    triples = service_description(site().dataset, f"{urls.host()}/sparql", site().engine.services)
    return Response(serialise(triples, format, PREFIXES | {"sd": SD.iri}), content_type=text(format.media_type))


def page(query: Query, content: bytes, **choice: object) -> Response:
    """Show an answer as a table of rows or statements; only its size if it is too large or nested too deeply.

    `choice` are the filters and column headings of a query that was made without SPARQL.
    """
    result: dict[str, Any] = {"size": len(content)}
    if len(content) <= MAX_PAGE_BYTES:
        with suppress(RecursionError):  # triple terms within triple terms
            if query.has_graph:
                result = _graph_result(content)
            elif "boolean" in (document := json.loads(content)):
                result = {"boolean": document["boolean"]}
            else:
                rows = document["results"]["bindings"]
                result = {"names": document["head"]["vars"], "rows": rows[:MAX_ROWS], "count": len(rows)}
    return _html(query, result, **choice)


def _graph_result(content: bytes) -> dict[str, Any]:
    """Return a graph as Turtle, as rows of statements, and as links between things for the picture."""
    # one more than the page shows, to know whether there are more
    statements = [quad.triple for quad in islice(parse(content, TURTLE.rdf), MAX_STATEMENTS + 1)]
    triples = statements[:MAX_STATEMENTS]
    names = ("subject", "predicate", "object")
    links = [triple for triple in triples if all(isinstance(term, NamedNode) for term in triple)]
    bindings = [
        {name: {"type": "uri", "value": term.value} for name, term in zip(names, link, strict=True)} for link in links
    ]
    return {
        "turtle": content.decode(),
        "statements": list(map(views.statement, triples)),
        "is_cut": len(statements) > MAX_STATEMENTS,
        "links": {"head": {"vars": names}, "results": {"bindings": bindings}},
    }


def _html(query: Query, result: dict[str, Any], **choice: object) -> Response:
    """Render the page; for a query that is too long for a URL, without links and suggestions."""
    graphs = graph_parameters(query)
    is_short = len(query.text) + sum(map(len, chain.from_iterable(graphs.values()))) <= MAX_LINKED_CHARS
    cells = ((name, cell) for row in result.get("rows", ()) for name, cell in row.items() if cell["type"] == "literal")
    literals = ((name, cell["value"], cell.get("datatype", "")) for name, cell in cells)
    is_empty = not result.get("count", True) or not result.get("boolean", True) or not result.get("turtle", "x").strip()
    return views.html(
        "sparql.html",
        query=query.text,
        graphs=graphs,
        result=result,
        is_short=is_short,
        question=site().model.questions.by_query(query.text) if result and not graphs and is_short else None,
        formats=query.formats if query.text else (),
        topics=site().model.questions.by_topic(),
        example=site().model.questions.first_query(language()),
        view=view(),
        is_explained=site().has_graphs and is_short and is_explained(query),
        explained=protocol.MAX_EXPLAINED_ROWS,
        permalink=permalinks.permalink(query) if query.text and is_short else "",
        unknown=unknown_terms(query.text) if is_short and is_empty else {},
        changes=changes(query.text) if site().is_bundled and is_short and is_empty else [],
        snippets=snippets(f"{urls.host()}/sparql", query.text, graphs, keys(literals))
        if is_short and "names" in result
        else [],
        **{"chosen": {}, "heads": {}, "heading": "", **choice},
    )


@bp.get("/sparql/terms.json")
def terms() -> Response:
    """Return the terms that the editor can complete."""
    return Response(memoize("vocabulary", vocabulary), content_type="application/json")
