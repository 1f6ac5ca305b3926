"""Read-only SPARQL over a dataset."""

from typing import Protocol

from ..formats import Format
from .embedded import Embedded
from .errors import (
    GraphNameError,
    Overloaded,
    QueryError,
    QueryEvaluationError,
    QuerySyntaxError,
    QueryTooExpensive,
    ServiceRefused,
    UpdateRefused,
)
from .isolated import Isolated
from .limits import MIB, Limits
from .query import FORMS, Query
from .versioned import Versioned

__all__ = [
    "FORMS",
    "MIB",
    "Embedded",
    "Engine",
    "GraphNameError",
    "Isolated",
    "Limits",
    "Overloaded",
    "Query",
    "QueryError",
    "QueryEvaluationError",
    "QuerySyntaxError",
    "QueryTooExpensive",
    "ServiceRefused",
    "UpdateRefused",
    "Versioned",
]


class Engine(Protocol):
    """Whatever answers queries: in this process, in a worker that can be killed, or elsewhere."""

    @property
    def limits(self) -> Limits | None:
        """What a query may use, if that is limited."""

    def answer(self, query: Query, chosen: Format, client: str = "") -> bytes:
        """The whole answer in the chosen format, or a QueryError; the service is fair between clients."""
