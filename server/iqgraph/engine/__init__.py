"""Read-only SPARQL over a dataset."""

from .admission import admit
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
from .fingerprint import Fingerprint, fingerprint
from .fleet import Rhythm
from .interface import Engine, Shared, State
from .isolated import Isolated
from .limits import MIB, Limits
from .query import FORMS, Query
from .remote import Remote
from .versioned import Versioned
from .work import WORK, Figures, Work

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
    "Rhythm",
    "ServiceRefused",
    "Shared",
    "State",
    "Unreachable",
    "UpdateRefused",
    "Versioned",
    "Work",
    "admit",
    "fingerprint",
]
