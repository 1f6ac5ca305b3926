"""Suggestions: the things whose names are most similar to a word, in any case and with umlauts written either way."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from functools import cached_property
from itertools import chain, islice

from pyoxigraph import Literal, NamedNode

from ..dataset import UNION, Dataset
from ..terms import BASE, LABELS, SKOS

MAX_NAME_CHARS = 80
GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
NAMES = (*LABELS, SKOS.altLabel)
GRAM_CHARS = 2
# Of 5,800 names, those of 46 pairs are more than 1,000: without these pairs "kordination" did not find "coordination".
MAX_GRAM_WORDS = 2000
MAX_CANDIDATES = 20
_LEADING_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")


class Words:
    """An index of words by the pairs of letters in them: a similar word shares many pairs, so only such are compared.

    Pairs that too many words have do not distinguish them, and are left out; so a search takes some milliseconds at
    most, however many words there are.
    """

    def __init__(self, words: Iterable[str]) -> None:
        index: dict[str, list[str]] = defaultdict(list)
        for word in words:
            for gram in _grams(word):
                index[gram].append(word)
        self._index = {gram: words for gram, words in index.items() if len(words) <= MAX_GRAM_WORDS}

    def nearest(self, word: str, count: int, cutoff: float = 0.6) -> list[str]:
        """At most so many similar words, the most similar first; none for a very long word."""
        if len(word) > MAX_NAME_CHARS:
            return []
        matches = Counter(chain.from_iterable(self._index.get(gram, ()) for gram in _grams(word)))
        candidates = sorted(matches, key=lambda match: (len(match) - 2 * matches[match], match))[:MAX_CANDIDATES]
        return get_close_matches(word, candidates, count, cutoff)


def _grams(word: str) -> set[str]:
    return {word[start : start + GRAM_CHARS] for start in range(len(word) - GRAM_CHARS + 1)}


@dataclass(frozen=True)
class Names:
    """The IRIs of things by each of their names in plain letters."""

    things: Mapping[str, tuple[str, ...]]

    @cached_property
    def words(self) -> Words:
        """An index of the names."""
        return Words(self.things)

    @cached_property
    def without_zeros(self) -> dict[str, str]:
        """The names that have a number with leading zeros, by the same without these."""
        return {short: name for name in self.things if (short := _LEADING_ZEROS.sub("", name)) != name}

    def nearest(self, word: str, count: int) -> list[str]:
        """The IRIs of at most so many things with similar names, the most similar first."""
        word = plain(word)
        names = self.words.nearest(word, count, 0.65)
        if len(word) >= 4:
            longer = sorted((name for name in self.things if word in name), key=len)
            is_close = names and SequenceMatcher(None, word, names[0]).ratio() > 0.9
            names = [*names, *longer] if is_close else [*longer, *names]
        if same := self.without_zeros.get(_LEADING_ZEROS.sub("", word)):
            names.insert(0, same)
        iris = dict.fromkeys(iri for name in names for iri in self.things[name])
        return list(islice(iris, count))


def names(dataset: Dataset) -> Names:
    """The names of all things in a dataset; none if it is too large to look through."""
    things: dict[str, set[str]] = {}
    for iri, word in dict.fromkeys(_iris_and_names(dataset)):
        if name := plain(word):
            things.setdefault(name, set()).add(iri)
    return Names({name: tuple(sorted(sorted(iris), key=len)) for name, iris in sorted(things.items())})


def plain(word: str) -> str:
    """A word in ASCII letters and digits, in lower case and without diacritics; ä is ae and ß is ss, as in slugs."""
    german = unicodedata.normalize("NFC", word[:MAX_NAME_CHARS]).casefold().translate(GERMAN)
    if not german.isascii():
        german = "".join(char for char in unicodedata.normalize("NFKD", german) if not unicodedata.combining(char))
    return re.sub(r"[^a-z0-9]+", " ", german).strip()


def local(iri: str) -> str:
    """The local name of an IRI: what stands behind its last slash or hash."""
    return re.split(r"[/#]", iri.rstrip("/#"))[-1]


def _iris_and_names(dataset: Dataset) -> Iterator[tuple[str, str]]:
    """Things with their names, often repeated; what is only a part of another thing of ours has none but its label."""
    if dataset.is_large:
        return
    for node in {triple.subject for triple in dataset.triples()} | set(dataset.graphs()):
        if isinstance(node, NamedNode) and not (node.value.startswith(BASE) and "#" in node.value):
            yield node.value, local(node.value)
    for predicate in NAMES:
        for quad in dataset.store.quads_for_pattern(None, predicate, None, UNION):
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, Literal):
                yield quad.subject.value, local(quad.subject.value)
                yield quad.subject.value, quad.object.value
