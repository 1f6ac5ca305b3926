"""Looking up words in all that readers look for: things, questions, passages and terms of the ontology."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain
from math import log
from typing import NamedTuple

from pyoxigraph import NamedNode

from ..dataset import UNION, Dataset
from ..dataset.questions import Question
from ..engine.nearest import local
from ..engine.neighbourhood import name
from ..reference.usage import NAMES, terms_in_query
from ..terms import IQ, ONTOLOGY, PROV, RDF, RDFS, SKOS, expanded
from .facets import fold
from .kinds import OTHER, Kind, kind_of, rank
from .questions import Questions, topic_of
from .search import Entry, Search, texts_of
from .wording import Vocabulary, Wording, is_question, stem

SORTS = "things", "questions", "passages", "terms"
QUESTIONS = SORTS[1]
MIN_NAME_CHARACTERS = 4
CALLED = SKOS.prefLabel, SKOS.altLabel, SKOS.hiddenLabel
_WORD = re.compile(r"\w+")
# Of the weight of all words, and of what the best has of it.
MIN_SHARE, MIN_SHARE_OF_SENTENCE, NEARLY = 0.5, 0.3, 0.5


@dataclass(frozen=True, slots=True)
class Found:
    """What fits what was typed, sort by sort, the best first; without `fits_all`, nothing has all words.

    Who asks in a sentence reads the questions first.
    """

    wording: Wording
    sorts: Mapping[str, Sequence[Entry]]
    fits_all: bool

    @property
    def fits(self) -> bool:
        """Whether something has all words as they were typed: a word put right may be another one than was meant."""
        return self.fits_all and not self.wording.unknown and not self.wording.meant


class Fit(NamedTuple):
    """How well something fits words: its share of their weight, and where it stands among others.

    It is meant by some of the words if these are the whole of a name.
    """

    entry: Entry
    share: float
    place: tuple[float | str, ...]
    has_all: bool
    is_meant: bool


class Lookup:
    """What there is to look up in a dataset, in one language; names and descriptions count in both."""

    def __init__(self, dataset: Dataset, search: Search, questions: Questions, language: str) -> None:
        self.dataset, self.search, self.asked, self.language = dataset, search, questions, language

    def find(self, typed: str) -> Found:
        """What has all words, or else what has most of them, the best first; a question that begins so before others.

        Questions are asked in whole sentences, so for them endings do not matter, and most of the words are enough.
        """
        wording = self.vocabulary.read(typed)
        folded = list(dict.fromkeys(map(fold, wording.words)))
        words = dict.fromkeys(self._sorts, folded) | {QUESTIONS: list(dict.fromkeys(map(stem, folded)))}
        found = {
            sort: _fitting(entries, words[sort], are_asked=sort == QUESTIONS) for sort, entries in self._sorts.items()
        }
        fits_all = any(fit.has_all for fits in found.values() for fit in fits)
        least = dict.fromkeys(found, 1.0 if fits_all else MIN_SHARE) | {QUESTIONS: MIN_SHARE_OF_SENTENCE}
        best = {sort: _best(fits, least[sort]) for sort, fits in found.items()}
        beginning = fold(typed).strip(" ?!.")
        best[QUESTIONS].sort(key=lambda one: not any(name.startswith(beginning) for name in one.names))
        asked = {QUESTIONS: best[QUESTIONS]} if is_question(typed) else {}
        return Found(wording, asked | best, fits_all)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words of all that can be looked up."""
        entries = list(chain.from_iterable(self._sorts.values()))
        described = (text for one in self.search.entries for text in self._texts(one.node))
        asked = (text for one in self.asked.by_slug.values() for text in (*one.title, *topic_of(one)))
        return Vocabulary(("\n".join((one.text, *one.codes)) for one in entries), (*described, *asked))

    @cached_property
    def _sorts(self) -> dict[str, list[Entry]]:
        return dict(zip(SORTS, (self.search.entries, self._questions(), self._passages(), self._terms()), strict=True))

    def _questions(self) -> list[Entry]:
        """Each also by its topic, and by what the things and terms that its query names are called."""
        texts = lru_cache(maxsize=None)(self._texts)  # as many as queries name

        def also(one: Question) -> Iterator[str]:
            return (sentence for text in one.also or () for sentence in text.split("? "))

        def about(one: Question) -> Iterator[str]:
            return (text for node in sorted(terms_in_query(one.query), key=str) for text in texts(node))

        return [
            self._entry(one.node, OTHER, (*one.title, *also(one)), (*topic_of(one), *(one.note or ()), *about(one)))
            for one in self.asked.by_slug.values()
        ]

    def _passages(self) -> list[Entry]:
        """Each by its number, what it is called here, and the names of what it tells of; its own words are not here."""
        found = []
        for node in sorted(self.dataset.instances(IQ.Passage), key=lambda one: one.value):
            kind, numbers = kind_of(self.dataset, node), self.dataset.literals(node, IQ.order)
            numbered = (f"{word} {one.value}" for word in kind.name for one in numbers)
            # What the things are called of which its graph makes statements.
            graphs = self.dataset.subjects(PROV.wasDerivedFrom, node)
            subjects = {triple.subject for graph in graphs for triple in self.dataset.triples(graph)}
            called = (one.value for about in subjects for one in self.dataset.literals(about, *CALLED))
            texts = (*self._texts(node), *called)
            found.append(self._entry(node, kind, (local(node.value), *numbered), texts))
        return found

    def _terms(self) -> list[Entry]:
        """The classes and properties, by their names in the ontology too."""
        found = {triple.subject for triple in self.dataset.triples(ONTOLOGY)}
        terms = sorted((node for node in found if isinstance(node, NamedNode) and node in IQ), key=str)
        names = {node: [one.value for one in self.dataset.literals(node, RDFS.label)] for node in terms}
        ours = [self._entry(node, OTHER, (local(node.value), *names[node]), self._texts(node)) for node in terms]
        return [*ours, *self._reused()]

    def _reused(self) -> Iterator[Entry]:
        """The terms of other vocabularies that the data uses, by their own names and by what they are called here."""
        find = self.dataset.store.quads_for_pattern
        for term, called in NAMES.items():
            node = expanded(term)
            if any(True for _ in chain(find(None, node, None, UNION), find(None, RDF.type, node, UNION))):
                names = tuple(map(fold, (local(node.value), *called)))
                yield Entry(node, called.say(self.language), OTHER, names, "\n".join(names), (), {})

    def _entry(self, node: NamedNode, kind: Kind, names: Iterable[str], texts: Iterable[str]) -> Entry:
        folded = tuple(map(fold, names))
        label = name(self.dataset, node, self.language)
        return Entry(node, label, kind, folded, "\n".join((*folded, *map(fold, texts))), (), {})

    def _texts(self, node: NamedNode) -> list[str]:
        return list(chain.from_iterable(texts_of(self.dataset, node).values()))


