"""Things as a table without SPARQL: the columns that a kind offers, and the query whose answer is the table."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pyoxigraph import Literal

from ..dataset import UNION, Term
from ..model.facets import Choice
from ..terms import RDF, RDFS, SKOS
from . import views
from .http.language import language
from .http.parameters import choice as known_choice
from .http.problems import Problem
from .site import memoized, site

MAX_COLUMNS = 8
RESERVED = ("IRI", "Name", "name", "thing", "label", "text", "code", "folded", "class")  # variables of the query itself
EXCLUDED = {RDF.type, RDFS.label, RDFS.seeAlso, SKOS.prefLabel}


@dataclass(frozen=True, slots=True)
class Offer:
    """A column that can be chosen: the property, what it is called, and how many things have it."""

    name: str
    label: str
    things: int


def offers(kind: str) -> list[Offer]:
    """The properties of the things of a kind that readers have words for, those of most things first."""
    return memoized(f"columns of {kind} in {language()}", lambda _: _offers(kind))


def _offers(kind: str) -> list[Offer]:
    find = site().dataset.store.quads_for_pattern
    nodes = [entry.node for entry in site().model.search(language()).find(Choice(kind=kind))]
    counted = Counter(name for node in nodes for name in {quad.predicate for quad in find(node, None, None, UNION)})
    found = [
        Offer(site().model.short(name), views.predicate_link(name).text, things)
        for name, things in counted.items()
        if views.has_words(name) and name not in EXCLUDED
    ]
    return sorted(found, key=lambda one: (-one.things, one.label))


def columns(kind: str, names: Sequence[str]) -> list[Offer]:
    """The columns of these names; a problem if there are too many, or if the things of this kind have not one of them.

    Each kind has columns of its own, so without a kind there are none.
    """
    offered = {offer.name: offer for offer in offers(kind)} if kind else {}
    if not offered or len(names) > MAX_COLUMNS:
        raise Problem(
            "bad-request",
            de=f"Eine Tabelle zeigt Einträge einer Art: Nennen Sie auch kind, und höchstens {MAX_COLUMNS} Spalten.",
            en=f"A table shows entries of one kind. Give kind too, and at most {MAX_COLUMNS} columns.",
        )
    return [offered[known_choice("column", name, offered)] for name in dict.fromkeys(names)]


def query(choice: Choice, chosen: Sequence[Offer]) -> str:
    """The query for what was chosen with the values of columns; their variables head the columns of a file."""
    named: dict[str, str] = {}
    for one in chosen:
        first, *others = re.findall(r"[^\W_]+", one.label)
        word = first + "".join(other[0].upper() + other[1:] for other in others)
        named[word if word not in (*named, *RESERVED) else f"{word}{len(named) + 1}"] = one.name
    return choice.query(language(), named)


def is_for_reader(value: Term) -> bool:
    """Whether a value is in the reader's language, or in none."""
    return not isinstance(value, Literal) or value.language in (None, language())
