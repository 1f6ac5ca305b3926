"""Matching names: which things somebody means by a name as it stands in a table, with slips and in any order of words.

Names are compared by the pairs of letters of their words, of which each begins and ends with a space. So the order of
words does not matter, a slip changes two or three pairs of many, and an abbreviation has the first pairs of its word.
Pairs that few names have count more. The names are those of the search, folded as there, in both languages.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import pairwise

from pyoxigraph import NamedNode

from .facets import fold
from .kinds import rank
from .search import Entry

MAX_NAME_CHARS = 200
MIN_LIKENESS = 0.2
# To compare all names would take each request as long as there are names.
MIN_RARE_PAIRS, MAX_COMPARED_NAMES = 6, 150
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Match:
    """A thing that may be meant, and how like the name is to one of its own: from 0, nothing in common, to 1."""

    entry: Entry
    likeness: float


class Matching:
    """The names of things, by their pairs of letters."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = list(entries)
        self.names = [(entry, _pairs(name)) for entry in self.entries for name in dict.fromkeys(entry.names)]
        self.having: dict[str, list[int]] = defaultdict(list)
        for number, (_, pairs) in enumerate(self.names):
            for pair in pairs:
                self.having[pair].append(number)
        self.weights = {pair: self._weight(len(found)) for pair, found in self.having.items()}
        self.sizes = [self._size(pairs) for _, pairs in self.names]

    def find(self, name: str) -> list[Match]:
        """The things that have a name somewhat like this one, the likest first; each by its likest name."""
        pairs = _pairs(fold(name[:MAX_NAME_CHARS]))
        whole, found = self._size(pairs), dict[NamedNode, Match]()
        for number in self._near(pairs):
            entry, others = self.names[number]
            shared = sum(
                self.weights[pair] * min(times, others[pair]) for pair, times in pairs.items() if pair in others
            )
            # What two sets share, by their sizes: https://en.wikipedia.org/wiki/Dice-S%C3%B8rensen_coefficient
            # At most 1, which the sums of equal weights may miss by their last digit.
            likeness = min(1.0, 2 * shared / (whole + self.sizes[number]))
            if likeness >= MIN_LIKENESS and ((known := found.get(entry.node)) is None or known.likeness < likeness):
                found[entry.node] = Match(entry, likeness)

        def place(match: Match) -> tuple[float, int, int, str]:
            """The likest first; of those alike, things before what only tells of them."""
            entry = match.entry
            return -match.likeness, rank(entry.kind), len(entry.label), entry.node.value

        return sorted(found.values(), key=place)

    def _near(self, pairs: Iterable[str]) -> list[int]:
        """The names that have most of the rarer half of some pairs: only these are compared as a whole."""
        rare = sorted(pairs, key=lambda pair: len(self.having.get(pair, ())))
        rare = rare[: max(MIN_RARE_PAIRS, len(rare) // 2)]
        shared = Counter(number for pair in rare for number in self.having.get(pair, ()))
        return [number for number, _ in shared.most_common(MAX_COMPARED_NAMES)]

    def beginning(self, typed: str) -> list[Match]:
        """The things a name of which begins as was typed, then those of which a word does, then what is like it."""
        wanted, found = fold(typed[:MAX_NAME_CHARS]).strip(), dict[NamedNode, Match]()
        for part in ("", " "):
            for entry in sorted(self.entries, key=lambda one: (len(one.label), one.label)):
                if any(f"{part}{wanted}" in (name if part else name[: len(wanted)]) for name in entry.names):
                    found.setdefault(entry.node, Match(entry, 1.0))
        for match in self.find(typed):
            found.setdefault(match.entry.node, match)
        return list(found.values())

    def _size(self, pairs: Counter[str]) -> float:
        unknown = self._weight(0)
        return sum(self.weights.get(pair, unknown) * times for pair, times in pairs.items())

    def _weight(self, names: int) -> float:
        return math.log(1 + (len(self.names) + 1) / (names + 1))


def has_value(texts: Iterable[str], wanted: Collection[str]) -> bool:
    """Whether one of the texts is one of those that are wanted, whatever their case, umlauts and order of words."""
    folded = {" ".join(sorted(_WORD.findall(fold(text)))) for text in texts}
    return any(" ".join(sorted(_WORD.findall(fold(text)))) in folded for text in wanted)


def _pairs(folded: str) -> Counter[str]:
    return Counter("".join(pair) for word in _WORD.findall(folded) for pair in pairwise(f" {word} "))
