"""The SPARQL endpoint for people: pages of answers and of their evidence, what its editor proposes, its description."""

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
from ...formats import TURTLE, Form, Format
from ...serialisation import serialise
from ...terms import PREFIXES
from .. import urls, views
from ..forms import choose
from ..http.language import language, localize, say
from ..http.messages import FRAMED, NO_STORE, Request, TypedLink, add_links, text
from ..http.negotiation import HTML
from ..http.parameters import view
from ..http.problems import Problem
from ..site import VERSION, memoized, site
from . import endpoint, permalinks, protocol
from .endpoint import OUTCOME, Outcome, is_repeatable, offers, shown
from .snippets import keys, snippets
from .vocabulary import unknown, vocabulary

bp = Blueprint("sparql", __name__)

CHART = "/chart"
MAX_ROWS = 1000
MAX_STATEMENTS = 250
MAX_PAGE_BYTES = 4 << 20  # nobody reads more, and a browser would take long to lay it out
MAX_LINKED_CHARS = 1 << 13


@bp.route("/sparql", methods=["GET", "POST", "QUERY"])
def sparql() -> Response:
    """The page of an answer; without a query, the description of the service."""
    outcome: Outcome = request.environ.get(OUTCOME) or _outcome()
    response = page(outcome.query, outcome.content) if outcome.query else describe(outcome.chosen)
    if outcome.query and (target := endpoint.provenance(outcome.query, site(), urls.root())):
        add_links(response, [TypedLink(endpoint.HAS_PROVENANCE, target)])
    if outcome.query and not is_repeatable(outcome.query, site().engine):
        response.headers["Cache-Control"] = NO_STORE
    response.vary.add("Accept")
    return response


@bp.get(CHART)
def chart() -> Response:
    """The picture of an answer alone, for a frame on whatever website; its script asks for the rows."""
    query, _ = read()
    if query is None or not query.text.strip():
        raise Problem("missing-query")
    question, graphs = site().model.questions.asked(query.text), protocol.graphs(query)
    response = views.html(
        "chart.html",
        query=query.text,
        graphs=graphs,
        view=view(),
        heading=localize(question.title) if question else say(de="Antwort auf eine Abfrage", en="Answer to a query"),
        heads=permalinks.heads(question) if question else {},
    )
    # Elsewhere a frame would let another site borrow our clicks; here there is nothing to click that changes anything.
    response.headers["Content-Security-Policy"] = FRAMED
    return response


@bp.route(protocol.EVIDENCE, methods=["GET", "POST", "QUERY"])
def evidence() -> Response:
    """The evidence of the rows of an answer."""
    outcome: Outcome = request.environ.get(OUTCOME) or _outcome()
    query = outcome.query or Query("")
    if outcome.chosen is HTML:
        found = json.loads(outcome.content)
        for row in [part for whole in found["rows"] for part in (whole, *whole.get("members", ()))]:
            parts = ("graphs", "premises", "contextual", "names")
            witnesses = ([map(NamedNode, one.get(name, ())) for name in parts] for one in row["witnesses"])
            # of the marks of several witnesses those that look alike once
            row["marks"] = list(dict.fromkeys(views.evidence().witness(*one) for one in witnesses))
        shown = {"names": found["variables"], "rows": found["rows"], "wanted": query.wanted}
        response = views.html("evidence.html", query=query.text, graphs=protocol.graphs(query), **shown)
    else:
        content = endpoint.introduced(query, site().version, outcome.content)
        response = Response(content, content_type=endpoint.EXPLAINED.media_types[0])
    response.vary.add("Accept")
    return response


@bp.after_request
def accept_queries(response: Response) -> Response:
    """Say in which media types the method QUERY takes queries (RFC 10008, section 3)."""
    response.headers["Accept-Query"] = protocol.ACCEPTED
    return response


def read() -> tuple[Query | None, str | None]:
    """The query of this request, if it has one, and the format that it names."""
    given = Request(
        method=request.method,
        path=request.path,
        query=request.query_string.decode("latin-1"),
        body_type=request.content_type,
        body_encoding=request.content_encoding,
        body=request.get_data(cache=False) if request.method in protocol.WITH_BODY else b"",
    )
    return protocol.read_request(given, is_renamed=site().bundled and not site().release)


