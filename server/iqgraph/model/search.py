"""The search: which things fit what a reader has chosen, or are meant by a name as it stands in a table.

What fits a choice are the same rows as its query has, but from lists of folded texts and of values that are made once
for each language. So what a reader sends decides only how often these are gone through, never what an engine has to do.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain, pairwise

from pyoxigraph import Literal, NamedNode

from ..dataset import UNION, Dataset
from ..engine.neighbourhood import NAMING, name
from ..terms import CONCEPT, ID, IQ, RDF, SKOS, expanded
from .facets import CODES, FACETS, NAMES, SPACES, TEXTS, Choice, code, fold, is_code, related
from .kinds import Kind, by_slug, first, rank, slugs

OFFERED = {"period": IQ.FundingPeriod, "organisation": expanded("org:Organization")}
Values = Mapping[str, Collection[str]]
Match = tuple["Entry", float]  # a thing that may be meant, and how like the name is to one of its own: from 0 to 1
MAX_NAME_CHARS = 200
MIN_LIKENESS = 0.2
# To compare all names would take each request as long as there are names.
MIN_RARE_PAIRS, MAX_COMPARED_NAMES = 6, 150
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Entry:
    """What can be found: its names and all its texts, folded, its codes, and its values of each facet."""

    node: NamedNode
    label: str
    kind: Kind
    names: tuple[str, ...]
    text: str
    codes: tuple[str, ...]
    values: Values

    def has(self, word: str) -> bool:
        """Whether a folded word is part of a text or the beginning of a code."""
        return word in self.text or (is_code(word) and any(one.startswith(word) for one in self.codes))


class Search:
    """The things of a dataset that have a name, as one language calls them."""

    def __init__(self, dataset: Dataset, things: Iterable[Entry], language: str) -> None:
        named = ((one, name(dataset, one.node, language)) for one in things)
        self.entries = [replace(one, label=label) for one, label in named if label]
        self._by_label: dict[str, NamedNode | None] = {}
        for one in self.entries:
            self._by_label[one.label] = None if one.label in self._by_label else one.node
        self.offered = {facet: {node.value for node in dataset.instances(kind)} for facet, kind in OFFERED.items()}

    def called(self, label: str) -> NamedNode | None:
        """The thing that has a label, if it is the only one."""
        return self._by_label.get(label)

    def find(self, choice: Choice) -> list[Entry]:
        """All things that fit: what is called by the words before what only mentions them, kind by kind, by label."""
        words = [fold(word) for word in choice.words]
        by_kind = by_slug(choice.kind) is None

        def place(entry: Entry) -> tuple[bool, int, str, str]:
            is_called = any(all(word in name for word in words) for name in entry.names)
            return not is_called, rank(entry.kind) if by_kind else 0, fold(entry.label), entry.node.value

        return sorted(self._fitting(choice), key=place)

    def counts(self, choice: Choice, facet: str) -> list[tuple[str, int]]:
        """How many things there would be for each value of a facet, whatever is chosen of it, the most first."""
        things = {entry.node.value: entry.values[facet] for entry in self._fitting(choice, facet)}
        offered = self.offered.get(facet)
        counted = Counter(value for values in things.values() for value in values if not offered or value in offered)
        return sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))

    def _fitting(self, choice: Choice, any_of: str = "") -> Iterator[Entry]:
        chosen = {facet: value for facet in FACETS if facet != any_of and (value := getattr(choice, facet))}
        # As the entries have it, a value is an IRI, but for the kind.
        wanted = {facet: SPACES[facet][value].value if facet in SPACES else value for facet, value in chosen.items()}
        words = [fold(word) for word in choice.words]
        for entry in self.entries:
            has_values = all(value in entry.values[facet] for facet, value in wanted.items())
            if has_values and all(map(entry.has, words)):
                yield entry


def things(dataset: Dataset) -> list[Entry]:
    """Whatever has a name, in no language yet; of the bundled data its things and concepts."""
    is_ours = dataset.profile.is_bundled
    naming = (SKOS.prefLabel,) if is_ours else NAMING
    quads = (quad for one in naming for quad in dataset.store.quads_for_pattern(None, one, None, UNION))
    nodes = sorted({quad.subject for quad in quads if isinstance(quad.subject, NamedNode)}, key=str)
    values: dict[str, dict[str, set[str]]] = {facet: defaultdict(set) for facet in SPACES}
    for facet, own in values.items():
        for thing, value in dataset.rows(related(facet)):
            own[thing.value].add(value.value)
    # Passages, questions and terms of ours have lists of their own, by which `Lookup` finds them.
    return [_entry(dataset, node, values) for node in nodes if node in ID or node in CONCEPT or not is_ours]


def _entry(dataset: Dataset, node: NamedNode, values: Mapping[str, Values]) -> Entry:
    classes = dataset.nodes(node, RDF.type)
    codes = (value for name in path(CODES) for value in dataset.values(node, name))
    texts = {name: list(map(fold, found)) for name, found in texts_of(dataset, node).items()}
    # No word has a line break in it, so none reaches into the next text.
    return Entry(
        node,
        "",
        first(classes),
        tuple(chain.from_iterable(texts[name] for name in path(NAMES))),
        "\n".join(chain.from_iterable(texts.values())),
        tuple(code(value.value) for value in codes if isinstance(value, Literal | NamedNode)),
        {"kind": slugs(classes)} | {facet: found.get(node.value, set()) for facet, found in values.items()},
    )


def texts_of(dataset: Dataset, node: NamedNode) -> dict[NamedNode, list[str]]:
    """What texts say of a thing, by property; all is looked at once, since there are many things and properties."""
    found: dict[NamedNode, list[Literal]] = {name: [] for name in path(TEXTS)}
    for quad in dataset.store.quads_for_pattern(node, None, None, UNION):
        if isinstance(quad.object, Literal) and quad.predicate in found:
            found[quad.predicate].append(quad.object)
    return {name: [one.value for one in sorted(own, key=str)] for name, own in found.items()}


@cache
def path(properties: str) -> tuple[NamedNode, ...]:
    """The properties of an alternative path."""
    return tuple(map(expanded, properties.split("|")))


class Matching:
    """The names of things by the pairs of letters of their words, of which each begins and ends with a space.

    So the order of words does not matter, a slip changes two or three pairs of many, and an abbreviation has the first
    pairs of its word. Pairs that few names have count more.
    """

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
            if likeness >= MIN_LIKENESS and likeness > found.get(entry.node, (entry, 0.0))[1]:
                found[entry.node] = entry, likeness

        def place(match: Match) -> tuple[float, int, int, str]:
            """The likest first; of those alike, things before what only tells of them."""
            entry, likeness = match
            return -likeness, rank(entry.kind), len(entry.label), entry.node.value

        return sorted(found.values(), key=place)

    def _near(self, pairs: Iterable[str]) -> list[int]:
        """The names that have most of the rarer half of some pairs: only these are compared as a whole."""
        rare = sorted(pairs, key=lambda pair: len(self.having.get(pair, ())))
        rare = rare[: max(MIN_RARE_PAIRS, len(rare) // 2)]
        shared = Counter(number for pair in rare for number in self.having.get(pair, ()))
        return [number for number, _ in shared.most_common(MAX_COMPARED_NAMES)]

    def beginning(self, typed: str) -> list[Entry]:
        """The things a name of which begins as was typed, then those of which a word does, then what is like it."""
        wanted, found = fold(typed[:MAX_NAME_CHARS]).strip(), dict[NamedNode, Entry]()
        for part in ("", " "):
            for entry in sorted(self.entries, key=lambda one: (len(one.label), one.label)):
                if any(f"{part}{wanted}" in (name if part else name[: len(wanted)]) for name in entry.names):
                    found.setdefault(entry.node, entry)
        for entry, _ in self.find(typed):
            found.setdefault(entry.node, entry)
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
