"""The time axis upright, for narrow screens: years run down, things stand beside each other, names to their right."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .timeline import TICKS, Bar, Line, TimelineGroup, place

WIDTH = 360
LEFT = 46
COLUMNS = 84
WIDEST = 8
TEXT = 172
ROW = 40
LOWEST = 400
GAP = 1.5


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of time as it is drawn: its style, where it begins and how long it is in pixels, and that in words."""

    style: str
    y: float
    height: float
    words: str
    happened: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """A thing: its column, its pieces, where its name stands, and the line that joins both."""

    line: Line
    x: float
    width: float
    pieces: tuple[Piece, ...]
    text: float
    leader: str


@dataclass(frozen=True, slots=True)
class Upright:
    """The whole picture."""

    height: int
    ticks: list[tuple[int, float]]
    marks: list[Mark]


def upright(lanes: Iterable[TimelineGroup]) -> Upright:
    """All lines of some lanes in one picture, the earliest first; no name covers another."""
    lines = sorted((line for lane in lanes for line in lane.lines if line.bars), key=_extent)
    height = max(LOWEST, len(lines) * ROW)
    columns = _columns(lines)
    width = min(WIDEST, COLUMNS / (max(columns, default=0) + 1))
    starts = [_extent(line)[0] * height / 100 for line in lines]
    marks = []
    for line, column, start, text in zip(lines, columns, starts, _texts(starts, height), strict=True):
        x = LEFT + 6 + column * width
        leader = f"M{x + width - 2:.1f} {start + 3:.1f}H{LEFT + COLUMNS + 4:.1f}L{TEXT} {text + 9:.1f}"
        marks.append(Mark(line, x, width - 2, tuple(_piece(bar, height) for bar in line.bars), text, leader))
    return Upright(height, [(year, place(year) * height / 100) for year in TICKS], marks)


def _extent(line: Line) -> tuple[float, float, str]:
    """From where to where a line reaches, in percent of the axis."""
    return min(bar.x for bar in line.bars), max(bar.x + bar.width for bar in line.bars), line.label


def _columns(lines: Sequence[Line]) -> list[int]:
    """The first column that is free for each line, taken in order."""
    ends: list[float] = []
    found = []
    for line in lines:
        start, end, _ = _extent(line)
        free = next((number for number, last in enumerate(ends) if last + GAP <= start), len(ends))
        ends[free:] = [end, *ends[free + 1 :]]
        found.append(free)
    return found


def _texts(starts: Sequence[float], height: float) -> list[float]:
    """Where names stand: beside the beginning of their bar, moved apart as far as needed."""
    down: list[float] = []
    for start in starts:
        down.append(max(start, down[-1] + ROW) if down else start)
    up: list[float] = []
    for wanted in reversed(down):
        up.append(min(wanted, (up[-1] if up else height) - ROW))
    return up[::-1]


def _piece(bar: Bar, height: float) -> Piece:
    return Piece(bar.style, bar.x * height / 100, max(bar.width * height / 100, 2.0), bar.words, bar.happened)
