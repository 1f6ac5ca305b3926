"""Which graphs an engine elsewhere is asked, said in full where its own default graph is not the union of all.

The address of such an engine names the graph that holds the union, as the SPARQL 1.1 Protocol names a default graph:
`http://localhost:8890/sparql?default-graph-uri=…`.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode, urlsplit

from ..terms import GRAPH
from .graphs import resolve
from .query import Query
from .tokens import from_clauses

FIELD = "default-graph-uri"
NONE = GRAPH["none"].value  # no graph has this name; engines that know no empty choice understand it

_MAY_NAME = re.compile(r"GRAPH|\\u", re.IGNORECASE)


def divided(url: str) -> tuple[str, str]:
    """The address of an endpoint without the graph that holds the union, and the name of that graph if it names one."""
    parts = urlsplit(url)
    fields = parse_qsl(parts.query, keep_blank_values=True)
    union = next((value for name, value in fields if name == FIELD), "")
    rest = urlencode([field for field in fields if field[0] != FIELD])
    return (parts._replace(query=rest).geturl() if union else url), union


def selected(query: Query, union: str, graphs: Sequence[str]) -> Query:
    """The query with a request that names each graph it sees: the union and all graphs if it does not choose itself."""
    if query.chooses_dataset:
        default, named = query.default_graphs, query.named_graphs
    elif clauses := from_clauses(query.text):
        default, named = (
            tuple(
                node.value for node in resolve(query.text, [graph for is_named, graph in clauses if is_named == wanted])
            )
            for wanted in (False, True)
        )
    else:
        default, named = (union,), tuple(graphs) if _MAY_NAME.search(query.text) else ()
    return replace(query, default_graphs=default, named_graphs=named or (NONE,))
