"""What is over: an end may be stated of a role, of what it is in, or by whoever else tells of the same role."""

from collections.abc import Iterable, Iterator

from pyoxigraph import NamedNode

from ...terms import DCAT, IQ
from ..signposting import published
from ..site import site


def is_past(end: str) -> bool:
    """Whether a date is before that of the data."""
    return end < published().modified[: len(end)]


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
