"""Read-only SPARQL over a dataset."""

from typing import Protocol

from ..formats import Format
from .embedded import Embedded
from .errors import (
    GraphNameError,
    QueryError,
    QueryEvaluationError,
    QuerySyntaxError,
    ServiceRefused,
    UpdateRefused,
)
from .query import FORMS, Query

__all__ = [
    "FORMS",
    "Embedded",
    "Engine",
    "GraphNameError",
    "Query",
    "QueryError",
    "QueryEvaluationError",
    "QuerySyntaxError",
    "ServiceRefused",
    "UpdateRefused",
]


class Engine(Protocol):
    """Whatever answers queries: in this process, in a worker that can be killed, or elsewhere."""

    def answer(self, query: Query, chosen: Format) -> bytes:
        """The whole answer in the chosen format, or a QueryError."""
