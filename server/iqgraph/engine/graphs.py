"""The graphs that a query asks: all of a store, or those that the query or its request chooses as its RDF dataset."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from pyoxigraph import DefaultGraph, NamedNode, Quad, Store

from ..terms import BASE
from .errors import GraphNameError
from .query import GraphSelection, Query


def select_graphs(store: Store, query: Query) -> GraphSelection:
    """The graphs of a store that a query asks: several default graphs are merged, an unknown graph is empty."""
    query = with_dataset(query)
    if not query.chooses_dataset:
        return GraphSelection(store)
    default, named = (list(dict.fromkeys(map(_node, iris))) for iris in (query.default_graphs, query.named_graphs))
    if len(default) < 2:
        return GraphSelection(store, [*default], named)
    # https://www.w3.org/TR/sparql11-query/#specifyingDataset and https://github.com/oxigraph/oxigraph/issues/1919:
    # The engine counts a triple once for each default graph that holds it, SPARQL merges the graphs first.
    return GraphSelection(_merge(store, default, named), [DefaultGraph()], named)


def with_dataset(query: Query) -> Query:
    """The query with the graphs of its FROM clauses as its own graphs, unless its request has chosen some."""
    if query.chooses_dataset or not query.from_clauses:
        return query
    graphs: dict[bool, list[str]] = {False: [], True: []}
    with suppress(SyntaxError):  # which the engine reports when it is asked
        nodes = resolve(query.prologue, [iri for _, iri in query.from_clauses])
        for is_named, iri in query.from_clauses:
            graphs[is_named].append(nodes[iri].value)
    return replace(query, default_graphs=tuple(graphs[False]), named_graphs=tuple(graphs[True]))


def resolve(prologue: str, constants: Sequence[str]) -> dict[str, Any]:
    """The terms of IRIs, prefixed names and literals behind a prologue; SyntaxError if the engine cannot read one."""
    bindings = " ".join(f"BIND({text} AS ?t{number})" for number, text in enumerate(constants))
    rows: Any = Store().query(f"{prologue} SELECT * {{ {bindings} }}", base_iri=BASE)
    row = next(rows)
    return {text: row[f"t{number}"] for number, text in enumerate(constants)}


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
