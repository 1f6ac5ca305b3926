"""The time axis upright: true to the years, with names that do not cover each other."""

from itertools import pairwise

import pytest
from pyoxigraph import NamedNode

from iqgraph.dataset import Dataset
from iqgraph.model.kinds import kind_of
from iqgraph.web.pictures.timeline import Bar, Line, TimelineGroup, place
from iqgraph.web.pictures.upright import COLUMNS, LEFT, ROW, Upright, upright


@pytest.fixture(scope="module")
def lane(dataset: Dataset) -> TimelineGroup:
    """Thirty things: some one after the other, many at once."""
    kind = kind_of(dataset, NamedNode("https://w3id.org/iq-hessen/id/involas"))
    years = [(2005 + n // 2, 1 + n % 3) for n in range(24)] + [(2019, 3)] * 6
    bars = [Bar("stated", place(year), place(year + length) - place(year), "") for year, length in years]
    return TimelineGroup(
        "", [Line(f"https://a.example/{n}", f"thing {n:02}", kind, (bar,)) for n, bar in enumerate(bars)]
    )


@pytest.fixture(scope="module")
def picture(lane: TimelineGroup) -> Upright:
    """Their picture."""
    return upright([lane])


def test_years_run_down(picture: Upright) -> None:
    """Marks and ticks are where their years are, the same on both."""
    years = dict(picture.ticks)

    assert [y for _, y in picture.ticks] == sorted(years.values())
    first = picture.marks[0].pieces[0]
    assert first.y == years[2005]
    assert max(piece.y + piece.height for mark in picture.marks for piece in mark.pieces) <= picture.height


def test_names_do_not_cover_each_other(picture: Upright) -> None:
    """Each has its own rows, and all are in the picture."""
    places = [mark.text for mark in picture.marks]

    assert all(below - above >= ROW for above, below in pairwise(places))
    assert places[0] >= 0
    assert places[-1] + ROW <= picture.height


def test_bars_do_not_cover_each_other(picture: Upright) -> None:
    """What runs at the same time stands in another column, and all columns fit beside the names."""
    spans = [(mark.x, mark.pieces[0].y, mark.pieces[0].y + mark.pieces[0].height) for mark in picture.marks]
    for number, (x, start, end) in enumerate(spans):
        for other_x, other_start, other_end in spans[:number]:
            assert x != other_x or start >= other_end or other_start >= end
    assert all(mark.x > LEFT and mark.x + mark.width <= LEFT + COLUMNS + 6 for mark in picture.marks)


def test_nothing_to_draw() -> None:
    """No lines, no marks; the axis stays."""
    assert upright([]).marks == []
