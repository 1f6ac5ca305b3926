"""The document as blocks in true proportion: which passages carry how many statements, and which none."""

from dataclasses import dataclass
from math import ceil

from flask import Blueprint, Response, redirect
from pyoxigraph import NamedNode
from werkzeug.wrappers import Response as AnyResponse

from ..model.passages import Outline
from ..terms import ID
from . import urls, views
from .http.problems import Problem
from .pictures import query
from .site import site

bp = Blueprint("document", __name__)

STEPS = 5


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of a document is turned into statements."""

    passages: int
    silent: int
    statements: int
    contextual: int


@bp.get("/document")
def first() -> AnyResponse:
    """The document, if there is one; the first of several."""
    if not site().model.outlines:
        raise Problem("not-found", "No document with passages is described here.")
    return redirect(urls.page(f"document/{site().model.outlines[0].node.value.removeprefix(ID.iri)}"), 303)


@bp.get("/document/<name>")
def document(name: str) -> Response:
    """Sections and passages of one document."""
    found = next((one for one in site().model.outlines if one.node.value == ID.iri + name), None)
    if found is None:
        raise Problem("not-found", f"There is no document {name} with passages here.")
    most = max(segment.statements for segment in found.segments)
    return views.html(
        "document.html",
        outline=found,
        outlines=site().model.outlines,
        coverage=coverage(found),
        step=lambda segment: ceil(segment.statements / most * STEPS) if most else 0,
        contextual=contextual(),
        ask_for=query("coverage", found.node.value),
    )


def coverage(outline: Outline) -> Coverage:
    """The figures of a document."""
    read_with_others = contextual()
    segments = outline.segments
    return Coverage(
        len(segments),
        sum(1 for one in segments if not one.statements),
        sum(one.statements for one in segments),
        sum(1 for one in segments if one.graph in read_with_others),
    )


def contextual() -> set[NamedNode]:
    """The graphs with a statement that must be read with other passages."""
    return {graph for _, graph in site().model.readings}
