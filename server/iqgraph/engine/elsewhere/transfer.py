"""From what an engine elsewhere sends to what the client gets: whole and well formed, or not at all.

That an answer is whole is proved twice. HTTP tells half of one from a whole by its length or its last chunk; an answer
without either ends where the connection does, which proves nothing. The syntax proves it where it has an end of its
own: JSON, XML and RDF/XML. So results are taken in JSON or XML only (CSV and TSV, which could end after any line, are
made from these), and Turtle and N-Triples only if HTTP proves their end.

The parsers of the library run over each answer, without a row becoming an object here: about 90 MB a second. If the
answer is in the format that the client wants, the bytes themselves are handed on.
"""

import json
from collections import deque
from collections.abc import Mapping
from io import BytesIO
from xml.parsers import expat

from pyoxigraph import QueryBoolean, parse, parse_query_results

from ...client import Reply
from ...errors import Inexpressible
from ...formats import JSON, N_QUADS, N_TRIPLES, RDF_XML, TRIG, TSV, TURTLE, XML, Format, by_media_type
from ...serialisation import serialise
from ..errors import Unwritable
from .outgoing import UNDERSTOOD

# N-Triples is N-Quads, and Turtle is TriG.
SAME = {(N_TRIPLES, N_QUADS), (TURTLE, TRIG)}
OLD_LITERAL = b'"typed-literal"'
DOCTYPE = b"<!DOCTYPE"


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
    if sent is None or sent not in UNDERSTOOD[chosen.kind]:
        return b"", f"it answers with {reply.media_type}"
    if reply.headers.get("content-encoding", "identity") != "identity":
        return b"", f"it answers with the encoding {reply.headers['content-encoding']}"
    try:
        if chosen.kind == "results":
            return _results(reply.body, sent, chosen, asks=form == "ASK"), ""
        if sent is not RDF_XML and not reply.framed:
            return b"", "nothing proves where its answer ends"
        return _graph(reply.body, sent, chosen, prefixes), ""
    except (SyntaxError, ValueError, expat.ExpatError) as error:
        unwritable = isinstance(error, Inexpressible)
        return b"", Unwritable(str(error)) if unwritable else f"its answer cannot be read: {str(error)[:200]}"


def _results(body: bytes, sent: Format, chosen: Format, *, asks: bool) -> bytes:
    if sent is XML:
        _check_elements(body)
    found = parse_query_results(Paced(body), sent.results)
    if isinstance(found, QueryBoolean):
        if not asks:
            raise ValueError("a boolean instead of rows")
        if sent is JSON:
            json.loads(body)  # the library stops reading at the boolean
        return found.serialize(format=chosen.results) or b""
    if asks:
        raise ValueError("rows instead of a boolean")
    if sent is chosen and OLD_LITERAL not in body:
        found.serialize(Nowhere(), TSV.results)
        return body
    return found.serialize(format=chosen.results) or b""


def _check_elements(body: bytes) -> None:
    """Raise unless each element is closed; the parsers of results and of RDF do not insist on the last ones."""
    if DOCTYPE in body:
        raise ValueError("XML with a document type")
    expat.ParserCreate().Parse(body, True)  # noqa: FBT003 - the name of the parameter cannot be given


def _graph(body: bytes, sent: Format, chosen: Format, prefixes: Mapping[str, str]) -> bytes:
    if sent is RDF_XML:
        _check_elements(body)
    triples = (quad.triple for quad in parse(Paced(body), sent.rdf))
    if sent is chosen or (sent, chosen) in SAME:
        deque(triples, 0)
        return body
    return serialise(triples, chosen, prefixes)
