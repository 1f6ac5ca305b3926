"""From what an engine elsewhere sends to what the client gets: whole and well formed, or not at all.

HTTP tells half of an answer from a whole by its length or its last chunk; an answer without either ends where the
connection does, which proves nothing. JSON has an end of its own. Turtle and N-Triples have none, so they are taken
only if HTTP proves their end. The parsers of the library run over each answer; if it is in the format that the client
wants, the bytes themselves are handed on.
"""

import json
from collections import deque
from collections.abc import Mapping
from io import BytesIO

from pyoxigraph import QueryBoolean, parse, parse_query_results

from ...client import Reply
from ...errors import Inexpressible
from ...formats import JSON, N_QUADS, N_TRIPLES, TRIG, TSV, TURTLE, XML, Format, by_media_type
from ...serialisation import serialise, whole
from ..errors import Unwritable
from .outgoing import accepted

# N-Triples is N-Quads, and Turtle is TriG.
SAME = {(N_TRIPLES, N_QUADS), (TURTLE, TRIG)}
OLD_LITERAL = b'"typed-literal"'  # https://www.w3.org/TR/rdf-sparql-json-res/ had it; SPARQL 1.1 has not


class Paced(BytesIO):
    """Content that is read in pieces by code of Python, so that other threads have their turn between them."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Some more of it."""
        return super().read(size)


class Nowhere(BytesIO):
    """Takes what is written, and keeps nothing of it."""

    def write(self, content: bytes) -> int:  # type: ignore[override]
        """Forget it."""
        return len(content)


def transfer(reply: Reply, chosen: Format, form: str, prefixes: Mapping[str, str]) -> tuple[bytes, str | Unwritable]:
    """The answer to a query of this form in the chosen format, or empty and why there is none.

    If the chosen format has no way to write the answer, that is no fault of the engine.
    Nothing is raised from here: results may only be let go in the thread that made them, and a trace would keep them
    until another one does.
    """
    sent = by_media_type(reply.media_type)
    if sent not in accepted(chosen):
        return b"", f"it answers with {reply.media_type}"
    if reply.headers.get("content-encoding", "identity") != "identity":
        return b"", f"it answers with the encoding {reply.headers['content-encoding']}"
    try:
        if chosen.kind == "results":
            return _results(reply.body, chosen, asks=form == "ASK"), ""
        if not reply.framed:
            return b"", "nothing proves where its answer ends"
        return _graph(reply.body, sent, chosen, prefixes), ""
    except (SyntaxError, ValueError) as error:
        unwritable = isinstance(error, Inexpressible)
        return b"", Unwritable(str(error)) if unwritable else f"its answer cannot be read: {str(error)[:200]}"


def _results(body: bytes, chosen: Format, *, asks: bool) -> bytes:
    found = parse_query_results(Paced(body), JSON.results)
    if isinstance(found, QueryBoolean):
        if not asks:
            raise ValueError("a boolean instead of rows")
        json.loads(body)  # the library stops reading at the boolean
        return found.serialize(format=chosen.results) or b""
    if asks:
        raise ValueError("rows instead of a boolean")
    if chosen is JSON and OLD_LITERAL not in body:
        found.serialize(Nowhere(), TSV.results)
        return body
    answer = found.serialize(format=chosen.results) or b""
    return whole(answer) if chosen is XML else answer


def _graph(body: bytes, sent: Format, chosen: Format, prefixes: Mapping[str, str]) -> bytes:
    triples = (quad.triple for quad in parse(Paced(body), sent.rdf))
    if sent is chosen or (sent, chosen) in SAME:
        deque(triples, 0)
        return body
    return serialise(triples, chosen, prefixes)
