"""The one time axis: a stated year is a band of its full width, an open end fades slowly, a vague time is hatched.

Where no start is stated, a short piece before the end fades in, and where something is over but no end is stated, a
short piece after the start fades out: nothing is drawn of times of which nothing is said.

Positions and widths are in percent of the axis; a single day is a thin line.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from pyoxigraph import NamedNode

from ...bilingual import Text
from ...model.kinds import Kind
from ...model.model import Row
from ...terms import expanded
from ..http.language import localize, say, written
from ..site import site
from .tense import is_over

FIRST, LAST = 2005, 2028
END = LAST + 1
FADE_YEARS = 2
TICKS = (2005, 2010, 2015, 2020, 2025)
LANES = {
    "iq:FundingProgramme": Text(de="Programm", en="Programme"),
    "iq:FundingPeriod": Text(de="Förderperioden und -runden", en="Funding periods and rounds"),
    "iq:RoleAssignment": Text(de="Rollen", en="Roles"),
    "iq:Offer": Text(de="Angebote", en="Offers"),
    "iq:Project": Text(de="Projekte", en="Projects"),
    "iq:LegalAct": Text(de="Gesetze", en="Laws"),
}
_DATE = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")


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
    """A thing and its times, and whether a document speaks of it."""

    iri: str
    label: str
    kind: Kind
    bars: tuple[Bar, ...]
    is_spoken_of: bool = False

    @property
    def words(self) -> str:
        """Its times in words, each once; of a time that is stated with different precision, the most precise."""
        own = (bar.words for bar in self.bars if not any(bar.is_refined_by(other) for other in self.bars))
        return "; ".join(dict.fromkeys(own))


@dataclass(frozen=True, slots=True)
class TimelineGroup:
    """Things that belong together, the earliest first."""

    name: str
    lines: list[Line]

    def parts(self, most: int) -> tuple[list[Line], list[Line]]:
        """At most so many lines, only of what documents speak of if they speak of any, and the rest; both by time."""
        first = ([line for line in self.lines if line.is_spoken_of] or self.lines)[:most]
        return [one for one in self.lines if one in first], [one for one in self.lines if one not in first]


def ticks() -> list[tuple[int, float]]:
    """The years that the axis names, and where."""
    return [(year, place(year)) for year in TICKS]


def lanes(found: list[Row]) -> list[TimelineGroup]:
    """Programme, periods, roles, offers, projects and laws as lanes; one without a line is left out."""
    own = {name: [row for row in found if row["class"] == expanded(name).value] for name in LANES}
    return [TimelineGroup(localize(LANES[name]), lines(rows)) for name, rows in own.items() if rows]


def lines(found: Iterable[Row]) -> list[Line]:
    """One line a thing, the earliest first."""
    things: dict[str, list[Row]] = {}
    for row in found:
        things.setdefault(row["thing"], []).append(row)
    spoken_of = site().model.spoken_of
    nodes = {NamedNode(iri): tuple(bars(own, has_ended=is_over(NamedNode(iri)))) for iri, own in things.items()}
    made = (
        Line(node.value, things[node.value][0]["label"], site().model.kind(node), drawn, node.value in spoken_of)
        for node, drawn in nodes.items()
    )
    return sorted(made, key=_place_of_line)


def _place_of_line(line: Line) -> tuple[float, str]:
    return min((bar.x for bar in line.bars), default=0), line.label


def bars(found: list[Row], *, has_ended: bool = False) -> list[Bar]:
    """The bars of one thing; bands come before the days that are drawn over them."""
    documents = {outline.node.value for outline in site().model.outlines}
    by_others = [row for row in found if row.get("source", "") not in {"", *documents}]

    def drawn(row: Row) -> set[Bar]:
        return {_mark_event(row, bar) for bar in _bars(row, has_ended=has_ended)}

    made = {bar for row in found if row not in by_others for bar in drawn(row)}
    others = {bar for row in by_others for bar in drawn(row)} - made
    made |= {replace(bar, is_elsewhere=True) for bar in others}
    return sorted(made, key=lambda bar: (bar.style == "day", bar.x, -bar.width))


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


def phrase(row: Row, *, is_over: bool = False) -> str:
    """A time as part of a sentence, empty if none is stated; what is over, but has no end, does not last since then."""
    start, end = row.get("start"), row.get("end")
    if end and not start:
        return say(de=f"bis {_until(end)}", en=f"until {written(end)}")
    if not start:
        period = row.get("periodLabel")
        return say(de=f"seit der Zeit der „{period}“", en=f"since the time of the “{period}”") if period else ""
    if not end and is_over:
        return say(de=f"ab {_since(start)}", en=f"from {written(start)} on")
    if not end:
        return say(de=f"seit {_since(start)}", en=f"since {written(start)}")
    if start == end:
        return say(
            de={4: "", 7: "im ", 10: "am "}[len(start)] + written(start),
            en=f"{'on' if is_day(start) else 'in'} {written(start)}",
        )
    since, until = ("vom" if is_day(start) else "von"), _until(end)
    return say(de=f"{since} {written(start)} bis {until}", en=f"from {written(start)} to {written(end)}")


def _since(text: str) -> str:
    return f"dem {written(text)}" if is_day(text) else written(text)


def _until(text: str) -> str:
    return f"zum {written(text)}" if is_day(text) else written(text)


def _bars(row: Row, *, has_ended: bool) -> list[Bar]:
    start, end = row.get("start"), row.get("end")
    if "periodStart" in row and not start:
        return [_within(row["periodStart"], row["periodEnd"])]
    if not start:
        return [_closing(end)] if end else []
    if end and is_day(start) and is_day(end):
        return [_bar("day", start, end)]
    if not end:
        return [_begun(start) if has_ended else _open(start)]
    if row.get("event") and start[:4] != end[:4]:
        return [_within(start, end)]
    bar = _bar("stated", start, end)
    return [bar, replace(_bar("day", end, end), words=bar.words, span=bar.span)] if is_day(end) else [bar]


def _bar(style: str, start: str, end: str) -> Bar:
    x = place(_begin(start))
    width = max(place(_end(end)) - x, 0.0)
    words = written(start) if start == end else f"{written(start)} – {written(end)}"
    return Bar(style, x, round(width, 2), words, span=(start, end))


def _open(start: str) -> Bar:
    x = place(_begin(start))
    words = say(de=f"seit {written(start)}, ein Ende ist nicht genannt", en=f"since {written(start)}, no end stated")
    return Bar("open", x, round(100 - x, 2), words)


def _begun(start: str) -> Bar:
    x = place(_begin(start))
    words = say(
        de=f"ab {_since(start)}, ein eigenes Ende ist nicht genannt",
        en=f"from {written(start)}, no end of its own stated",
    )
    return Bar("open", x, round(place(_begin(start) + FADE_YEARS) - x, 2), words)


def _closing(end: str) -> Bar:
    words = say(de=f"bis {_until(end)}, ein Anfang ist nicht genannt", en=f"until {written(end)}, no beginning stated")
    x = place(_begin(end) - FADE_YEARS)
    return Bar("until", x, round(place(_end(end)) - x, 2), words)


def _within(start: str, end: str) -> Bar:
    bar = _bar("vague", start, end)
    return Bar("vague", bar.x, bar.width, say(de=f"innerhalb von {bar.words}", en=f"within {bar.words}"))


def is_day(text: str) -> bool:
    """Whether a date names a day."""
    return len(text) == len("2024-03-01")


def _begin(text: str) -> float:
    year, month, day = (_DATE.match(text) or _DATE.match("2005")).groups()  # type: ignore[union-attr]
    if day:
        # 366 in each year: where it has a day less, the end of December is off by less than a pixel.
        return int(year) + (date(int(year), int(month), int(day)).timetuple().tm_yday - 1) / 366
    return int(year) + (int(month) - 1) / 12 if month else float(year)


def _end(text: str) -> float:
    length = {4: 1.0, 7: 1 / 12}.get(len(text), 1 / 366)
    return _begin(text) + length


def place(year: float) -> float:
    """Where a year begins on the axis, in percent of it."""
    return round(min(max((year - FIRST) / (END - FIRST), 0.0), 1.0) * 100, 2)
