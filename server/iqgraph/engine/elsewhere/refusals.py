"""What an engine elsewhere says when it refuses a query, as it may be told to whoever asked."""

import json
import re
from typing import Any

from ...client import SHOWN, Reply
from ..errors import QueryError, QueryEvaluationError, QuerySyntaxError, QueryTooExpensive

WRONG = 400
EXPENSIVE = (408, 413, 422, 504)
BUSY = (429, 503)
_LATE = re.compile(
    r"timed? ?-?out|time ?limit|execution time|TimeoutException|deadline exceeded|query (was )?(interrupted|cancel)",
    re.IGNORECASE,
)
_POSITION = re.compile(
    r"line:?\s*(\d+)\s*[,;:]?\s*(?:at\s+)?col(?:umn|\.)?:?\s*(\d+)|error at (\d+):(\d+)", re.IGNORECASE
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
    said = f"The engine says: {_clean(_text(reply), query) or _reason(reply)}"
    if reply.status == WRONG:
        line, column = _position(reply)
        return QuerySyntaxError(said, line, column) if line else QueryEvaluationError(said)
    if reply.status in EXPENSIVE or (reply.status >= 500 and _LATE.search(_text(reply)[:2000])):
        return QueryTooExpensive(said)
    if reply.status >= 500 and _UNKNOWN.search(_text(reply)[:2000]):
        return QueryEvaluationError(said)
    return None


def _reason(reply: Reply) -> str:
    return reply.reason if re.fullmatch(r"[A-Za-z -]+", reply.reason) else str(reply.status)


def _text(reply: Reply) -> str:
    """What is said, as text or as a problem of RFC 9457; a page for people says nothing."""
    if "html" in reply.media_type:
        return ""
    problem = _problem(reply)
    told = next((problem[name] for name in ("detail", "message", "title") if isinstance(problem.get(name), str)), None)
    return told if told is not None else reply.body[: 1 << 14].decode(errors="replace")


def _problem(reply: Reply) -> dict[str, Any]:
    try:
        found = json.loads(reply.body) if reply.media_type.endswith("json") else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _position(reply: Reply) -> tuple[int, int]:
    """Line and column from 1 on; zeros if they are not told."""
    problem = _problem(reply)
    line, column = problem.get("line"), problem.get("column")
    if isinstance(line, int) and isinstance(column, int) and line > 0 and column > 0:
        return line, column
    found = _POSITION.search(_text(reply))
    numbers = [int(one) for one in (found[1], found[2], found[3], found[4]) if one] if found else [0, 0]
    return (numbers[0], numbers[1]) if all(numbers) else (0, 0)


def _clean(text: str, query: str) -> str:
    """One short line without traces, and without addresses, files and versions that the query itself does not name."""
    end = _END.search(text)
    kept = _CLASS.sub("", text[: end.start()] if end else text)
    kept = _INTERNAL.sub(lambda found: found[0] if found[0] in query else "…", kept)
    return " ".join(kept.split())[:SHOWN]
