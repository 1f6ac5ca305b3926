"""The search: which things fit what a reader has chosen, and how many there are for each other choice.

The same rows as the query of the choice has, but from lists of folded texts and of values that are made once for each
language. So what a reader sends decides only how often these lists are gone through, never what an engine has to do.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain

from pyoxigraph import Literal, NamedNode

from ..dataset import UNION, Dataset
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


class Search:
    """The things of a dataset that have a name, as one language calls them."""

    def __init__(self, dataset: Dataset, things: Iterable[Entry], language: str) -> None:
        named = ((one, name(dataset, one.node, language)) for one in things)
        self.entries = [replace(one, label=label) for one, label in named if label]
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
    values = {facet: _values(dataset, facet) for facet in SPACES}
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


def _values(dataset: Dataset, facet: str) -> Values:
    found: dict[str, set[str]] = defaultdict(set)
    for thing, value in dataset.rows(related(facet)):
        found[thing.value].add(value.value)
    return found
