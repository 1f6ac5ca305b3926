"""The start page, the documents passage by passage, what a kind of problem means, and the list of all pages."""

from collections.abc import Iterator
from math import ceil
from urllib.parse import quote

from flask import Blueprint, Response, current_app, redirect, render_template
from pyoxigraph import NamedNode
from werkzeug.wrappers import Response as AnyResponse

from ..bilingual import Text
from ..engine.nearest import local
from ..model.passages import sign_of
from ..model.questions import SAMPLE
from ..terms import BASE, GRAPH, ID, SCHEMA
from . import signposting, urls, views
from .gallery import PICTURES, network, places
from .guide.howto import guides
from .http.language import LANGUAGES, language
from .http.messages import text
from .http.problems import PROBLEM_TYPES, Problem, require_bundled, unknown_name
from .pictures import query, rows
from .pictures.timeline import lanes, ticks
from .query.permalinks import summary
from .query.snippets import curl
from .signposting import published
from .site import Site, memoized, site

bp = Blueprint("pages", __name__)

MAX_CLASSES = 12
STEPS = 5


@bp.get("/")
def start() -> Response:
    """What this is in two sentences, numbers, and pictures drawn from answers of our own endpoint."""
    if not site().bundled:
        # The classes that most things are of, each with how many and the query that names them; of much data none.
        counted = () if site().dataset.is_large else site().counts.classes.items()
        most = sorted(counted, key=lambda pair: (-pair[1], str(pair[0])))[:MAX_CLASSES]
        return views.html(
            "plain.html",
            numbers=numbers(site()),
            classes=[(views.link(one), n, f"SELECT ?thing WHERE {{ ?thing a {one} }}") for one, n in most],
            example=SAMPLE,
            curl=curl(f"{urls.host()}/sparql", SAMPLE.query.strip()),
        )
    about = site().profile
    # Numbers and pictures stay as long as the data, and the start page is the one most asked for.
    response = views.html(
        "start.html",
        told={"headline": about.text(SCHEMA.headline), "lead": about.text(SCHEMA.alternativeHeadline)},
        numbers=memoized("numbers", lambda _: numbers(site())),
        **memoized(f"pictures-{language()}", lambda _: _pictures()),
        ticks=ticks(),
        query=query,
        questions=[(one, summary(one)) for one in site().model.questions.examples],
    )
    signposting.mark(response, published())
    return response


def _pictures() -> dict[str, object]:
    """What the start page draws."""
    drawing = network(rows("network-of-documents"))
    return {"lanes": lanes(rows("timeline")), "drawing_of_network": drawing, "located": places()}


@bp.get("/about")
def about() -> Response:
    """Where the graph comes from, how it is checked, and how to cite it."""
    require_bundled()
    return views.html("about.html", abstract=site().profile.text(SCHEMA.abstract), cited=published())


@bp.get("/document")
def documents() -> AnyResponse:
    """The document, if there is one; the list of several."""
    outlines = site().model.outlines
    if not outlines:
        raise Problem(
            "not-found",
            de="In diesen Daten ist kein Dokument mit Textstellen beschrieben.",
            en="This data describes no document with passages.",
        )
    if len(outlines) == 1:
        return redirect(urls.page(f"document/{local(outlines[0].node.value)}"), 303)
    signs = {one.node: sign_of(site().dataset, one.node, language()) for one in outlines}
    return views.html("documents.html", outlines=outlines, signs=signs)


@bp.get("/document/<name>")
def document(name: str) -> Response:
    """Sections and passages of one document."""
    outlines = {local(one.node.value): one for one in site().model.outlines if one.node in ID}
    if name not in outlines:
        raise unknown_name(Text(de="Ein Dokument", en="document"), name, outlines)
    outline = outlines[name]
    most = max(segment.statements for segment in outline.segments)
    return views.html(
        "document.html",
        outline=outline,
        outlines=outlines.values(),
        step=lambda segment: ceil(segment.statements / most * STEPS) if most else 0,
        contextual={graph for _, graph in site().model.readings},
        ask_for=query("coverage", outline.node.value),
    )


@bp.get("/problem/<slug>")
def problem(slug: str) -> Response:
    """What a problem type means."""
    if slug not in PROBLEM_TYPES:
        raise unknown_name(Text(de="Einen Problemtyp", en="problem type"), slug, PROBLEM_TYPES)
    return views.html("kind.html", kind=PROBLEM_TYPES[slug])


def numbers(site: Site) -> dict[str, int]:
    """How much there is, counted in what is served; of our own data, what documents and what other sources say."""
    dataset = site.dataset
    counted = {"statements": dataset.statements, "graphs": len(dataset.graphs()), "passages": site.model.passages}
    if not site.bundled:
        return counted
    others = [graph for graph in dataset.graphs() if graph.value.startswith(BY_OTHERS)]
    return counted | {
        "said": sum(segment.statements for outline in site.model.outlines for segment in outline.segments),
        "recorded": sum(dataset.size(graph) for graph in others),
        "sources": len(others),
        "questions": len(site.model.questions.by_slug),
    }


BY_OTHERS = (f"{GRAPH.iri}source/", f"{GRAPH.iri}links/")
PAGES = ("", "catalog", "download/", "how-to", "sparql", "void")
OWN_PAGES = (
    "about",
    "cite",
    "explore",
    "links",
    "ontology",
    *(f"picture/{name}" for name in PICTURES),
    "q/",
    "quality",
    "search",
    "shapes",
    "validation",
)


@bp.get("/sitemap.xml")
def sitemap() -> Response:
    """All pages, each with its languages and, for our own data, the day of its version."""
    addresses = [f"{urls.host()}/{page}" for page in pages()]
    day = site().model.modified if site().bundled else ""
    content = render_template("sitemap.xml", addresses=addresses, day=day, languages=LANGUAGES)
    return Response(content, content_type="application/xml")


@bp.get("/favicon.ico")
def icon() -> Response:
    """The picture of the site for what asks for it unbidden, such as a browser that shows a file alone."""
    # Browsers ask for this address where a page names no icon (https://html.spec.whatwg.org/#rel-icon).
    return current_app.send_static_file("icon.svg")


@bp.get("/robots.txt")
def robots() -> Response:
    """Pages are welcome to be read; queries, citations of queries and searches are endless."""
    root = urls.root()
    # A rule holds for all paths that begin with it (RFC 9309, section 2.2.2).
    lines = [
        "User-agent: *",
        f"Disallow: {root}/sparql?query=",
        f"Disallow: {root}/cite?query=",
        f"Disallow: {root}/search?q=",
        f"Sitemap: {urls.host()}/sitemap.xml",
    ]
    return Response("\n".join(lines) + "\n", content_type=text("text/plain"))


def pages() -> Iterator[str]:
    """The paths of all pages, sorted."""
    yield from PAGES
    yield from (f"how-to/{guide.slug}" for guide in guides())
    if site().bundled:
        yield from OWN_PAGES
        yield from (f"document/{local(outline.node.value)}" for outline in site().model.outlines)
        starts = tuple(urls.iri(f"{kind}/") for kind in urls.KINDS)
        things = {triple.subject for triple in site().dataset.triples()} | set(site().dataset.graphs())
        iris = (node.value for node in things if isinstance(node, NamedNode) and "#" not in node.value)
        yield from sorted(f"{quote(iri.removeprefix(BASE))}.html" for iri in iris if iri.startswith(starts))
