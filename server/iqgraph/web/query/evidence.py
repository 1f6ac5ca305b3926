"""The evidence of an answer: for programs as JSON, for people as a page with the marks of each row."""

import json
from typing import Any

from flask import Blueprint, Response, request
from pyoxigraph import NamedNode

from ...engine.query import Query
from ...model.evidence import Mark
from .. import answers, views
from ..forms import decide
from ..http.negotiation import HTML
from ..site import site
from . import endpoint
from .endpoint import OUTCOME, Outcome
from .sparql import incoming

bp = Blueprint("evidence", __name__)


@bp.route(endpoint.EVIDENCE, methods=["GET", "POST", "QUERY"])
def evidence() -> Response:
    """The evidence of the rows of an answer."""
    outcome: Outcome = request.environ.get(OUTCOME) or _outcome()
    query = outcome.query or Query("")
    response = _page(query, outcome.content) if outcome.chosen is HTML else _document(query, outcome.content)
    response.vary.add("Accept")
    return response


def _outcome() -> Outcome:
    """What the loop of the server would have found out; there is none where the application is called by itself."""
    asked = incoming()
    query, name = endpoint.read_request(asked, is_renamed=site().bundled and not site().release)
    chosen = decide(endpoint.offers(query), name, asked.accept)
    return Outcome(query, chosen, answers.ask(query, endpoint.shown(query)) if query else b"")


def _document(query: Query, content: bytes) -> Response:
    return Response(endpoint.introduced(query, site().version, content), content_type=endpoint.EXPLAINED.media_types[0])


def _page(query: Query, content: bytes) -> Response:
    found = json.loads(content)
    for row in found["rows"]:
        _mark(row)
        for member in row.get("members", ()):
            _mark(member)
    return views.html(
        "evidence.html",
        query=query.text,
        graphs=endpoint.graphs(query),
        wanted=query.wanted,
        names=found["variables"],
        rows=found["rows"],
    )


def _mark(row: dict[str, Any]) -> None:
    """Give a row the marks of each of its witnesses, of those that look alike once."""
    row["marks"] = list(dict.fromkeys(_marks(one) for one in row["witnesses"]))


def _marks(witness: dict[str, list[str]]) -> tuple[Mark, ...]:
    graphs, premises = (tuple(map(NamedNode, witness[name])) for name in ("graphs", "premises"))
    return views.evidence().witness(graphs, premises)
