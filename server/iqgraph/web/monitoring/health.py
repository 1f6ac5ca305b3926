"""Whether the service runs, is ready, and serves valid data."""

from collections.abc import Iterator

from flask import Blueprint, Response, current_app, jsonify
from pyoxigraph import parse

from ...formats import TURTLE
from ...serialisation import serialise
from .. import urls, views
from ..http.choice import DOCUMENTS, by_suffix, choose
from ..http.headers import text
from ..http.negotiation import Page
from ..http.problems import Problem
from ..site import current_site, site

bp = Blueprint("health", __name__)

STOPPING = "iqgraph.stopping"
UNCHECKED = "The served files are not ours, so no shapes are imposed on them and there is no report."


@bp.get("/health")
def health() -> Response:
    """The process answers."""
    return _now(jsonify(status="up"))


@bp.get("/ready")
def ready() -> Response:
    """Whether queries can be answered: 200, or 503 with the reasons why not.

    The dataset is loaded and, if it is ours, valid: otherwise nothing would have been started. An engine elsewhere that
    answers the queries is asked whether it holds the same data.
    """
    state = current_site().engine.state()
    reasons = [*_stopping(), *([state.why] if state and not state.up else [])]
    about: dict[str, object] = {"status": "not ready" if reasons else "ready", "triples": site().triples}
    about |= {"validated": site().report is not None} | ({"engine": {"up": state.up}} if state else {})
    response = jsonify(about | ({"reasons": reasons} if reasons else {}))
    response.status_code = 503 if reasons else 200
    return _now(response)


def _stopping() -> Iterator[str]:
    if current_app.extensions.get(STOPPING):
        yield "The service is being stopped."


def _now(response: Response) -> Response:
    """What holds at this moment, which no cache may repeat at another."""
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/validation")
@bp.get("/validation.<extension>")
def validation(extension: str | None = None) -> Response:
    """The SHACL report of what is served."""
    report = site().report
    if report is None:
        raise Problem("not-found", UNCHECKED)
    form = choose(DOCUMENTS) if extension is None else by_suffix(extension)
    if form is None:
        raise Problem("not-found", f"The report has no form .{extension}.")
    if isinstance(form, Page):
        response = views.html("validation.html", report=report.decode())
    elif form is TURTLE:
        response = Response(report, content_type=text(form.media_type))
    else:
        triples = (quad.triple for quad in parse(report, TURTLE.rdf))
        response = Response(serialise(triples, form, site().dataset.prefixes), content_type=text(form.media_type))
    if extension is None:
        response.vary.add("Accept")
        response.headers["Content-Location"] = urls.document("validation", form.extension)
    return response
