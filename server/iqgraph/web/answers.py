"""The answer of the engine to a query, and the problem that a client is told if there is none."""

import logging
from dataclasses import replace

from flask import request

from ..engine import Query, QueryError, QuerySyntaxError
from ..engine.errors import (
    AnswerTooLarge,
    Crashed,
    Disconnected,
    GraphNameError,
    Interrupted,
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
PROBLEMS: dict[type[QueryError], str] = {
    GraphNameError: "graph-name",
    Interrupted: "overloaded",
    Overloaded: "overloaded",
    RowMissing: "bad-request",
    ServiceRefused: "service",
    Unreachable: "engine",
    Unwritable: "not-acceptable",
    UpdateRefused: "read-only",
}
REASONS: dict[type[QueryError], str] = {
    OutOfTime: "time",
    OutOfMemory: "memory",
    AnswerTooLarge: "size",
    Disconnected: "gone",
    Crashed: "crash",
    QueryTooExpensive: "expensive",
    NotExplained: "not-explained",
    QuerySyntaxError: "syntax",
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
    if isinstance(error, QuerySyntaxError):
        return Problem("query-syntax", error.text, line=error.line, column=error.column)
    if isinstance(error, QueryTooExpensive):
        return Problem("too-expensive", error.text)
    if isinstance(error, NotExplained):
        return Problem("not-explained", error.text)
    if isinstance(error, Unreadable):
        log.error("The store cannot be read: %s", error.reason)
        return Problem("internal", error.text)
    return Problem(PROBLEMS.get(type(error), "query-evaluation"), error.text)


def reason(error: QueryError) -> str:
    """Why a query has no answer, in one word."""
    named = next((word for kind, word in REASONS.items() if isinstance(error, kind)), "")
    return named or PROBLEMS.get(type(error), "evaluation")


def has_no_rows(content: bytes) -> bool:
    """Whether an answer to SELECT in JSON, XML, CSV or TSV has no rows."""
    # Looked at from its end: an answer may have megabytes, and is not read a second time.
    if content.endswith((b'"bindings":[]}}', b"<results></results></sparql>")):
        return True
    return content.endswith(b"\n") and content.count(b"\n", 0, 1 << 12) == 1 and len(content) < 1 << 12
