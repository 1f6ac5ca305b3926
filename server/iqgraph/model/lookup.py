"""Looking up words in all that readers look for: things, questions, passages and terms of the ontology."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain

from pyoxigraph import NamedNode

from ..dataset import UNION, Dataset
from ..dataset.questions import Question
from ..engine.nearest import local
from ..engine.neighbourhood import name
from ..reference.reused import NAMES
from ..reference.usage import mentioned
from ..terms import IQ, ONTOLOGY, RDF, RDFS, expanded
from .facets import TEXTS, Choice, fold
from .kinds import OTHER, Kind, kind_of
from .questions import Questions
from .search import Entry, Search, path
from .wording import Vocabulary, Wording, stem

DESCRIPTIONS = f"{TEXTS}|rdfs:label|rdfs:comment"
MIN_NAME_CHARACTERS = 4


@dataclass(frozen=True, slots=True)
class Found:
    """What fits words, each list with the best first; without `fits_all`, it is what has most of the words."""

    things: Sequence[Entry] = ()
    questions: Sequence[Entry] = ()
    passages: Sequence[Entry] = ()
    terms: Sequence[Entry] = ()
    fits_all: bool = True


class Lookup:
    """What there is to look up in a dataset, in one language; names and descriptions count in both."""

    def __init__(self, dataset: Dataset, search: Search, questions: Questions, language: str) -> None:
        self.dataset, self.search, self.asked, self.language = dataset, search, questions, language

    def read(self, typed: str) -> Wording:
        """The words of what somebody typed."""
        return self.vocabulary.read(typed)

    def find(self, words: Sequence[str]) -> Found:
        """Whatever has all words, or else what has most of them; first each thing whose whole name is among them."""
        if not words:
            return Found()
        folded = [fold(word) for word in words]
        called = self.search.find(Choice(words=tuple(words)))
        found = [_ranked(entries, folded, len(folded)) for entries in (called, *self._others)]
        fits_all = any(found)
        if not fits_all:
            everything = self.search.entries, *self._others
            most = max(_count(entry, folded) for entries in everything for entry in entries)
            found = [_ranked(entries, folded, most) for entries in everything]
        named = [one for one in self.search.entries if any(_is_among(word, folded) for word in one.names)]
        found[0] = list({one.node: one for one in (*named, *found[0])}.values())
        found[1] = _closest(self._questions, [*map(stem, folded)]) if fits_all else found[1]
        things, questions, passages, terms = found
        return Found(things, questions, passages, terms, fits_all)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words of all that can be looked up."""
        entries = [*self.search.entries, *(one for entries in self._others for one in entries)]
        described = (text for one in self.search.entries for text in self._texts(one.node))
        asked = (text for one in self.asked.entries for text in (*one.title, *one.topic))
        return Vocabulary(("\n".join((one.text, *one.codes)) for one in entries), (*described, *asked))

    @property
    def _others(self) -> tuple[list[Entry], list[Entry], list[Entry]]:
        return self._questions, self._passages, self._terms

    @cached_property
    def _questions(self) -> list[Entry]:
        """Each also by its topic, and by what the things and terms that its query names are called."""
        texts = lru_cache(maxsize=None)(self._texts)  # as many as queries name

        def about(one: Question) -> Iterator[str]:
            return (text for node in sorted(mentioned(one.query), key=str) for text in texts(node))

        return [
            self._entry(one.question.node, OTHER, one.title, (*one.topic, *one.description, *about(one.question)))
            for one in self.asked.entries
        ]

    @cached_property
    def _passages(self) -> list[Entry]:
        """Each by its number and what it is called here; the words of the text are not here to be searched."""
        found = sorted(self.dataset.instances(IQ.Passage), key=lambda one: one.value)
        return [
            self._entry(node, kind_of(self.dataset, node), (local(node.value), *self._numbers(node)), self._texts(node))
            for node in found
        ]

    def _numbers(self, passage: NamedNode) -> list[str]:
        """A passage by its number in each language."""
        numbers = self.dataset.literals(passage, IQ.order)
        return [f"{word} {one.value}" for word in kind_of(self.dataset, passage).name for one in numbers]

    @cached_property
    def _terms(self) -> list[Entry]:
        """The classes and properties, by their names in the ontology too."""
        found = {triple.subject for triple in self.dataset.triples(ONTOLOGY)}
        terms = sorted((node for node in found if isinstance(node, NamedNode) and node in IQ), key=str)
        ours = [self._entry(node, OTHER, (local(node.value), *self._labels(node)), self._texts(node)) for node in terms]
        return [*ours, *self._reused()]

    def _reused(self) -> Iterator[Entry]:
        """The terms of other vocabularies that the data uses, by their own names and by what they are called here."""
        find = self.dataset.store.quads_for_pattern
        for term, called in NAMES.items():
            node = expanded(term)
            if any(True for _ in chain(find(None, node, None, UNION), find(None, RDF.type, node, UNION))):
                names = tuple(map(fold, (local(node.value), *called)))
                yield Entry(node, called.say(self.language), OTHER, names, "\n".join(names), (), {})

    def _labels(self, node: NamedNode) -> list[str]:
        return [one.value for one in self.dataset.literals(node, RDFS.label)]

    def _entry(self, node: NamedNode, kind: Kind, names: Iterable[str], texts: Iterable[str]) -> Entry:
        folded = tuple(map(fold, names))
        label = name(self.dataset, node, self.language)
        return Entry(node, label, kind, folded, "\n".join((*folded, *map(fold, texts))), (), {})

    def _texts(self, node: NamedNode) -> list[str]:
        return [one.value for one in self.dataset.literals(node, *path(DESCRIPTIONS))]


def _ranked(entries: Iterable[Entry], words: Sequence[str], least: int) -> list[Entry]:
    """What has so many of the words: first what is called exactly so, then what has most of them in a name."""
    found = [entry for entry in entries if least and _count(entry, words) >= least]
    called = " ".join(words)
    return sorted(found, key=lambda one: (called not in one.names, -_whole(one, words), -_partly(one, words)))


def _closest(entries: Iterable[Entry], stems: Sequence[str]) -> list[Entry]:
    """What has all stems: first that of which a name has most of them, and of these the one that says least besides."""

    def distance(entry: Entry) -> tuple[int, int]:
        return min((sum(one not in name for one in stems), len(name.split())) for name in entry.names)

    return sorted((entry for entry in entries if all(map(entry.has, stems))), key=distance)


def _count(entry: Entry, words: Iterable[str]) -> int:
    return sum(map(entry.has, words))


def _whole(entry: Entry, words: Iterable[str]) -> int:
    """How many of the words are whole words of a name of it."""
    return max((len({*words} & {*one.split()}) for one in entry.names), default=0)


def _partly(entry: Entry, words: Collection[str]) -> int:
    """How many of the words are in a name of it, perhaps as parts of longer words."""
    return max((sum(word in one for word in words) for one in entry.names), default=0)


def _is_among(called: str, words: Sequence[str]) -> bool:
    """Whether a whole name stands among several words."""
    parts = called.split()
    return len(words) > len(parts) and len(called) >= MIN_NAME_CHARACTERS and {*parts} <= {*words}
