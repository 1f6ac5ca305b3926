"""Property paths: written out where they are triple patterns, else followed from graph to graph.

A path leads from a node to others by some smallest sets of statements. A set holds a label for each of them: its
graph, or what else the caller knows it by.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Generic, NamedTuple, TypeVar

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, Store

from ...dataset import Node, Term

Label = TypeVar("Label")
Sets = tuple[frozenset[Label], ...]
MAX_SETS = 10_000


class Path(NamedTuple):
    """A property path: `link` has the IRI as its text, others have parts; `not` has links and inverse links."""

    kind: str
    text: str
    parts: tuple["Path", ...] = ()


class Statement(NamedTuple):
    """A triple pattern whose verb is a variable, an IRI or a path."""

    subject: str
    verb: str | Path
    object: str


def written_out(subject: str, verb: str | Path, value: str, new: Callable[[], str]) -> Iterator[Statement]:
    """A triple pattern, or those that a sequence or an inverse path stands for (SPARQL 1.1 Query, section 18.2.2.4)."""
    if isinstance(verb, str) or verb.kind == "link":
        yield Statement(subject, verb if isinstance(verb, str) else verb.text, value)
    elif verb.kind == "inverse":
        yield from written_out(value, verb.parts[0], subject, new)
    elif verb.kind == "then":
        ends = [*(new() for _ in verb.parts[1:]), value]
        for part, end in zip(verb.parts, ends, strict=True):
            yield from written_out(subject, part, end, new)
            subject = end
    else:
        yield Statement(subject, verb, value)


class TooManyWays(Exception):
    """There are more ways than anybody would look at."""


class Follower(Generic[Label]):
    """Follows paths in the named graphs of a store that may be used; the IRIs of a query are among its `constants`."""

    def __init__(
        self,
        store: Store,
        constants: Mapping[str, Term],
        graphs: frozenset[Node] | None,
        label: Callable[[Quad], Label],
    ) -> None:
        self.store, self.constants, self.graphs, self.label = store, constants, graphs, label
        self.reached: dict[tuple[Path, Term], dict[Term, Sets[Label]]] = {}

    def ways(self, path: Path, start: Term, end: Term) -> Sets[Label]:
        """The smallest sets by which the path leads from one node to the other."""
        if (path, start) not in self.reached:
            self.reached[path, start] = self._follow(path, {start: (frozenset(),)}, is_back=False)
        return self.reached[path, start].get(end, ())

    def _follow(self, path: Path, starts: dict[Term, Sets[Label]], *, is_back: bool) -> dict[Term, Sets[Label]]:
        match path.kind:
            case "link" | "not":
                return self._step(path, starts, is_back=is_back)
            case "inverse":
                return self._follow(path.parts[0], starts, is_back=not is_back)
            case "then":
                for part in reversed(path.parts) if is_back else path.parts:
                    starts = self._follow(part, starts, is_back=is_back)
                return starts
        found = _united(self._follow(part, starts, is_back=is_back) for part in path.parts)
        if path.kind in "+*":
            found = self._closure(path.parts[0], found, is_back=is_back)
        return _united((starts, found)) if path.kind in "?*" else found

    def _closure(self, path: Path, found: dict[Term, Sets[Label]], *, is_back: bool) -> dict[Term, Sets[Label]]:
        changed = found
        while changed:
            further = _united((found, self._follow(path, changed, is_back=is_back)))
            changed = {
                node: new for node, sets in further.items() if (new := tuple(set(sets) - set(found.get(node, ()))))
            }
            found = further
        return found

    def _step(self, path: Path, starts: dict[Term, Sets[Label]], *, is_back: bool) -> dict[Term, Sets[Label]]:
        found: dict[Term, set[frozenset[Label]]] = {}
        for node, sets in starts.items():
            for quad, end in self._edges(path, node, is_back=is_back):
                label = self.label(quad)
                found.setdefault(end, set()).update(one | {label} for one in sets)
        return {node: smallest(sets) for node, sets in found.items()}

    def _edges(self, path: Path, node: Term, *, is_back: bool) -> Iterator[tuple[Quad, Term]]:
        """The statements that are one step of a link, or of any other link."""
        if path.kind == "link":
            yield from self._quads(node, self.constants[path.text], is_back=is_back)
            return
        for is_inverse in (False, True):
            parts = [
                part.parts[0] if is_inverse else part for part in path.parts if (part.kind == "inverse") == is_inverse
            ]
            if parts:
                others = {self.constants[part.text] for part in parts}
                edges = self._quads(node, None, is_back=is_back != is_inverse)
                yield from ((quad, end) for quad, end in edges if quad.predicate not in others)

    def _quads(self, node: Term, predicate: Term | None, *, is_back: bool) -> Iterator[tuple[Quad, Term]]:
        if not is_back and not isinstance(node, NamedNode | BlankNode):
            return
        ends = (None, node) if is_back else (node, None)
        for quad in self.store.quads_for_pattern(ends[0], predicate, ends[1], None):  # type: ignore[arg-type]
            name = quad.graph_name
            if not isinstance(name, DefaultGraph) and (self.graphs is None or name in self.graphs):
                yield quad, quad.subject if is_back else quad.object


def smallest(sets: Iterable[frozenset[Label]]) -> Sets[Label]:
    """Those sets that hold no other of them."""
    found: list[frozenset[Label]] = []
    for one in sorted(set(sets), key=len):  # no set can hold a larger one, so each meets smaller ones alone
        if not any(other <= one for other in found):
            found.append(one)
            if len(found) > MAX_SETS:
                raise TooManyWays
    return tuple(found)


def is_empty_at_times(path: Path) -> bool:
    """Whether a path may lead from a node to itself without any statement."""
    match path.kind:
        case "?" | "*":
            return True
        case "then":
            return all(is_empty_at_times(part) for part in path.parts)
        case "or":
            return any(is_empty_at_times(part) for part in path.parts)
        case "+" | "inverse":
            return is_empty_at_times(path.parts[0])
        case _:
            return False


def _united(found: Iterable[dict[Term, Sets[Label]]]) -> dict[Term, Sets[Label]]:
    sets: dict[Term, set[frozenset[Label]]] = {}
    for reached in found:
        for node, some in reached.items():
            sets.setdefault(node, set()).update(some)
    return {node: smallest(some) for node, some in sets.items()}
