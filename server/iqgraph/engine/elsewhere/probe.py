"""Asking an engine elsewhere what data it holds; each of these is some queries, and raises what asking raises."""

from collections.abc import Callable
from typing import Any

from pyoxigraph import QueryResultsFormat, QuerySolutions, RdfFormat, Store, parse_query_results

from ...formats import JSON, TURTLE, Format
from ...terms import DCAT, META
from .fingerprint import ITSELF, Fingerprint, Mark

Ask = Callable[[str, Format], bytes]

VERSION = f"GRAPH {META} {{ {ITSELF} {DCAT.version} ?version }}"
UNION = "{ SELECT (COUNT(*) AS ?n) { ?s ?p ?o } }"
GRAPHS = "{ SELECT ?graph (COUNT(*) AS ?n) { GRAPH ?graph { ?s ?p ?o } } GROUP BY ?graph }"


def mark(ask: Ask) -> Mark:
    """The version and all counts, in one query: what an engine answers from one state, is of one state."""
    return _mark(ask(f"SELECT ?version ?graph ?n {{ {{ {VERSION} }} UNION {UNION} UNION {GRAPHS} }}", JSON))


def version(ask: Ask) -> Mark:
    """A mark without counts: one lookup."""
    return _mark(ask(f"SELECT ?version {{ {VERSION} }}", JSON))


def contents(expected: Fingerprint, ask: Ask) -> str:
    """Which graph has other statements than it should, "the default graph" for the union; empty if none has."""
    for name, found in expected.contents.items():
        pattern = f"GRAPH <{name}> {{ ?s ?p ?o }}" if name else "?s ?p ?o"
        # In N-Triples Virtuoso writes durations as numbers, in Turtle as they are.
        held = Store()  # it reads dates and numbers as the store of the data here has read them
        held.load(ask(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {pattern} }}", TURTLE), RdfFormat.TURTLE)
        if expected.hashes[name](quad.triple for quad in held) != found:
            return f"<{name}>" if name else "the default graph"
    return ""


def _mark(content: bytes) -> Mark:
    rows: Any = parse_query_results(content, QueryResultsFormat.JSON)
    versions, union, graphs = [], 0, {}
    for row in rows if isinstance(rows, QuerySolutions) else ():
        found = {name: row[name] for name in ("version", "graph", "n") if _has(row, name)}
        if "version" in found:
            versions.append(found["version"].value)
        elif "graph" in found:
            graphs[found["graph"].value] = int(found["n"].value)
        elif "n" in found:
            union = int(found["n"].value)
    return Mark(tuple(sorted(versions)), union, graphs)


def _has(row: Any, name: str) -> bool:  # noqa: ANN401 - a row of any query
    try:
        return row[name] is not None
    except KeyError:
        return False
