"""The quality of the data in tables: each is the answer to a query, so that anybody can ask it again."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, QueryBoolean

from ..dataset import Dataset, Term
from ..resources import Rule, packaged, queries, questions
from ..serialisation.turtle import compact
from ..terms import DERIVED, PARTITIONS, RULE, SH
from .constraints import Shape, read_shapes
from .usage import with_prefixes

Row = Mapping[str, Term | None]
LOOKED_AT = f"""WHERE {{
    {{
        VALUES (?shape ?class) {{ CLASSES }}
        ?kind rdfs:subClassOf* ?class .
        GRAPH ?graph {{ ?node a ?kind }}
    }}
    UNION
    {{
        VALUES (?shape ?property) {{ SUBJECTS }}
        GRAPH ?graph {{ ?node ?property ?value }}
    }}
    FILTER (STR(?graph) != "{PARTITIONS.value}")
    FILTER (!REGEX(STR(?graph), "^{DERIVED.value}(/|$)") && !REGEX(STR(?node), "^{DERIVED.value}([/#]|$)"))
    FILTER (!STRSTARTS(STR(?node), "{RULE.iri}"))
}}
"""


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
        tables={slug: table(dataset, query) for slug, query in asked(shapes).items()},
        node_shapes=sum(shape.path is None for shape in shapes),
        property_shapes=sum(shape.path is not None for shape in shapes),
        constraints=sum(len(shape.constraints) for shape in shapes),
        denied=tuple(question for question in questions(sources) if _is_denied(dataset, question)),
    )


def asked(shapes: Collection[Shape]) -> dict[str, str]:
    """The queries of the tables: those of `ontology/quality`, and those about what the shapes look at."""
    looked_at = LOOKED_AT.replace("CLASSES", _pairs(shapes, SH.targetClass))
    looked_at = looked_at.replace("SUBJECTS", _pairs(shapes, SH.targetSubjectsOf))
    checked = f"SELECT ?shape (COUNT(DISTINCT ?node) AS ?nodes)\n{looked_at}GROUP BY ?shape\nORDER BY ?shape\n"
    focus = f"SELECT (COUNT(DISTINCT ?node) AS ?nodes)\n{looked_at}"
    return queries("quality") | {"checked": with_prefixes(checked), "focus": with_prefixes(focus)}


def table(dataset: Dataset, query: str) -> Table:
    """The rows of a query."""
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
