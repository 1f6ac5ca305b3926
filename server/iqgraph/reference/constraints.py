"""The shapes as data: what each looks at, and which constraints it sets."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from pyoxigraph import BlankNode, Literal, NamedNode

from ..bilingual import Text
from ..dataset.reading import read
from ..resources import Sources, rdf_files
from ..serialisation.turtle import Term
from ..terms import RDF, SH, SHAPES
from ..validation.findings import message
from ..validation.paths import Path, Statements, by_subject, list_items, path_text, read_path, short_name

TARGETS = (SH.targetClass, SH.targetSubjectsOf)
NOT_CONSTRAINTS = {RDF.type, SH.path, SH.property, SH.message, SH.severity, *TARGETS}


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

    def get(self, parameter: NamedNode) -> tuple[Term, ...]:
        """The values of a parameter; none if it is not set."""
        return tuple(value for one in self.constraints if one.parameter == parameter for value in one.values)

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
    paths = [read_path(said, value) for predicate, value in about if predicate == SH.path]
    severity = [value for predicate, value in about if predicate == SH.severity and isinstance(value, NamedNode)]
    return Shape(
        node=node,
        path=paths[0] if paths else None,
        targets=tuple((p, value) for p, value in about if p in TARGETS and isinstance(value, NamedNode)),
        parts=tuple(value for p, value in about if p == SH.property and isinstance(value, NamedNode)),
        constraints=tuple(_constraint(said, p, value) for p, value in about if p not in NOT_CONSTRAINTS),
        message=message(value for predicate, value in about if predicate == SH.message),
        severity=severity[0] if severity else SH.Violation,
    )


def _constraint(said: Statements, parameter: NamedNode, value: Term) -> Constraint:
    items = tuple(list_items(said, value)) if isinstance(value, BlankNode) or value == RDF.nil else (value,)
    return Constraint(parameter, items)
