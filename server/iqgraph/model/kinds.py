"""The kinds of things that readers tell apart, by `ontology/kinds.csv`: each has one name and one glyph everywhere."""

from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import NamedNode

from ..bilingual import Text
from ..dataset import Dataset, Term
from ..dataset.profile import about
from ..resources import packaged, table
from ..terms import RDF, expanded, short_name


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind: its name in both languages, in singular and plural, a glyph drawn on 16 by 16, and its classes."""

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
# Reversed, so that of several kinds with one class the first in the table counts.
_KIND_OF = {expanded(name): kind for kind in reversed(KINDS) for name in kind.classes}


def kind_of(dataset: Dataset, node: Term) -> Kind:
    """The kind of a thing, the first in the list if it is of several."""
    if about(dataset.store, node):
        return KINDS[-1]
    return first(dataset.nodes(node, RDF.type))


def slugs(classes: Iterable[NamedNode]) -> set[str]:
    """All kinds that have one of the classes."""
    return {_KIND_OF[one].slug for one in classes if one in _KIND_OF}


def first(classes: Iterable[NamedNode]) -> Kind:
    """The first kind of the list that has one of the classes."""
    found = slugs(classes)
    return next((kind for kind in KINDS if kind.slug in found), OTHER)


def rank(kind: Kind | None) -> int:
    """The place of a kind in the list, behind all of them for another one."""
    return KINDS.index(kind) if kind in KINDS else len(KINDS)


def by_slug(slug: str) -> Kind | None:
    """The kind of this name."""
    return next((kind for kind in KINDS if kind.slug == slug), None)
