"""The quality of the data and its links elsewhere: each is the answer to a query, so that anybody can ask it again."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlsplit

from pyoxigraph import Literal, NamedNode, QueryBoolean

from ..dataset import Dataset, Term
from ..resources import Rule, packaged, queries, questions, read_toml
from ..terms import DCTERMS, FOAF, OWL, RDFS, SCHEMA, SKOS
from ..validation.shapes import read_shapes

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
    """What can be counted about the data, and which questions it answers with no."""

    tables: Mapping[str, Table]
    node_shapes: int
    property_shapes: int
    constraints: int
    denied: tuple[Rule, ...]


def quality(dataset: Dataset) -> Quality:
    """The quality of a dataset, computed from it alone."""
    sources = dataset.sources or packaged()
    shapes = read_shapes(sources).values()
    return Quality(
        tables={slug: table(dataset, query) for slug, query in queries("quality").items()},
        node_shapes=sum(shape.path is None for shape in shapes),
        property_shapes=sum(shape.path is not None for shape in shapes),
        constraints=sum(len(shape.constraints) for shape in shapes),
        denied=tuple(question for question in questions(sources) if _is_denied(dataset, question)),
    )


def table(dataset: Dataset, query: str) -> Table:
    """The rows of a query."""
    rows = dataset.rows(query)
    names = tuple(variable.value for variable in rows.variables)
    return Table(query, names, tuple({name: row[name] for name in names} for row in rows))


def _is_denied(dataset: Dataset, question: Rule) -> bool:
    """Whether the answer to a question is no, or nothing."""
    answer = dataset.store.query(question.query)
    return not answer if isinstance(answer, QueryBoolean) else next(iter(answer), None) is None


# What leads elsewhere, the closest relation first.
RELATIONS = (
    *(OWL.sameAs, SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.relatedMatch),
    *(SKOS.notation, DCTERMS.identifier, RDFS.seeAlso, FOAF.page, SCHEMA.url),
)


# Every link, once for each source that attests it; and what ought to have an identifier and has none. A page about a
# thing does not identify it.
LINKS, UNLINKED = queries("links")["attested"], queries("links")["missing"]

DATASETS: Mapping[str, str] = read_toml(__package__, "datasets.toml")


@dataclass(frozen=True, slots=True)
class Link:
    """What leads from a thing of ours elsewhere; a code is a literal. At least one source attests it."""

    thing: NamedNode
    relation: NamedNode
    value: NamedNode | Literal
    sources: tuple[NamedNode, ...]

    @property
    def target(self) -> str | NamedNode:
        """The dataset that the link leads to, by its name or its host; of a code its datatype."""
        if isinstance(self.value, Literal):
            return self.value.datatype
        return known_as(self.value)[0] or urlsplit(self.value.value).netloc.removeprefix("www.")

    @property
    def identifier(self) -> str:
        """What the thing is called in that dataset: the code, or the end of its address there."""
        return known_as(self.value)[1]


def known_as(value: NamedNode | Literal) -> tuple[str, str]:
    """The dataset that an address lies in, and what it is called there; without a dataset the whole of it."""
    start = next((start for start in DATASETS if value.value.startswith(start)), "")
    return DATASETS.get(start, ""), value.value.removeprefix(start).removesuffix("/")


def links(dataset: Dataset) -> list[Link]:
    """Every link with all its sources, in the order of things, properties and values."""
    rows = [(row["thing"], row["property"], row["value"], row["source"]) for row in dataset.rows(LINKS)]
    return [
        Link(thing, name, value, tuple(source for *_, source in same))
        for (thing, name, value), same in groupby(rows, key=lambda row: row[:3])
    ]


def unlinked(dataset: Dataset) -> list[NamedNode]:
    """The things that ought to have an identifier and have none."""
    return [row["thing"] for row in dataset.rows(UNLINKED)]
