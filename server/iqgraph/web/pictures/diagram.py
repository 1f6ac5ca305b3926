"""The picture of a topic: classes with their properties on the left, what these lead to on the right.

It is laid out for a narrow column and scaled to it, so that a phone shows the same picture.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import mean

from pyoxigraph import NamedNode

from ...reference.reference import PROPERTIES, Entry, Reference, Topic
from ...terms import RDFS

WIDTH, LEFT, RIGHT = 460, 206, 170
ROW, HEAD, GAP, MARGIN = 22, 26, 14, 4
MIDDLE = LEFT + (WIDTH - LEFT - RIGHT) // 2


@dataclass(frozen=True)
class Row:
    """A property inside the box of a class."""

    node: NamedNode
    y: int
    ends: tuple[NamedNode, ...]


@dataclass(frozen=True)
class Box:
    """A class; none stands for things of all kinds."""

    node: NamedNode | None
    y: int
    height: int
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Diagram:
    """The picture of a topic: the curve of each line, and whether it is one of the hierarchy.

    `width`, `left` and `right` are those of the whole and of the boxes on either side.
    """

    height: int
    boxes: list[Box]
    targets: list[Box]
    lines: list[tuple[str, bool]]
    width: int = WIDTH
    left: int = LEFT
    right: int = RIGHT


def diagram(topic: Topic, reference: Reference) -> Diagram:
    """The picture of a topic, from what the ontology says."""
    boxes = _boxes(topic, reference)
    rows = [row for box in boxes for row in box.rows]
    ends = {end: mean(_middle(row) for row in rows if end in row.ends) for row in rows for end in row.ends}
    targets = _targets(ends)
    places = {box.node: box.y + HEAD // 2 for box in targets}
    lines = [(_curve(_middle(row), places[end]), row.node == RDFS.subClassOf) for row in rows for end in row.ends]
    bottom = max((box.y + box.height for box in (*boxes, *targets)), default=0)
    return Diagram(bottom + MARGIN, boxes, targets, lines)


def _boxes(topic: Topic, reference: Reference) -> list[Box]:
    boxes: list[Box] = []
    properties = reference.of(*PROPERTIES)
    owners: Sequence[NamedNode | None] = topic.classes or (None,)
    y = MARGIN
    for owner in owners:
        own = [entry for entry in properties if (owner in entry.domain if owner else entry in topic.entries)]
        rows = _rows(owner, own, reference, y + HEAD)
        boxes.append(Box(owner, y, HEAD + ROW * len(rows), rows))
        y += boxes[-1].height + GAP
    return boxes


def _rows(owner: NamedNode | None, own: Sequence[Entry], reference: Reference, y: int) -> tuple[Row, ...]:
    entry = reference.terms.get(owner) if owner else None
    said = [(RDFS.subClassOf, entry.above)] if entry and entry.above else []
    said += [(one.node, one.range) for one in own]
    return tuple(Row(node, y + ROW * place, ends) for place, (node, ends) in enumerate(said))


def _targets(wanted: Mapping[NamedNode, float]) -> list[Box]:
    """A box for each end, as near as may be to the height where its lines begin, none over another."""
    boxes: list[Box] = []
    y = MARGIN
    for node in sorted(wanted, key=lambda one: (wanted[one], one.value)):
        y = max(y, round(wanted[node]) - HEAD // 2)
        boxes.append(Box(node, y, HEAD, ()))
        y += HEAD + GAP // 2
    return boxes


def _middle(row: Row) -> int:
    return row.y + ROW // 2


def _curve(start: int, end: int) -> str:
    return f"M{LEFT} {start}C{MIDDLE} {start} {MIDDLE} {end} {WIDTH - RIGHT} {end}"
