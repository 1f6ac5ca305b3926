"""A dataset as pages ask it: what things are called, also in a sentence, of what kind they are, and who says so.

German inflects articles and adjectives, which no rule makes of a name; `data/names.csv` has the forms. A name without
an entry needs none, such as that of a company: it stays as it is, and its genitive is made with `von`.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache, partial

from pyoxigraph import NamedNode

from ..dataset import UNION, Dataset
from ..engine.neighbourhood import name
from ..resources import Sources, table
from ..serialisation.turtle import compact
from ..terms import DCAT, DCTERMS, ID, IQ, RDF, VOCABULARY
from .evidence import Evidence
from .kinds import kind_of
from .lookup import Lookup
from .passages import Outline, Readings, outlines, readings
from .questions import Questions
from .search import Entry, Matching, Search, things

Row = dict[str, str]
Forms = Mapping[str, str]  # of a name: in the German cases that sentences use, and in English
MAX_LANGUAGES = 2
MAX_NAMES = 1 << 13  # all of the bundled graph in both languages; of larger data those that were needed last
MAX_ANSWERS = 32  # our fixed queries in both languages; one about a single thing is part of its page and not kept here


def forms(sources: Sources) -> Mapping[str, Forms]:
    """The forms of the names that have some, by the IRI of what they name."""
    return {f"{ID.iri}{row['thing']}": row for row in table(sources.data, "names.csv")}


def plain(name: str) -> Forms:
    """A name that takes no article."""
    return {"nominative": name, "accusative": name, "genitive": f"von {name}", "english": name}


def capitalised(words: str, name: str) -> str:
    """Words as they begin a sentence; a name itself is never changed."""
    return words if words == name else words[:1].upper() + words[1:]


class Model:
    """What was found stays, since the data does not change while it is served."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self.name = lru_cache(MAX_NAMES)(partial(name, dataset))
        self.kind = lru_cache(MAX_NAMES)(partial(kind_of, dataset))
        self.short = lru_cache(MAX_NAMES)(partial(compact, prefixes=dataset.prefixes))
        self.answer = lru_cache(MAX_ANSWERS)(self.rows)
        self.search = lru_cache(MAX_LANGUAGES)(lambda language: Search(dataset, self._things, language))
        self.lookup = lru_cache(MAX_LANGUAGES)(
            lambda language: Lookup(dataset, self.search(language), self.questions, language)
        )
        # Concepts of the ontology are no entries of a table.
        self.matching = lru_cache(MAX_LANGUAGES)(
            lambda language: Matching(one for one in self.search(language).entries if one.node in ID)
        )
        self.evidence = lru_cache(MAX_LANGUAGES)(
            lambda language: Evidence(dataset, self.readings, language, several=len(self.outlines) > 1)
        )

    @cached_property
    def outlines(self) -> list[Outline]:
        """The documents that the dataset describes."""
        return outlines(self.dataset)

    @cached_property
    def _things(self) -> list[Entry]:
        return things(self.dataset)

    @cached_property
    def readings(self) -> Readings:
        """Which statements must be read with other passages."""
        return readings(self.dataset)

    @cached_property
    def questions(self) -> Questions:
        """The competency questions."""
        return Questions(self.dataset)

    @cached_property
    def forms(self) -> Mapping[str, Forms]:
        """The forms of names in sentences."""
        return forms(self.dataset.sources) if self.dataset.sources else {}

    @cached_property
    def spoken_of(self) -> frozenset[str]:
        """The things that passages of documents speak of."""
        segments = (segment for outline in self.outlines for segment in outline.segments if segment.graph)
        triples = (one for segment in segments for one in self.dataset.triples(segment.graph or UNION))
        return frozenset(node.value for one in triples for node in (one.subject, one.object) if hasattr(node, "value"))

    @cached_property
    def modified(self) -> str:
        """The day of the last change of the data; empty if it does not say."""
        return next((one.value for one in self.dataset.literals(VOCABULARY, DCTERMS.modified)), "")

    def is_past(self, end: str) -> bool:
        """Whether a date is before that of the data."""
        # Dates of XML Schema sort as text do; the less precise one is compared as far as it goes.
        return end < self.modified[: len(end)]

    def is_over(self, role: NamedNode) -> bool:
        """Whether a role is over: an end may be stated of it, of what it is in, or by others who tell of it."""
        return any(self.has_ended(role, what) for what in self.dataset.nodes(role, IQ.roleIn))

    def has_ended(self, role: NamedNode, what: NamedNode) -> bool:
        """Whether a role in something is over, as far as ends are stated."""
        return self._have_ended([what]) or self._have_ended(self._alike(role))

    def _have_ended(self, nodes: Iterable[NamedNode]) -> bool:
        """Whether every end that is stated of things or roles is past."""
        spans = (span for node in nodes for span in (node, *self.dataset.nodes(node, IQ.during)))
        ends = [end.value for span in spans for end in self.dataset.literals(span, DCAT.endDate)]
        return bool(ends) and all(map(self.is_past, ends))

    def _alike(self, role: NamedNode) -> Iterator[NamedNode]:
        """The roles of the same kind that the same holder has in the same: each source states its own time of one."""

        def told(one: NamedNode) -> list[list[NamedNode]]:
            return [self.dataset.nodes(one, name) for name in (IQ.roleKind, IQ.roleHolder, IQ.roleIn)]

        holders, wanted = self.dataset.nodes(role, IQ.roleHolder), told(role)
        others = (one for holder in holders for one in self.dataset.subjects(IQ.roleHolder, holder))
        return (one for one in others if told(one) == wanted)

    @cached_property
    def passages(self) -> int:
        """How many passages there are, of whatever documents."""
        return sum(1 for _ in self.dataset.store.quads_for_pattern(None, RDF.type, IQ.Passage, UNION))

    def rows(self, query: str) -> list[Row]:
        """The rows of a query that we wrote, whose cost the bundled graph bounds; what is not bound is left out."""
        found = self.dataset.rows(query)
        names = [variable.value for variable in found.variables]
        return [{key: term.value for key, term in zip(names, row, strict=True) if term} for row in found]
