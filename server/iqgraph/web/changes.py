"""The changes between two versions, by kind of graph and by thing."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from pyoxigraph import Literal, NamedNode, Triple

from ..dataset import Term
from ..engine.nearest import NAMES
from ..engine.neighbourhood import find, name
from ..engine.renamed import current_iri
from ..release.dumps import graph_kind
from ..release.versions import difference, parse_lines
from ..serialisation.turtle import compact, sort_key
from ..terms import BASE, IQ
from . import urls
from .http.language import language
from .site import Site
from .views import Link, link, predicate_link

# The part of a graph by its kind; other graphs are those of passages.
PARTS = {
    "source/": "sources",
    "links/": "links",
    "names/": "descriptions",
    "notes/": "descriptions",
    "passages/": "descriptions",
    "ontology": "ontology",
    "derived": "derived",
    "derived/": "derived",
    "meta": "records",
    "void": "records",
}
SLUGS = ("documents", "sources", "links", "descriptions", "ontology", "derived", "records")  # by relevance


@dataclass(frozen=True, slots=True)
class Change:
    """A removed or added statement, its graphs, and the site that has it."""

    is_removed: bool
    triple: Triple
    graphs: tuple[NamedNode, ...]
    site: Site

    @property
    def links(self) -> tuple[Link, Link, list[Link]]:
        """The property, the value and the graphs; the label of the property is the current one."""
        predicate, value = (_link(term, self.site) for term in (self.triple.predicate, self.triple.object))
        label = predicate_link(self.triple.predicate).text
        return replace(predicate, text=label), value, [_link(graph, self.site) for graph in self.graphs]


@dataclass(frozen=True, slots=True)
class Part:
    """The changes in graphs of a kind, without the `moves` of statements that only changed their graph."""

    slug: str
    changes: list[Change]
    moves: int
    additions: int
    removals: int
    names: int


def parts(old: Site, new: Site) -> dict[str, Part]:
    """The changes by kind of graph, the most relevant first; a statement in several kinds belongs to the first."""
    by_kind: dict[str, list[Change]] = {slug: [] for slug in SLUGS}
    removed, added = difference(old.canonical, new.canonical)
    for change in [*_changes(removed, old, is_removed=True), *_changes(added, new)]:
        kinds = (graph_kind(graph) or graph_kind(NamedNode(current_iri(graph.value))) for graph in change.graphs)
        slugs = (PARTS.get(kind, "documents") for kind in kinds)
        by_kind[min(slugs, key=SLUGS.index, default="records")].append(change)
    result = {}
    for slug, changes in by_kind.items():
        # A difference of N-Quads compares lines, so a statement that moves to another graph is both removed and added.
        states = {(change.triple, change.is_removed) for change in changes}
        moves = {change.triple for change in changes if (change.triple, not change.is_removed) in states}
        own = [change for change in changes if change.triple not in moves]
        removals = sum(change.is_removed for change in own)
        names = sum(change.triple.predicate in NAMES for change in own)
        result[slug] = Part(slug, own, len(moves), len(own) - removals, removals, names)
    return result


def sort_changes(part: Part) -> list[Change]:
    """The changes of a part by thing; of one property and language, removed values before added ones."""

    def position(change: Change) -> tuple[object, ...]:
        *key, text = sort_key(change.triple)
        return str(_thing(change.triple)), *key, not change.is_removed, text

    return sorted(part.changes, key=position)


def things(changes: Sequence[Change], old: Site, new: Site) -> Iterator[tuple[Link, list[Change]]]:
    """Changes by thing, with its new name or, if it was removed, its old one."""
    for node, group in groupby(changes, key=lambda change: _thing(change.triple)):
        is_removed = isinstance(node, NamedNode) and find(new.dataset, node.value) is None
        yield _link(node, old if is_removed else new), list(group)


def _changes(lines: Iterable[bytes], site: Site, *, is_removed: bool = False) -> list[Change]:
    graphs: dict[Triple, list[NamedNode]] = defaultdict(list)
    for quad in parse_lines(lines):
        own = graphs[quad.triple]
        if isinstance(quad.graph_name, NamedNode):
            own.append(quad.graph_name)
    return [Change(is_removed, triple, tuple(own), site) for triple, own in graphs.items()]


def _thing(triple: Triple) -> Term:
    """The thing that a statement is about; a part of a thing, whose IRI has a fragment, belongs to it."""
    subject = triple.subject
    if isinstance(subject, NamedNode) and subject.value.startswith(BASE) and subject not in IQ:
        return NamedNode(subject.value.partition("#")[0])
    return subject


def _link(term: Term, site: Site) -> Link:
    """A term with its label and address in a version."""
    if isinstance(term, Literal):
        return link(term)
    short = compact(term, site.dataset.prefixes).strip("<>")
    if not isinstance(term, NamedNode):
        return Link(short)
    label = name(site.dataset, term, language()) or short.removeprefix(BASE)
    address = term.value if urls.is_link(term.value) else ""
    if term.value.startswith(BASE):
        path = term.value.removeprefix(BASE)
        address = urls.current(f"version/{site.release.version}/{path}" if site.release else path)
    return Link(label, address, title=short)
