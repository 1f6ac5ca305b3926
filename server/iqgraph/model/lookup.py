"""Full-text search over things, questions, passages and terms of the ontology, ranked."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain
from math import log
from typing import NamedTuple

from pyoxigraph import NamedNode

from ..dataset import UNION, Dataset
from ..engine.nearest import local
from ..engine.neighbourhood import name
from ..reference.usage import NAMES, reused_name, terms_in_query
from ..terms import IQ, ONTOLOGY, PROV, RDF, RDFS, SKOS, expand
from .facets import fold
from .kinds import OTHER, Kind, kind_of, rank
from .questions import Questions, topic_of
from .search import Entry, Search, texts_of
from .wording import Vocabulary, Wording, is_question, stem

CATEGORIES = "things", "questions", "passages", "terms"
THINGS, QUESTIONS = CATEGORIES[:2]
LABELS = SKOS.prefLabel, SKOS.altLabel, SKOS.hiddenLabel
_WORD = re.compile(r"\w+")
# Shares of the weight of all words; the last one of the share of the best hit.
MIN_SHARE, MIN_SHARE_OF_BEST = 0.25, 0.5
MIN_LEAD = 0.1  # by which the share of a question exceeds that of things, to come before them
MAX_QUESTION_PASSAGES = 2  # with more of them, a question is about no passage in particular
MAX_OTHERNESS = 2  # of a name that is neither the text nor consists of its words
WEIGHT_BESIDE_NAME = 0.4  # of a word that is not in the best name


@dataclass(frozen=True, slots=True)
class Result:
    """The hits of a search by category, the best first; without `has_all_words`, no hit has all of them.

    For a question in a whole sentence, the hits among questions come first, unless others have more of its words.
    """

    wording: Wording
    hits: Mapping[str, Sequence[Entry]]
    has_all_words: bool

    @property
    def is_exact(self) -> bool:
        """Whether a hit has all words as they were typed, without a correction, which may be wrong."""
        return self.has_all_words and not self.wording.unknown and not self.wording.correction


class Hit(NamedTuple):
    """An entry with some of the words: their share of the weight of all, and its position in the ranking."""

    entry: Entry
    share: float
    position: tuple[float | str, ...]
    has_all_words: bool


class Name(NamedTuple):
    """The folded text of a search, and its words, neither of them as stems: names are compared with both."""

    text: str
    words: frozenset[str]


class Lookup:
    """The search over a dataset in one language; names and descriptions match in both languages."""

    def __init__(self, index: "Index", search: Search, language: str) -> None:
        self.vocabulary = index.vocabulary
        self.entries = {THINGS: search.entries}
        for category in CATEGORIES[1:]:
            entries = index.entries[category]
            self.entries[category] = [replace(entry, label=index.label(entry.node, language)) for entry in entries]

    def find(self, text: str) -> Result:
        """The entries with all words, or else with most of them; first the questions that begin with the text.

        Only things match by words as they are, others by stems; questions, being sentences, never need all words.
        """
        wording = self.vocabulary.parse(text)
        folded = dict.fromkeys(map(fold, wording.words))
        called = Name(fold(text).strip(), frozenset(folded))
        stems = dict.fromkeys(map(stem, folded))
        rankings = {
            name: _rank_entries(own, folded if name == THINGS else stems, called) for name, own in self.entries.items()
        }
        has_all_words = any(hit.has_all_words for ranking in rankings.values() for hit in ranking)
        min_shares = dict.fromkeys(CATEGORIES, 1.0 if has_all_words else MIN_SHARE) | {QUESTIONS: MIN_SHARE}
        hits = {name: _select(ranking, min_shares[name]) for name, ranking in rankings.items()}
        if not any(hits[name] for name in CATEGORIES if name != QUESTIONS):
            hits[QUESTIONS] = _loosen(hits[QUESTIONS], self.entries[QUESTIONS], stems, called)
        beginning = called.text.strip(" ?!.")
        hits[QUESTIONS].sort(key=lambda hit: not any(name.startswith(beginning) for name in hit.entry.names))
        return Result(wording, {name: [hit.entry for hit in hits[name]] for name in _order(hits, text)}, has_all_words)


class Index:
    """What can be found, by category, and its words in both languages; the entries have no label yet."""

    def __init__(self, dataset: Dataset, things: Sequence[Entry], questions: Questions) -> None:
        self.dataset, self.questions = dataset, questions.by_slug.values()
        groups = things, self._question_entries(), self._passage_entries(), self._term_entries()
        self.entries = dict(zip(CATEGORIES, groups, strict=True))
        texts = ("\n".join((entry.text, *entry.codes)) for group in groups for entry in group)
        of_things = (text for entry in things for text in self._texts(entry.node))
        of_questions = (text for question in self.questions for text in (*question.title, *topic_of(question)))
        self.vocabulary = Vocabulary(texts, (*of_things, *of_questions))

    def label(self, node: NamedNode, language: str) -> str:
        """The label of an entry in a language."""
        reused = reused_name(node)
        return reused.say(language) if reused else name(self.dataset, node, language)

    def _question_entries(self) -> list[Entry]:
        """The questions, with their topics, the names in their queries, and what the few passages of an answer say."""
        texts = lru_cache(maxsize=None)(self._texts)  # one for each thing or term that queries name
        entries = []
        for question in self.questions:
            variants = (sentence for text in question.also or () for sentence in text.split("? "))
            passages = question.passages if len(question.passages) <= MAX_QUESTION_PASSAGES else ()
            nodes = *sorted(terms_in_query(question.query), key=str), *passages
            further = (*topic_of(question), *(question.note or ()), *chain.from_iterable(map(texts, nodes)))
            entries.append(_entry(question.node, OTHER, (*question.title, *variants), further))
        return entries

    def _passage_entries(self) -> list[Entry]:
        """The passages by number and label, with the names of the things in their graphs; their text is not here."""
        entries = []
        for node in sorted(self.dataset.instances(IQ.Passage), key=lambda passage: passage.value):
            kind, numbers = kind_of(self.dataset, node), self.dataset.literals(node, IQ.order)
            labels = (f"{word} {number.value}" for word in kind.name for number in numbers)
            graphs = self.dataset.subjects(PROV.wasDerivedFrom, node)
            things = {triple.subject for graph in graphs for triple in self.dataset.triples(graph)}
            names = (label.value for thing in things for label in self.dataset.literals(thing, *LABELS))
            own = (label.value for label in self.dataset.literals(node, SKOS.prefLabel))
            entries.append(_entry(node, kind, (local(node.value), *labels, *own), (*self._texts(node), *names)))
        return entries

    def _term_entries(self) -> list[Entry]:
        """The classes and properties of the ontology and those of other vocabularies that the data uses."""
        subjects = {triple.subject for triple in self.dataset.triples(ONTOLOGY)}
        entries = []
        for node in sorted((node for node in subjects if isinstance(node, NamedNode) and node in IQ), key=str):
            labels = (label.value for label in self.dataset.literals(node, RDFS.label))
            entries.append(_entry(node, OTHER, (local(node.value), *labels), self._texts(node)))
        find = self.dataset.store.quads_for_pattern
        for term, label in NAMES.items():
            node = expand(term)
            if any(True for _ in chain(find(None, node, None, UNION), find(None, RDF.type, node, UNION))):
                entries.append(_entry(node, OTHER, (local(node.value), *label), ()))
        return entries

    def _texts(self, node: NamedNode) -> list[str]:
        return list(chain.from_iterable(texts_of(self.dataset, node).values()))


def _entry(node: NamedNode, kind: Kind, names: Iterable[str], texts: Iterable[str]) -> Entry:
    folded = tuple(map(fold, names))
    return Entry(node, "", kind, folded, "\n".join((*folded, *map(fold, texts))), (), {})


def _rank_entries(entries: Sequence[Entry], words: Collection[str], called: Name) -> list[Hit]:
    """The entries with some of the words, the best first. A word weighs the more, the fewer entries name it.

    First come those that are called so, then those that are called by the words, then those whose name, and less so
    whose text, has most weight. Among equals, things come before notes about them, and short names before long ones.
    """
    selective = {word for word in words if not word.isdecimal()} or words  # a year beside words is no hit alone
    found_by = [entry for entry in entries if any(map(entry.has, selective))]
    matches = [(entry, [word for word in words if entry.has(word)]) for entry in found_by]
    frequency = Counter(word for entry, own in matches for word in own if any(word in name for name in entry.names))
    # Inverse document frequency (https://doi.org/10.1108/eb026526).
    weights = {word: log(1 + len(entries) / (frequency[word] or len(entries) or 1)) for word in words}
    lowest = min(weights.values(), default=0)
    weights |= {word: lowest for word in words if word.isdecimal()}  # a year selects rows of an answer
    total, hits = sum(weights.values()), []
    for entry, own in matches:
        names = {name: {*_WORD.findall(name)} for name in entry.names}
        scores = ((sum(weights[word] for word in own if word in name), -len(names[name])) for name in names)
        score, length = max(scores, default=(0.0, 0))
        found = sum(weights[word] for word in own)
        # Rounded, since the order of a sum changes its last digits.
        weight, share = round(score + WEIGHT_BESIDE_NAME * (found - score), 6), found / total
        otherness = 0 if called.text in names else 1 if called.words in names.values() else MAX_OTHERNESS
        position = otherness, -weight, rank(entry.kind), -share, -length, entry.label.lower()
        hits.append(Hit(entry, share, position, has_all_words=len(own) == len(weights)))
    return sorted(hits, key=lambda hit: hit.position)


def _select(ranking: Sequence[Hit], min_share: float) -> list[Hit]:
    """The hits with all words or a large enough share of their weight, near that of the best.

    A hit with all words does not exclude others with as many of them in a name: both may mention the rest.
    """
    min_share = max(min_share, MIN_SHARE_OF_BEST * max((hit.share for hit in ranking), default=0))
    complete = next((hit.position[:2] for hit in ranking if hit.has_all_words), (MAX_OTHERNESS, 0.0))
    return [hit for hit in ranking if hit.has_all_words or (hit.share >= min_share and hit.position[:2] <= complete)]


def _loosen(hits: list[Hit], entries: Sequence[Entry], words: Collection[str], called: Name) -> list[Hit]:
    """The hits, if one has all words in a name; else those with all but a year, then those with most words."""
    if any(all(word in name for word in words) for hit in hits for name in hit.entry.names):
        return hits
    ranking = _rank_entries(entries, [word for word in words if not word.isdecimal()] or words, called)
    first = _select(ranking, MIN_SHARE)
    return first + [other for other in ranking if other.share >= MIN_SHARE_OF_BEST and other not in first]


def _order(hits: Mapping[str, Sequence[Hit]], text: str) -> list[str]:
    """The categories: first those that begin with an entry called so, which never answers when, or with all words."""
    firsts = {name: group[0] for name, group in hits.items() if group}
    things, questions = (firsts[name].share if name in firsts else 0 for name in (THINGS, QUESTIONS))
    preferred = QUESTIONS if is_question(text) or questions > things + MIN_LEAD else THINGS
    is_when = not {"wann", "when"}.isdisjoint(fold(text).split())
    ranks = {name: (is_when or hit.position[0] == MAX_OTHERNESS, not hit.has_all_words) for name, hit in firsts.items()}
    return sorted(CATEGORIES, key=lambda category: (ranks.get(category, (True, True)), category != preferred))
