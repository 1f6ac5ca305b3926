"""DESCRIBE: what is said of a thing, what points to it, and what its neighbours are called.

SPARQL leaves it to the service what a description is (SPARQL 1.1 Query Language, section 16.4). Here it is, all from
the default graph of the query:

1. the statements about each resource asked for, with those about the blank nodes that they lead to;
2. the statements that point to it, if they are at most `MAX_INCOMING`; if they are more, none of them, so that the
   description of a class or a country stays one;
3. the labels of all that these statements link.
"""

from collections.abc import Iterable, Iterator
from itertools import islice

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Store, Triple

from ..query import Query, Scope, resolve
from .neighbourhood import BOOKKEEPING, LABELS

MAX_INCOMING = 1000


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
