"""What somebody may have meant: the things whose names are nearest to a word, whatever its case and umlauts."""

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
from ..terms import BASE, SKOS
from .neighbourhood import LABELS

MAX_NAME_CHARS = 80
GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
NAMES = (*LABELS, SKOS.altLabel)
PART = 2
MAX_SHARING = 1000
MAX_CANDIDATES = 20
_PADDING = re.compile(r"(?<!\d)0+(?=\d)")


class Words:
    """Words by the pairs of letters in them: what is near to a word has many of its pairs, so only such is compared.

    Pairs that too many words have say nothing of them, and are left out; so a search costs a millisecond or two,
    however many words there are.
    """

    def __init__(self, words: Iterable[str]) -> None:
        having: dict[str, list[str]] = defaultdict(list)
        for word in words:
            for part in _parts(word):
                having[part].append(word)
        self.having = {part: found for part, found in having.items() if len(found) <= MAX_SHARING}

    def nearest(self, word: str, most: int, least: float = 0.6) -> list[str]:
        """The words that are nearest to a word, the nearest first; none for a word that is very long."""
        if len(word) > MAX_NAME_CHARS:
            return []
        shared = Counter(chain.from_iterable(self.having.get(part, ()) for part in _parts(word)))
        candidates = sorted(shared, key=lambda one: (len(one) - 2 * shared[one], one))[:MAX_CANDIDATES]
        return get_close_matches(word, candidates, most, least)


def _parts(word: str) -> set[str]:
    return {word[place : place + PART] for place in range(len(word) - PART + 1)}


@dataclass(frozen=True)
class Names:
    """The things by each of their names, in plain letters."""

    things: Mapping[str, tuple[str, ...]]

    @cached_property
    def words(self) -> Words:
        """The names alone, to find near ones."""
        return Words(self.things)

    @cached_property
    def padded(self) -> dict[str, str]:
        """The names with a number that begins with noughts, by what they are without these."""
        return {bare: name for name in self.things if (bare := _PADDING.sub("", name)) != name}

    def nearest(self, word: str, most: int) -> list[str]:
        """The IRIs of the things whose names are nearest to a word, the nearest first."""
        wanted = plain(word)
        found = self.words.nearest(wanted, most, 0.65)
        if len(wanted) >= 4:
            longer = sorted((name for name in self.things if wanted in name), key=len)
            is_close = found and SequenceMatcher(None, wanted, found[0]).ratio() > 0.9
            found = [*found, *longer] if is_close else [*longer, *found]
        if same := self.padded.get(_PADDING.sub("", wanted)):
            found.insert(0, same)
        iris = dict.fromkeys(iri for name in found for iri in self.things[name])
        return list(islice(iris, most))


def names(dataset: Dataset) -> Names:
    """The names of what the dataset describes; none if there are too many to look through."""
    found: dict[str, set[str]] = {}
    for thing, word in dict.fromkeys(_told(dataset)):
        if key := plain(word):
            found.setdefault(key, set()).add(thing)
    return Names({name: tuple(sorted(sorted(things), key=len)) for name, things in sorted(found.items())})


def plain(word: str) -> str:
    """A word in small letters and figures without marks; ä is ae and ß is ss, as in slugs."""
    german = unicodedata.normalize("NFC", word[:MAX_NAME_CHARS]).casefold().translate(GERMAN)
    if not german.isascii():
        german = "".join(one for one in unicodedata.normalize("NFKD", german) if not unicodedata.combining(one))
    return re.sub(r"[^a-z0-9]+", " ", german).strip()


def local(iri: str) -> str:
    """The end of an IRI, which tells things of one kind apart."""
    ends = re.split(r"[/#]", iri.rstrip("/#"))
    return ends[-1]


def _told(dataset: Dataset) -> Iterator[tuple[str, str]]:
    """Names of things; what is only a part of another thing of ours has none but its label."""
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
