"""What tells the data of two engines apart: the version that it names, and the number of statements in each graph.

One query tells both, and sees data that is older, foreign, half loaded or counted twice. It does not see a statement in
place of another: `iqgraph push` does, which reads back all that it wrote.
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
    """The versions that data names, the number of statements in its default graph, and that in each named graph."""

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
    """The fingerprint that data elsewhere has by its answer to the query in JSON."""
    rows: Any = parse_query_results(content, QueryResultsFormat.JSON)
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


def difference(here: Fingerprint, there: Fingerprint) -> Text | None:
    """Why the data there is not that which is served here, and what to do; None if it is."""
    if there == here:
        return None
    if not there.union and not there.graphs:
        return Text(de=f"enthält keine Daten. {PUSH.de}", en=f"holds no data; {PUSH.en}")
    if there.version != here.version:
        held, served = _name(there), _name(here)
        return Text(
            de=f"enthält {held.de}, hier wird aber anderes bereitgestellt: {served.de}. {PUSH.de}",
            en=f"holds {held.en}, and {served.en} is served here; {PUSH.en}",
        )
    if there.graphs != here.graphs:
        names = here.graphs.keys() | there.graphs.keys()
        first, *others = sorted(name for name in names if here.graphs.get(name) != there.graphs.get(name))
        count, wanted = (data.graphs.get(first, 0) for data in (there, here))
        more = Text(
            de=f" {len(others)} weitere Graphen sind anders." if others else "",
            en=f", and {len(others)} more graphs differ" if others else "",
        )
        return Text(
            de=f"enthält {count} statt {wanted} Aussagen in <{first}>.{more.de} {PUSH.de}",
            en=f"holds {count} statements in <{first}> instead of {wanted}{more.en}; {PUSH.en}",
        )
    return Text(
        de=f"hat {there.union} Aussagen im Standardgraphen, die Vereinigung aller Graphen aber {here.union}. "
        "Laden Sie die Vereinigung mit iqgraph push --default. Bildet die Engine selbst eine, in der eine Aussage "
        "mehrmals zählt, so schalten Sie diese aus.",
        en=f"has {there.union} statements in its default graph, and the union of all graphs has {here.union}; "
        "load the union with iqgraph push --default, "
        "and turn off a union of its own if that counts a statement once for each graph.",
    )


def _name(data: Fingerprint) -> Text:
    version = ", ".join(data.version)
    unknown = Text(de="Daten, die keine Version nennen", en="data that names no version")
    return Text(de=f"Version {version}", en=f"version {version}") if version else unknown
