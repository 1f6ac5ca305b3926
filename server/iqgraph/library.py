"""Queries from a Python program or a notebook, without a server, answered with Python values."""

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
_load_bundled = cache(load)
NUMBERS: dict[str, Callable[[str], Any]] = {
    XSD.integer.value: int,
    XSD.decimal.value: float,
    XSD.double.value: float,
    XSD.boolean.value: lambda text: text in ("true", "1"),
}


def ask(query: str, dataset: Dataset | None = None) -> list[Row] | bool | str:
    """Answer a SPARQL query from a dataset, by default the bundled one; raise QueryError if it has no answer.

    SELECT gives rows, ASK a bool, CONSTRUCT and DESCRIBE Turtle.
    """
    dataset = dataset or _load_bundled()
    parsed_query = Query(with_current_iris(query) if dataset.sources else query)
    engine = Embedded(dataset.store, dataset.prefixes)
    if parsed_query.form not in ("SELECT", "ASK"):
        return engine.answer(parsed_query, TURTLE).decode()
    results = json.loads(engine.answer(parsed_query, JSON))
    if parsed_query.form == "ASK":
        return bool(results["boolean"])
    names = results["head"]["vars"]
    return [{name: _value(row.get(name)) for name in names} for row in results["results"]["bindings"]]


def _value(term: dict[str, Any] | None) -> str | int | float | bool | None:
    """Return a number or a bool for a term of such a datatype, else its lexical form."""
    if term and term["type"] == "triple":
        return compact_cell(term, {})
    return NUMBERS.get(term.get("datatype", ""), str)(term["value"]) if term else None
