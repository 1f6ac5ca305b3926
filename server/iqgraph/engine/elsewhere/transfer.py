"""From what an engine elsewhere sends to what the client gets: whole and well formed, or not at all, or its refusal.

HTTP tells half of an answer from a whole by its length or its last chunk; an answer without either ends where the
connection does, which proves nothing (RFC 9112, section 6.3). JSON has an end of its own. Turtle and N-Triples have
none, so they are taken only if HTTP proves their end. The parsers of the library run over each answer; if it is in the
format that the client wants, the bytes themselves are handed on.

Where an engine refuses a query, syntax is no longer in question: the query was read at home before.
"""

import json
import re
from collections import deque
from collections.abc import Mapping
from io import BytesIO

from pyoxigraph import QueryBoolean, parse, parse_query_results

from ...client import MAX_EXCERPT_CHARS, Reply
from ...errors import Inexpressible
from ...formats import JSON, N_QUADS, N_TRIPLES, ROWS, TRIG, TURTLE, Format, by_media_type
from ...serialisation import serialise
from ..embedded import write_rows
from ..errors import QueryError, QueryEvaluationError, QueryTooExpensive, Unwritable, quote

# N-Triples is N-Quads, and Turtle is TriG.
SAME = {(N_TRIPLES, N_QUADS), (TURTLE, TRIG)}
OLD_LITERAL = b'"typed-literal"'  # https://www.w3.org/TR/rdf-sparql-json-res/ had it; SPARQL 1.1 has not


class Paced(BytesIO):
    """Content that is read in pieces by code of Python, so that other threads have their turn between them."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Some more of it."""
        return super().read(size)


def source_formats(chosen: Format) -> tuple[Format, ...]:
    """The formats from which an answer in the chosen one can be made, the best first.

    Every engine writes these. In RDF/XML some cannot write each property, CSV and TSV could end after any line, and
    JSON-LD may lead to a context elsewhere.
    """
    if chosen in ROWS:
        return (JSON,)
    return (TURTLE, N_TRIPLES) if chosen in (TURTLE, TRIG) else (N_TRIPLES, TURTLE)


def transfer(reply: Reply, chosen: Format, form: str, prefixes: Mapping[str, str]) -> tuple[bytes, str | Unwritable]:
    """The answer to a query of this form in the chosen format, or empty and why there is none.

    If the chosen format has no way to write the answer, that is no fault of the engine.
    Nothing is raised from here: results may only be let go in the thread that made them, and a trace would keep them
    until another one does.
    """
    sent, encoding = by_media_type(reply.media_type), reply.headers.get("content-encoding", "identity")
    if sent not in source_formats(chosen) or encoding != "identity":
        return b"", f"it answers with {reply.media_type} in the encoding {encoding}"
    try:
        if chosen in ROWS:
            return _results(reply.body, chosen, asks=form == "ASK"), ""
        if not reply.framed:
            return b"", "nothing proves where its answer ends"
        return _graph(reply.body, sent, chosen, prefixes), ""
    except Inexpressible as error:
        return b"", Unwritable(error.text)
    except (SyntaxError, ValueError) as error:
        return b"", f"its answer cannot be read: {str(error)[:200]}"


def _results(body: bytes, chosen: Format, *, asks: bool) -> bytes:
    found = parse_query_results(Paced(body), JSON.results)
    if isinstance(found, QueryBoolean):
        if not asks:
            raise ValueError("a boolean instead of rows")
        json.loads(body)  # the library stops reading at the boolean
        return write_rows(found, chosen)
    if asks:
        raise ValueError("rows instead of a boolean")
    if chosen is JSON and OLD_LITERAL not in body:
        deque(found, 0)
        return body
    return write_rows(found, chosen)


def _graph(body: bytes, sent: Format, chosen: Format, prefixes: Mapping[str, str]) -> bytes:
    triples = (quad.triple for quad in parse(Paced(body), sent.rdf))
    if sent is chosen or (sent, chosen) in SAME:
        deque(triples, 0)
        return body
    return serialise(triples, chosen, prefixes)


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
    said = quote(_clean(text, query) or _reason(reply))
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
    return " ".join(kept.split())[:MAX_EXCERPT_CHARS]
