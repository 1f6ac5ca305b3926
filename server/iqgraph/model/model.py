"""A dataset as pages ask it: what things are called, also in a sentence, of what kind they are, and who says so.

German inflects articles and adjectives, which no rule makes of a name; `data/names.csv` has the forms. A name without
an entry needs none, such as that of a company: it stays as it is, and its genitive is made with `von`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial

from ..dataset import UNION, Dataset
from ..engine.neighbourhood import name
from ..resources import Sources, table
from ..serialisation.turtle import compact
from ..terms import ID, IQ, RDF
from .evidence import Evidence
from .kinds import kind_of
from .lookup import Lookup
from .matching import Matching
from .passages import Outline, Readings, outlines, readings
from .questions import Questions
from .search import Entry, Search, things

Row = dict[str, str]
MAX_LANGUAGES = 2
MAX_NAMES = 1 << 13  # all of the bundled graph in both languages; of larger data those that were needed last
MAX_ANSWERS = 32  # our fixed queries in both languages; one about a single thing is part of its page and not kept here


@dataclass(frozen=True, slots=True)
class Forms:
    """A name in the cases that sentences use."""

    nominative: str
    accusative: str
    genitive: str
    english: str


def forms(sources: Sources) -> Mapping[str, Forms]:
    """The forms of the names that have some, by the IRI of what they name."""
    return {
        f"{ID.iri}{row['thing']}": Forms(row["nominative"], row["accusative"], row["genitive"], row["english"])
        for row in table(sources.data, "names.csv")
    }


def plain(name: str) -> Forms:
    """A name that takes no article."""
    return Forms(name, name, f"von {name}", name)


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
    def passages(self) -> int:
        """How many passages there are, of whatever documents."""
        return sum(1 for _ in self.dataset.store.quads_for_pattern(None, RDF.type, IQ.Passage, UNION))

    def rows(self, query: str) -> list[Row]:
        """The rows of a query that we wrote, whose cost the bundled graph bounds; what is not bound is left out."""
        found = self.dataset.rows(query)
        names = [variable.value for variable in found.variables]
        return [{key: term.value for key, term in zip(names, row, strict=True) if term} for row in found]
