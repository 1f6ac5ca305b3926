"""The start page, and what each kind of problem means."""

import shlex

from flask import Blueprint, Response

from ..dataset import UNION
from ..terms import IQ, RDF
from . import urls, views
from .examples import COORDINATED, SAMPLE
from .problems import KINDS, Problem
from .site import Site, site

bp = Blueprint("pages", __name__)


@bp.get("/")
def start() -> Response:
    """What this is, in two sentences, numbers and one query."""
    example = COORDINATED if site().bundled else SAMPLE
    return views.html("start.html", numbers=numbers(site()), example=example, curl=curl(example.query))


@bp.get("/problem/<slug>")
def problem(slug: str) -> Response:
    """What a problem type means."""
    if slug not in KINDS:
        raise Problem("not-found", f"There is no problem type {slug}; there are {', '.join(KINDS)}.")
    return views.html("kind.html", kind=KINDS[slug])


def numbers(site: Site) -> dict[str, int]:
    """How much there is, counted in what is served."""
    store = site.dataset.store
    passages = sum(1 for _ in store.quads_for_pattern(None, RDF.type, IQ.Passage, UNION))
    triples = site.dataset.triples() if site.bundled else ()
    terms = {triple.subject for triple in triples if triple.subject in IQ}
    return {
        "statements": site.triples,
        "graphs": len(site.dataset.graphs()),
        "passages": passages,
        "terms": len(terms),
    }


def curl(query: str) -> str:
    """The command that asks the query here."""
    return f"curl -H 'Accept: text/csv' {urls.host()}/sparql \\\n  --data-urlencode query={shlex.quote(query.strip())}"
