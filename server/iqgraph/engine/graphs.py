"""Which graphs a query is asked against, by its FROM clauses or by the request."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pyoxigraph import DefaultGraph, NamedNode, Quad, QuerySolutions, Store

from ..terms import BASE
from .errors import GraphNameError
from .query import Query


@dataclass(frozen=True, slots=True)
class Scope:
    """A store, and those of its graphs that a query sees; None stands for what the query and the store say.

    `stated` are the default graphs that the text of the query names, where the engine may see to them itself.
    """

    store: Store
    default: list[NamedNode | DefaultGraph] | None = None
    named: list[NamedNode] | None = None
    stated: list[NamedNode] | None = None

    @property
    def default_graphs(self) -> list[NamedNode | DefaultGraph]:
        """The graphs that together are the default graph of the query."""
        if self.default is not None:
            return self.default
        return [DefaultGraph()] if self.stated is None else [*self.stated]


def scope(store: Store, query: Query) -> Scope:
    """What a query sees: several default graphs become one set of triples, an unknown graph is empty."""
    if query.chooses_dataset:
        default, named = _nodes(query.default_graphs), _nodes(query.named_graphs)
    else:
        clauses = query.from_clauses
        default = resolve(query.prologue, [graph for named, graph in clauses if not named])
        if len(default) < 2:
            return Scope(store, stated=default if clauses else None)
        named = resolve(query.prologue, [graph for named, graph in clauses if named])
    if len(default) < 2:
        return Scope(store, [*default], named)
    # The engine counts a triple once for each default graph that holds it, SPARQL merges the graphs first.
    return Scope(_merged(store, default, named), [DefaultGraph()], named)


def resolve(prologue: str, names: Sequence[str]) -> list[NamedNode]:
    """The IRIs that names mean behind a prologue, as the engine resolves them; what it cannot read fails later."""
    if not names:
        return []
    try:
        rows = Store().query(f"{prologue} SELECT ?name {{ VALUES ?name {{ {' '.join(names)} }} }}", base_iri=BASE)
    except SyntaxError:
        return []
    return _unique(row["name"] for row in rows) if isinstance(rows, QuerySolutions) else []


def _nodes(iris: Iterable[str]) -> list[NamedNode]:
    try:
        return _unique(NamedNode(iri) for iri in iris)
    except ValueError as error:
        raise GraphNameError(f"A graph has to be named by an absolute IRI: {error}") from error


def _unique(nodes: Iterable[NamedNode]) -> list[NamedNode]:
    return list(dict.fromkeys(nodes))


def _merged(store: Store, default: list[NamedNode], named: list[NamedNode]) -> Store:
    merged = Store()
    for graph in default:
        quads = store.quads_for_pattern(None, None, None, graph)
        merged.extend(Quad(quad.subject, quad.predicate, quad.object) for quad in quads)
    for graph in named:
        merged.extend(store.quads_for_pattern(None, None, None, graph))
    return merged
