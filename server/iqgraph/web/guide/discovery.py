"""What crawlers ask for first: the list of all pages, and which addresses they need not try."""

from collections.abc import Iterator
from urllib.parse import quote

from flask import Blueprint, Response, render_template
from pyoxigraph import NamedNode

from ...engine.things.nearest import local
from .. import urls
from ..catalogue import published
from ..http.headers import text
from ..http.language import LANGUAGES
from ..site import site
from .howto import guides

bp = Blueprint("discovery", __name__)

PAGES = ("", "catalog", "download/", "how-to", "sparql", "void")
OWN_PAGES = ("about", "cite", "explore", "links", "ontology", "quality", "shapes", "validation")


@bp.get("/sitemap.xml")
def sitemap() -> Response:
    """All pages, each with its languages and, for our own data, the day of its version."""
    addresses = [f"{urls.host()}/{page}" for page in pages()]
    day = published().modified if site().bundled else ""
    content = render_template("sitemap.xml", addresses=addresses, day=day, languages=LANGUAGES)
    return Response(content, content_type="application/xml")


@bp.get("/robots.txt")
def robots() -> Response:
    """Pages are welcome to be read; queries and citations of queries are endless."""
    root = urls.root()
    lines = [
        "User-agent: *",
        f"Disallow: {root}/sparql?query=",
        f"Disallow: {root}/cite?query=",
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
        paths = {iri.removeprefix(urls.iri("")) for iri in _iris() if iri.startswith(starts) and "#" not in iri}
        yield from sorted(f"{quote(path)}.html" for path in paths)


def _iris() -> Iterator[str]:
    """The IRIs of all things and graphs."""
    things = {triple.subject for triple in site().dataset.triples()} | set(site().dataset.graphs())
    yield from (node.value for node in things if isinstance(node, NamedNode))
