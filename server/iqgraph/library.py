"""The graph in another program or a notebook, without a server: a query, and its answer as values of Python."""

import json
from collections.abc import Callable
from functools import cache
from typing import Any

from .dataset import Dataset, load
from .engine import Embedded, Query
from .engine.renamed import with_current_iris
from .formats import JSON, TURTLE
from .serialisation.turtle import compact_cell
from .terms import XSD

Row = dict[str, str | int | float | bool | None]
NUMBERS: dict[str, Callable[[str], Any]] = {
    XSD.integer.value: int,
    XSD.decimal.value: float,
    XSD.double.value: float,
    XSD.boolean.value: lambda text: text in ("true", "1"),
}


def ask(query: str, dataset: Dataset | None = None) -> list[Row] | bool | str:
    """The answer of a dataset, or else of the bundled graph, to a query in SPARQL; a QueryError if there is none.

    SELECT gives rows, ASK a truth value, CONSTRUCT and DESCRIBE Turtle.
    """
    dataset = dataset or _bundled()
    asked = Query(with_current_iris(query) if dataset.sources else query)
    engine = Embedded(dataset.store, dataset.prefixes)
    if asked.form not in ("SELECT", "ASK"):
        return engine.answer(asked, TURTLE).decode()
    found = json.loads(engine.answer(asked, JSON))
    if asked.form == "ASK":
        return bool(found["boolean"])
    names = found["head"]["vars"]
    return [{name: _value(row.get(name)) for name in names} for row in found["results"]["bindings"]]


def _value(term: dict[str, Any] | None) -> str | int | float | bool | None:
    """A number or a truth value if the term is one, else its text."""
    if term and term["type"] == "triple":
        return compact_cell(term, {})
    return NUMBERS.get(term.get("datatype", ""), str)(term["value"]) if term else None


@cache
def _bundled() -> Dataset:
    return load()
