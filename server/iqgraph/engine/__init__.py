"""Read-only SPARQL over a dataset."""

from .elsewhere.federation import Federated
from .elsewhere.fingerprint import fingerprint
from .elsewhere.remote import Remote, admit
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
    Unwritable,
    UpdateRefused,
)
from .interface import MIB, WORK, Engine, Limits, Shared, State, Work
from .query import FORMS, Query
from .workers.isolated import Isolated

__all__ = [
    "FORMS",
    "MIB",
    "WORK",
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
    "State",
    "Unreachable",
    "Unwritable",
    "UpdateRefused",
    "Work",
    "admit",
    "fingerprint",
]
