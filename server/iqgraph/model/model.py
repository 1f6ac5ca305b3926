"""The dataset as pages need it: names, also inflected for sentences, kinds, evidence, documents, questions and search.

German inflects articles and adjectives by no simple rule, so `data/names.csv` lists the inflections of names. A name
without an entry, such as that of a company, is not inflected, and its genitive is formed with `von`.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from functools import cache, cached_property, lru_cache, partial
from threading import RLock
from typing import TypeVar

from pyoxigraph import NamedNode

from ..dataset import Dataset
from ..engine.evidence import Explainer
from ..engine.neighbourhood import name
from ..resources import table
from ..serialisation.turtle import compact
from ..terms import DCAT, DCTERMS, ID, IQ, VOCABULARY
from .evidence import Evidence
from .kinds import kind_of
from .lookup import Index, Lookup
from .matching import Matching
from .passages import Contexts, Document, contexts, documents
from .questions import Questions
from .search import Entry, Search, things

Row = dict[str, str]
Result = TypeVar("Result")
Inflections = Mapping[str, str]  # of a name: in the German cases that sentences use, and in English
MAX_NAMES = 1 << 13  # all of the bundled graph in both languages; of larger data, the most recently used
MAX_ANSWERS = 32  # our fixed queries in both languages; those about a single thing are not cached


def plain(name: str) -> Inflections:
    """The inflections of a name without an article."""
    return {"nominative": name, "accusative": name, "genitive": f"von {name}", "english": name}


def capitalise(words: str, name: str) -> str:
    """The words as the beginning of a sentence; a name itself is never changed."""
    return words if words == name else words[:1].upper() + words[1:]


def once(make: Callable[..., Result]) -> Callable[..., Result]:
    """The function with its results kept: the first thread that needs one makes it, and others wait for that."""
    lock, results = RLock(), cache(make)

    def result(*arguments: Hashable) -> Result:
        with lock:
            return results(*arguments)

    return result


class Model:
    """A dataset with caches, which never expire, since the data does not change while it is served."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self.name = lru_cache(MAX_NAMES)(partial(name, dataset))
        self.kind = lru_cache(MAX_NAMES)(partial(kind_of, dataset))
        self.short = lru_cache(MAX_NAMES)(partial(compact, prefixes=dataset.prefixes))
        self.answer = lru_cache(MAX_ANSWERS)(self.rows)
        self.search = once(lambda language: Search(dataset, self._things, language, self.document_things))
        self._index = once(lambda: Index(dataset, self._things, self.questions))
        self.lookup = once(lambda language: Lookup(self._index(), self.search(language), language))
        # Concepts of the ontology are no entries of a table.
        self.matching = once(
            lambda language: Matching(entry for entry in self.search(language).entries if entry.node in ID)
        )
        self.evidence = once(
            lambda language: Evidence(dataset, self.contexts, language, has_several_documents=len(self.documents) > 1)
        )

    @cached_property
    def documents(self) -> list[Document]:
        """The documents that the dataset describes."""
        return documents(self.dataset)

    @cached_property
    def _things(self) -> list[Entry]:
        return things(self.dataset)

    @cached_property
    def contexts(self) -> Contexts:
        """The passages that contextual statements have to be read with."""
        return contexts(self.dataset)

    @cached_property
    def questions(self) -> Questions:
        """The competency questions."""
        return Questions(self.dataset)

    @cached_property
    def explainer(self) -> Explainer:
        """The evidence of the answers to questions, from the same store as these."""
        return Explainer(self.dataset.store)

    @cached_property
    def inflections(self) -> Mapping[str, Inflections]:
        """The inflections of names by the IRI of the thing."""
        rows = table(self.dataset.sources.data, "names.csv") if self.dataset.sources else []
        return {f"{ID.iri}{row['thing']}": row for row in rows}

    @cached_property
    def document_things(self) -> Counter[str]:
        """The IRIs in statements of documents, and how often each is in them."""
        graphs = (passage.graph for document in self.documents for passage in document.passages if passage.graph)
        triples = (triple for graph in graphs for triple in self.dataset.triples(graph))
        nodes = (node for triple in triples for node in (triple.subject, triple.object))
        return Counter(node.value for node in nodes if isinstance(node, NamedNode))

    @cached_property
    def modified(self) -> str:
        """The day of the last change of the data; empty if it is not stated."""
        return next((day.value for day in self.dataset.literals(VOCABULARY, DCTERMS.modified)), "")

    def is_past(self, end: str) -> bool:
        """Whether a date is before that of the data."""
        # Dates of XML Schema sort as text; a less precise one is compared as far as it goes.
        return end < self.modified[: len(end)]

    def has_ended(self, role: NamedNode, *targets: NamedNode) -> bool:
        """Whether a role in a target, or in one of its own, has ended, or the role itself, also by another source."""
        own = targets or self.dataset.nodes(role, IQ.roleIn)
        return any(self._are_past([target]) or self._are_past(self._same_roles(role)) for target in own)

    def _are_past(self, nodes: Iterable[NamedNode]) -> bool:
        """Whether ends are stated of things or roles, and all of them are past."""
        spans = (span for node in nodes for span in (node, *self.dataset.nodes(node, IQ.during)))
        ends = [end.value for span in spans for end in self.dataset.literals(span, DCAT.endDate)]
        return bool(ends) and all(map(self.is_past, ends))

    def _same_roles(self, role: NamedNode) -> Iterator[NamedNode]:
        """The roles with the same kind, holder and target: each source states its own time of such a role."""

        def key(node: NamedNode) -> list[list[NamedNode]]:
            return [self.dataset.nodes(node, name) for name in (IQ.roleKind, IQ.roleHolder, IQ.roleIn)]

        holders, own = self.dataset.nodes(role, IQ.roleHolder), key(role)
        roles = (other for holder in holders for other in self.dataset.subjects(IQ.roleHolder, holder))
        return (other for other in roles if key(other) == own)

    def rows(self, query: str) -> list[Row]:
        """The rows of a query of ours without unbound variables; the size of the bundled graph bounds the cost."""
        solutions = self.dataset.rows(query)
        names = [variable.value for variable in solutions.variables]
        return [{key: term.value for key, term in zip(names, row, strict=True) if term} for row in solutions]
