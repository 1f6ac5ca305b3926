"""The shapes as data: what each looks at, which constraints it sets, and on which path (SHACL, section 2.3.1)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from ..bilingual import Text, text_of
from ..dataset.reading import read
from ..errors import DatasetError
from ..resources import Sources, rdf_files
from ..terms import RDF, SH, SHAPES, Term, short_name

OPERATORS = {
    SH.inversePath: "^",
    SH.zeroOrMorePath: "*",
    SH.oneOrMorePath: "+",
    SH.zeroOrOnePath: "?",
    SH.alternativePath: "|",
}
PREDICATES = {operator: predicate for predicate, operator in OPERATORS.items()}
TARGETS = (SH.targetClass, SH.targetSubjectsOf)
NOT_CONSTRAINTS = {RDF.type, SH.path, SH.property, SH.message, SH.severity, *TARGETS}
Statements = Mapping[Any, list[tuple[NamedNode, Term]]]


class Step(NamedTuple):
    """A property path that is more than a property: an operator and what it is applied to."""

    operator: str
    parts: tuple["Path", ...]


Path = NamedNode | Step


def by_subject(triples: Iterable[Triple]) -> Statements:
    """Predicates and objects by subject, in the order given."""
    found: dict[Term, list[tuple[NamedNode, Term]]] = defaultdict(list)
    for triple in triples:
        found[triple.subject].append((triple.predicate, triple.object))
    return found


def values(said: Statements, node: Term, predicate: NamedNode) -> list[Any]:
    """The values of a property."""
    return [value for name, value in said.get(node, ()) if name == predicate]


def list_items(said: Statements, head: Term) -> Iterator[Term]:
    """The items of a list."""
    while head != RDF.nil:
        about = dict(said[head])
        yield about[RDF.first]
        head = about[RDF.rest]


def read_path(said: Statements, node: Term) -> Path:
    """The path that a node of RDF stands for."""
    if isinstance(node, NamedNode):
        return node
    about = dict(said[node])
    if RDF.first in about:
        return Step("/", tuple(read_path(said, part) for part in list_items(said, node)))
    predicate = next((one for one in about if one in OPERATORS), None)
    if predicate is None:
        raise DatasetError(de="Eine Shape hat einen Pfad, der keiner ist.", en="A shape has a path that is none.")
    value = about[predicate]
    parts = list_items(said, value) if predicate == SH.alternativePath else [value]
    return Step(OPERATORS[predicate], tuple(read_path(said, part) for part in parts))


def describe_path(path: Path, label: str) -> tuple[NamedNode | BlankNode, list[Triple]]:
    """The node of a path and the triples that describe it; blank nodes are called after the label."""
    if isinstance(path, NamedNode):
        return path, []
    parts = [describe_path(part, f"{label}n{number}") for number, part in enumerate(path.parts)]
    triples = [triple for _, described in parts for triple in described]
    first = parts[0][0]
    if path.operator in "|/":
        first = BlankNode(f"{label}list")
        triples += describe_list([node for node, _ in parts], first)
    if path.operator == "/":
        return first, triples
    node = BlankNode(label)
    return node, [Triple(node, PREDICATES[path.operator], first), *triples]


def path_text(path: Path) -> str:
    """The path as SPARQL writes it."""
    if isinstance(path, NamedNode):
        return short_name(path)
    parts = [path_text(part) if isinstance(part, NamedNode) else f"({path_text(part)})" for part in path.parts]
    if path.operator in "|/":
        return path.operator.join(parts)
    return f"^{parts[0]}" if path.operator == "^" else f"{parts[0]}{path.operator}"


def describe_list(items: Sequence[NamedNode | BlankNode], head: BlankNode) -> Iterator[Triple]:
    """The triples of a list of at least one item."""
    cells: list[NamedNode | BlankNode] = [head, *(BlankNode(f"{head.value}{n}") for n in range(1, len(items))), RDF.nil]
    for item, cell, rest in zip(items, cells, cells[1:], strict=False):
        yield Triple(cell, RDF.first, item)
        yield Triple(cell, RDF.rest, rest)


class Constraint(NamedTuple):
    """One parameter of a shape and its value; a list if the parameter takes one."""

    parameter: NamedNode
    values: tuple[Term, ...]

    def __str__(self) -> str:
        """The parameter and its values, with prefixes."""
        values = (one.value if isinstance(one, Literal) else short_name(one) for one in self.values)
        return " ".join((short_name(self.parameter), *values))


@dataclass(frozen=True)
class Shape:
    """A node shape or, if it has a path, a property shape."""

    node: NamedNode
    path: Path | None
    targets: tuple[tuple[NamedNode, NamedNode], ...]
    parts: tuple[NamedNode, ...]
    constraints: tuple[Constraint, ...]
    message: Text | None
    severity: NamedNode

    @property
    def name(self) -> str:
        """The local name."""
        return self.node.value.removeprefix(SHAPES.iri)

    def classes(self) -> list[NamedNode]:
        """The classes whose members it looks at."""
        return [target for parameter, target in self.targets if parameter == SH.targetClass]

    def __str__(self) -> str:
        """What it asks for, as SHACL writes it: its path, and its constraints."""
        path = [f"sh:path {path_text(self.path)}"] if self.path else []
        return "; ".join((*path, *map(str, self.constraints)))

    def terms(self) -> set[NamedNode]:
        """All terms that it speaks of: targets, properties of its path, values of its constraints."""
        named = {value for one in self.constraints for value in one.values if isinstance(value, NamedNode)}
        return named | {target for _, target in self.targets} | set(properties(self.path))


def properties(path: Path | None) -> Iterator[NamedNode]:
    """The properties that a path is made of."""
    if isinstance(path, NamedNode):
        yield path
    elif path is not None:
        for part in path.parts:
            yield from properties(part)


def read_shapes(sources: Sources) -> dict[NamedNode, Shape]:
    """All shapes by their names, in the order of files and lines."""
    said = by_subject(quad.triple for file in rdf_files(sources.shapes, "shapes") for quad in read(file).quads)
    return {node: _shape(said, node) for node in said if isinstance(node, NamedNode)}


def _shape(said: Statements, node: NamedNode) -> Shape:
    about = said[node]
    return Shape(
        node=node,
        path=next((read_path(said, value) for value in values(said, node, SH.path)), None),
        targets=tuple((p, value) for p, value in about if p in TARGETS and isinstance(value, NamedNode)),
        parts=tuple(value for value in values(said, node, SH.property) if isinstance(value, NamedNode)),
        constraints=tuple(_constraint(said, p, value) for p, value in about if p not in NOT_CONSTRAINTS),
        message=text_of(values(said, node, SH.message)),
        severity=next(iter(values(said, node, SH.severity)), SH.Violation),
    )


def _constraint(said: Statements, parameter: NamedNode, value: Term) -> Constraint:
    items = tuple(list_items(said, value)) if isinstance(value, BlankNode) or value == RDF.nil else (value,)
    return Constraint(parameter, items)


def flatten(shapes: Statements) -> Iterator[Triple]:
    """Shapes that mean the same, in which property shapes have the targets of their node shape.

    pySHACL validates a property shape anew for each focus node of the node shape that has it, but for all its own
    targets at once, which takes a third less time. What a closed node shape allowed by such a part
    (https://www.w3.org/TR/shacl/#ClosedConstraintComponent), it has to ignore then.
    """
    used = {value for about in shapes.values() for _, value in about}
    for shape, about in shapes.items():
        targets = [one for one in about if one[0] in TARGETS]
        moved = {SH.property, SH.ignoredProperties} if targets and shape not in used else set()
        yield from (Triple(shape, *one) for one in about if one[0] not in moved)
        if moved:
            parts = values(shapes, shape, SH.property)
            yield from (Triple(part, *target) for part in parts for target in targets)
        if moved and values(shapes, shape, SH.closed) and (allowed := allowed_properties(shapes, shape)):
            head = BlankNode()
            yield from (Triple(shape, SH.ignoredProperties, head), *describe_list(allowed, head))


def allowed_properties(shapes: Statements, shape: Term) -> list[NamedNode]:
    """The properties that a closed shape allows: those of its parts, and those that it ignores."""
    paths = [path for part in values(shapes, shape, SH.property) for path in values(shapes, part, SH.path)]
    ignored = [one for head in values(shapes, shape, SH.ignoredProperties) for one in list_items(shapes, head)]
    return [one for one in (*paths, *ignored) if isinstance(one, NamedNode)]
