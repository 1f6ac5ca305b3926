"""Read-only SPARQL over a dataset."""

from ..settings import MIB
from .elsewhere.federation import Federated
from .elsewhere.fingerprint import fingerprint
from .elsewhere.remote import Remote, admit
from .embedded import Embedded
from .errors import QueryError, QuerySyntaxError, Unwritable
from .interface import WORK, Engine, Shared, Work
from .query import Query
from .workers.isolated import Isolated

__all__ = [
    "MIB",
    "WORK",
    "Embedded",
    "Engine",
    "Federated",
    "Isolated",
    "Query",
    "QueryError",
    "QuerySyntaxError",
    "Remote",
    "Shared",
    "Unwritable",
    "Work",
    "admit",
    "fingerprint",
]
