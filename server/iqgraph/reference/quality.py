"""The quality of the data and its links to other datasets, as answers to queries that everyone can ask."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlsplit

from pyoxigraph import Literal, NamedNode, QueryBoolean

from ..dataset import Dataset, Term
from ..resources import Rule, packaged, queries, questions
from ..terms import DCTERMS, FOAF, OWL, RDFS, SCHEMA, SKOS
from ..validation.shapes import read_shapes
from .usage import split_identifier

Row = Mapping[str, Term | None]


@dataclass(frozen=True)
class Table:
    """A query and its rows."""

    query: str
    names: tuple[str, ...]
    rows: tuple[Row, ...]

    def total(self, name: str) -> int:
        """The sum of a column of numbers."""
        return sum(int(value.value) for row in self.rows if isinstance(value := row[name], Literal))


@dataclass(frozen=True)
class Quality:
    """Counts of the data and the shapes, and the questions whose answer is no or nothing."""

    tables: Mapping[str, Table]
    node_shapes: int
    property_shapes: int
    constraints: int
    negative_questions: tuple[Rule, ...]


def quality(dataset: Dataset) -> Quality:
    """The quality of a dataset."""
    sources = dataset.sources or packaged()
    shapes = read_shapes(sources).values()
    return Quality(
        tables={slug: table(dataset, query) for slug, query in queries("quality").items()},
        node_shapes=sum(shape.path is None for shape in shapes),
        property_shapes=sum(shape.path is not None for shape in shapes),
        constraints=sum(len(shape.constraints) for shape in shapes),
        negative_questions=tuple(question for question in questions(sources) if not _has_answer(dataset, question)),
    )


def table(dataset: Dataset, query: str) -> Table:
    """The table of a query."""
    rows = dataset.rows(query)
    names = tuple(variable.value for variable in rows.variables)
    return Table(query, names, tuple({name: row[name] for name in names} for row in rows))


def _has_answer(dataset: Dataset, question: Rule) -> bool:
    """Whether the answer to a question is yes, or has rows."""
    answer = dataset.store.query(question.query)
    return bool(answer) if isinstance(answer, QueryBoolean) else next(iter(answer), None) is not None


# The properties of links, the closest relation first.
RELATIONS = (
    *(OWL.sameAs, SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.relatedMatch),
    *(SKOS.notation, DCTERMS.identifier, RDFS.seeAlso, FOAF.page, SCHEMA.url),
)
# Every link, once for each source that attests it; and the things without an identifier that ought to have one.
LINKS, MISSING = queries("links")["attested"], queries("links")["missing"]


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a thing to another dataset, by an IRI or a code, with the sources that attest it."""

    thing: NamedNode
    relation: NamedNode
    value: NamedNode | Literal
    sources: tuple[NamedNode, ...]

    @property
    def target(self) -> str | NamedNode:
        """The name or host of the other dataset, or the datatype of a code."""
        if isinstance(self.value, Literal):
            return self.value.datatype
        return split_identifier(self.value)[0] or urlsplit(self.value.value).netloc.removeprefix("www.")

    @property
    def identifier(self) -> str:
        """The identifier of the thing in the other dataset."""
        return split_identifier(self.value)[1]


def links(dataset: Dataset) -> list[Link]:
    """Every link with all its sources, in the order of things, properties and values."""
    rows = [(row["thing"], row["property"], row["value"], row["source"]) for row in dataset.rows(LINKS)]
    return [
        Link(thing, name, value, tuple(source for *_, source in same))
        for (thing, name, value), same in groupby(rows, key=lambda row: row[:3])
    ]


def things_to_link(dataset: Dataset) -> list[NamedNode]:
    """The things that ought to have an identifier and have none."""
    return [row["thing"] for row in dataset.rows(MISSING)]
