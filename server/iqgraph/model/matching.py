"""Name matching: the things whose names are similar to a name as it stands in a table."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import pairwise

from pyoxigraph import NamedNode

from .facets import fold
from .kinds import rank
from .search import Entry

MAX_NAME_CHARS = 200
MIN_SIMILARITY = 0.2
# To compare all names would make a request as slow as there are names.
MIN_RARE_PAIRS, MAX_COMPARED_NAMES = 6, 150
_WORD = re.compile(r"\w+")


class Matching:
    """An index of names by character bigrams, weighted so that rare ones count more.

    Bigrams are taken of each word between spaces. So the order of words does not matter, a typo changes two or three of
    many bigrams, and an abbreviation shares the first ones of its word.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = list(entries)
        self._names = [(entry, _bigrams(name)) for entry in self.entries for name in dict.fromkeys(entry.names)]
        self._postings: dict[str, list[int]] = defaultdict(list)
        for number, (_, bigrams) in enumerate(self._names):
            for bigram in bigrams:
                self._postings[bigram].append(number)
        self._weights = {bigram: self._weight(len(numbers)) for bigram, numbers in self._postings.items()}
        self._sizes = [self._size(bigrams) for _, bigrams in self._names]

    def find(self, name: str) -> list[tuple[Entry, float]]:
        """The things with a similar name, and how similar the most similar one is, from 0 to 1; the best first."""
        bigrams = _bigrams(fold(name[:MAX_NAME_CHARS]))
        size, best = self._size(bigrams), dict[NamedNode, tuple[Entry, float]]()
        for number in self._candidates(bigrams):
            entry, others = self._names[number]
            common = sum(self._weights[pair] * min(n, others[pair]) for pair, n in bigrams.items() if pair in others)
            # https://en.wikipedia.org/wiki/Dice-S%C3%B8rensen_coefficient
            # At most 1, which the sums of equal weights may miss by their last digit.
            similarity = min(1.0, 2 * common / (size + self._sizes[number]))
            if similarity >= MIN_SIMILARITY and similarity > best.get(entry.node, (entry, 0.0))[1]:
                best[entry.node] = entry, similarity

        def sort_key(match: tuple[Entry, float]) -> tuple[float, int, int, str]:
            """By similarity; among equals, things before notes about them."""
            entry, similarity = match
            return -similarity, rank(entry.kind), len(entry.label), entry.node.value

        return sorted(best.values(), key=sort_key)

    def complete(self, prefix: str) -> list[Entry]:
        """The things with a name that begins with the prefix, then with a word that does, then with a similar name."""
        folded = fold(prefix[:MAX_NAME_CHARS]).strip()

        def distance(entry: Entry) -> int:
            return min((not name.startswith(folded) for name in entry.names if f" {folded}" in f" {name}"), default=2)

        named = [entry for entry in self.entries if distance(entry) < 2]
        named.sort(key=lambda entry: (distance(entry), len(entry.label), entry.label))
        similar = (entry for entry, _ in self.find(prefix))
        return list({entry.node: entry for entry in (*named, *similar)}.values())

    def _candidates(self, bigrams: Iterable[str]) -> list[int]:
        """The names with most of the rarer half of the bigrams: only these are compared."""
        rare = sorted(bigrams, key=lambda bigram: len(self._postings.get(bigram, ())))
        rare = rare[: max(MIN_RARE_PAIRS, len(rare) // 2)]
        hits = Counter(number for bigram in rare for number in self._postings.get(bigram, ()))
        return [number for number, _ in hits.most_common(MAX_COMPARED_NAMES)]

    def _size(self, bigrams: Counter[str]) -> float:
        unknown = self._weight(0)
        return sum(self._weights.get(bigram, unknown) * count for bigram, count in bigrams.items())

    def _weight(self, frequency: int) -> float:
        """The inverse document frequency of a bigram (https://doi.org/10.1108/eb026526)."""
        return math.log(1 + (len(self._names) + 1) / (frequency + 1))


def normalise(text: str) -> str:
    """A text without its case, its umlauts and the order of its words."""
    return " ".join(sorted(_WORD.findall(fold(text))))


def _bigrams(folded: str) -> Counter[str]:
    return Counter("".join(pair) for word in _WORD.findall(folded) for pair in pairwise(f" {word} "))
