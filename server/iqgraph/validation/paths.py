"""Property paths (SHACL, section 2.3.1): read from RDF, written as RDF, and as SPARQL writes them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pyoxigraph import BlankNode, NamedNode, Triple

from ..errors import DatasetError
from ..serialisation.turtle import Term
from ..terms import PREFIXES, RDF, SH

OPERATORS = {
    SH.inversePath: "^",
    SH.zeroOrMorePath: "*",
    SH.oneOrMorePath: "+",
    SH.zeroOrOnePath: "?",
    SH.alternativePath: "|",
}
PREDICATES = {operator: predicate for predicate, operator in OPERATORS.items()}
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


def short_name(term: Term) -> str:
    """The term with the prefix of the table that says most, for people to read."""
    if not isinstance(term, NamedNode):
        return str(term)
    fitting = (prefix for prefix, namespace in PREFIXES.items() if term.value.startswith(namespace))
    prefix = max(fitting, key=lambda one: len(PREFIXES[one]), default=None)
    return f"{prefix}:{term.value.removeprefix(PREFIXES[prefix])}" if prefix else str(term)


def describe_list(items: Sequence[NamedNode | BlankNode], head: BlankNode) -> Iterator[Triple]:
    """The triples of a list of at least one item."""
    cells: list[NamedNode | BlankNode] = [head, *(BlankNode(f"{head.value}{n}") for n in range(1, len(items))), RDF.nil]
    for item, cell, rest in zip(items, cells, cells[1:], strict=False):
        yield Triple(cell, RDF.first, item)
        yield Triple(cell, RDF.rest, rest)
