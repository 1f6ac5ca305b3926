"""Faceted search in memory: the things that match a choice of words and facet values.

The results are the rows of the choice's query, but found in lists of folded texts and facet values that are built once
for each language: a request costs a pass over these lists, never a query.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain

from pyoxigraph import Literal, NamedNode

from ..dataset import UNION, Dataset
from ..engine.neighbourhood import NAMING, name
from ..terms import CONCEPT, ID, IQ, RDF, SKOS, expand
from .facets import CODES, NAMES, SPACES, TEXTS, Choice, code, facet_query, fold, is_code
from .kinds import Kind, by_slug, first, rank, slugs

# Of these facets, only values of a class are offered.
VALUE_CLASSES = {"period": IQ.FundingPeriod, "organisation": expand("org:Organization")}
Values = Mapping[str, Collection[str]]


@dataclass(frozen=True, slots=True)
class Entry:
    """What a search can find: its names and all its texts, folded, its codes, and its values of each facet."""

    node: NamedNode
    label: str
    kind: Kind
    names: tuple[str, ...]
    text: str
    codes: tuple[str, ...]
    values: Values

    def has(self, word: str) -> bool:
        """Whether a text contains a folded word, or a code begins with it."""
        return word in self.text or (is_code(word) and any(value.startswith(word) for value in self.codes))


class Search:
    """The labelled things of a dataset in one language."""

    def __init__(self, dataset: Dataset, things: Iterable[Entry], language: str, of_documents: Collection[str]) -> None:
        labels = ((entry, name(dataset, entry.node, language)) for entry in things)
        self.entries = [replace(entry, label=label) for entry, label in labels if label]
        self._of_documents = of_documents
        self.by_label: dict[str, NamedNode | None] = {}  # None if several have the label
        for entry in self.entries:
            self.by_label[entry.label] = None if entry.label in self.by_label else entry.node
        instances = {facet: dataset.instances(class_) for facet, class_ in VALUE_CLASSES.items()}
        self._facet_values = {facet: {node.value for node in nodes} for facet, nodes in instances.items()}

    def find(self, choice: Choice) -> list[Entry]:
        """All matching things: those with all words in one name first, then by kind, with those of documents first."""
        words = [fold(word) for word in choice.words]
        by_kind = by_slug(choice.values.get("kind", "")) is None

        def sort_key(entry: Entry) -> tuple[bool, int, bool, str, str]:
            has_name = any(all(word in name for word in words) for name in entry.names)
            is_elsewhere = entry.node.value not in self._of_documents
            return not has_name, rank(entry.kind) if by_kind else 0, is_elsewhere, fold(entry.label), entry.node.value

        return sorted(self._matches(choice), key=sort_key)

    def counts(self, choice: Choice, facet: str) -> list[tuple[str, int]]:
        """The number of matches for each value of a facet, ignoring the choice in that facet; the largest first."""
        counts: Counter[str] = Counter()
        for entry in self._matches(choice, facet):
            counts.update(entry.values[facet])
        known = self._facet_values.get(facet) or counts.keys()
        return sorted(((value, counts[value]) for value in counts.keys() & known), key=lambda pair: (-pair[1], pair[0]))

    def _matches(self, choice: Choice, excluded_facet: str = "") -> Iterator[Entry]:
        slugs = {facet: slug for facet, slug in choice.values.items() if facet != excluded_facet}
        # In entries, the values of all facets but the kind are IRIs.
        values = {facet: SPACES[facet][slug].value if facet in SPACES else slug for facet, slug in slugs.items()}
        words = [fold(word) for word in choice.words]
        for entry in self.entries:
            has_values = all(value in entry.values[facet] for facet, value in values.items())
            if has_values and all(map(entry.has, words)):
                yield entry


def things(dataset: Dataset) -> list[Entry]:
    """Everything with a name, still without label; of the bundled data, its things and concepts."""
    is_bundled = dataset.profile.is_bundled
    properties = (SKOS.prefLabel,) if is_bundled else NAMING
    quads = (quad for name in properties for quad in dataset.store.quads_for_pattern(None, name, None, UNION))
    nodes = sorted({quad.subject for quad in quads if isinstance(quad.subject, NamedNode)}, key=str)
    values: dict[str, dict[str, set[str]]] = {facet: defaultdict(set) for facet in SPACES}
    for facet, by_thing in values.items():
        for thing, value in dataset.rows(facet_query(facet)):
            by_thing[thing.value].add(value.value)
    # Passages, questions and terms of the bundled data have lists of their own in `Lookup`.
    return [_entry(dataset, node, values) for node in nodes if node in ID or node in CONCEPT or not is_bundled]


def _entry(dataset: Dataset, node: NamedNode, values: Mapping[str, Values]) -> Entry:
    classes = dataset.nodes(node, RDF.type)
    codes = (value for name in path(CODES) for value in dataset.values(node, name))
    texts = {name: list(map(fold, literals)) for name, literals in texts_of(dataset, node).items()}
    return Entry(
        node,
        "",
        first(classes),
        tuple(chain.from_iterable(texts[name] for name in path(NAMES))),
        "\n".join(chain.from_iterable(texts.values())),  # no word has a line break, so none matches across two texts
        tuple(code(value.value) for value in codes if isinstance(value, Literal | NamedNode)),
        {"kind": slugs(classes)} | {facet: by_thing.get(node.value, set()) for facet, by_thing in values.items()},
    )


def texts_of(dataset: Dataset, node: NamedNode) -> dict[NamedNode, list[str]]:
    """The literals of a thing by property (`TEXTS`), from one pass over its statements: there are many properties."""
    literals: dict[NamedNode, list[Literal]] = {name: [] for name in path(TEXTS)}
    for quad in dataset.store.quads_for_pattern(node, None, None, UNION):
        if isinstance(quad.object, Literal) and quad.predicate in literals:
            literals[quad.predicate].append(quad.object)
    return {name: [literal.value for literal in sorted(group, key=str)] for name, group in literals.items()}


@cache
def path(properties: str) -> tuple[NamedNode, ...]:
    """The properties of an alternative path."""
    return tuple(map(expand, properties.split("|")))
