"""The quality of the data in tables: each is the answer to a query, so that anybody can ask it again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, QueryBoolean

from ..dataset import Dataset, Term
from ..resources import Rule, packaged, questions
from ..serialisation.turtle import compact
from ..terms import DERIVED, GRAPH, ID, PARTITIONS, RULE, SH
from .constraints import Shape, read_shapes
from .tables import QUERIES
from .usage import with_prefixes

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
    words = {
        "CLASSES": _pairs(shapes, SH.targetClass),
        "SUBJECTS": _pairs(shapes, SH.targetSubjectsOf),
        "LINKS": f"{GRAPH.iri}links/",
        "DERIVED": DERIVED.value,
        "PARTITIONS": PARTITIONS.value,
        "RULES": RULE.iri,
        "DAYS": f"{ID.iri}day-",
    }
    return Quality(
        tables={slug: table(dataset, text, words) for slug, text in QUERIES.items()},
        node_shapes=sum(shape.path is None for shape in shapes),
        property_shapes=sum(shape.path is not None for shape in shapes),
        constraints=sum(len(shape.constraints) for shape in shapes),
        denied=tuple(question for question in questions(sources) if _is_denied(dataset, question)),
    )


def table(dataset: Dataset, text: str, words: Mapping[str, str]) -> Table:
    """The rows of a query, its words in capitals filled in and the prefixes put before it."""
    for word, meaning in words.items():
        text = text.replace(word, meaning)
    query = with_prefixes(f"{text.strip()}\n")
    rows = dataset.rows(query)
    names = tuple(variable.value for variable in rows.variables)
    return Table(query, names, tuple({name: row[name] for name in names} for row in rows))


def _pairs(shapes: Iterable[Shape], parameter: NamedNode) -> str:
    """The shapes with such a target, each with it, as SPARQL lists values."""
    pairs = [(shape.node, target) for shape in shapes for kind, target in shape.targets if kind == parameter]
    return " ".join(f"({compact(shape)} {compact(target)})" for shape, target in pairs)


def _is_denied(dataset: Dataset, question: Rule) -> bool:
    """Whether the answer to a question is no, or nothing."""
    answer = dataset.store.query(question.query)
    return not answer if isinstance(answer, QueryBoolean) else next(iter(answer), None) is None
