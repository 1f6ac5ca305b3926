"""Pictures drawn from answers of our own endpoint: each is a query in a file, which the reader can open and change."""

import json
import re
from importlib.resources import files

from ...engine import Query
from ...formats import JSON
from ..answers import ask_for_page
from ..http.language import Language, language

Row = dict[str, str]
_LANGUAGE = re.compile(r'= "(?:de|en)"')


def query(name: str, node: str = "") -> str:
    """The query behind a picture, asking for labels in the reader's language; about a node instead of involas."""
    text = in_language((files(__package__) / f"{name}.rq").read_text(encoding="utf-8"), language())
    return text.replace("id:involas", f"<{node}>") if node else text


def in_language(text: str, wanted: Language) -> str:
    """A query that asks for labels in one language, asking for those in another; one for both stays as it is."""
    asked = set(_LANGUAGE.findall(text))
    return _LANGUAGE.sub(f'= "{wanted}"', text) if len(asked) == 1 else text


def rows(name: str, node: str = "") -> list[Row]:
    """The answer to the query behind a picture; what is not bound is left out."""
    return ask(query(name, node))


def ask(text: str) -> list[Row]:
    """The rows of an answer of our own endpoint."""
    found = json.loads(ask_for_page(Query(text), JSON))
    return [{key: cell["value"] for key, cell in row.items()} for row in found["results"]["bindings"]]
