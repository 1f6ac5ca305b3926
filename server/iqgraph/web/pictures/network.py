"""Who coordinates, funds, administers and offers what."""

from pyoxigraph import NamedNode

from ...model.model import Row
from ..site import site
from . import rows
from .columns import Drawing, Item, Relation, draw

PROVIDES = "ontology#provides"


def network() -> tuple[Drawing | None, list[Row]]:
    """From left to right: who supports, what they support, who offers, what that is; and the same as rows."""
    found = rows("network")
    offered = {row["what"] for row in found if row["does"].endswith(PROVIDES)}
    offering = {row["who"] for row in found if row["what"] in offered}
    columns = [
        {row["who"]: row["whoLabel"] for row in found if row["who"] not in offering},
        {row["what"]: row["whatLabel"] for row in found if row["what"] not in offered},
        {row["who"]: row["whoLabel"] for row in found if row["who"] in offering},
        {row["what"]: row["whatLabel"] for row in found if row["what"] in offered},
    ]
    items = [_item(iri, label, number) for number, column in enumerate(columns) for iri, label in column.items()]
    return draw(items, [Relation(row["who"], row["what"], row["doesLabel"]) for row in found]), found


def _item(iri: str, label: str, column: int) -> Item:
    return Item(iri, label, site().model.kind(NamedNode(iri)), column)
