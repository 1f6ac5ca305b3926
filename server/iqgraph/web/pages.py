"""The start page, and what each kind of problem means."""

from flask import Blueprint, Response

from ..terms import IQ
from . import urls, views
from .http.problems import KINDS, Problem
from .pictures import query, rows
from .pictures.network import network
from .pictures.places import places
from .pictures.timeline import ticks, timeline
from .query.examples import SAMPLE, questions
from .query.snippets import curl
from .site import Site, site

bp = Blueprint("pages", __name__)

SHOWN = ("who-coordinates-the-network", "where-do-text-and-other-sources-differ", "which-offers-joined-the-portfolio")
MOST_CLASSES = 12


@bp.get("/")
def start() -> Response:
    """What this is in two sentences, numbers, and pictures drawn from answers of our own endpoint."""
    if not site().bundled:
        return views.html(
            "plain.html",
            numbers=numbers(site()),
            classes=_classes(site()),
            example=SAMPLE,
            curl=curl(f"{urls.host()}/sparql", SAMPLE.query.strip()),
        )
    roots, others, places_rows = places()
    drawing, network_rows = network()
    return views.html(
        "start.html",
        numbers=numbers(site()),
        lanes=timeline(),
        ticks=ticks(),
        drawing_of_network=drawing,
        located=(roots, others),
        rows={"timeline": rows("timeline"), "network": network_rows, "places": places_rows},
        query=query,
        questions=[questions()[slug] for slug in SHOWN if slug in questions()],
    )


@bp.get("/about")
def about() -> Response:
    """Where the graph comes from, how it is checked, and how to cite it."""
    if not site().bundled:
        raise Problem("not-found", "These are somebody's files; nothing is known about them.")
    return views.html("about.html", numbers=numbers(site()))


@bp.get("/problem/<slug>")
def problem(slug: str) -> Response:
    """What a problem type means."""
    if slug not in KINDS:
        raise Problem("not-found", f"There is no problem type {slug}; there are {', '.join(KINDS)}.")
    return views.html("kind.html", kind=KINDS[slug])


def _classes(site: Site) -> list[tuple[views.Link, int, str]]:
    """The classes that most things are of, each with how many and the query that names them; of much data none."""
    counted = () if site.dataset.is_large else site.counts.classes.items()
    most = sorted(counted, key=lambda pair: (-pair[1], str(pair[0])))[:MOST_CLASSES]
    return [(views.link(one), n, f"SELECT ?thing WHERE {{ ?thing a {one} }}") for one, n in most]


def numbers(site: Site) -> dict[str, int]:
    """How much there is, counted in what is served."""
    triples = site.dataset.triples() if site.bundled else ()
    terms = {triple.subject for triple in triples if triple.subject in IQ}
    return {
        "statements": site.triples,
        "graphs": len(site.dataset.graphs()),
        "passages": site.model.passages,
        "terms": len(terms),
        "links": int(rows("links")[0]["links"]) if site.bundled else 0,
    }