def _fitting(entries: Sequence[Entry], words: Collection[str], *, are_asked: bool) -> list[Fit]:
    """What has some of the words; the fewer have a word, the more it tells, of questions the fewer ask with it."""
    having = [(entry, own) for entry in entries if (own := [word for word in words if entry.has(word)])]
    counted = ((word, entry.names) for entry, own in having for word in own)
    found = Counter(word for word, names in counted if not are_asked or any(word in name for name in names))
    rarest = (are_asked and len(entries)) or 1
    # Inverse document frequency (https://doi.org/10.1108/eb026526).
    weights = {word: log(1 + len(entries) / (found[word] or rarest)) for word in words}
    least = min(weights.values(), default=0)
    weights |= {word: least for word in words if word.isdecimal()}  # a year chooses rows of an answer
    return [_fit(entry, own, weights) for entry, own in having]


def _fit(entry: Entry, own: Collection[str], weights: Mapping[str, float]) -> Fit:
    """First comes what is called by just these words, in whichever order, then what has most of them in a name.

    Among those alike, things come before what only tells of them, and short names before long ones.
    """
    names = {name: {*_WORD.findall(name)} for name in entry.names}
    called = ((sum(weights[word] for word in own if word in name), -len(words)) for name, words in names.items())
    most, length = max(called, default=(0.0, 0))
    share = sum(weights[word] for word in own) / sum(weights.values())
    # Rounded, since equal weights that are added in another order differ in their last digits.
    return Fit(
        entry,
        share,
        (weights.keys() not in names.values(), -round(most, 6), rank(entry.kind), -share, -length, entry.label.lower()),
        has_all=len(own) == len(weights),
        is_meant=any(words <= weights.keys() and len(name) >= MIN_NAME_CHARACTERS for name, words in names.items()),
    )


def _best(fits: Sequence[Fit], least: float) -> list[Entry]:
    """What has all words; where nothing has, what has at least some of their weight, and nearly as much as the best.

    What has all words hides no other that has as many of them in its name: the rest may be said beside both.
    """
    least = max(least, NEARLY * max((fit.share for fit in fits), default=0))
    whole = min((fit.place[:2] for fit in fits if fit.has_all), default=(True, 0.0))
    chosen = [fit for fit in fits if fit.has_all or fit.is_meant or (fit.share >= least and fit.place[:2] <= whole)]
    return [fit.entry for fit in sorted(chosen, key=lambda fit: fit.place)]
