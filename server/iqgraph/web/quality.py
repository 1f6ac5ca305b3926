"""Data quality: tables of query results, the validation report, and the report of links to other datasets."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlsplit

from flask import Blueprint, Response
from pyoxigraph import Literal, NamedNode, QueryBoolean

from ..bilingual import Text
from ..dataset import Dataset, Term
from ..engine import Embedded, Query
from ..formats import ROWS, Format
from ..model.kinds import Kind, rank
from ..reference.usage import split_identifier
from ..resources import Rule, packaged, queries, questions, table
from ..terms import DCTERMS, FOAF, OA, OWL, RDFS, SCHEMA, SKOS
from ..validation.shapes import read_shapes
from . import views
from .http.language import localize, say
from .http.messages import text
from .http.negotiation import HTML
from .http.problems import Problem, require_bundled
from .representations import route_formats, turtle_response
from .site import memoize, site

bp = Blueprint("quality", __name__)

COLUMNS = {row["column"]: Text(de=row["de"], en=row["en"]) for row in table(packaged().ontology, "tables/quality.csv")}
# The properties of links, the closest relation first.
RELATIONS = (
    *(OWL.sameAs, SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.relatedMatch),
    *(SKOS.notation, DCTERMS.identifier, RDFS.seeAlso, FOAF.page, SCHEMA.url),
)
# Every link, once for each source that attests it; and the things without an identifier that ought to have one.
LINKS, MISSING = queries("links")["attested"], queries("links")["missing"]
Row = Mapping[str, Term | None]


@dataclass(frozen=True)
class Table:
    """A query and its rows."""

    query: str
    names: tuple[str, ...]
    rows: tuple[Row, ...]

    def total(self, name: str) -> int:
        """The sum of a column of numbers."""
        return sum(int(value.value) for row in self.rows if isinstance(value := row[name], Literal))


@dataclass(frozen=True)
class Quality:
    """Counts of the data and the shapes, and the questions whose answer is no or nothing."""

    tables: Mapping[str, Table]
    node_shapes: int
    property_shapes: int
    constraints: int
    negative_questions: tuple[Rule, ...]


def quality(dataset: Dataset) -> Quality:
    """The quality of a dataset."""
    sources = dataset.sources or packaged()
    shapes = read_shapes(sources).values()
    return Quality(
        tables={slug: tabulate(dataset, query) for slug, query in queries("quality").items()},
        node_shapes=sum(shape.path is None for shape in shapes),
        property_shapes=sum(shape.path is not None for shape in shapes),
        constraints=sum(len(shape.constraints) for shape in shapes),
        negative_questions=tuple(question for question in questions(sources) if not _has_answer(dataset, question)),
    )


def tabulate(dataset: Dataset, query: str) -> Table:
    """The table of a query."""
    rows = dataset.rows(query)
    names = tuple(variable.value for variable in rows.variables)
    return Table(query, names, tuple({name: row[name] for name in names} for row in rows))


def _has_answer(dataset: Dataset, question: Rule) -> bool:
    """Whether the answer to a question is yes, or has rows."""
    results = dataset.store.query(question.query)
    return bool(results) if isinstance(results, QueryBoolean) else next(iter(results), None) is not None


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a thing to another dataset, by an IRI or a code, with the sources that attest it."""

    thing: NamedNode
    relation: NamedNode
    value: NamedNode | Literal
    sources: tuple[NamedNode, ...]

    @property
    def target(self) -> str | NamedNode:
        """The name or host of the other dataset, or the datatype of a code."""
        if isinstance(self.value, Literal):
            return self.value.datatype
        return split_identifier(self.value)[0] or urlsplit(self.value.value).netloc.removeprefix("www.")

    @property
    def identifier(self) -> str:
        """The identifier of the thing in the other dataset."""
        return split_identifier(self.value)[1]


def links(dataset: Dataset) -> list[Link]:
    """Every link with all its sources, in the order of things, properties and values."""
    rows = [(row["thing"], row["property"], row["value"], row["source"]) for row in dataset.rows(LINKS)]
    return [
        Link(thing, name, value, tuple(source for *_, source in same))
        for (thing, name, value), same in groupby(rows, key=lambda row: row[:3])
    ]


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
        missing=_by_kind(row["thing"] for row in dataset.rows(MISSING)),
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
