"""The link report: where our things lead to, who attests it, and what is not linked."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, Response
from pyoxigraph import Literal, NamedNode

from ..bilingual import Text
from ..dataset import Dataset
from ..formats import Format, of_kind
from ..reference import links
from ..reference.links import Kind, Link
from ..terms import DCTERMS, PREFIXES, RDFS, SKOS, Namespace
from . import urls, views
from .http.choice import choose, with_page
from .http.headers import text
from .http.language import language, localize, say
from .http.negotiation import Page
from .http.problems import Problem
from .site import site

bp = Blueprint("links", __name__)

FORMS = with_page(of_kind("results"))
OWL, FOAF, SCHEMA = (Namespace(PREFIXES[prefix]) for prefix in ("owl", "foaf", "schema"))
RELATIONS = {
    OWL.sameAs: Text(de="dasselbe", en="the same"),
    SKOS.exactMatch: Text(de="derselbe Begriff", en="the same concept"),
    SKOS.closeMatch: Text(de="fast derselbe Begriff", en="almost the same concept"),
    SKOS.broadMatch: Text(de="weiterer Begriff", en="broader concept"),
    SKOS.relatedMatch: Text(de="verwandter Begriff", en="related concept"),
    SKOS.notation: Text(de="Schlüssel", en="code"),
    DCTERMS.identifier: Text(de="Fundstelle", en="reference"),
    RDFS.seeAlso: Text(de="siehe auch", en="see also"),
    FOAF.page: Text(de="Seite", en="page"),
    SCHEMA.url: Text(de="Website", en="website"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A link as the page shows it."""

    relation: str
    title: str
    target: str
    value: views.Link
    sources: tuple[views.Link, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A source, what it is, and how many links it attests."""

    link: views.Link
    description: str
    count: int


@bp.get("/links")
@bp.get("/links.<extension>")
def report(extension: str | None = None) -> Response:
    """All links as a page, or as the rows of a query."""
    if not site().bundled:
        raise Problem("not-found", "The served files are not ours, so there is no report on their links.")
    named = (form for form in FORMS if form.extension == extension)
    form = choose(FORMS) if extension is None else next(named, None)
    if form is None:
        raise Problem("not-found", f"The report has no form .{extension}.")
    response = _page(site().dataset) if isinstance(form, Page) else _table(site().dataset, form)
    if extension is None:
        response.vary.add("Accept")
        response.headers["Content-Location"] = urls.document("links", form.extension)
    return response


def _table(dataset: Dataset, form: Format) -> Response:
    return Response(links.table(dataset, form), content_type=text(form.media_type))


def _page(dataset: Dataset) -> Response:
    found = links.links(dataset)
    unlinked = links.unlinked(dataset)
    targets = Counter(_target(link) for link in found)
    return views.html(
        "links.html",
        count=len(found),
        things=len({link.thing for link in found}),
        targets=sorted(targets.items(), key=lambda pair: (-pair[1], pair[0])),
        linked=[(_heading(kind), _things(found, things)) for kind, things in _grouped(dataset, found)],
        unlinked=[(_heading(kind), _named(things)) for kind, things in links.by_kind(dataset, unlinked).items()],
        sources=_sources(dataset, found),
        queries=(links.LINKS, links.UNLINKED),
    )


def _grouped(dataset: Dataset, found: Sequence[Link]) -> list[tuple[Kind, list[NamedNode]]]:
    return list(links.by_kind(dataset, (link.thing for link in found)).items())


def _heading(kind: Kind) -> str:
    return kind.de if language() == "de" else kind.en


def _named(things: Sequence[NamedNode]) -> list[views.Link]:
    return sorted((views.link(thing) for thing in things), key=lambda link: link.text.casefold())


def _things(found: Sequence[Link], things: Sequence[NamedNode]) -> list[tuple[views.Link, list[Row]]]:
    order = list(RELATIONS)
    closest = sorted(found, key=lambda link: order.index(link.relation))
    rows = [(views.link(thing), [_row(link) for link in closest if link.thing == thing]) for thing in things]
    return sorted(rows, key=lambda pair: pair[0].text.casefold())


def _row(link: Link) -> Row:
    value = views.Link(link.identifier, views.link(link.value).address, title=link.value.value)
    sources = tuple(views.link(source) for source in link.sources)
    return Row(localize(RELATIONS[link.relation]), views.link(link.relation).title, _target(link), value, sources)


def _target(link: Link) -> str:
    """Of a reference in a law gazette nothing but the text is known."""
    if isinstance(link.target, str):
        return link.target
    return (
        say(de="Gesetzblatt", en="law gazette") if link.relation == DCTERMS.identifier else views.link(link.target).text
    )


def _sources(dataset: Dataset, found: Sequence[Link]) -> list[Source]:
    counts = Counter(source for link in found for source in link.sources)
    described = [Source(views.link(source), _description(dataset, source), n) for source, n in counts.items()]
    return sorted(described, key=lambda source: source.link.text.casefold())


def _description(dataset: Dataset, source: NamedNode) -> str:
    texts = [value for value in dataset.values(source, DCTERMS.description) if isinstance(value, Literal)]
    return next((value.value for value in texts if value.language == language()), "")
