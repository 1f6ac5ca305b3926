"""The link report: where our things lead to, who attests it, and what is not linked."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response
from pyoxigraph import NamedNode

from ..bilingual import Text
from ..formats import ROWS, Format
from ..reference.links import LINKS, RELATIONS, UNLINKED, Link, by_kind, links, table, unlinked
from ..terms import DCTERMS
from . import views
from .forms import route_forms, with_page
from .http.language import localize, say
from .http.messages import text
from .http.negotiation import Page
from .http.problems import not_bundled
from .site import site

bp = Blueprint("links", __name__)


@dataclass(frozen=True, slots=True)
class Row:
    """A link as the page shows it."""

    relation: views.Link
    target: str
    value: views.Link
    sources: tuple[views.Link, ...]


@route_forms(bp, "/links", offers=with_page(ROWS))
def report(form: Format | Page) -> Response:
    """All links as a page, or as the rows of a query."""
    if not site().bundled:
        raise not_bundled(
            Text(de="Über ihre Verknüpfungen gibt es keinen Bericht.", en="There is no report on their links.")
        )
    if isinstance(form, Page):
        return _page(links(site().dataset))
    return Response(table(site().dataset, form), content_type=text(form.media_type))


def _page(found: Sequence[Link]) -> Response:
    dataset = site().dataset
    targets = Counter(map(_target, found))
    sources = Counter(source for link in found for source in link.sources)
    linked = by_kind(dataset, (link.thing for link in found))
    return views.html(
        "links.html",
        count=len(found),
        things=len({link.thing for link in found}),
        targets=sorted(targets.items(), key=lambda pair: (-pair[1], pair[0])),
        linked=[
            (localize(kind), [(link, _rows(found, thing)) for thing, link in _named(things)])
            for kind, things in linked.items()
        ],
        unlinked=[
            (localize(kind), [link for _, link in _named(things)])
            for kind, things in by_kind(dataset, unlinked(dataset)).items()
        ],
        sources=[(link, views.described(source), sources[source]) for source, link in _named(sources)],
        queries=(LINKS, UNLINKED),
    )


def _named(things: Iterable[NamedNode]) -> list[tuple[NamedNode, views.Link]]:
    """Things with their names, by name."""
    return sorted(((thing, views.link(thing)) for thing in things), key=lambda pair: pair[1].text.casefold())


def _rows(found: Sequence[Link], thing: NamedNode) -> list[Row]:
    """The links of a thing, the closest first."""
    own = [link for link in found if link.thing == thing]
    return [_row(link) for link in sorted(own, key=lambda link: RELATIONS.index(link.relation))]


def _row(link: Link) -> Row:
    value = views.Link(link.identifier, views.link(link.value).address, title=link.value.value)
    return Row(views.predicate_link(link.relation), _target(link), value, tuple(map(views.link, link.sources)))


def _target(link: Link) -> str:
    """Of a reference in a law gazette nothing but the text is known."""
    if isinstance(link.target, str):
        return link.target
    return (
        say(de="Gesetzblatt", en="law gazette") if link.relation == DCTERMS.identifier else views.link(link.target).text
    )
