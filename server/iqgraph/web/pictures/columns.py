"""A layered drawing of a graph: boxes in columns, and curves with labels between neighbouring columns.

The layout is computed here, so it is deterministic, and the picture needs no script. Lengths are in SVG user units.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from statistics import mean

from ...model.kinds import Kind
from . import wrap_label

BOX_WIDTH = 208
GAP, PORT_GAP = 12, 4
PADDING = 10
LINE_HEIGHT = 19
CHARACTER_WIDTH = 7.4  # on average
GLYPH_WIDTH = 24
# One less than on average, since wide letters and capitals fill a line sooner.
MAX_LINE_CHARACTERS = int((BOX_WIDTH - 2 * PADDING - GLYPH_WIDTH) / CHARACTER_WIDTH) - 1
MAX_EDGE_LABEL_CHARACTERS = 18  # so that four columns fit into the window of a laptop
BEND = 108
SPREAD = 128
SWEEPS = 8


@dataclass(frozen=True, slots=True)
class Item:
    """A thing to draw: its IRI, label, kind, its column, and how often documents mention it."""

    iri: str
    label: str
    kind: Kind
    column: int
    mentions: int = 0


@dataclass(frozen=True, slots=True)
class Relation:
    """An edge from one item to another, with its label."""

    source: Item
    target: Item
    label: str

    @property
    def side(self) -> int:
        """The side of its source on which it leaves: right (1) or left (-1)."""
        return 1 if self.target.column > self.source.column else -1


@dataclass(frozen=True, slots=True)
class Box:
    """The box of an item."""

    item: Item
    x: float
    y: float
    height: float
    width: int = BOX_WIDTH

    @property
    def middle(self) -> float:
        """The y of its middle."""
        return self.y + self.height / 2

    @property
    def lines(self) -> list[tuple[float, str]]:
        """The lines of its label, each with the y of its baseline."""
        return _stack(wrap_label(self.item.label, MAX_LINE_CHARACTERS), self.middle)


@dataclass(frozen=True, slots=True)
class Port:
    """The label at a box where edges leave it to the right (1) or left (-1), and the boxes that they lead to."""

    box: Box
    label: str
    side: int
    y: float
    targets: tuple[Box, ...]

    @property
    def x(self) -> float:
        """The x of the beginning of the label or, on the left, of its end."""
        return self.box.x + self.box.width + PADDING if self.side > 0 else self.box.x - PADDING

    @property
    def lines(self) -> list[tuple[float, str]]:
        """The lines of the label, each with the y of its baseline."""
        return _stack(_label_lines(self.label), self.y)

    def overlaps(self, other: "Port") -> bool:
        """Whether it has an edge beside one of another port on the same side of the column that leads elsewhere."""
        heights = [[port.y, *(target.middle for target in port.targets)] for port in (self, other)]
        is_beside = (self.box.x, self.side) == (other.box.x, other.side)
        return is_beside and max(map(min, heights)) <= min(map(max, heights)) and self.targets != other.targets


@dataclass
class Drawing:
    """The layout of items and relations."""

    items: list[Item]
    relations: list[Relation]

    @cached_property
    def labels(self) -> dict[tuple[Item, str], list[Relation]]:
        """The relations by source and label."""
        labels: dict[tuple[Item, str], list[Relation]] = {}
        for relation in self.relations:
            labels.setdefault((relation.source, relation.label), []).append(relation)
        return labels

    @cached_property
    def width(self) -> int:
        """The width of the columns and of the labels between them."""
        return round(self._lefts[-1] + BOX_WIDTH) + 2

    @cached_property
    def height(self) -> int:
        """The height of the highest column, and room for edges above and below it."""
        return round(max(self._column_height(column) for column in self._columns) + 2 * GAP)

    @cached_property
    def boxes(self) -> list[Box]:
        """The boxes of all items; columns are centred vertically."""
        boxes = []
        for x, column in zip(self._lefts, self._columns, strict=True):
            y = (self.height - self._column_height(column)) / 2
            for item in column:
                boxes.append(Box(item, x, y, self._heights[item]))
                y += self._heights[item] + GAP
        return boxes

    @cached_property
    def ports(self) -> list[Port]:
        """The ports of all boxes, from top to bottom on each side."""
        boxes = {box.item: box for box in self.boxes}
        ports = []
        for box, side in product(self.boxes, (1, -1)):
            own = [
                (label, targets)
                for (source, label), relations in self.labels.items()
                if source == box.item
                if (targets := tuple(boxes[relation.target] for relation in relations if relation.side == side))
            ]
            heights = [len(_label_lines(label)) * LINE_HEIGHT + PORT_GAP for label, _ in own]
            y = box.middle - sum(heights) / 2
            for (label, targets), height in zip(own, heights, strict=True):
                ports.append(Port(box, label, side, y + height / 2, targets))
                y += height
        return ports

    def path(self, port: Port, target: Box) -> str:
        """The path of an edge (SVG 2, section 9.3), which is level until it is past all labels of its column."""
        side = port.side
        step = side * BEND / (2 + max(self._lanes.values()))
        x = port.x + side * self._margins[port.box.item.column, side] + step * (1 + self._lanes[port])
        end = target.x if side > 0 else target.x + target.width
        level = f"M{port.x + side * (_label_width(port.label) + PADDING / 2):.0f} {port.y:.0f}H{x - step:.1f}"
        return f"{level}C{x:.1f} {port.y:.0f} {x:.1f} {target.middle:.0f} {x + step:.1f} {target.middle:.0f}H{end:.0f}"

    @cached_property
    def _lanes(self) -> dict[Port, int]:
        """The lane in which the edges of a port turn, another than that of ports whose edges lead elsewhere beside it.

        Short edges turn first, so that long ones cross few of them.
        """
        lanes: dict[Port, int] = {}
        for port in sorted(self.ports, key=lambda port: max(abs(target.middle - port.y) for target in port.targets)):
            used = {lanes[other] for other in lanes if port.overlaps(other)}
            lanes[port] = min(set(range(len(used) + 1)) - used)
        return lanes

    @cached_property
    def _columns(self) -> list[list[Item]]:
        """The items of each column in an order with few crossings.

        Each sweep orders a column by the mean position of the neighbours (Sugiyama, Tagawa and Toda 1981, barycentre).
        """
        last = max(item.column for item in self.items)
        columns = [[item for item in self.items if item.column == number] for number in range(last + 1)]
        neighbours: dict[Item, list[Item]] = {}
        for relation in self.relations:
            neighbours.setdefault(relation.source, []).append(relation.target)
            neighbours.setdefault(relation.target, []).append(relation.source)
        positions = {item: (n + 0.5) / len(column) for column in columns for n, item in enumerate(column)}
        # A fixed number, since two orders may alternate for ever.
        for _ in range(SWEEPS):
            for column in columns:
                means = {item: mean(positions[other] for other in neighbours.get(item, [item])) for item in column}
                column.sort(key=lambda item: (not item.mentions, means[item]))
                positions |= {item: (n + 0.5) / len(column) for n, item in enumerate(column)}
        return columns

    @cached_property
    def _margins(self) -> dict[tuple[int, int], float]:
        """The width of the labels to the left (-1) and right (1) of each column."""
        margins = dict.fromkeys(((number, side) for number in range(len(self._columns)) for side in (-1, 1)), 0.0)
        for relation in self.relations:
            key = relation.source.column, relation.side
            margins[key] = max(margins[key], _label_width(relation.label) + PADDING)
        return margins

    @cached_property
    def _lefts(self) -> list[float]:
        """The x of each column: the labels on both sides must fit, and edges need room to part."""
        lefts = [1.0]
        for number in range(len(self._columns) - 1):
            labels = self._margins[number, 1] + self._margins[number + 1, -1]
            lefts.append(lefts[-1] + BOX_WIDTH + labels + SPREAD)
        return lefts

    @cached_property
    def _heights(self) -> dict[Item, float]:
        ports: Counter[Item] = Counter()
        for source, label in self.labels:
            ports[source] += len(_label_lines(label))
        lines = {item: max(len(wrap_label(item.label, MAX_LINE_CHARACTERS)), ports[item]) for item in self.items}
        return {item: max(count * LINE_HEIGHT + PADDING, 2 * LINE_HEIGHT) for item, count in lines.items()}

    def _column_height(self, column: list[Item]) -> float:
        return sum(self._heights[item] + GAP for item in column) - GAP


def _label_lines(label: str) -> list[str]:
    return wrap_label(label, MAX_EDGE_LABEL_CHARACTERS)


def _label_width(label: str) -> float:
    return max(map(len, _label_lines(label)), default=0) * CHARACTER_WIDTH


def _stack(lines: list[str], middle: float) -> list[tuple[float, str]]:
    """The lines around a height, each with the y of its baseline."""
    top = middle - (len(lines) - 1) * LINE_HEIGHT / 2 + LINE_HEIGHT / 4
    return [(top + number * LINE_HEIGHT, line) for number, line in enumerate(lines)]


def draw(items: Iterable[Item], relations: Iterable[Relation]) -> Drawing | None:
    """The drawing of items and their relations; None without relations."""
    edges = list(relations)
    return Drawing(list(items), edges) if edges else None
