"""Which blank nodes of a graph can be written in the place of their only use, as `[ … ]` or as a list `( … )`.

A blank node that is used once needs no label (Turtle 1.1, sections 2.7 and 2.8). What is nested deeper than a reader
can follow, or in a circle, keeps its label; so no data makes the writer recurse without a bound.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from ..terms import RDF

Term = NamedNode | BlankNode | Literal | Triple
MAX_DEPTH = 12


@dataclass(frozen=True)
class Nesting:
    """The blank nodes that stand inside of something else, what is said of each, and which of them are lists."""

    inside: set[BlankNode] = field(default_factory=set)
    about: Mapping[BlankNode, list[Triple]] = field(default_factory=dict)
    lists: dict[BlankNode, list[Term]] = field(default_factory=dict)


EMPTY = Nesting()


def nesting(triples: Collection[Triple], labelled: Collection[object] = ()) -> Nesting:
    """How the blank nodes of a graph nest; those that are `labelled` never do."""
    uses = Counter(triple.object for triple in triples if isinstance(triple.object, BlankNode))
    if not uses:
        return EMPTY
    about: dict[BlankNode, list[Triple]] = {}
    for triple in triples:
        if isinstance(triple.subject, BlankNode):
            about.setdefault(triple.subject, []).append(triple)
    quoted = {term for triple in triples for term in parts(triple.object)}
    free = {node for node, number in uses.items() if number == 1 and node not in labelled and node not in quoted}
    found = Nesting(about=about)
    roots = [triple for triple in triples if triple.subject not in free]
    while roots:
        roots = _descend(roots, free, found)
    return found


def _descend(triples: Iterable[Triple], free: Collection[BlankNode], found: Nesting) -> list[Triple]:
    """Take in what is nested below these triples; the triples of nodes that are too deep begin anew."""
    level: list[Term] = [triple.object for triple in triples]
    for _ in range(MAX_DEPTH):
        below: list[Term] = []
        for node in level:
            if isinstance(node, BlankNode) and node in free and node not in found.inside:
                below += _take(node, free, found)
        level = below
    deep = [node for node in level if isinstance(node, BlankNode) and node in free]
    return [triple for node in deep for triple in found.about.get(node, ())]


def _take(node: BlankNode, free: Collection[BlankNode], found: Nesting) -> list[Term]:
    """Write a node in its place; answers the terms inside of it."""
    cells, items = _list(node, free, found.about)
    if cells:
        found.inside.update(cells)
        found.lists[node] = items
        return items
    found.inside.add(node)
    return [triple.object for triple in found.about.get(node, ())]


def _list(
    node: BlankNode, free: Collection[BlankNode], about: Mapping[BlankNode, list[Triple]]
) -> tuple[set[BlankNode], list[Term]]:
    """The cells and the items of a well-formed list (RDF Schema 1.1, section 5.2); no cells if it is none."""
    cells: set[BlankNode] = set()
    items: list[Term] = []
    rest: Term = node
    while isinstance(rest, BlankNode):
        said = {triple.predicate: triple.object for triple in about.get(rest, ())}
        if rest in cells or rest not in free or said.keys() != {RDF.first, RDF.rest} or len(about[rest]) > len(said):
            return set(), []
        cells.add(rest)
        items.append(said[RDF.first])
        rest = said[RDF.rest]
    return (cells, items) if rest == RDF.nil else (set(), [])


def parts(term: Term) -> Iterator[Term]:
    """The terms inside of a triple term, at any depth."""
    ahead = [term]
    while ahead:
        if isinstance(one := ahead.pop(), Triple):
            inner = (one.subject, one.predicate, one.object)
            yield from inner
            ahead += inner
