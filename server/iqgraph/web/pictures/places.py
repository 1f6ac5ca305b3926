"""The named places, each inside the one that a source says it lies in; no coordinates are known, so none are drawn."""

from dataclasses import dataclass, field

from ...model.model import Row
from . import rows


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
