"""The kinds of things that pages distinguish (`ontology/kinds.csv`), each with one name and one glyph."""

from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import NamedNode

from ..bilingual import Text
from ..dataset import Dataset, Term
from ..dataset.profile import description_of
from ..resources import packaged, table
from ..terms import RDF, expand, short_name


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind: its name in singular and plural, the path of its glyph in a box of 16 by 16, and its classes."""

    slug: str
    name: Text
    plural: Text
    glyph: str
    classes: tuple[str, ...]


KINDS = tuple(
    Kind(
        row["kind"],
        Text(de=row["de"], en=row["en"]),
        Text(de=row["plural_de"], en=row["plural_en"]),
        row["glyph"],
        tuple(map(short_name, row.terms("classes"))),
    )
    for row in table(packaged().ontology, "kinds.csv")
)
OTHER = Kind(
    "other",
    Text(de="Ressource", en="resource"),
    Text(de="Ressourcen", en="resources"),
    "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2z",
    (),
)
# Reversed, so that the first row of the table wins where kinds share a class.
_KIND_OF = {expand(name): kind for kind in reversed(KINDS) for name in kind.classes}


def kind_of(dataset: Dataset, node: Term) -> Kind:
    """The kind of a thing; of several, the first in the table."""
    if description_of(dataset.store, node):
        return KINDS[-1]
    return first(dataset.nodes(node, RDF.type))


def slugs(classes: Iterable[NamedNode]) -> set[str]:
    """The slugs of all kinds that have one of the classes."""
    return {_KIND_OF[node].slug for node in classes if node in _KIND_OF}


def first(classes: Iterable[NamedNode]) -> Kind:
    """The first kind in the table that has one of the classes."""
    return min((_KIND_OF[node] for node in classes if node in _KIND_OF), key=KINDS.index, default=OTHER)


def rank(kind: Kind | None) -> int:
    """The position of a kind in the table; others come after all of them."""
    return KINDS.index(kind) if kind in KINDS else len(KINDS)


def by_slug(slug: str) -> Kind | None:
    """The kind with a slug."""
    return next((kind for kind in KINDS if kind.slug == slug), None)
