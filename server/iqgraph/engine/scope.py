"""The scope of a query that chooses its graphs, and the description of what a query names within its scope.

SPARQL leaves it to the service what DESCRIBE answers (https://www.w3.org/TR/sparql11-query/#descriptionsOfResources).
Here it is, all from the default graph of the query:

1. the statements about each resource asked for, with those about the blank nodes that they lead to;
2. the statements that point to it, if they are at most `MAX_INCOMING`; if they are more, none of them, so that the
   description of a class or a country stays one;
3. the labels of all that these statements link.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    NamedNode,
    Quad,
    QuerySolutions,
    Store,
    Triple,
)

from ..terms import BASE
from .errors import GraphNameError
from .neighbourhood import BOOKKEEPING, LABELS
from .query import Query, Scope

MAX_INCOMING = 1000


def scope(store: Store, query: Query) -> Scope:
    """What a query sees: several default graphs become one set of triples, an unknown graph is empty."""
    query = with_dataset(query)
    if not query.chooses_dataset:
        return Scope(store)
    default, named = _nodes(query.default_graphs), _nodes(query.named_graphs)
    if len(default) < 2:
        return Scope(store, [*default], named)
    # https://www.w3.org/TR/sparql11-query/#specifyingDataset and https://github.com/oxigraph/oxigraph/issues/1919:
    # The engine counts a triple once for each default graph that holds it, SPARQL merges the graphs first.
    return Scope(_merged(store, default, named), [DefaultGraph()], named)


def with_dataset(query: Query) -> Query:
    """The query with the graphs of its FROM clauses chosen as a request chooses them, which go first."""
    if query.chooses_dataset or not query.from_clauses:
        return query
    clauses = query.from_clauses
    default, named = (
        tuple(node.value for node in resolve(query.prologue, [graph for kind, graph in clauses if kind == is_named]))
        for is_named in (False, True)
    )
    return replace(query, default_graphs=default, named_graphs=named)


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
    return _unique(map(_node, iris))


def _node(iri: str) -> NamedNode:
    try:
        return NamedNode(iri)
    except ValueError as error:
        raise GraphNameError(iri) from error


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


def describe(seen: Scope, query: Query, said: Iterable[Triple]) -> Iterator[Triple]:
    """The description; `said` is what the engine itself answers, the statements about the resources."""
    statements = list(said)
    graphs = seen.default_graphs
    things = {triple.subject for triple in statements if isinstance(triple.subject, NamedNode)}
    things.update(resolve(query.prologue, query.described))
    for thing in sorted(things, key=str):
        statements += _incoming(seen.store, graphs, thing)
    yield from statements
    linked = {node for triple in statements for node in (triple.subject, triple.object)}
    for node in linked - things:
        if isinstance(node, NamedNode):
            yield from _labels(seen.store, graphs, node)


def _incoming(store: Store, graphs: list[NamedNode | DefaultGraph], thing: NamedNode) -> list[Triple]:
    quads = (quad for graph in graphs for quad in store.quads_for_pattern(None, None, thing, graph))
    found = list(islice((quad.triple for quad in quads if quad.predicate not in BOOKKEEPING), MAX_INCOMING + 1))
    return found if len(found) <= MAX_INCOMING else []


def _labels(store: Store, graphs: list[NamedNode | DefaultGraph], node: NamedNode | BlankNode) -> list[Triple]:
    for predicate in LABELS:
        found = [quad.triple for graph in graphs for quad in store.quads_for_pattern(node, predicate, None, graph)]
        if found:
            return found
    return []
