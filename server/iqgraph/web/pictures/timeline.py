"""A timeline: bars on one axis, drawn as precisely as their dates are stated.

A year is a bar of its full width, an open end fades out, a vague time is hatched, a day is a thin line. Where no start
is stated, a short piece before the end fades in; where something is over without a stated end, a short piece after the
start fades out: nothing else is drawn of times that no source states.

Positions and widths are in percent of the axis.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from pyoxigraph import NamedNode

from ...bilingual import Text, date_text
from ...model.kinds import Kind
from ...model.model import Row
from ...terms import IQ, RDF, expand
from ..http.language import format_date, is_day, localize, say
from ..http.parameters import begin
from ..site import memoize, site
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
    """A time on the axis: its style, its position, and its meaning in words.

    An event happened at some time within the bar; an alternative is one of several possible times; elsewhere means that
    no document states it. The span has the start and end as they are stated.
    """

    style: str
    x: float
    width: float
    words: str
    is_event: bool = False
    is_alternative: bool = False
    span: tuple[str, str] = ("", "")
    is_elsewhere: bool = False

    def is_refined_by(self, other: "Bar") -> bool:
        """Whether another bar states the same span more precisely."""
        if self.is_event or other.is_event or not all(self.span) or self.span == other.span:
            return False
        return all(precise.startswith(own) for own, precise in zip(self.span, other.span, strict=True))


@dataclass(frozen=True, slots=True)
class Line:
    """A thing with its bars, its times in words, and whether a document mentions it.

    `brief` has the times that documents state, or all if they state none.
    """

    iri: str
    label: str
    kind: Kind
    bars: tuple[Bar, ...]
    words: str
    brief: str
    is_in_documents: bool


@dataclass(frozen=True, slots=True)
class Lane:
    """The lines of a group, the earliest first."""

    name: str
    lines: list[Line]

    def split(self, max_lines: int) -> tuple[list[Line], list[Line]]:
        """The first lines, and the rest; where there are more, lines of things that documents mention come first."""
        is_cut = len(begin(self.lines, max_lines)) < len(self.lines)
        first = begin([line for line in self.lines if line.is_in_documents and is_cut] or self.lines, max_lines)
        return [line for line in self.lines if line in first], [line for line in self.lines if line not in first]


def axis() -> tuple[int, int]:
    """The first and last year of all pictures: those of the timeline of the dataset, from a tick on."""
    return memoize("axis", lambda _: _years())


def _years() -> tuple[int, int]:
    years = [int(value[:4]) for row in rows("timeline") for name, value in row.items() if name in DATES]
    first = min(years, default=0) // TICK_YEARS * TICK_YEARS
    return first, max([*years, first + TICK_YEARS])


def ticks() -> list[tuple[int, float]]:
    """The labelled years of the axis, and their positions."""
    first, last = axis()
    return [(year, position(year)) for year in range(first, last + 1, TICK_YEARS)]


def lanes(dates: list[Row]) -> list[Lane]:
    """The lanes with lines: programme, periods, roles, offers, projects and laws."""
    groups = {name: [row for row in dates if row["class"] == expand(name).value] for name in LANES}
    return [Lane(localize(LANES[name]), lines(group)) for name, group in groups.items() if group]


def lines(dates: Iterable[Row], title: str = "") -> list[Line]:
    """One line for each thing, the earliest first; labels do without the title of the page."""
    by_thing: dict[str, list[Row]] = {}
    for row in dates:
        by_thing.setdefault(row["thing"], []).append(row)
    result = []
    for iri, own in by_thing.items():
        node, model = NamedNode(iri), site().model
        kind, times = model.kind(node), own
        if IQ.OrdinalYear in site().dataset.nodes(node, RDF.type):  # it does not go on, but only its start is stated
            start = {"event": iri, "eventLabel": say(de="Beginn", en="start")}
            times = [row | start | {"end": row["start"]} for row in own]
        elif kind.slug == "law":  # a date of its own is that of its entry into force
            times = [{"event": iri, "eventLabel": say(de="in Kraft", en="in force")} | row for row in own]
        all_bars = tuple(bars(times, has_ended=model.has_ended(node)))
        # In words each time only once, at its best precision, the earliest first.
        precise = [bar for bar in all_bars if not any(map(bar.is_refined_by, all_bars))]
        words, brief = _words(sorted(precise, key=lambda bar: bar.x))
        label, is_in_documents = _without(title, own[0]["label"]), iri in model.document_things
        result.append(Line(iri, label, kind, all_bars, words, brief, is_in_documents))
    return sorted(result, key=lambda line: (min((bar.x for bar in line.bars), default=0), line.label))


def _words(bars: list[Bar]) -> tuple[str, str]:
    """The times of bars in words, those from other sources in brackets, and the times that documents state, or all."""
    own, others = (
        "; ".join(dict.fromkeys(bar.words for bar in bars if bar.is_elsewhere is one)) for one in (False, True)
    )
    elsewhere = say(de="andere Quelle", en="another source")
    if not own or not others:
        words = f"{others} ({elsewhere})" if others else own
        return words, words
    return f"{own} ({elsewhere}: {others})", own


def bars(dates: list[Row], *, has_ended: bool = False) -> list[Bar]:
    """The bars of one thing; bands come before the days that are drawn over them."""
    documents = {"", *(document.node.value for document in site().model.documents)}
    is_elsewhere: dict[Bar, bool] = {}
    for row in dates:
        for bar in (_mark_event(row, bar) for bar in _bars(row, has_ended=has_ended)):
            is_elsewhere[bar] = is_elsewhere.get(bar, True) and row.get("source", "") not in documents
    result = [replace(bar, is_elsewhere=value) for bar, value in is_elsewhere.items()]
    # Later elements of SVG are painted over earlier ones (https://www.w3.org/TR/SVG2/render.html).
    return sorted(result, key=lambda bar: (bar.style == "day", bar.x, -bar.width))


def _mark_event(row: Row, bar: Bar) -> Bar:
    """The bar with the name of the event, if the row is about one."""
    if "event" not in row:
        return bar
    words = f"{_without(row['label'], row['eventLabel'])}: {bar.words}" if "eventLabel" in row else bar.words
    if "open" in row:
        words += say(
            de=", die Quelle lässt offen, ob die Zeit hierher gehört",
            en=", the source leaves open whether the time belongs here",
        )
    return replace(bar, words=words, is_event=True, is_alternative="open" in row)


def _without(name: str, label: str) -> str:
    """The label of what is shown below a thing, without the name of the thing."""
    return re.sub(rf" (des|der|of the|of) {re.escape(name)}(e?s)?\b", "", label) if name else label


def _bars(row: Row, *, has_ended: bool) -> list[Bar]:
    start, end = row.get("start", ""), row.get("end", "")
    if "periodStart" in row and not start:
        return [_vague_bar(row["periodStart"], row["periodEnd"])]
    if not start or not end:
        return [_half_open_bar(start, end, has_ended=has_ended)] if start or end else []
    if is_day(start) and is_day(end):
        return [_closed_bar("day", start, end)]
    if row.get("event") and start[:4] != end[:4]:
        return [_vague_bar(start, end)]
    bar = _closed_bar("stated", start, end)
    return [bar, replace(_closed_bar("day", end, end), words=bar.words, span=bar.span)] if is_day(end) else [bar]


def _half_open_bar(start: str, end: str, *, has_ended: bool) -> Bar:
    """The bar of a time with only a start or only an end."""
    since, german = format_date(start), date_text(start, "dem").de
    if end:
        words = say(
            de=f"bis {date_text(end, 'zum').de}, ein Anfang ist nicht genannt",
            en=f"until {format_date(end)}, no beginning stated",
        )
        return _bar("until", _begin(end) - FADE_YEARS, _end(end), words)
    if has_ended:
        words = say(de=f"ab {german}, ein eigenes Ende ist nicht genannt", en=f"from {since}, no end of its own stated")
        return _bar("open", _begin(start), _begin(start) + FADE_YEARS, words)
    words = say(de=f"seit {german}, ein Ende ist nicht genannt", en=f"since {since}, no end stated")
    return _bar("open", _begin(start), axis()[1] + 1, words)


def _closed_bar(style: str, start: str, end: str) -> Bar:
    return _bar(
        style, _begin(start), _end(end), format_date(start) if start == end else _range(start, end), (start, end)
    )


def _vague_bar(start: str, end: str) -> Bar:
    words = _range(start, end)
    return _bar("vague", _begin(start), _end(end), say(de=f"im Zeitraum {words}", en=f"within {words}"))


def _bar(style: str, begin: float, end: float, words: str, span: tuple[str, str] = ("", "")) -> Bar:
    x = position(begin)
    return Bar(style, x, round(max(position(end) - x, 0.0), 2), words, span=span)


def _range(start: str, end: str) -> str:
    """A range of dates; the dash between two years has no spaces."""
    return f"{format_date(start)} – {format_date(end)}" if len(start + end) > len("20152018") else f"{start}–{end}"


def _begin(text: str) -> float:
    """The beginning of a year, month or day, in years."""
    first = date.fromisoformat(f"{text}-01-01"[: len("2024-03-01")])
    # 366 in each year: in a common year, the end of December is off by less than a pixel.
    return first.year + (first.timetuple().tm_yday - 1) / 366


def _end(text: str) -> float:
    return _begin(text) + {4: 1.0, 7: 1 / 12}.get(len(text), 1 / 366)


def position(year: float) -> float:
    """The position of a time on the axis, in percent."""
    first, last = axis()
    return round(min(max((year - first) / (last + 1 - first), 0.0), 1.0) * 100, 2)
