"""Data quality: tables of query results, the validation report, and the report of links to other datasets."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from flask import Blueprint, Response
from pyoxigraph import NamedNode

from ..bilingual import Text
from ..engine import Embedded, Query
from ..formats import ROWS, Format
from ..model.kinds import Kind, rank
from ..reference.quality import LINKS, MISSING, RELATIONS, Link, links, quality, things_to_link
from ..resources import packaged, table
from ..terms import DCTERMS, OA
from . import views
from .http.language import localize, say
from .http.messages import text
from .http.negotiation import HTML
from .http.problems import Problem, require_bundled
from .representations import route_formats, turtle_response
from .site import memoize, site

bp = Blueprint("quality", __name__)

COLUMNS = {row["column"]: Text(de=row["de"], en=row["en"]) for row in table(packaged().ontology, "tables/quality.csv")}


@bp.get("/quality")
def page() -> Response:
    """The quality of the data: what is validated, open and unknown."""
    require_bundled()
    report = memoize("quality", quality)
    return views.html(
        "quality.html",
        report=report,
        columns=COLUMNS,
        is_validated=site().report is not None,
        link=views.link,
        marks=lambda graph: views.evidence().witness_marks({"graphs": (graph.value,)}),
        passages=lambda note: site().dataset.values(note, OA.hasTarget),
    )


@route_formats(bp, "/validation")
def validation(format: Format) -> Response:
    """The SHACL validation report of the data."""
    require_bundled()
    report = site().report
    if report is None:
        raise Problem("not-found")
    if format is HTML:
        return views.html("validation.html", report=report.decode())
    return turtle_response(report, format, site().dataset.prefixes)


@route_formats(bp, "/links", offers=(*ROWS, HTML))
def link_report(format: Format) -> Response:
    """The links of our things to other datasets and their sources, and the things without one; or the rows."""
    require_bundled()
    dataset = site().dataset
    if format is not HTML:
        return Response(Embedded(dataset.store).answer(Query(LINKS), format), content_type=text(format.media_type))
    all_links = links(dataset)
    by_thing: dict[NamedNode, list[Link]] = defaultdict(list)
    for link in sorted(all_links, key=lambda link: RELATIONS.index(link.relation)):  # the closest first
        by_thing[link.thing].append(link)
    targets = Counter(map(_target, all_links))
    sources = Counter(source for link in all_links for source in link.sources)
    return views.html(
        "links.html",
        count=len(all_links),
        links=by_thing,
        kinds=_by_kind(by_thing),
        missing=_by_kind(things_to_link(dataset)),
        targets=sorted(targets.items(), key=lambda pair: (-pair[1], pair[0])),
        sources={source: sources[source] for source in _by_name(sources)},
        queries=(LINKS, MISSING),
        link=views.link,
        relation=views.predicate_link,
        target=_target,
        identifier=lambda link: views.Link(link.identifier, views.link(link.value).address, title=link.value.value),
    )


def _by_kind(things: Iterable[NamedNode]) -> list[tuple[str, list[NamedNode]]]:
    """Things by name, grouped by the heading of their kind."""
    kinds: dict[Kind, list[NamedNode]] = defaultdict(list)
    for thing in _by_name(dict.fromkeys(things)):
        kinds[site().model.kind(thing)].append(thing)
    groups = ((localize(kind.plural), kinds[kind]) for kind in sorted(kinds, key=rank))
    return [(name[:1].upper() + name[1:], group) for name, group in groups]


def _by_name(things: Iterable[NamedNode]) -> list[NamedNode]:
    return sorted(things, key=lambda thing: views.link(thing).text.casefold())


def _target(link: Link) -> str:
    """The name of the dataset that a link leads to; references in law gazettes are only text."""
    if isinstance(link.target, str):
        return link.target
    is_reference = link.relation == DCTERMS.identifier
    return say(de="Gesetzblatt", en="law gazette") if is_reference else views.link(link.target).text
