"""The one time axis: a stated year is a band of its full width, an open end fades slowly, a vague time is hatched.

Where no start is stated, a short piece before the end fades in, and where something is over but no end is stated, a
short piece after the start fades out: nothing is drawn of times of which nothing is said.

Positions and widths are in percent of the axis; a single day is a thin line.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from pyoxigraph import NamedNode

from ...bilingual import Text, date_text
from ...dataset import Dataset
from ...model.kinds import Kind
from ...model.model import Row
from ...terms import expanded
from ..http.language import format_date, is_day, localize, say
from ..site import memoized, site
from . import rows

FADE_YEARS, TICK_YEARS = 2, 5
DATES = ("start", "end", "periodStart", "periodEnd")
LANES = {
    "iq:FundingProgramme": Text(de="Programm", en="Programme"),
    "iq:FundingPeriod": Text(de="Förderperioden und -runden", en="Funding periods and rounds"),
    "iq:RoleAssignment": Text(de="Rollen", en="Roles"),
    "iq:Offer": Text(de="Angebote", en="Offers"),
    "iq:Project": Text(de="Projekte", en="Projects"),
    "iq:LegalAct": Text(de="Gesetze", en="Laws"),
}


@dataclass(frozen=True, slots=True)
class Bar:
    """A piece of time on the axis: how it is drawn, where, and what it means in words.

    What only happened then is told apart from what lasted so long, an alternative from what is certain, and what no
    document says from what one does. Of a span, its ends are known as they are stated.
    """

    style: str
    x: float
    width: float
    words: str
    happened: bool = False
    is_alternative: bool = False
    span: tuple[str, str] = ("", "")
    is_elsewhere: bool = False

    def is_refined_by(self, other: "Bar") -> bool:
        """Whether another states the same span more precisely."""
        if self.happened or other.happened or not all(self.span) or self.span == other.span:
            return False
        return all(precise.startswith(own) for own, precise in zip(self.span, other.span, strict=True))


@dataclass(frozen=True, slots=True)
class Line:
    """A thing and its times, also in words, and whether a document speaks of it.

    `brief` is what documents say of its times, if they say anything; else all.
    """

    iri: str
    label: str
    kind: Kind
    bars: tuple[Bar, ...]
    words: str
    brief: str
    is_spoken_of: bool


@dataclass(frozen=True, slots=True)
class TimelineGroup:
    """Things that belong together, the earliest first."""

    name: str
    lines: list[Line]

    def parts(self, most: int) -> tuple[list[Line], list[Line]]:
        """At most so many lines, of more only what documents speak of if they speak of any, and the rest; by time."""
        spoken_of = [line for line in self.lines if line.is_spoken_of and len(self.lines) > most]
        first = (spoken_of or self.lines)[:most]
        return [one for one in self.lines if one in first], [one for one in self.lines if one not in first]


def axis() -> tuple[int, int]:
    """The first and the last year of the axis: those of the picture of the whole dataset, from a tick on."""

    def found(_: Dataset) -> tuple[int, int]:
        years = [int(value[:4]) for row in rows("timeline") for name, value in row.items() if name in DATES]
        first = min(years, default=0) // TICK_YEARS * TICK_YEARS
        return first, max([*years, first + TICK_YEARS])

    return memoized("axis", found)


def ticks() -> list[tuple[int, float]]:
    """The years that the axis names, and where."""
    first, last = axis()
    return [(year, place(year)) for year in range(first, last + 1, TICK_YEARS)]


def lanes(found: list[Row]) -> list[TimelineGroup]:
    """Programme, periods, roles, offers, projects and laws as lanes; one without a line is left out."""
    own = {name: [row for row in found if row["class"] == expanded(name).value] for name in LANES}
    return [TimelineGroup(localize(LANES[name]), lines(lane)) for name, lane in own.items() if lane]


def lines(found: Iterable[Row]) -> list[Line]:
    """One line a thing, the earliest first."""
    things: dict[str, list[Row]] = {}
    for row in found:
        things.setdefault(row["thing"], []).append(row)
    made = []
    for iri, own in things.items():
        node, model = NamedNode(iri), site().model
        drawn = tuple(bars(own, has_ended=model.is_over(node)))
        # Each time once; of one that is stated with different precision, the most precise.
        told = [bar for bar in drawn if not any(map(bar.is_refined_by, drawn))]
        words = "; ".join(dict.fromkeys(bar.words for bar in told))
        brief = "; ".join(dict.fromkeys(bar.words for bar in told if not bar.is_elsewhere)) or words
        made.append(Line(iri, own[0]["label"], model.kind(node), drawn, words, brief, iri in model.spoken_of))
    return sorted(made, key=lambda line: (min((bar.x for bar in line.bars), default=0), line.label))


def bars(found: list[Row], *, has_ended: bool = False) -> list[Bar]:
    """The bars of one thing; bands come before the days that are drawn over them."""
    documents = {"", *(outline.node.value for outline in site().model.outlines)}
    made: dict[Bar, bool] = {}  # whether no document says it
    for row in found:
        for bar in (_mark_event(row, bar) for bar in _bars(row, has_ended=has_ended)):
            made[bar] = made.get(bar, True) and row.get("source", "") not in documents
    drawn = [replace(bar, is_elsewhere=is_elsewhere) for bar, is_elsewhere in made.items()]
    # What comes later in SVG is painted over what came before (https://www.w3.org/TR/SVG2/render.html).
    return sorted(drawn, key=lambda bar: (bar.style == "day", bar.x, -bar.width))


def _mark_event(row: Row, bar: Bar) -> Bar:
    """The bar of an event says what happened, if it stands on the line of something else."""
    if "event" not in row:
        return bar
    words = f"{row['eventLabel']}: {bar.words}" if "eventLabel" in row else bar.words
    if "open" in row:
        words += say(
            de=", die Quelle lässt offen, ob die Zeit hierher gehört",
            en=", the source leaves open whether the time belongs here",
        )
    return replace(bar, words=words, happened=True, is_alternative="open" in row)


def _bars(row: Row, *, has_ended: bool) -> list[Bar]:
    start, end = row.get("start", ""), row.get("end", "")
    if "periodStart" in row and not start:
        return [_within(row["periodStart"], row["periodEnd"])]
    if not start or not end:
        return [_half(start, end, has_ended=has_ended)] if start or end else []
    if is_day(start) and is_day(end):
        return [_stated("day", start, end)]
    if row.get("event") and start[:4] != end[:4]:
        return [_within(start, end)]
    bar = _stated("stated", start, end)
    return [bar, replace(_stated("day", end, end), words=bar.words, span=bar.span)] if is_day(end) else [bar]


def _half(start: str, end: str, *, has_ended: bool) -> Bar:
    """The bar of a time of which one end is stated."""
    since, german = format_date(start), date_text(start, "dem").de
    if end:
        words = say(
            de=f"bis {date_text(end, 'zum').de}, ein Anfang ist nicht genannt",
            en=f"until {format_date(end)}, no beginning stated",
        )
        return _bar("until", _begin(end) - FADE_YEARS, _end(end), words)
    if has_ended:
        words = say(de=f"ab {german}, ein eigenes Ende ist", en=f"from {since}, no end of its own")
        return _bar("open", _begin(start), _begin(start) + FADE_YEARS, words + say(de=" nicht genannt", en=" stated"))
    words = say(de=f"seit {german}, ein Ende ist nicht genannt", en=f"since {since}, no end stated")
    return _bar("open", _begin(start), axis()[1] + 1, words)


def _bar(style: str, begin: float, end: float, words: str, span: tuple[str, str] = ("", "")) -> Bar:
    x = place(begin)
    return Bar(style, x, round(max(place(end) - x, 0.0), 2), words, span=span)


def _stated(style: str, start: str, end: str) -> Bar:
    label = format_date(start) if start == end else _range(start, end)
    return _bar(style, _begin(start), _end(end), label, (start, end))


def _within(start: str, end: str) -> Bar:
    words = _range(start, end)
    return _bar("vague", _begin(start), _end(end), say(de=f"im Zeitraum {words}", en=f"within {words}"))


def _range(start: str, end: str) -> str:
    """From one date to another; between years the dash stands without spaces."""
    return f"{format_date(start)} – {format_date(end)}" if len(start + end) > len("20152018") else f"{start}–{end}"


def _begin(text: str) -> float:
    """Where a year, month or day begins, in years."""
    first = date.fromisoformat(f"{text}-01-01"[: len("2024-03-01")])
    # 366 in each year: where it has a day less, the end of December is off by less than a pixel.
    return first.year + (first.timetuple().tm_yday - 1) / 366


def _end(text: str) -> float:
    return _begin(text) + {4: 1.0, 7: 1 / 12}.get(len(text), 1 / 366)


def place(year: float) -> float:
    """Where a year begins on the axis, in percent of it."""
    first, last = axis()
    return round(min(max((year - first) / (last + 1 - first), 0.0), 1.0) * 100, 2)