def ask(query: Query, form: Format) -> bytes:
    """The answer to a query, asked of the version of this request, and in the name of its client."""
    asked = replace(query, version=request.environ.get(VERSION, ""))
    return site().engine.answer(asked, form, request.remote_addr or "")


def _outcome() -> Outcome:
    """What the loop of the server would have found out; there is none where the application is called by itself."""
    query, name = read()
    return Outcome(query, choose(offers(query), name), ask(query, shown(query)) if query else b"")


def describe(chosen: Form) -> Response:
    """The service description or, for people, a form."""
    if not isinstance(chosen, Format):
        return _html(Query(""), result=None)
    triples = service_description(site().dataset, f"{urls.host()}/sparql", site().engine.services)
    return Response(serialise(triples, chosen, PREFIXES | {"sd": SD.iri}), content_type=text(chosen.media_type))


def page(query: Query, content: bytes, **choice: object) -> Response:
    """The answer as a page: a table of rows or of statements; of one that is too large or too deep, only its size.

    What was chosen without SPARQL comes with the way back to the choice, and with the heads of its columns.
    """
    result: dict[str, Any] = {"size": len(content)}
    if len(content) <= MAX_PAGE_BYTES:
        with suppress(RecursionError):  # of triple terms within triple terms
            if query.has_graph:
                result = _statements(content)
            elif "boolean" in (found := json.loads(content)):
                result = {"boolean": found["boolean"]}
            else:
                rows = found["results"]["bindings"]
                result = {"names": found["head"]["vars"], "rows": rows[:MAX_ROWS], "count": len(rows)}
    return _html(query, result=result, **choice)


def _statements(content: bytes) -> dict[str, Any]:
    """A graph as Turtle and as rows of statements, and the links between things, of which a picture is drawn."""
    # one statement more tells whether there are others
    found = [quad.triple for quad in islice(parse(content, TURTLE.rdf), MAX_STATEMENTS + 1)]
    triples = found[:MAX_STATEMENTS]
    names = ("subject", "predicate", "object")
    links = [triple for triple in triples if all(isinstance(term, NamedNode) for term in triple)]
    bindings = [
        {name: {"type": "uri", "value": term.value} for name, term in zip(names, link, strict=True)} for link in links
    ]
    return {
        "turtle": content.decode(),
        "statements": list(map(views.row, triples)),
        "is_cut": len(found) > MAX_STATEMENTS,
        "links": {"head": {"vars": names}, "results": {"bindings": bindings}},
    }


def _html(query: Query, result: dict[str, Any] | None, **choice: object) -> Response:
    """The page; of a query that is too long for an address it shows the text and the answer, and nothing made of it."""
    graphs = protocol.graphs(query)
    is_short = len(query.text) + sum(map(len, chain.from_iterable(graphs.values()))) <= MAX_LINKED_CHARS
    found = result or {}
    cells = ((name, cell) for row in found.get("rows", ()) for name, cell in row.items() if cell["type"] == "literal")
    literals = ((name, cell["value"], cell.get("datatype", "")) for name, cell in cells)
    # No rows, no, or a graph without statements.
    is_empty = not found.get("count", True) or not found.get("boolean", True) or not found.get("turtle", "x").strip()
    return views.html(
        "sparql.html",
        query=query.text,
        graphs=graphs,
        result=result,
        is_short=is_short,
        question=site().model.questions.asked(query.text) if result and not graphs and is_short else None,
        formats=query.formats if query.text else (),
        topics=site().model.questions.by_topic(),
        example=site().model.questions.first(language()),
        view=view(),
        is_explained=site().has_graphs and is_short and is_explained(query),
        explained=protocol.MAX_EXPLAINED_ROWS,
        permalink=permalinks.address(query) if query.text and is_short else "",
        unknown=unknown(query.text) if is_short and is_empty else {},
        changes=changes(query.text) if site().bundled and is_short and is_empty else [],
        snippets=snippets(f"{urls.host()}/sparql", query.text, graphs, keys(literals))
        if is_short and "names" in found
        else [],
        **{"chosen": {}, "heads": {}, "heading": "", **choice},
    )


@bp.get("/sparql/terms.json")
def terms() -> Response:
    """What the editor can propose."""
    return Response(memoized("vocabulary", vocabulary), content_type="application/json")
