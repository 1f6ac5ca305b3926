"""Figures as Prometheus reads them: its text format (version 0.0.4) and OpenMetrics (version 1.0).

Written here in a page rather than with a library: the figures are plain numbers that one process counts in one thread,
and a library would add a lock to each count and a registry that all applications of a process share.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"
BOUNDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

Labels = tuple[tuple[str, str], ...]
Number = int | float


@dataclass(frozen=True, slots=True)
class Sample:
    """One number: what is put behind the name of its family, its labels, its value."""

    value: Number
    labels: Labels = ()
    ending: str = ""


@dataclass(frozen=True, slots=True)
class Family:
    """The numbers of one name, their kind (counter, gauge, histogram or info) and their meaning in one sentence."""

    name: str
    kind: str
    about: str
    samples: list[Sample] = field(default_factory=list)


@dataclass(slots=True)
class Histogram:
    """How many durations were not longer than each bound."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    total: float = 0.0

    def observe(self, seconds: float) -> None:
        """Count a duration."""
        self.counts[bisect_left(BOUNDS, seconds)] += 1
        self.total += seconds

    def samples(self, labels: Labels) -> Iterator[Sample]:
        """The cumulative buckets, the sum and the count."""
        reached = 0
        for bound, count in zip((*map(repr, BOUNDS), "+Inf"), self.counts, strict=True):
            reached += count
            yield Sample(reached, (*labels, ("le", bound)), "_bucket")
        yield Sample(self.total, labels, "_sum")
        yield Sample(reached, labels, "_count")


def counter(name: str, about: str, value: Number) -> Family:
    """A number that only grows."""
    return Family(name, "counter", about, [Sample(value, (), "_total")])


def counters(name: str, about: str, label: str, values: Mapping[str, Number]) -> Family:
    """Numbers that only grow, told apart by a label."""
    samples = [Sample(value, ((label, key),), "_total") for key, value in sorted(values.items())]
    return Family(name, "counter", about, samples)


def gauge(name: str, about: str, value: Number) -> Family:
    """A number that goes up and down."""
    return Family(name, "gauge", about, [Sample(value)])


def info(name: str, about: str, **labels: str) -> Family:
    """What does not change and is no number."""
    return Family(name, "info", about, [Sample(1, tuple(labels.items()), "_info")])


def prometheus(families: Iterable[Family]) -> str:
    """The text format: the type belongs to the name of the samples, and there is no type info."""
    return "".join(line for family in families for line in _classic(family))


def openmetrics(families: Iterable[Family]) -> str:
    """OpenMetrics: the type belongs to the name of the family, and the end is marked."""
    lines = (line for family in families for line in _lines(family, family.name, family.kind, _quoted(family.about)))
    return "".join(lines) + "# EOF\n"


def _classic(family: Family) -> Iterator[str]:
    ending = {"counter": "_total", "info": "_info"}.get(family.kind, "")
    kind = "gauge" if family.kind == "info" else family.kind
    return _lines(family, family.name + ending, kind, _escaped(family.about))


def _lines(family: Family, name: str, kind: str, about: str) -> Iterator[str]:
    yield f"# HELP {name} {about}\n"
    yield f"# TYPE {name} {kind}\n"
    for sample in family.samples:
        labels = ",".join(f'{key}="{_quoted(value)}"' for key, value in sample.labels)
        yield f"{family.name}{sample.ending}{f'{{{labels}}}' if labels else ''} {sample.value!r}\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n")


def _quoted(text: str) -> str:
    return _escaped(text).replace('"', '\\"')
