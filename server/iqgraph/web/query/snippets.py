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


@dataclass(frozen=True, slots=True)
class Snippet:
    """A program in some language; run as it stands, it prints the answer."""

    name: str
    suffix: str
    code: str


def snippets(
    endpoint: str, query: str, graphs: Graphs = MappingProxyType({}), keys: Sequence[str] = ()
) -> list[Snippet]:
    """A SELECT query for the command line, Python and R, with the parameters that choose its graphs.

    Columns of keys stay text, since programs that guess would take the zero from 06413.
    """
    text = query.strip()
    address = f"{endpoint}{'?' if graphs else ''}{urlencode(graphs, doseq=True)}"
    more = f"{address}{'&' if graphs else '?'}"
    return [
        Snippet("curl", "sh", curl(address, text)),
        Snippet("Python: pandas", "py", _pandas(more, text, keys)),
        Snippet("R", "R", _r(more, text, keys)),
    ]


def curl(endpoint: str, query: str) -> str:
    """The command that asks for CSV."""
    # With --data-urlencode it is a POST, so that the query may be longer than an address.
    return f"curl -H 'Accept: text/csv' {shlex.quote(endpoint)} \\\n  --data-urlencode query={shlex.quote(query)}"


def keys(literals: Iterable[tuple[str, str, str]]) -> list[str]:
    """The columns in which a text looks like a number, of literals with column and datatype."""
    texts = ((name, text) for name, text, datatype in literals if datatype not in NUMBERS)
    return list(dict.fromkeys(name for name, text in texts if _NUMBER.fullmatch(text)))


def _pandas(endpoint: str, query: str, keys: Sequence[str]) -> str:
    kinds = f", dtype={{{', '.join(f'{json.dumps(name)}: str' for name in keys)}}}" if keys else ""
    return f"""from urllib.parse import urlencode

import pandas

query = {_python(query)}
answer = pandas.read_csv("{endpoint}" + urlencode({{"query": query, "format": "csv"}}){kinds})
print(answer.to_csv(index=False))
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
    # R has the escapes of JSON too (https://search.r-project.org/CRAN/refmans/base/html/Quotes.html).
    return json.dumps(text, ensure_ascii=False).replace("\\n", "\n")


def _python(query: str) -> str:
    # Between three quotation marks a text may neither hold three of them nor end with one.
    if '"""' in query or query.endswith('"'):
        return repr(query)
    escaped = query.replace("\\", "\\\\")
    return f'"""{escaped}"""'
