"""Read-only SPARQL over a dataset."""

from .elsewhere.federated import Federated
from .elsewhere.fingerprint import Fingerprint, fingerprint
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
from .interface import Engine, Shared, State
from .limits import MIB, Limits
from .query import FORMS, Query
from .versioned import Versioned
from .work import WORK, Figures, Work
from .workers.isolated import Isolated

__all__ = [
    "FORMS",
    "MIB",
    "WORK",
    "Embedded",
    "Engine",
    "Federated",
    "Figures",
    "Fingerprint",
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
    "Versioned",
    "Work",
    "admit",
    "fingerprint",
]
