"""Pictures drawn from rows of queries: each is in a file, and the reader can open and change it."""

from functools import cache
from importlib.resources import files

from ...model.heads import in_language
from ...model.model import Row
from ..http.language import language
from ..site import site


def query(name: str, node: str = "") -> str:
    """The query behind a picture, asking for labels in the reader's language; about a node instead of involas."""
    text = in_language(_read(name), language())
    return text.replace("id:involas", f"<{node}>") if node else text


def rows(name: str, node: str = "") -> list[Row]:
    """The answer to the query behind a picture."""
    model = site().model
    return model.rows(query(name, node)) if node else model.answer(query(name))


@cache
def _read(name: str) -> str:
    return (files(__package__) / f"{name}.rq").read_text(encoding="utf-8")
