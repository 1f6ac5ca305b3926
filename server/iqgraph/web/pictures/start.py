"""Pictures of the whole dataset: who works with whom on what, and which place lies in which."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pyoxigraph import NamedNode

from ...model.model import Row
from ..site import site
from . import rows
from .columns import Drawing, Item, Relation, draw

PROVIDES = "ontology#provides"


def network(found: Sequence[Row]) -> Drawing | None:
    """From left to right: who supports, what they support, who offers, what that is."""
    offered = {row["what"] for row in found if row["does"].endswith(PROVIDES)}
    offering = {row["who"] for row in found if row["what"] in offered}
    columns = [
        {row["who"]: row["whoLabel"] for row in found if row["who"] not in offering},
        {row["what"]: row["whatLabel"] for row in found if row["what"] not in offered},
        {row["who"]: row["whoLabel"] for row in found if row["who"] in offering},
        {row["what"]: row["whatLabel"] for row in found if row["what"] in offered},
    ]
    items = [_item(iri, label, number) for number, column in enumerate(columns) for iri, label in column.items()]
    return draw(items, [Relation(row["who"], row["what"], row["doesLabel"]) for row in found])


def _item(iri: str, label: str, column: int) -> Item:
    return Item(iri, label, site().model.kind(NamedNode(iri)), column)


@dataclass(slots=True)
class Place:
    """A place, its NUTS code if it has one, how many things are there, and the places inside it."""

    iri: str
    label: str
    code: str
    things: int
    inside: list["Place"] = field(default_factory=list)


def places() -> tuple[list[Place], list[Place], list[Row]]:
    """The places that lie in others or hold others; those of which no source says where they lie; and all as rows."""
    found = rows("places")
    made = {row["place"]: Place(row["place"], row["label"], row.get("code", ""), int(row["things"])) for row in found}
    placed = set()
    for row in found:
        if row.get("within") in made:
            made[row["within"]].inside.append(made[row["place"]])
            placed |= {row["place"], row["within"]}
    inner = {place.iri for outer in made.values() for place in outer.inside}
    roots = [place for iri, place in made.items() if iri in placed and iri not in inner]
    return roots, [place for iri, place in made.items() if iri not in placed], found
