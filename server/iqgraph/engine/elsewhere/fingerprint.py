"""The fingerprint of data: the version that it names, and the number of statements in each graph.

One query returns it. It differs if data is older, foreign, loaded in part, or counted twice, but not if one statement
replaces another; `iqgraph push` finds that, since it reads back all that it wrote.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pyoxigraph import Literal, NamedNode, QueryResultsFormat, QuerySolutions, parse_query_results

from ...bilingual import Text
from ...dataset import Dataset
from ...terms import DATASET, DCAT, META

PUSH = Text(de="Laden Sie die Daten mit iqgraph push.", en="load the data with iqgraph push.")
QUERY = f"""SELECT ?version ?graph ?n {{
    {{ GRAPH {META} {{ {DATASET} {DCAT.version} ?version }} }}
    UNION {{ SELECT (COUNT(*) AS ?n) {{ ?s ?p ?o }} }}
    UNION {{ SELECT ?graph (COUNT(*) AS ?n) {{ GRAPH ?graph {{ ?s ?p ?o }} }} GROUP BY ?graph }}
}}"""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The versions that data names, and the number of statements in its default graph and in each named graph."""

    version: tuple[str, ...]
    union: int
    graphs: Mapping[str, int]


def fingerprint(dataset: Dataset) -> Fingerprint:
    """The fingerprint of the data here."""
    versions = dataset.store.quads_for_pattern(DATASET, DCAT.version, None, META)
    return Fingerprint(
        tuple(sorted(quad.object.value for quad in versions if isinstance(quad.object, Literal))),
        dataset.statements,
        {graph.value: dataset.size(graph) for graph in dataset.graphs() if isinstance(graph, NamedNode)},
    )


def read_fingerprint(content: bytes) -> Fingerprint:
    """The fingerprint in an answer to QUERY in JSON; SyntaxError, ValueError or KeyError if it is none."""
    rows: Any = parse_query_results(content, QueryResultsFormat.JSON)
    if not isinstance(rows, QuerySolutions):
        raise ValueError("a boolean instead of rows")
    names = [variable.value for variable in rows.variables]
    versions, union, graphs = [], 0, {}
    for row in rows:
        values = {name: term.value for name, term in zip(names, row, strict=True) if term is not None}
        if "version" in values:
            versions.append(values["version"])
        elif "graph" in values:
            graphs[values["graph"]] = int(values["n"])
        else:
            union = int(values["n"])
    return Fingerprint(tuple(sorted(versions)), union, graphs)


def difference(here: Fingerprint, there: Fingerprint) -> Text | None:
    """How the data there differs from that here, and what to do; None if it does not."""
    if there == here:
        return None
    if not there.union and not there.graphs:
        return Text(de=f"enthält keine Daten. {PUSH.de}", en=f"holds no data; {PUSH.en}")
    if there.version != here.version:
        version_there, version_here = _version_name(there), _version_name(here)
        return Text(
            de=f"enthält {version_there.de}, hier wird aber anderes bereitgestellt: {version_here.de}. {PUSH.de}",
            en=f"holds {version_there.en}, and {version_here.en} is served here; {PUSH.en}",
        )
    if there.graphs != here.graphs:
        names = here.graphs.keys() | there.graphs.keys()
        first, *others = sorted(name for name in names if here.graphs.get(name) != there.graphs.get(name))
        count_there, count_here = (data.graphs.get(first, 0) for data in (there, here))
        more = Text(
            de=f" {len(others)} weitere Graphen sind anders." if others else "",
            en=f", and {len(others)} more graphs differ" if others else "",
        )
        return Text(
            de=f"enthält {count_there} statt {count_here} Aussagen in <{first}>.{more.de} {PUSH.de}",
            en=f"holds {count_there} statements in <{first}> instead of {count_here}{more.en}; {PUSH.en}",
        )
    return Text(
        de=f"hat {there.union} Aussagen im Standardgraphen, die Vereinigung aller Graphen aber {here.union}. "
        "Laden Sie die Vereinigung mit iqgraph push --default. Bildet die Engine selbst eine, in der eine Aussage "
        "mehrmals zählt, so schalten Sie diese aus.",
        en=f"has {there.union} statements in its default graph, and the union of all graphs has {here.union}; "
        "load the union with iqgraph push --default, "
        "and turn off a union of its own if that counts a statement once for each graph.",
    )


def _version_name(data: Fingerprint) -> Text:
    if not data.version:
        return Text(de="Daten, die keine Version nennen", en="data that names no version")
    version = ", ".join(data.version)
    return Text(de=f"Version {version}", en=f"version {version}")
