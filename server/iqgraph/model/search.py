"""The search: which things fit what a reader has chosen, and how many there are for each other choice.

The same rows as the query of the choice has, but from lists of folded texts and of values that are made once for each
language. So what a reader sends decides only how often these lists are gone through, never what an engine has to do.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from ..dataset import UNION, Dataset
from ..dataset.profile import BUNDLED
from ..engine.neighbourhood import NAMING, name
from ..terms import CONCEPT, ID, IQ, RDF, SKOS, expanded
from .facets import CODES, FACETS, NAMES, SPACES, TEXTS, Choice, code, fold, is_code, related
from .kinds import Kind, by_slug, first, rank, slugs

OFFERED = {"period": IQ.FundingPeriod, "organisation": expanded("org:Organization")}
Values = Mapping[str, Collection[str]]


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

    def is_called(self, words: Collection[str]) -> bool:
        """Whether one of its names has all of the words."""
        return any(all(word in name for word in words) for name in self.names)


class Search:
    """The things of a dataset that have a name in one language."""

    def __init__(self, dataset: Dataset, language: str) -> None:
        values = {facet: _values(dataset, facet) for facet in SPACES}
        self.entries = [_entry(dataset, node, label, values) for node, label in _named(dataset, language)]
        self._by_label: defaultdict[str, list[NamedNode]] = defaultdict(list)
        for entry in self.entries:
            self._by_label[entry.label].append(entry.node)
        self.offered = {facet: {node.value for node in dataset.instances(kind)} for facet, kind in OFFERED.items()}

    def called(self, label: str) -> NamedNode | None:
        """The thing that has a label, if it is the only one."""
        found = self._by_label.get(label, ())
        return found[0] if len(found) == 1 else None

    def find(self, choice: Choice) -> list[Entry]:
        """All things that fit: what is called by the words before what only mentions them, kind by kind, by label."""
        words = [fold(word) for word in choice.words]
        by_kind = by_slug(choice.kind) is None

        def place(entry: Entry) -> tuple[bool, int, str, str]:
            return not entry.is_called(words), rank(entry.kind) if by_kind else 0, fold(entry.label), entry.node.value

        return sorted(self._fitting(choice), key=place)

    def counts(self, choice: Choice, facet: str) -> list[tuple[str, int]]:
        """How many things there would be for each value of a facet, whatever is chosen of it, the most first."""
        things = {entry.node.value: entry.values[facet] for entry in self._fitting(choice, facet)}
        offered = self.offered.get(facet)
        counted = Counter(value for values in things.values() for value in values if not offered or value in offered)
        return sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))

    def _fitting(self, choice: Choice, any_of: str = "") -> Iterator[Entry]:
        wanted = {facet: value for facet in FACETS if facet != any_of and (value := _value(choice, facet))}
        words = [fold(word) for word in choice.words]
        for entry in self.entries:
            has_values = all(value in entry.values[facet] for facet, value in wanted.items())
            if has_values and all(map(entry.has, words)):
                yield entry


def _named(dataset: Dataset, language: str) -> Iterator[tuple[NamedNode, str]]:
    """Whatever has a name, by that in the language or else in another; of the bundled data its things and concepts."""
    is_ours = dataset.profile is BUNDLED
    naming = (SKOS.prefLabel,) if is_ours else NAMING
    quads = (quad for one in naming for quad in dataset.store.quads_for_pattern(None, one, None, UNION))
    for node in sorted({quad.subject for quad in quads if isinstance(quad.subject, NamedNode)}, key=str):
        # Passages, questions and terms of ours have lists of their own, by which `Lookup` finds them.
        is_searched = node in ID or node in CONCEPT or not is_ours
        if is_searched and (label := name(dataset, node, language)):
            yield node, label


def _value(choice: Choice, facet: str) -> str:
    """A chosen value as the entries have it."""
    value: str = getattr(choice, facet)
    return SPACES[facet][value].value if value and facet in SPACES else value


def _entry(dataset: Dataset, node: NamedNode, label: str, values: Mapping[str, Values]) -> Entry:
    classes = dataset.nodes(node, RDF.type)
    # No word has a line break in it, so none reaches into the next text.
    return Entry(
        node,
        label,
        first(classes),
        tuple(_texts(dataset, node, NAMES)),
        "\n".join(_texts(dataset, node, TEXTS)),
        tuple(_codes(dataset, node)),
        {"kind": slugs(classes)} | {facet: found.get(node.value, set()) for facet, found in values.items()},
    )


def _texts(dataset: Dataset, node: NamedNode, properties: str) -> Iterator[str]:
    return (fold(text.value) for text in dataset.literals(node, *path(properties)))


def _codes(dataset: Dataset, node: NamedNode) -> Iterator[str]:
    values = (value for name in path(CODES) for value in dataset.values(node, name))
    return (code(value.value) for value in values if isinstance(value, Literal | NamedNode))


def path(properties: str) -> Iterator[NamedNode]:
    """The properties of an alternative path."""
    return map(expanded, properties.split("|"))


def _values(dataset: Dataset, facet: str) -> Values:
    found: dict[str, set[str]] = defaultdict(set)
    for thing, value in dataset.rows(related(facet)):
        found[thing.value].add(value.value)
    return found
