"""Property paths: translated into triple patterns where that is possible, else evaluated graph by graph.

The evaluation gives, for each node that a path leads to, the minimal sets of statements by which it gets there. A set
holds a label for each statement: its graph, or whatever else the caller needs to know of it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Generic, NamedTuple, TypeVar

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, Store

from ...dataset import Node, Term

Label = TypeVar("Label")
Sets = tuple[frozenset[Label], ...]
SetsByNode = dict[Term, Sets[Label]]
MAX_SETS = 10_000


class Path(NamedTuple):
    """A property path and its source text.

    The operators are `link`, an IRI, which has no parts; `inverse`, of a link; `negated`, of links and inverse links;
    `sequence`, `alternative`, and the modifiers `?`, `*` and `+` (SPARQL 1.1 Query, section 9.1).
    """

    operator: str
    text: str
    parts: tuple["Path", ...] = ()


def invert(path: Path) -> Path:
    """The path in the other direction."""
    if path.operator == "inverse":
        return path.parts[0]
    parts = path.parts or (path,)
    if path.operator == "link":
        return Path("inverse", f"^{path.text}", parts)
    parts = tuple(map(invert, reversed(parts) if path.operator == "sequence" else parts))
    return Path(path.operator, f"^({path.text})", parts)


class TriplePattern(NamedTuple):
    """A triple pattern whose predicate is a variable, an IRI or a path."""

    subject: str
    predicate: str | Path
    object: str


def translate(subject: str, path: str | Path, value: str, new_variable: Callable[[], str]) -> Iterator[TriplePattern]:
    """The triple patterns that a sequence or an inverse link stands for (SPARQL 1.1 Query, section 18.2.2.4)."""
    if isinstance(path, str) or path.operator == "link":
        yield TriplePattern(subject, path if isinstance(path, str) else path.text, value)
    elif path.operator == "inverse":
        yield TriplePattern(value, path.parts[0].text, subject)
    elif path.operator == "sequence":
        ends = [*(new_variable() for _ in path.parts[1:]), value]
        for part, end in zip(path.parts, ends, strict=True):
            yield from translate(subject, part, end, new_variable)
            subject = end
    else:
        yield TriplePattern(subject, path, value)


class TooManySets(Exception):
    """A path leads to a node in more ways than anybody would look at."""


class PathEvaluator(Generic[Label]):
    """Evaluates paths in the named graphs of a store, or in some of them; `constants` are the IRIs of the query."""

    def __init__(
        self,
        store: Store,
        constants: Mapping[str, Term],
        graphs: frozenset[Node] | None,
        label: Callable[[Quad], Label],
    ) -> None:
        self.store, self.constants, self.graphs, self.label = store, constants, graphs, label
        self._results: dict[tuple[Path, Term], SetsByNode[Label]] = {}

    def sets(self, path: Path, start: Term, end: Term) -> Sets[Label]:
        """The minimal sets by which the path leads from one node to the other."""
        if (path, start) not in self._results:
            self._results[path, start] = self._evaluate(path, {start: (frozenset(),)})
        return self._results[path, start].get(end, ())

    def _evaluate(self, path: Path, starts: SetsByNode[Label]) -> SetsByNode[Label]:
        if path.operator in ("link", "inverse", "negated"):
            return self._step(path, starts)
        if path.operator == "sequence":
            for part in path.parts:
                starts = self._evaluate(part, starts)
            return starts
        ends = _union(self._evaluate(part, starts) for part in path.parts)
        if path.operator in "+*":
            ends = self._closure(path.parts[0], ends)
        return _union((starts, ends)) if path.operator in "?*" else ends

    def _closure(self, path: Path, ends: SetsByNode[Label]) -> SetsByNode[Label]:
        frontier = ends
        while frontier:
            extension = _union((ends, self._evaluate(path, frontier)))
            frontier = {
                node: new for node, sets in extension.items() if (new := tuple(set(sets) - set(ends.get(node, ()))))
            }
            ends = extension
        return ends

    def _step(self, path: Path, starts: SetsByNode[Label]) -> SetsByNode[Label]:
        ends: dict[Term, set[frozenset[Label]]] = {}
        for node, sets in starts.items():
            for quad, end in self._edges(path, node):
                label = self.label(quad)
                ends.setdefault(end, set()).update(labels | {label} for labels in sets)
        return {node: minimal(sets) for node, sets in ends.items()}

    def _edges(self, path: Path, node: Term) -> Iterator[tuple[Quad, Term]]:
        """The statements that are one step of a path from a node, each with the node that it leads to."""
        is_negated = path.operator == "negated"
        for is_inverse in (False, True):
            links = [
                link for link in (path.parts if is_negated else (path,)) if (link.operator == "inverse") == is_inverse
            ]
            predicates = [self.constants[link.parts[0].text if is_inverse else link.text] for link in links]
            if not links or not (is_inverse or isinstance(node, NamedNode | BlankNode)):
                continue
            predicate: Any = None if is_negated else predicates[0]
            subject, value = (None, node) if is_inverse else (node, None)
            for quad in self.store.quads_for_pattern(subject, predicate, value, None):  # type: ignore[arg-type]
                graph = quad.graph_name
                is_used = not isinstance(graph, DefaultGraph) and (self.graphs is None or graph in self.graphs)
                if is_used and (quad.predicate in predicates) != is_negated:
                    yield quad, quad.subject if is_inverse else quad.object


def minimal(sets: Iterable[frozenset[Label]]) -> Sets[Label]:
    """The sets that contain no other of them."""
    result: list[frozenset[Label]] = []
    for candidate in sorted(set(sets), key=len):  # no set contains a larger one, so each is compared with smaller ones
        if not any(other <= candidate for other in result):
            result.append(candidate)
            if len(result) > MAX_SETS:
                raise TooManySets
    return tuple(result)


def has_zero_length(path: Path) -> bool:
    """Whether a path connects a node with itself without any statement (SPARQL 1.1 Query, section 18.4)."""
    match path.operator:
        case "?" | "*":
            return True
        case "sequence":
            return all(map(has_zero_length, path.parts))
        case "alternative":
            return any(map(has_zero_length, path.parts))
        case "+":
            return has_zero_length(path.parts[0])
        case _:
            return False


def _union(results: Iterable[SetsByNode[Label]]) -> SetsByNode[Label]:
    union: dict[Term, set[frozenset[Label]]] = {}
    for result in results:
        for node, sets in result.items():
            union.setdefault(node, set()).update(sets)
    return {node: minimal(sets) for node, sets in union.items()}
