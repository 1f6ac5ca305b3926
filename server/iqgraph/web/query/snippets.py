"""The query as a program: the same question asked from the tools that people use."""

import json
import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlencode

from ...serialisation.tables import DECIMALS, INTEGERS

Graphs = Mapping[str, Sequence[str]]
NUMBERS = INTEGERS | DECIMALS
CHARACTER = '"character"'
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
CALLS = {"default-graph-uri": "addDefaultGraph", "named-graph-uri": "addNamedGraph"}


@dataclass(frozen=True, slots=True)
class Snippet:
    """A program in some language; run as it stands, it prints the answer."""

    name: str
    suffix: str
    code: str


def snippets(
    endpoint: str, query: str, graphs: Graphs = MappingProxyType({}), keys: Sequence[str] = ()
) -> list[Snippet]:
    """A SELECT query for the command line, Python, R and JavaScript, with the parameters that choose its graphs.

    Columns of keys stay text, since programs that guess would take the zero from 06413.
    """
    text = query.strip()
    address = f"{endpoint}{'?' if graphs else ''}{urlencode(graphs, doseq=True)}"
    more = f"{address}{'&' if graphs else '?'}"
    return [
        Snippet("curl", "sh", curl(address, text)),
        Snippet("Python: pandas", "py", _pandas(more, text, keys)),
        Snippet("Python: SPARQLWrapper", "py", _sparqlwrapper(endpoint, text, graphs)),
        Snippet("R", "R", _r(more, text, keys)),
        Snippet("JavaScript", "mjs", _javascript(address, text)),
    ]


def curl(endpoint: str, query: str) -> str:
    """The command that asks for CSV."""
    return f"curl -H 'Accept: text/csv' {shlex.quote(endpoint)} \\\n  --data-urlencode query={shlex.quote(query)}"


def keys(rows: Iterable[Mapping[str, Mapping[str, str]]]) -> list[str]:
    """The columns of an answer in which a text looks like a number."""
    found = {name: None for row in rows for name, term in row.items() if _is_key(term)}
    return list(found)


def _is_key(term: Mapping[str, str]) -> bool:
    return term["type"] != "uri" and term.get("datatype", "") not in NUMBERS and bool(_NUMBER.fullmatch(term["value"]))


def _pandas(endpoint: str, query: str, keys: Sequence[str]) -> str:
    kinds = f", dtype={{{', '.join(f'{json.dumps(name)}: str' for name in keys)}}}" if keys else ""
    return f"""from urllib.parse import urlencode

import pandas

query = {_python(query)}
answer = pandas.read_csv("{endpoint}" + urlencode({{"query": query, "format": "csv"}}){kinds})
print(answer.to_csv(index=False))
"""


def _sparqlwrapper(endpoint: str, query: str, graphs: Graphs) -> str:
    calls = ((CALLS[name], json.dumps(iri, ensure_ascii=False)) for name, iris in graphs.items() for iri in iris)
    chosen = "".join(f"endpoint.{call}({iri})\n" for call, iri in calls)
    return f"""from SPARQLWrapper import CSV, SPARQLWrapper

endpoint = SPARQLWrapper("{endpoint}")
endpoint.setReturnFormat(CSV)
{chosen}endpoint.setQuery({_python(query)})
print(endpoint.query().convert().decode())
"""


def _r(endpoint: str, query: str, keys: Sequence[str]) -> str:
    kinds = f", colClasses = c({', '.join(f'`{name}` = {CHARACTER}' for name in keys)})" if keys else ""
    return f"""query <- {r_string(query)}
address <- paste0("{endpoint}format=csv&query=", URLencode(query, reserved = TRUE))
answer <- read.csv(address, encoding = "UTF-8"{kinds})
write.csv(answer, row.names = FALSE)
"""


def r_string(text: str) -> str:
    """A text as R writes it, its lines as they are."""
    return json.dumps(text, ensure_ascii=False).replace("\\n", "\n")


def _javascript(endpoint: str, query: str) -> str:
    text = query.replace("\\", "\\\\").replace("`", "\\`").replace("${", "\\${")
    return f"""const query = `{text}`;
const response = await fetch("{endpoint}", {{
  method: "POST",
  headers: {{ Accept: "text/csv" }},
  body: new URLSearchParams({{ query }}),
}});
console.log(await response.text());
"""


def _python(query: str) -> str:
    if '"""' in query or query.endswith('"'):
        return repr(query)
    escaped = query.replace("\\", "\\\\")
    return f'"""{escaped}"""'
