"""Whether the service runs, is ready, and serves valid data."""

from flask import Blueprint, Response, jsonify
from pyoxigraph import parse

from ..formats import TURTLE
from ..serialisation import serialise
from . import urls, views
from .choice import DOCUMENTS, by_suffix, choose
from .headers import text
from .negotiation import Page
from .problems import Problem
from .site import site

bp = Blueprint("health", __name__)

UNCHECKED = "The served files are not ours, so no shapes are imposed on them and there is no report."


@bp.get("/health")
def health() -> Response:
    """The process answers."""
    return _now(jsonify(status="up"))


@bp.get("/ready")
def ready() -> Response:
    """The dataset is loaded and, if it is ours, valid: otherwise nothing would have been started.

    If engines elsewhere answer the queries, each is told of by its number; 503 if none of them can be asked.
    """
    about = {"triples": site().triples, "validated": site().report is not None}
    states = site().engine.states()
    if not states:
        return _now(jsonify(status="ready", **about))
    up = any(one.up for one in states)
    engines = [{"engine": one.number, "up": one.up, "why": one.why} for one in states]
    response = jsonify(status="ready" if up else "no engine", **about, engines=engines)
    response.status_code = 200 if up else 503
    return _now(response)


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
