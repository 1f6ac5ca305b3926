"""A query as a program for curl, Python and R."""

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
    """A complete program that prints the answer."""

    name: str
    suffix: str
    code: str


def snippets(
    endpoint: str, query: str, graphs: Graphs = MappingProxyType({}), keys: Sequence[str] = ()
) -> list[Snippet]:
    """Return programs for a SELECT query, with the parameters that set its dataset.

    The columns `keys` are read as text, since type inference would drop the zero of 06413.
    """
    text = query.strip()
    url = f"{endpoint}{'?' if graphs else ''}{urlencode(graphs, doseq=True)}"
    base = f"{url}{'&' if graphs else '?'}"
    return [
        Snippet("curl", "sh", curl(url, text)),
        Snippet("Python: pandas", "py", _pandas(base, text, keys)),
        Snippet("R", "R", _r(base, text, keys)),
    ]


def curl(endpoint: str, query: str) -> str:
    """Return the command that requests CSV."""
    # --data-urlencode makes it a POST, so that the query may be longer than a URL.
    return f"curl -H 'Accept: text/csv' {shlex.quote(endpoint)} \\\n  --data-urlencode query={shlex.quote(query)}"


def keys(literals: Iterable[tuple[str, str, str]]) -> list[str]:
    """Return the columns in which a text looks like a number; `literals` are column, lexical form and datatype."""
    texts = ((name, text) for name, text, datatype in literals if datatype not in NUMBERS)
    return list(dict.fromkeys(name for name, text in texts if _NUMBER.fullmatch(text)))


def _pandas(base: str, query: str, keys: Sequence[str]) -> str:
    dtype = f", dtype={{{', '.join(f'{json.dumps(name)}: str' for name in keys)}}}" if keys else ""
    return f"""from urllib.parse import urlencode

import pandas

query = {_python_string(query)}
answer = pandas.read_csv("{base}" + urlencode({{"query": query, "format": "csv"}}){dtype})
print(answer.to_csv(index=False))
"""


def _r(base: str, query: str, keys: Sequence[str]) -> str:
    classes = f", colClasses = c({', '.join(f'`{name}` = {CHARACTER}' for name in keys)})" if keys else ""
    return f"""query <- {r_string(query)}
address <- paste0("{base}format=csv&query=", URLencode(query, reserved = TRUE))
answer <- read.csv(address, encoding = "UTF-8"{classes})
write.csv(answer, row.names = FALSE)
"""


def r_string(text: str) -> str:
    """Return a string literal of R, with line breaks kept."""
    # R has the escapes of JSON (https://search.r-project.org/CRAN/refmans/base/html/Quotes.html).
    return json.dumps(text, ensure_ascii=False).replace("\\n", "\n")


def _python_string(text: str) -> str:
    """Return a string literal of Python, if possible with line breaks kept."""
    if '"""' in text or text.endswith('"'):
        return repr(text)
    content = text.replace("\\", "\\\\")
    return f'"""{content}"""'
