"""The answer of the engine to a query, and the problem that a client is told if there is none."""

import logging
from collections.abc import Mapping
from dataclasses import replace

from flask import request

from ..engine import Query, QueryError, QuerySyntaxError
from ..engine.errors import (
    AnswerTooLarge,
    Crashed,
    Disconnected,
    GraphNameError,
    NotExplained,
    OutOfMemory,
    OutOfTime,
    Overloaded,
    QueryTooExpensive,
    RowMissing,
    ServiceRefused,
    Unreachable,
    Unreadable,
    Unwritable,
    UpdateRefused,
)
from ..formats import Format
from .http.problems import Problem
from .site import VERSION, site

log = logging.getLogger(__name__)
# The problem that a client is told, and the reason in one word for figures; of several kinds the first counts.
FAULTS: Mapping[type[QueryError], tuple[str, str]] = {
    QuerySyntaxError: ("query-syntax", "syntax"),
    OutOfTime: ("too-expensive", "time"),
    OutOfMemory: ("too-expensive", "memory"),
    AnswerTooLarge: ("too-expensive", "size"),
    Disconnected: ("too-expensive", "gone"),
    Crashed: ("too-expensive", "crash"),
    QueryTooExpensive: ("too-expensive", "expensive"),
    NotExplained: ("not-explained", "not-explained"),
    GraphNameError: ("graph-name", "graph-name"),
    Overloaded: ("overloaded", "overloaded"),
    RowMissing: ("bad-request", "bad-request"),
    ServiceRefused: ("service", "service"),
    Unreachable: ("engine", "engine"),
    Unreadable: ("internal", "evaluation"),
    Unwritable: ("not-acceptable", "not-acceptable"),
    UpdateRefused: ("read-only", "read-only"),
    QueryError: ("query-evaluation", "evaluation"),
}


def ask(query: Query, chosen: Format) -> bytes:
    """The answer to a query of a client, or the problem with it.

    It is asked of the version that the request is about, and in the name of its client, so that the queue is fair.
    """
    try:
        asked = replace(query, version=request.environ.get(VERSION, ""))
        return site().engine.answer(asked, chosen, request.remote_addr or "")
    except QueryError as error:
        raise problem(error) from error


def problem(error: QueryError) -> Problem:
    """What a client is told whose query has no answer."""
    if isinstance(error, Unreadable):
        log.error("The store cannot be read: %s", error.reason)
    found = Problem(_fault(error)[0], error.text)
    if isinstance(error, QuerySyntaxError):
        found.members |= {"line": error.line, "column": error.column}
    return found


def reason(error: QueryError) -> str:
    """Why a query has no answer, in one word."""
    return _fault(error)[1]


def _fault(error: QueryError) -> tuple[str, str]:
    return next(one for kind, one in FAULTS.items() if isinstance(error, kind))


def has_no_rows(content: bytes) -> bool:
    """Whether an answer to SELECT in JSON, XML, CSV or TSV has no rows."""
    # Looked at from its end: an answer may have megabytes, and is not read a second time.
    if content.endswith((b'"bindings":[]}}', b"<results></results></sparql>")):
        return True
    return content.endswith(b"\n") and content.count(b"\n", 0, 1 << 12) == 1 and len(content) < 1 << 12
