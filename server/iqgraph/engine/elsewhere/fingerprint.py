"""What tells the data of two engines apart: the version that it names, and the number of statements in each graph.

One query tells both, and sees data that is older, foreign, half loaded or counted twice. It does not see a statement in
place of another: `iqgraph push` does, which reads back all that it wrote.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pyoxigraph import Literal, NamedNode, QueryResultsFormat, QuerySolutions, parse_query_results

from ...dataset import Dataset
from ...terms import BASE, DCAT, META

ITSELF = NamedNode(f"{BASE}dataset")
PUSH = "load the data with iqgraph push"
QUERY = f"""SELECT ?version ?graph ?n {{
    {{ GRAPH {META} {{ {ITSELF} {DCAT.version} ?version }} }}
    UNION {{ SELECT (COUNT(*) AS ?n) {{ ?s ?p ?o }} }}
    UNION {{ SELECT ?graph (COUNT(*) AS ?n) {{ GRAPH ?graph {{ ?s ?p ?o }} }} GROUP BY ?graph }}
}}"""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The versions that data names, the number of statements in its default graph, and that in each named graph."""

    version: tuple[str, ...]
    union: int
    graphs: Mapping[str, int]


def fingerprint(dataset: Dataset) -> Fingerprint:
    """The fingerprint of the data here."""
    versions = dataset.store.quads_for_pattern(ITSELF, DCAT.version, None, META)
    return Fingerprint(
        tuple(sorted(quad.object.value for quad in versions if isinstance(quad.object, Literal))),
        dataset.statements,
        {graph.value: dataset.size(graph) for graph in dataset.graphs() if isinstance(graph, NamedNode)},
    )


def fingerprint_elsewhere(ask: Callable[[str], bytes]) -> Fingerprint:
    """The fingerprint of the data that answers a query in JSON."""
    rows: Any = parse_query_results(ask(QUERY), QueryResultsFormat.JSON)
    if not isinstance(rows, QuerySolutions):
        raise ValueError("a boolean instead of rows")
    names = [variable.value for variable in rows.variables]
    versions, union, graphs = [], 0, {}
    for row in rows:
        found = {name: term.value for name, term in zip(names, row, strict=True) if term is not None}
        if "version" in found:
            versions.append(found["version"])
        elif "graph" in found:
            graphs[found["graph"]] = int(found["n"])
        else:
            union = int(found["n"])
    return Fingerprint(tuple(sorted(versions)), union, graphs)


def difference(here: Fingerprint, there: Fingerprint) -> str:
    """Why the data there is not that which is served here, and what to do; empty if it is."""
    if there == here:
        return ""
    if not there.union and not there.graphs:
        return f"holds no data; {PUSH}"
    if there.version != here.version:
        return f"holds {_name(there)}, and {_name(here)} is served here; {PUSH}"
    if there.graphs != here.graphs:
        names = sorted(
            name for name in here.graphs.keys() | there.graphs.keys() if here.graphs.get(name) != there.graphs.get(name)
        )
        first = f"{there.graphs.get(names[0], 0)} statements in <{names[0]}> instead of {here.graphs.get(names[0], 0)}"
        more = f", and {len(names) - 1} more graphs differ" if len(names) > 1 else ""
        return f"holds {first}{more}; {PUSH}"
    return _difference_of_union(here, there)


def _difference_of_union(here: Fingerprint, there: Fingerprint) -> str:
    if not there.union:
        return (
            "has an empty default graph, which should be the union of all graphs; "
            "turn on its union default graph or load the union with iqgraph push --default"
        )
    if there.union == sum(here.graphs.values()):
        return (
            "counts statements of its default graph once for each graph that holds them; "
            "load the union as a graph of its own with iqgraph push --default, and turn off its union default graph"
        )
    return f"has {there.union} statements in its default graph, and their union has {here.union}; {PUSH} --default"


def _name(data: Fingerprint) -> str:
    return f"version {', '.join(data.version)}" if data.version else "data that names no version"
