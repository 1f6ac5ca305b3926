"""How good the data is: tables, each a query that can be asked again, the report of the validation, and that of links.

The link report says where our things lead to, who attests it, and what is not linked.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable

from flask import Blueprint, Response
from pyoxigraph import Literal, NamedNode

from ..bilingual import Text
from ..engine import Embedded, Query
from ..formats import ROWS, Format
from ..model.kinds import Kind, rank
from ..reference.quality import LINKS, MISSING, RELATIONS, Link, Row, links, quality, things_to_link
from ..resources import packaged
from ..resources import table as table_of
from ..terms import DCTERMS, OA
from . import views
from .forms import route_forms, turtle_response
from .http.language import localize, say
from .http.messages import text
from .http.negotiation import HTML, Page
from .http.problems import Problem, require_bundled
from .site import memoized, site

bp = Blueprint("quality", __name__)

COLUMNS = {
    row["column"]: Text(de=row["de"], en=row["en"]) for row in table_of(packaged().ontology, "tables/quality.csv")
}


@bp.get("/quality")
def page() -> Response:
    """What is sound, what is open, and what is not known."""
    require_bundled()
    found = memoized("quality", quality)
    sides: dict[str, dict[str, list[Row]]] = {}  # of each note, what the text says apart from what the record says
    for row in found.tables["conflicts"].rows:
        both = sides.setdefault(_value(row, "number"), {"text": [], "record": []})
        both[_value(row, "side")].append(row)
    return views.html(
        "quality.html",
        found=found,
        columns=COLUMNS,
        is_checked=site().report is not None,
        conflicts=sides,
        link=views.link,
        titles={_value(row, "number"): row["note"] for row in found.tables["notes"].rows},
        described=views.described,
        marks=lambda graph: views.evidence().witness((graph,)),
        passages=lambda note: site().dataset.values(note, OA.hasTarget),
    )


@route_forms(bp, "/validation")
def validation(form: Format | Page) -> Response:
    """The SHACL report of what is served."""
    require_bundled()
    report = site().report
    if report is None:
        raise Problem("not-found")
    if isinstance(form, Page):
        return views.html("validation.html", report=report.decode())
    return turtle_response(report, form, site().dataset.prefixes)


def _value(row: Row, name: str) -> str:
    value = row[name]
    return value.value if isinstance(value, Literal) else ""


@route_forms(bp, "/links", offers=(*ROWS, HTML))
def link_report(form: Format | Page) -> Response:
    """All links as a page, or as the rows of a query."""
    require_bundled()
    dataset = site().dataset
    if not isinstance(form, Page):
        return Response(Embedded(dataset.store).answer(Query(LINKS), form), content_type=text(form.media_type))
    found = links(dataset)
    linked: dict[NamedNode, list[Link]] = defaultdict(list)
    for one in sorted(found, key=lambda one: RELATIONS.index(one.relation)):  # the closest first
        linked[one.thing].append(one)
    targets = Counter(map(_target, found))
    sources = Counter(source for one in found for source in one.sources)
    return views.html(
        "links.html",
        count=len(found),
        linked=linked,
        kinds=_by_kind(linked),
        unlinked=_by_kind(things_to_link(dataset)),
        targets=sorted(targets.items(), key=lambda pair: (-pair[1], pair[0])),
        sources={source: sources[source] for source in _by_name(sources)},
        queries=(LINKS, MISSING),
        link=views.link,
        relation=views.predicate_link,
        target=_target,
        identifier=lambda one: views.Link(one.identifier, views.link(one.value).address, title=one.value.value),
    )


def _by_kind(things: Iterable[NamedNode]) -> list[tuple[str, list[NamedNode]]]:
    """Things by name, each once, under what their kinds are called."""
    kinds: dict[Kind, list[NamedNode]] = defaultdict(list)
    for thing in _by_name(dict.fromkeys(things)):
        kinds[site().model.kind(thing)].append(thing)
    found = ((localize(kind.plural), kinds[kind]) for kind in sorted(kinds, key=rank))
    return [(name[:1].upper() + name[1:], own) for name, own in found]


def _by_name(things: Iterable[NamedNode]) -> list[NamedNode]:
    return sorted(things, key=lambda one: views.link(one).text.casefold())


def _target(link: Link) -> str:
    """Of a reference in a law gazette nothing but the text is known."""
    if not isinstance(link.target, str) and link.relation == DCTERMS.identifier:
        return say(de="Gesetzblatt", en="law gazette")
    return link.target if isinstance(link.target, str) else views.link(link.target).text
