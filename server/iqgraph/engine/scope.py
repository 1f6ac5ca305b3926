"""The RDF dataset of a query: all graphs of a store, or those that the query or its request chooses."""

from collections.abc import Sequence
from dataclasses import replace

from pyoxigraph import DefaultGraph, NamedNode, Quad, QuerySolutions, Store

from ..terms import BASE
from .errors import GraphNameError
from .query import Query, Scope


def scope(store: Store, query: Query) -> Scope:
    """The scope of a query in a store: several default graphs are merged, an unknown graph is empty."""
    query = with_dataset(query)
    if not query.chooses_dataset:
        return Scope(store)
    default, named = (list(dict.fromkeys(map(_node, iris))) for iris in (query.default_graphs, query.named_graphs))
    if len(default) < 2:
        return Scope(store, [*default], named)
    # https://www.w3.org/TR/sparql11-query/#specifyingDataset and https://github.com/oxigraph/oxigraph/issues/1919:
    # The engine counts a triple once for each default graph that holds it, SPARQL merges the graphs first.
    return Scope(_merge(store, default, named), [DefaultGraph()], named)


def with_dataset(query: Query) -> Query:
    """The query with the graphs of its FROM clauses as its own graphs, unless its request has chosen some."""
    if query.chooses_dataset or not query.from_clauses:
        return query
    clauses = query.from_clauses
    default, named = (
        tuple(node.value for node in resolve(query.prologue, [iri for has_named, iri in clauses if has_named == named]))
        for named in (False, True)
    )
    return replace(query, default_graphs=default, named_graphs=named)


def resolve(prologue: str, iris: Sequence[str]) -> list[NamedNode]:
    """The nodes of IRIs and prefixed names behind a prologue; none if the engine cannot read one, as it says later."""
    if not iris:
        return []
    try:
        rows = Store().query(f"{prologue} SELECT ?iri {{ VALUES ?iri {{ {' '.join(iris)} }} }}", base_iri=BASE)
    except SyntaxError:
        return []
    return list(dict.fromkeys(row["iri"] for row in rows)) if isinstance(rows, QuerySolutions) else []


def _node(iri: str) -> NamedNode:
    try:
        return NamedNode(iri)
    except ValueError as error:
        raise GraphNameError(iri) from error


def _merge(store: Store, default: list[NamedNode], named: list[NamedNode]) -> Store:
    merged = Store()
    for graph in default:
        quads = store.quads_for_pattern(None, None, None, graph)
        merged.extend(Quad(quad.subject, quad.predicate, quad.object) for quad in quads)
    for graph in named:
        merged.extend(store.quads_for_pattern(None, None, None, graph))
    return merged
