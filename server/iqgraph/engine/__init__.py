"""Read-only SPARQL over a dataset."""

from .embedded import Embedded
from .errors import (
    GraphNameError,
    Overloaded,
    QueryError,
    QueryEvaluationError,
    QuerySyntaxError,
    QueryTooExpensive,
    ServiceRefused,
    Unreachable,
    UpdateRefused,
)
from .federated import Federated
from .interface import Engine, Shared
from .isolated import Isolated
from .limits import MIB, Limits
from .query import FORMS, Query
from .remote import Remote
from .versioned import Versioned

__all__ = [
    "FORMS",
    "MIB",
    "Embedded",
    "Engine",
    "Federated",
    "GraphNameError",
    "Isolated",
    "Limits",
    "Overloaded",
    "Query",
    "QueryError",
    "QueryEvaluationError",
    "QuerySyntaxError",
    "QueryTooExpensive",
    "Remote",
    "ServiceRefused",
    "Shared",
    "Unreachable",
    "UpdateRefused",
    "Versioned",
]
