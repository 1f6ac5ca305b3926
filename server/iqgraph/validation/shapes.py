"""The SHACL shapes as data: targets, paths (SHACL, section 2.3.1) and constraints."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from ..bilingual import Text, text_of, untranslated
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
LISTS = {SH["and"], SH.ignoredProperties, SH["in"], SH.languageIn, SH["or"], SH.xone}
NOT_CONSTRAINTS = {RDF.type, SH.path, SH.property, SH.message, SH.severity, *TARGETS}
Facts = list[tuple[NamedNode, Term]]
Index = Mapping[Any, Facts]


class Step(NamedTuple):
    """A property path that is more than a property: an operator and what it is applied to."""

    operator: str
    parts: tuple["Path", ...]


Path = NamedNode | Step


def index_by_subject(triples: Iterable[Triple]) -> Index:
    """Predicates and objects by subject, in the order of the statements."""
    index: dict[Term, Facts] = defaultdict(list)
    for triple in triples:
        index[triple.subject].append((triple.predicate, triple.object))
    return index


def values(index: Index, node: Term, predicate: NamedNode) -> list[Any]:
    """The values of a property."""
    return [value for name, value in index.get(node, ()) if name == predicate]


def list_items(index: Index, head: Term) -> Iterator[Term]:
    """The items of an RDF list; DatasetError if it does not end."""
    cells = set[Term]()
    while head != RDF.nil:
        cell = dict(index.get(head, ()))
        if head in cells or not {RDF.first, RDF.rest} <= cell.keys():
            raise DatasetError(de="Hier fehlt eine Liste oder ihr Ende.", en="a list or its end is missing.")
        cells.add(head)
        yield cell[RDF.first]
        head = cell[RDF.rest]


def read_path(index: Index, node: Term) -> Path:
    """The property path that a node describes; DatasetError if it describes none."""
    if isinstance(node, NamedNode):
        return node
    facts = dict(index[node])
    if RDF.first in facts:
        return Step("/", tuple(read_path(index, part) for part in list_items(index, node)))
    predicate = next((name for name in facts if name in OPERATORS), None)
    if predicate is None:
        raise DatasetError(de="Der Eigenschaftspfad ist ungültig.", en="the property path is invalid.")
    value = facts[predicate]
    parts = list_items(index, value) if predicate == SH.alternativePath else [value]
    return Step(OPERATORS[predicate], tuple(read_path(index, part) for part in parts))


def describe_path(path: Path, label: str) -> tuple[NamedNode | BlankNode, list[Triple]]:
    """The node of a path and the statements that describe it; the label begins the names of blank nodes."""
    if isinstance(path, NamedNode):
        return path, []
    parts = [describe_path(part, f"{label}n{number}") for number, part in enumerate(path.parts)]
    triples = [triple for _, inner in parts for triple in inner]
    first = parts[0][0]
    if path.operator in "|/":
        first = BlankNode(f"{label}list")
        triples += describe_list([node for node, _ in parts], first)
    if path.operator == "/":
        return first, triples
    node = BlankNode(label)
    return node, [Triple(node, PREDICATES[path.operator], first), *triples]


def path_text(path: Path) -> str:
    """The path in the syntax of SPARQL."""
    if isinstance(path, NamedNode):
        return short_name(path)
    parts = [path_text(part) if isinstance(part, NamedNode) else f"({path_text(part)})" for part in path.parts]
    if path.operator in "|/":
        return path.operator.join(parts)
    return f"^{parts[0]}" if path.operator == "^" else f"{parts[0]}{path.operator}"


def describe_list(items: Sequence[NamedNode | BlankNode], head: BlankNode) -> Iterator[Triple]:
    """The statements of an RDF list of at least one item."""
    cells: list[NamedNode | BlankNode] = [head, *(BlankNode(f"{head.value}{n}") for n in range(1, len(items))), RDF.nil]
    for item, cell, rest in zip(items, cells, cells[1:], strict=False):
        yield Triple(cell, RDF.first, item)
        yield Triple(cell, RDF.rest, rest)


class Constraint(NamedTuple):
    """A parameter of a shape and its value; several values if the parameter takes a list."""

    parameter: NamedNode
    values: tuple[Term, ...]

    def __str__(self) -> str:
        """The parameter and its values, with prefixes."""
        values = (value.value if isinstance(value, Literal) else short_name(value) for value in self.values)
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
        """The target classes."""
        return [target for parameter, target in self.targets if parameter == SH.targetClass]

    def __str__(self) -> str:
        """The path and the constraints, in the terms of SHACL."""
        path = [f"sh:path {path_text(self.path)}"] if self.path else []
        return "; ".join((*path, *map(str, self.constraints)))

    def terms(self) -> set[NamedNode]:
        """All terms in it: targets, properties of the path, values of constraints."""
        values = (value for constraint in self.constraints for value in constraint.values)
        terms = {value for value in values if isinstance(value, NamedNode)}
        return terms | {target for _, target in self.targets} | set(properties(self.path))


def properties(path: Path | None) -> Iterator[NamedNode]:
    """The properties that a path is made of."""
    if isinstance(path, NamedNode):
        yield path
    elif path is not None:
        for part in path.parts:
            yield from properties(part)


def read_shapes(sources: Sources) -> dict[NamedNode, Shape]:
    """All shapes by their names, in the order of files and lines; a DatasetError names a malformed one."""
    quads = {file.name: read(file).quads for file in rdf_files(sources.shapes, "shapes")}
    index = index_by_subject(quad.triple for name in quads for quad in quads[name])
    files = {quad.subject: name for name in quads for quad in quads[name] if isinstance(quad.subject, NamedNode)}
    shapes = {}
    for node, file in files.items():
        try:
            shapes[node] = _shape(index, node)
        except DatasetError as error:
            raise DatasetError(untranslated(f"{file}: {short_name(node)}: {{}}").format(error.text)) from error
    return shapes


def _shape(index: Index, node: NamedNode) -> Shape:
    facts = index[node]
    if (RDF.type, SH.PropertyShape) in facts and not values(index, node, SH.path):
        raise DatasetError(de="Der Eigenschaftspfad fehlt.", en="the property path is missing.")
    return Shape(
        node=node,
        path=next((read_path(index, value) for value in values(index, node, SH.path)), None),
        targets=tuple((p, value) for p, value in facts if p in TARGETS and isinstance(value, NamedNode)),
        parts=tuple(value for value in values(index, node, SH.property) if isinstance(value, NamedNode)),
        constraints=tuple(_constraint(index, p, value) for p, value in facts if p not in NOT_CONSTRAINTS),
        message=text_of(values(index, node, SH.message)),
        severity=next(iter(values(index, node, SH.severity)), SH.Violation),
    )


def _constraint(index: Index, parameter: NamedNode, value: Term) -> Constraint:
    facts = index.get(value, ()) if isinstance(value, BlankNode) else ()
    if parameter in LISTS or value == RDF.nil or RDF.first in dict(facts):
        return Constraint(parameter, tuple(list_items(index, value)))
    # A shape without a name counts by its terms.
    terms = tuple(term for name, inner in facts for term in (name, *_constraint(index, name, inner).values))
    return Constraint(parameter, terms or (value,))


def flatten(shapes: Index) -> Iterator[Triple]:
    """Equivalent shapes, in which property shapes have the targets of their node shape.

    pySHACL validates the property shapes of a node shape anew for each focus node, but those with targets of their own
    for all focus nodes at once, which takes a third less time. The properties that they allowed in a closed node shape
    (https://www.w3.org/TR/shacl/#ClosedConstraintComponent) become properties that it ignores.
    """
    references = {value for facts in shapes.values() for _, value in facts}
    for shape, facts in shapes.items():
        targets = [fact for fact in facts if fact[0] in TARGETS]
        is_flattened = bool(targets) and shape not in references
        obsolete = {SH.property, SH.ignoredProperties} if is_flattened else set()
        yield from (Triple(shape, *fact) for fact in facts if fact[0] not in obsolete)
        if is_flattened:
            parts = values(shapes, shape, SH.property)
            yield from (Triple(part, *target) for part in parts for target in targets)
            if values(shapes, shape, SH.closed) and (allowed := allowed_properties(shapes, shape)):
                head = BlankNode()
                yield from (Triple(shape, SH.ignoredProperties, head), *describe_list(allowed, head))


def allowed_properties(shapes: Index, shape: Term) -> list[NamedNode]:
    """The properties that a closed shape allows: those of its property shapes, and those that it ignores."""
    paths = [path for part in values(shapes, shape, SH.property) for path in values(shapes, part, SH.path)]
    extra = [item for head in values(shapes, shape, SH.ignoredProperties) for item in list_items(shapes, head)]
    return [term for term in (*paths, *extra) if isinstance(term, NamedNode)]
