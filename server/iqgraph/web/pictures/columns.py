"""A picture of who relates to what: boxes in columns, and lines between them that say how.

The layout is computed here, so the picture is the same each time and needs no script.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from statistics import mean

from ...model.kinds import Kind
from . import wrapped

BOX = 208
GAP = 12
PAD = 10
LINE = 19
LETTER = 7.4
GLYPH = 24
LETTERS = int((BOX - 2 * PAD - GLYPH) / LETTER)  # of a line that fits into a box
BEND = 44
SPREAD = 5
SWEEPS = 8


@dataclass(frozen=True, slots=True)
class Item:
    """A thing to draw: its IRI, label, kind, and the column it stands in."""

    iri: str
    label: str
    kind: Kind
    column: int


@dataclass(frozen=True, slots=True)
class Relation:
    """A line from one thing to another, and what it means."""

    source: Item
    target: Item
    label: str

    @property
    def side(self) -> int:
        """Whether it leaves its source to the right (1) or to the left (-1)."""
        return 1 if self.target.column >= self.source.column else -1


@dataclass(frozen=True, slots=True)
class Box:
    """A thing with its place."""

    item: Item
    x: float
    y: float
    height: float
    width: int = BOX

    @property
    def middle(self) -> float:
        """Half way down."""
        return self.y + self.height / 2

    @property
    def lines(self) -> list[tuple[float, str]]:
        """Its label, line by line, each with the height of its foot."""
        found = wrapped(self.item.label, LETTERS)
        top = self.middle - (len(found) - 1) * LINE / 2 + LINE / 4
        return [(top + number * LINE, line) for number, line in enumerate(found)]


@dataclass(frozen=True, slots=True)
class Port:
    """The words where one or more lines leave a box, to the right (1) or to the left (-1), and what they lead to."""

    box: Box
    label: str
    side: int
    y: float
    targets: tuple[Box, ...]

    @property
    def x(self) -> float:
        """Where the words begin or, on the left, end."""
        return self.box.x + self.box.width + PAD if self.side > 0 else self.box.x - PAD


def _curve(x: float, y: float, end: float, height: float, side: int) -> str:
    bend = side * max(abs(end - x) / 2, BEND / 2)
    return f"C{x + bend:.0f} {y:.0f} {end - bend:.0f} {height:.0f} {end:.0f} {height:.0f}"


@dataclass
class Drawing:
    """Things and relations with their places."""

    items: list[Item]
    relations: list[Relation]

    @cached_property
    def labels(self) -> dict[tuple[Item, str], list[Relation]]:
        """The relations of one thing with one label."""
        found: dict[tuple[Item, str], list[Relation]] = {}
        for one in self.relations:
            found.setdefault((one.source, one.label), []).append(one)
        return found

    @cached_property
    def width(self) -> int:
        """The width that the columns and the words between them need."""
        words = self._words[len(self._columns) - 1, 1]
        return round(self._left[-1] + BOX + (words + BEND if words else 0)) + 2

    @cached_property
    def height(self) -> int:
        """The height of the highest column."""
        return round(max(self._total(column) for column in self._columns) + 2 * GAP)  # lines may pass above and below

    @cached_property
    def boxes(self) -> list[Box]:
        """The things, the columns centred on each other."""
        made = []
        for x, column in zip(self._left, self._columns, strict=True):
            y = (self.height - self._total(column)) / 2
            for item in column:
                made.append(Box(item, x, y, self._heights[item]))
                y += self._heights[item] + GAP
        return made

    @cached_property
    def ports(self) -> list[Port]:
        """The words at the boxes, from top to bottom on each side."""
        boxes = {box.item: box for box in self.boxes}
        made = []
        for box, side in product(self.boxes, (1, -1)):
            own = [
                (label, reached)
                for (source, label), relations in self.labels.items()
                if source == box.item
                if (reached := tuple(boxes[one.target] for one in relations if one.side == side))
            ]
            top = box.middle - (len(own) - 1) * LINE / 2
            made += [Port(box, label, side, top + n * LINE, found) for n, (label, found) in enumerate(own)]
        return made

    def path(self, port: Port, target: Box) -> str:
        """The curve of a line (SVG 2, section 9.3), through the gaps of the columns between, never over a box.

        It stays level until it is past all words of its column, so that it runs through the words of no other.
        """
        side, column = port.side, port.box.item.column
        x, y = port.x + side * self._words[column, side], port.y
        made = f"M{port.x + side * (len(port.label) * LETTER + PAD / 2):.0f} {y:.0f}H{x:.0f}"
        for number in range(column + side, target.item.column, side):
            between = [box for box in self.boxes if box.item.column == number]
            left, right = self._left[number] - PAD, self._left[number] + BOX + PAD
            edges = left - self._words[number, -1], right + self._words[number, 1]
            # Between two boxes, or above or below all of them, as near as may be.
            gaps, wanted = [edge for box in between for edge in (box.y, box.y + box.height + GAP)], y + target.middle
            gap = min((edge - GAP / 2 for edge in gaps), key=lambda one: abs(one - wanted / 2), default=y)
            near, far = edges[::side]
            made += _curve(x, y, near, gap, side) + f"L{far:.0f} {gap:.0f}"
            x, y = far, gap
        if target.item.column == column:
            end, bend = target.x + target.width, x + BEND
            return f"{made}C{bend} {y:.0f} {bend} {target.middle:.0f} {end:.0f} {target.middle:.0f}"
        return made + _curve(x, y, target.x if side > 0 else target.x + target.width, target.middle, side)

    @cached_property
    def _columns(self) -> list[list[Item]]:
        """The things of each column, near to what they are related to, so that few lines cross.

        Each sweep orders a column by the mean place of the neighbours (Sugiyama, Tagawa and Toda 1981, barycentre).
        """
        last = max(item.column for item in self.items)
        columns = [[item for item in self.items if item.column == number] for number in range(last + 1)]
        near: dict[Item, list[Item]] = {}
        for one in self.relations:
            near.setdefault(one.source, []).append(one.target)
            near.setdefault(one.target, []).append(one.source)
        places = {item: (n + 0.5) / len(column) for column in columns for n, item in enumerate(column)}
        # A bound, since an order may go to and fro between two states for ever.
        for _ in range(SWEEPS):
            for column in columns:
                means = {item: mean(places[other] for other in near.get(item, [item])) for item in column}
                column.sort(key=means.__getitem__)
                places |= {item: (number + 0.5) / len(column) for number, item in enumerate(column)}
        return columns

    @cached_property
    def _words(self) -> dict[tuple[int, int], float]:
        """How much room the words take to the left (-1) and to the right (1) of each column."""
        found = dict.fromkeys(((number, side) for number in range(len(self._columns)) for side in (-1, 1)), 0.0)
        for one in self.relations:
            at = one.source.column, one.side
            found[at] = max(found[at], len(one.label) * LETTER + PAD)
        return found

    @cached_property
    def _left(self) -> list[float]:
        """Where each column begins: the words on both sides of a gap must fit, and many lines need room to part."""
        lines = Counter(min(one.source.column, one.target.column) for one in self.relations)
        found = [1.0]
        for number in range(len(self._columns) - 1):
            words = self._words[number, 1] + self._words[number + 1, -1]
            found.append(found[-1] + BOX + words + max(BEND, SPREAD * lines[number]))
        return found

    @cached_property
    def _heights(self) -> dict[Item, float]:
        words = Counter(source for source, _ in self.labels)
        lines = {item: max(len(wrapped(item.label, LETTERS)), words[item]) for item in self.items}
        return {item: max(count * LINE + PAD, 2 * LINE) for item, count in lines.items()}

    def _total(self, column: list[Item]) -> float:
        return sum(self._heights[item] + GAP for item in column) - GAP


def draw(items: Iterable[Item], relations: Iterable[Relation]) -> Drawing | None:
    """The picture of some things and their relations; None if there is none to draw."""
    drawn = list(relations)
    return Drawing(list(items), drawn) if drawn else None
