"""Tense: a time in words, and what is over.

An end may be stated of a role, of what it is in, or by whoever else tells of the same role.
"""

from collections.abc import Iterable, Iterator, Mapping

from pyoxigraph import NamedNode

from ..terms import DCAT, IQ
from .http.language import say, written
from .site import site


def is_past(end: str) -> bool:
    """Whether a date is before that of the data."""
    # Dates of XML Schema sort as text do; the less precise one is compared as far as it goes.
    return end < site().modified[: len(end)]


def has_ended(role: NamedNode, what: NamedNode) -> bool:
    """Whether a role in something is over, as far as ends are stated."""
    return _have_ended([what]) or _have_ended(_alike(role))


def is_over(node: NamedNode) -> bool:
    """Whether a node is a role that is over."""
    return any(has_ended(node, what) for what in site().dataset.nodes(node, IQ.roleIn))


def _have_ended(nodes: Iterable[NamedNode]) -> bool:
    """Whether every end that is stated of things or roles is past."""
    dataset = site().dataset
    spans = (span for node in nodes for span in (node, *dataset.nodes(node, IQ.during)))
    ends = [end.value for span in spans for end in dataset.literals(span, DCAT.endDate)]
    return bool(ends) and all(map(is_past, ends))


def _alike(role: NamedNode) -> Iterator[NamedNode]:
    """The roles of the same kind that the same holder has in the same: each source of a role states its own time."""
    dataset = site().dataset

    def told(one: NamedNode) -> list[list[NamedNode]]:
        return [dataset.nodes(one, name) for name in (IQ.roleKind, IQ.roleHolder, IQ.roleIn)]

    others = (one for holder in dataset.nodes(role, IQ.roleHolder) for one in dataset.subjects(IQ.roleHolder, holder))
    return (one for one in others if told(one) == told(role))


def phrase(row: Mapping[str, str], *, is_over: bool = False) -> str:
    """A time as part of a sentence, empty if none is stated; what is over, but has no end, does not last since then."""
    start, end = row.get("start"), row.get("end")
    if end and not start:
        return say(de=f"bis {until_german(end)}", en=f"until {written(end)}")
    if not start:
        period = row.get("periodLabel")
        return say(de=f"seit der Zeit der „{period}“", en=f"since the time of the “{period}”") if period else ""
    if not end and is_over:
        return say(de=f"ab {since_german(start)}", en=f"from {written(start)} on")
    if not end:
        return say(de=f"seit {since_german(start)}", en=f"since {written(start)}")
    if start == end:
        return say(
            de={4: "", 7: "im ", 10: "am "}[len(start)] + written(start),
            en=f"{'on' if is_day(start) else 'in'} {written(start)}",
        )
    since, until = ("vom" if is_day(start) else "von"), until_german(end)
    return say(de=f"{since} {written(start)} bis {until}", en=f"from {written(start)} to {written(end)}")


def since_german(text: str) -> str:
    """A date as it stands behind the German "seit"."""
    return f"dem {written(text)}" if is_day(text) else written(text)


def until_german(text: str) -> str:
    """A date as it stands behind the German "bis"."""
    return f"zum {written(text)}" if is_day(text) else written(text)


def is_day(text: str) -> bool:
    """Whether a date names a day."""
    return len(text) == len("2024-03-01")
