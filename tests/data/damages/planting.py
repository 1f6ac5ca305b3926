"""Many damages in one dataset, as many as can be told apart, so that one load and one validation serve them all.

A line counts for a damage if it names a place that is this damage's alone, and no thing of any other damage in the
dataset. What is not seen like that is planted again among others, and at last alone.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from pyoxigraph import Quad, RdfFormat, serialize

from iqgraph.dataset import Dataset, load
from iqgraph.errors import DatasetError
from iqgraph.terms import short_name
from iqgraph.validation.comparison import compare
from iqgraph.validation.evidence import examine
from iqgraph.validation.findings import Finding
from iqgraph.validation.validation import validate

from .ground import Damage, Statement, Term

Check = Callable[[Dataset], Iterable[Finding]]
Extent = Callable[[Damage], frozenset[Term]]
QUICK: tuple[Check, ...] = (compare, examine)
CHECKS: tuple[Check, ...] = (*QUICK, validate)
SHOWN = 60  # as many characters of a value as a line shows

# Which checks are made of damages that have nothing of this in common. A seal names a graph, so it can tell of one
# damage in each graph.
Round = tuple[tuple[Check, ...], Extent]
ROUNDS: tuple[Round, ...] = (
    (QUICK, lambda damage: damage.things),
    (QUICK, lambda damage: damage.things | damage.graphs),
    ((validate,), lambda damage: damage.things),
)
AT_ONCE: tuple[Round, ...] = ((CHECKS, lambda damage: damage.things | damage.graphs),)
MANY = 20  # of fewer, what is left after the quick checks is no reason to load the rest again


def loaded(statements: Iterable[Statement], folder: Path) -> Dataset:
    """The statements as the file of a user, in place of the bundled data."""
    file = folder / "data.nq"
    quads = (Quad(*statement) for statement in statements)
    file.write_bytes(serialize(quads, format=RdfFormat.N_QUADS) or b"")
    return load([file])


def seen(
    damages: Mapping[str, Damage], sound: frozenset[Statement], folder: Path, unsure: Iterable[str] = ()
) -> dict[str, str]:
    """For each damage that is seen the line that says where. Those that nobody is sure of stay apart, unvalidated."""
    lines: dict[str, str] = {}
    sure = {name: damage for name, damage in damages.items() if name not in unsure}
    for checks, extent in ROUNDS if len(sure) > MANY else AT_ONCE:
        left = {name: damage for name, damage in sure.items() if name not in lines}
        for group in groups(left, extent):
            lines |= look(group, sound, folder, checks)
    for name, damage in damages.items():
        if name not in lines:
            lines |= look({name: damage}, sound, folder, CHECKS if name in sure else QUICK)
    return {name: line for name, line in lines.items() if line}


def groups(damages: Mapping[str, Damage], extent: Extent) -> Iterator[dict[str, Damage]]:
    """The damages in as few groups as are found quickly, in each of which no two share anything of their extent."""
    found: list[tuple[set[Term], dict[str, Damage]]] = []
    for name, damage in damages.items():
        mine = extent(damage)
        taken, group = next((one for one in found if one[0].isdisjoint(mine)), (None, {}))
        if taken is None:
            taken = set()
            found.append((taken, group))
        taken |= mine
        group[name] = damage
    return (group for _, group in found)


def look(
    damages: Mapping[str, Damage], sound: frozenset[Statement], folder: Path, checks: Sequence[Check]
) -> dict[str, str]:
    """The lines that the checks have for damages in one dataset, no further check than is needed.

    The line is empty where the data cannot be loaded and the error does not say why: no other check can say more.
    """
    lost = frozenset[Statement]().union(*(damage.lost for damage in damages.values()))
    added = frozenset[Statement]().union(*(damage.added for damage in damages.values()))
    try:
        dataset = loaded(sound - lost | added, folder)
    except DatasetError as error:
        if len(damages) == 1:
            return attributed(damages, [str(error)]) or dict.fromkeys(damages, "")
        names = sorted(damages)  # one of them cannot even be loaded; halving finds it soonest
        halves = (names[: len(names) // 2], names[len(names) // 2 :])
        parts = [{name: damages[name] for name in half} for half in halves]
        return look(parts[0], sound, folder, checks) | look(parts[1], sound, folder, checks)
    found: dict[str, str] = {}
    for check in checks:
        if len(found) < len(damages):
            found = attributed(damages, [finding.line() for finding in check(dataset)]) | found
    return found


def attributed(damages: Mapping[str, Damage], lines: Sequence[str]) -> dict[str, str]:
    """The first line of each damage that tells of it and of no other."""
    found = {}
    for name, damage in damages.items():
        others = [other for other in damages.values() if other is not damage]
        own = damage.place.difference(*(other.place for other in others))
        foreign = frozenset[Term]().union(*(other.things for other in others)) - damage.place
        about, beside = naming(own), naming(foreign)
        line = next((line for line in lines if about.search(line) and not beside.search(line)), None)
        if line is not None:
            found[name] = line
    return found


def naming(terms: Iterable[Term]) -> re.Pattern[str]:
    """Finds any of the terms in a line, by the names that people read; of a long one the beginning is enough."""
    known = [short_name(term) for term in sorted(terms, key=str)]
    names = "|".join(re.escape(name[:SHOWN]) + r"(?![\w-])" * (len(name) <= SHOWN) for name in known) or r"(?!)"
    return re.compile(rf"(?<![\w:/])(?:{names})")
