"""What changed between two versions as a reader sees it: by thing, with names, new beside gone."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby

from pyoxigraph import Literal, NamedNode, Triple

from ...dataset import Term
from ...engine.neighbourhood import find, name
from ...release.versions import Difference, statements
from ...serialisation.turtle import compact, order
from ...terms import BASE, GRAPH, IQ
from .. import urls
from ..http.language import language
from ..site import Site
from ..views import Link, predicate_link

MAX_ROWS = 2000


@dataclass(frozen=True, slots=True)
class Change:
    """A statement that is new or gone, and the graphs for which that is so."""

    gone: bool
    predicate: Link
    value: Link
    graphs: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Thing:
    """What changed about one thing; a record is kept about the graphs themselves."""

    link: Link
    changes: tuple[Change, ...]
    record: bool


def changed_things(change: Difference, old: Site, new: Site) -> tuple[list[Thing], int]:
    """The first changes by thing, things before records, and how many statements are not among them."""
    rows = [*_rows(change.removed, old, gone=True), *_rows(change.added, new, gone=False)]
    rows.sort(key=_place)
    things = groupby(rows[:MAX_ROWS], key=lambda row: _thing(row.triple))
    return [_thing_of(node, list(group), old, new) for node, group in things], max(0, len(rows) - MAX_ROWS)


@dataclass(frozen=True, slots=True)
class _Row:
    gone: bool
    triple: Triple
    graphs: tuple[NamedNode, ...]
    site: Site


def _rows(lines: Iterable[bytes], site: Site, *, gone: bool) -> list[_Row]:
    graphs: dict[Triple, list[NamedNode]] = defaultdict(list)
    for quad in statements(lines):
        found = graphs[quad.triple]
        if isinstance(quad.graph_name, NamedNode):
            found.append(quad.graph_name)
    return [_Row(gone, triple, tuple(found), site) for triple, found in graphs.items()]


def _place(row: _Row) -> tuple[object, ...]:
    """Things before records; of one property and language, what is gone before what is new."""
    thing = _thing(row.triple)
    *place, text = order(row.triple)
    return thing in GRAPH, str(thing), *place, not row.gone, text


def _thing(triple: Triple) -> Term:
    """What a statement is about: of a part of a thing, the thing."""
    subject = triple.subject
    if isinstance(subject, NamedNode) and subject.value.startswith(BASE) and subject not in IQ:
        return NamedNode(subject.value.partition("#")[0])
    return subject


def _thing_of(node: Term, rows: list[_Row], old: Site, new: Site) -> Thing:
    there = old if isinstance(node, NamedNode) and find(new.dataset, node.value) is None else new
    changes = tuple(
        Change(
            row.gone,
            replace(_link(row.triple.predicate, row.site), text=predicate_link(row.triple.predicate).text),
            _link(row.triple.object, row.site),
            tuple(_link(graph, row.site) for graph in row.graphs),
        )
        for row in rows
    )
    return Thing(_link(node, there), changes, node in GRAPH)


def _link(term: Term, site: Site) -> Link:
    """A term by the name that it has in a version, leading to what that version says of it."""
    if isinstance(term, Literal):
        return Link(term.value, language=term.language or "")
    short = compact(term, site.dataset.prefixes).strip("<>")
    if not isinstance(term, NamedNode):
        return Link(short)
    called = name(site.dataset, term, language()) or short.removeprefix(BASE)
    return Link(called, _address(term.value, site), title=short)


def _address(iri: str, site: Site) -> str:
    if not iri.startswith(BASE):
        return iri if urls.is_link(iri) else ""
    path = iri.removeprefix(BASE)
    return urls.current(f"version/{site.release.version}/{path}" if site.release else path)
