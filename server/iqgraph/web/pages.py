"""The start page, the pages of documents and problem types, the sitemap and robots.txt."""

from collections.abc import Iterator
from math import ceil
from urllib.parse import quote

from flask import Blueprint, Response, current_app, redirect, render_template
from pyoxigraph import NamedNode
from werkzeug.wrappers import Response as AnyResponse

from ..bilingual import Text
from ..engine.nearest import local
from ..model.passages import short_title
from ..model.questions import SAMPLE
from ..terms import BASE, GRAPH, ID, SCHEMA
from . import signposting, urls, views
from .gallery import PICTURES, network, places
from .guide.howto import guides
from .http.language import LANGUAGES, language
from .http.messages import text
from .http.problems import PROBLEM_TYPES, Problem, require_bundled, unknown_name
from .pictures import query, rows
from .pictures.timeline import lanes
from .query.permalinks import summary
from .query.snippets import curl
from .signposting import publication
from .site import THINGS, memoize, site

bp = Blueprint("pages", __name__)

MAX_CLASSES = 12
STEPS = 5


@bp.get("/")
def start() -> Response:
    """The start page: what the data is, its size, questions with answers, and pictures."""
    if not site().is_bundled:
        # The largest classes, each with its size and a query for its instances; none of large data.
        counts = () if site().dataset.is_large else site().counts.classes.items()
        largest = sorted(counts, key=lambda pair: (-pair[1], str(pair[0])))[:MAX_CLASSES]
        return views.html(
            "plain.html",
            numbers=numbers(),
            classes=[(views.link(term), n, f"SELECT ?thing WHERE {{ ?thing a {term} }}") for term, n in largest],
            example=SAMPLE,
            curl=curl(f"{urls.host()}/sparql", SAMPLE.query.strip()),
        )
    response = views.html(
        "start.html",
        headline=site().profile.text(SCHEMA.headline),
        lead=site().profile.text(SCHEMA.alternativeHeadline),
        # Numbers and pictures change only with the data, and this is the page with the most requests.
        numbers=memoize("numbers", lambda _: numbers()),
        lanes=memoize(f"lanes-{language()}", lambda _: lanes(rows("timeline"))),
        network=memoize(f"network-{language()}", lambda _: network(rows("network-of-documents"))),
        areas=memoize(f"areas-{language()}", lambda _: places()),
        questions=[(question, summary(question)) for question in site().model.questions.examples],
    )
    signposting.mark(response)
    return response


@bp.get("/about")
def about() -> Response:
    """Where the graph comes from, how it is checked, and how to cite it."""
    require_bundled()
    return views.html(
        "about.html", abstract=site().profile.text(SCHEMA.abstract), publication=publication(), numbers=numbers()
    )


@bp.get("/document")
def documents() -> AnyResponse:
    """A redirect to the only document, or the list of several."""
    documents = site().model.documents
    if not documents:
        raise Problem(
            "not-found",
            de="In diesen Daten ist kein Dokument mit Textstellen beschrieben.",
            en="This data describes no document with passages.",
        )
    if len(documents) == 1:
        return redirect(urls.page(f"document/{local(documents[0].node.value)}"), 303)
    titles = {document.node: short_title(site().dataset, document.node, language()) for document in documents}
    return views.html("documents.html", short_titles=titles)


@bp.get("/document/<name>")
def document(name: str) -> Response:
    """The sections and passages of a document."""
    documents = {local(document.node.value): document for document in site().model.documents if document.node in ID}
    if name not in documents:
        raise unknown_name(Text(de="Ein Dokument", en="document"), name, documents)
    source = documents[name]
    highest = max(passage.statements for passage in source.passages)
    return views.html(
        "document.html",
        source=source,
        step=lambda passage: ceil(passage.statements / highest * STEPS) if highest else 0,
        contextual={graph for _, graph in site().model.contexts},
        coverage_query=query("coverage", source.node.value),
    )


@bp.get("/problem/<slug>")
def problem(slug: str) -> Response:
    """The meaning of a problem type."""
    if slug not in PROBLEM_TYPES:
        raise unknown_name(Text(de="Einen Problemtyp", en="problem type"), slug, PROBLEM_TYPES)
    return views.html("problem_type.html", type=PROBLEM_TYPES[slug])


def numbers() -> dict[str, int]:
    """The size of the data; of our own data, also by documents and other sources."""
    dataset, model = site().dataset, site().model
    sizes = {"statements": dataset.statements, "graphs": len(dataset.graphs())}
    if not site().is_bundled:
        return sizes
    passages = [passage for document in model.documents for passage in document.passages]
    others = [graph for graph in dataset.graphs() if graph.value.startswith(OTHER_SOURCES)]
    return sizes | {
        "passages": len(passages),
        "document_statements": sum(passage.statements for passage in passages),
        "other_statements": sum(dataset.size(graph) for graph in others),
        "sources": len(others),
        "questions": len(model.questions.by_slug),
    }


OTHER_SOURCES = (f"{GRAPH.iri}source/", f"{GRAPH.iri}links/")
PAGES = ("", "catalog", "download/", "how-to", "sparql")
OWN_PAGES = ("about", "cite", "explore", "links", "ontology", "q/", "quality", "search", "shapes", "validation")


@bp.get("/sitemap.xml")
def sitemap() -> Response:
    """The sitemap: all pages, each with its languages and, for our own data, the day of the last change."""
    addresses = [f"{urls.host()}/{page}" for page in pages()]
    day = site().model.modified if site().is_bundled else ""
    content = render_template("sitemap.xml", addresses=addresses, day=day, languages=LANGUAGES)
    return Response(content, content_type="application/xml")


@bp.get("/favicon.ico")
def icon() -> Response:
    """The icon of the site for clients that request it at this address."""
    # Browsers do so for files, and for pages without an icon (https://html.spec.whatwg.org/#rel-icon).
    return current_app.send_static_file("icon.svg")


@bp.get("/robots.txt")
def robots() -> Response:
    """Crawlers may read all pages, but not queries, their citations and searches, of which there is no end."""
    # A rule holds for all paths that begin with it (RFC 9309, section 2.2.2).
    rules = [f"Disallow: {urls.root()}/{path}" for path in ("sparql?query=", "cite?query=", "search?q=")]
    lines = ["User-agent: *", *rules, f"Sitemap: {urls.host()}/sitemap.xml"]
    return Response("\n".join(lines) + "\n", content_type=text("text/plain"))


def pages() -> Iterator[str]:
    """The paths of all pages."""
    yield from (*PAGES, "void") if site().is_searchable else PAGES
    yield from (f"how-to/{guide.slug}" for guide in guides())
    if site().is_bundled:
        yield from (*OWN_PAGES, *(f"picture/{name}" for name in PICTURES))
        yield from (f"document/{local(document.node.value)}" for document in site().model.documents)
        folders = tuple(urls.iri(f"{folder}/") for folder in THINGS)
        things = {triple.subject for triple in site().dataset.triples()} | set(site().dataset.graphs())
        iris = (node.value for node in things if isinstance(node, NamedNode) and "#" not in node.value)
        yield from sorted(f"{quote(iri.removeprefix(BASE))}.html" for iri in iris if iri.startswith(folders))
