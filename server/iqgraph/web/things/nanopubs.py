"""The nanopublications, each at its IRI."""

from flask import Blueprint, Response
from pyoxigraph import parse

from ...formats import TRIG
from ...release.nanopubs import FILE, NANOPUB, PREFIX, pieces
from ...serialisation import serialise_graphs
from ..http.problems import Problem
from ..site import site

bp = Blueprint("nanopubs", __name__)


@bp.get("/np/<code>")
@bp.get("/np/<code>.trig")
def nanopub(code: str) -> Response:
    """One nanopublication, in the one format that holds its four graphs."""
    files = site().files
    held = pieces(parse(files[FILE], TRIG.rdf)).get(code) if FILE in files else None
    if held is None:
        raise Problem(
            "not-found", f"There is no nanopublication {NANOPUB.iri}{code}; all of them are in /download/{FILE}."
        )
    return Response(serialise_graphs(held, TRIG, {**site().dataset.prefixes, **PREFIX}), content_type=TRIG.media_type)
