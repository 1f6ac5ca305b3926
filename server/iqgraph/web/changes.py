"""What changed between two versions as a reader sees it: by what said it and by thing, with names, new beside gone."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from pyoxigraph import Literal, NamedNode, Triple

from ..dataset import Term
from ..engine.neighbourhood import LABELS, find, name
from ..release.versions import Difference, parse_lines
from ..serialisation.turtle import compact, sort_key
from ..terms import BASE, GRAPH, IQ, SKOS, current_iri
from . import urls
from .http.language import language
from .site import Site
from .views import Link, link, predicate_link

# What a graph is to a reader, by the beginning of its name; a graph with another name is that of a passage.
BEGINNINGS = {
    "source/": "sources",
    "links/": "links",
    "names/": "descriptions",
    "notes/": "descriptions",
    "passages/": "descriptions",
    "ontology": "ontology",
    "derived": "derived",
    "meta": "records",
    "void": "records",
}
KINDS = ("documents", "sources", "links", "descriptions", "ontology", "derived", "records")  # what says most first
WORDS = {*LABELS, SKOS.altLabel}


@dataclass(frozen=True, slots=True)
class Row:
    """A statement that is new or gone, the graphs for which that is so, and the site that has it."""

    gone: bool
    triple: Triple
    graphs: tuple[NamedNode, ...]
    site: Site

    @property
    def links(self) -> tuple[Link, Link, list[Link]]:
        """Its property, its value and the graphs as that site names them; the property in words of today."""
        predicate, value = (_link(one, self.site) for one in (self.triple.predicate, self.triple.object))
        words = predicate_link(self.triple.predicate).text
        return replace(predicate, text=words), value, [_link(graph, self.site) for graph in self.graphs]


@dataclass(frozen=True, slots=True)
class Part:
    """The changes of one kind of graph: how many are new, gone and names, and how many statements only changed graph.

    The latter are not among the rows.
    """

    slug: str
    rows: list[Row]
    moved: int
    new: int
    gone: int
    words: int


def parts(change: Difference, old: Site, new: Site) -> dict[str, Part]:
    """The changes by kind of graph, what documents say first; a statement of several kinds is with the first."""
    found: dict[str, list[Row]] = {slug: [] for slug in KINDS}
    for row in [*_rows(change.removed, old, gone=True), *_rows(change.added, new, gone=False)]:
        found[min(map(_kind, row.graphs), key=KINDS.index, default="records")].append(row)
    made = {}
    for slug, rows in found.items():
        # A difference of N-Quads is one of lines, so a statement that moves to another graph is gone and new.
        moved = {row.triple for row in rows if row.gone} & {row.triple for row in rows if not row.gone}
        left = [row for row in rows if row.triple not in moved]
        gone, words = sum(row.gone for row in left), sum(row.triple.predicate in WORDS for row in left)
        made[slug] = Part(slug, left, len(moved), len(left) - gone, gone, words)
    return made


def ordered(part: Part) -> list[Row]:
    """The changes of a part by thing; of one property and language, what is gone before what is new."""

    def key(row: Row) -> tuple[object, ...]:
        *place, text = sort_key(row.triple)
        return str(_thing(row.triple)), *place, not row.gone, text

    return sorted(part.rows, key=key)


def things(rows: Sequence[Row], old: Site, new: Site) -> Iterator[tuple[Link, list[Row]]]:
    """Changes by thing, each with the name that it has now or, if it is gone, had then."""
    for node, own in groupby(rows, key=lambda row: _thing(row.triple)):
        is_gone = isinstance(node, NamedNode) and find(new.dataset, node.value) is None
        yield _link(node, old if is_gone else new), list(own)


def _kind(graph: NamedNode) -> str:
    names = [iri.removeprefix(GRAPH.iri) for iri in (graph.value, current_iri(graph.value))]
    kinds = (kind for name in names for beginning, kind in BEGINNINGS.items() if name.startswith(beginning))
    return next(kinds, "documents")


def _rows(lines: Iterable[bytes], site: Site, *, gone: bool) -> list[Row]:
    graphs: dict[Triple, list[NamedNode]] = defaultdict(list)
    for quad in parse_lines(lines):
        found = graphs[quad.triple]
        if isinstance(quad.graph_name, NamedNode):
            found.append(quad.graph_name)
    return [Row(gone, triple, tuple(found), site) for triple, found in graphs.items()]


def _thing(triple: Triple) -> Term:
    """What a statement is about: of a part of a thing, the thing."""
    subject = triple.subject
    if isinstance(subject, NamedNode) and subject.value.startswith(BASE) and subject not in IQ:
        return NamedNode(subject.value.partition("#")[0])
    return subject


def _link(term: Term, site: Site) -> Link:
    """A term by the name that it has in a version, leading to what that version says of it."""
    if isinstance(term, Literal):
        return link(term)
    short = compact(term, site.dataset.prefixes).strip("<>")
    if not isinstance(term, NamedNode):
        return Link(short)
    called = name(site.dataset, term, language()) or short.removeprefix(BASE)
    address = term.value if urls.is_link(term.value) else ""
    if term.value.startswith(BASE):
        path = term.value.removeprefix(BASE)
        address = urls.current(f"version/{site.release.version}/{path}" if site.release else path)
    return Link(called, address, title=short)
