"""What an engine elsewhere says when it refuses a query, as it may be told to whoever asked.

Syntax is no longer in question: the query was read at home before.
"""

import json
import re

from ...client import SHOWN, Reply
from ..errors import QueryError, QueryEvaluationError, QueryTooExpensive

WRONG = 400
EXPENSIVE = (408, 413, 422, 504)
BUSY = (429, 503)
MAX_SEARCHED_CHARS = 1 << 11
_LATE = re.compile(
    r"timed? ?-?out|time ?limit|execution time|TimeoutException|deadline exceeded|query (was )?(interrupted|cancel)",
    re.IGNORECASE,
)
_UNKNOWN = re.compile(r"(custom|unknown|unsupported) (function|aggregate)|not (supported|implemented)", re.IGNORECASE)
# From here on, there is nothing more about the query: a trace, or the query once more.
_END = re.compile(
    r"^\s*(?:at [\w.$<>/]+\(|Caused by:|Traceback|File \"|\.\.\. \d+ more|SPARQL query:|\[?Stack ?trace)",
    re.IGNORECASE | re.MULTILINE,
)
_CLASS = re.compile(r"\b(?:[a-z][\w-]*\.){2,}(?:[A-Z]\w*[.$])*[A-Z]\w*:?\s*")
_INTERNAL = re.compile(
    r"""(?:https?|jdbc|file|wss?):[^\s"'<>]+"""  # addresses
    r"""|\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b|\blocalhost(?::\d+)?\b"""
    r"""|(?<![\w<])(?:/[\w.+-]+){2,}|\b[A-Za-z]:\\\S+"""  # files
    r"""|\b[A-Za-z][\w.-]*/\d+(?:\.\d+)+\S*|\b(?:version\s+)?v?\d+\.\d+\.\d[\w.-]*""",  # versions
    re.IGNORECASE,
)


def refusal(reply: Reply, query: str) -> QueryError | None:
    """The error of the query that an answer tells of; None if there is none, or the fault is not the query's."""
    if reply.status < WRONG:
        return None  # before anything is read of it: it may be long
    text = _text(reply)[:MAX_SEARCHED_CHARS]
    said = f"The engine says: {_clean(text, query) or _reason(reply)}"
    if reply.status in EXPENSIVE or (reply.status >= 500 and _LATE.search(text)):
        return QueryTooExpensive(said)
    if reply.status == WRONG or (reply.status >= 500 and _UNKNOWN.search(text)):
        return QueryEvaluationError(said)
    return None


def _reason(reply: Reply) -> str:
    return reply.reason if re.fullmatch(r"[A-Za-z -]+", reply.reason) else str(reply.status)


def _text(reply: Reply) -> str:
    """What is said, as text or as a problem of RFC 9457; a page for people says nothing."""
    if "html" in reply.media_type:
        return ""
    try:
        problem = json.loads(reply.body) if reply.media_type.endswith("json") else {}
    except ValueError:
        problem = {}
    words = [problem.get(name) for name in ("detail", "message", "title")] if isinstance(problem, dict) else []
    return next((word for word in words if isinstance(word, str)), reply.body[: 1 << 14].decode(errors="replace"))


def _clean(text: str, query: str) -> str:
    """One short line without traces, and without addresses, files and versions that the query itself does not name."""
    end = _END.search(text)
    kept = _CLASS.sub("", text[: end.start()] if end else text)
    kept = _INTERNAL.sub(lambda found: found[0] if found[0] in query else "…", kept)
    return " ".join(kept.split())[:SHOWN]
