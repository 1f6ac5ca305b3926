"""Things as a table without SPARQL: the columns that a kind of thing offers, and what stands in the chosen ones."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from ..dataset import UNION, Term
from ..errors import shortened
from ..model.facets import Choice
from ..model.kinds import by_slug
from ..model.search import Entry
from ..terms import RDF, RDFS, SKOS, expanded
from . import views
from .http.language import language
from .site import site

MAX_COLUMNS = 8
EXCLUDED = {RDF.type, RDFS.label, RDFS.seeAlso, SKOS.prefLabel}


@dataclass(frozen=True, slots=True)
class Offer:
    """A column that can be chosen: the property, what it is called, and how many things have it."""

    name: str
    label: str
    things: int


@dataclass(frozen=True, slots=True)
class Table:
    """The columns that are offered and chosen, the cells of some things, and the query that has all rows."""

    offers: list[Offer]
    chosen: list[Offer]
    left_out: list[str]
    rows: list[tuple[Entry, list[list[views.Link]]]]
    query: str


def table(choice: Choice, names: Sequence[str], entries: Iterable[Entry]) -> Table | None:
    """The table of what was chosen; none without a kind, since each kind has columns of its own.

    Of the names of columns, those count that the kind offers, and no more than fit on a page.
    """
    if not by_slug(choice.kind):
        return None
    offered = {offer.name: offer for offer in offers(choice.kind)}
    known = [offered[name] for name in dict.fromkeys(names) if name in offered]
    chosen = known[:MAX_COLUMNS]
    left_out = [shortened(name) for name in dict.fromkeys(names) if name not in {one.name for one in chosen}]
    properties = [expanded(one.name) for one in chosen]
    return Table(
        list(offered.values()),
        chosen,
        left_out,
        [(entry, [_cell(entry.node, property_) for property_ in properties]) for entry in entries if chosen],
        choice.query(language(), _variables(chosen)),
    )


def offers(kind: str) -> list[Offer]:
    """The properties of the things of a kind that readers have words for, those of most things first."""
    find = site().dataset.store.quads_for_pattern
    nodes = [entry.node for entry in site().model.search(language()).find(Choice(kind=kind))]
    counted = Counter(name for node in nodes for name in {quad.predicate for quad in find(node, None, None, UNION)})
    found = [
        Offer(site().model.short(name), views.predicate_link(name).text, things)
        for name, things in counted.items()
        if views.has_words(name) and name not in EXCLUDED
    ]
    return sorted(found, key=lambda one: (-one.things, one.label))


def _cell(node: NamedNode, name: NamedNode) -> list[views.Link]:
    values = (value for value in site().dataset.values(node, name) if is_for_reader(value))
    return sorted(map(views.link, values), key=lambda link: link.text)


def is_for_reader(value: Term) -> bool:
    """Whether a value is in the reader's language, or in none."""
    return not isinstance(value, Literal) or value.language in (None, language())


def _variables(chosen: Sequence[Offer]) -> dict[str, str]:
    """The variable of each column, made of what the column is called: it heads the column of a file."""
    found: dict[str, str] = {}
    for one in chosen:
        word = re.sub(r"\W+", "_", one.label).strip("_").capitalize()
        found[word if word not in found else f"{word}_{one.name.replace(':', '_')}"] = one.name
    return found
