"""The SPARQL 1.1 Protocol, query side: from an HTTP request to a query."""

import re
from binascii import a2b_qp
from collections.abc import Sequence
from dataclasses import replace

from ...engine import Query
from ...engine.language.renamed import with_current_iris
from ...terms import current_iri
from ..http.messages import Request
from ..http.problems import Problem, shortened

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
ACCEPTED = f"{QUERY}, {FORM}"
UPDATE = "application/sparql-update"
_BROKEN = re.compile(rb"%(?![0-9A-Fa-f]{2})")  # stands for itself
_DURATION = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)(ms|s)?")
WITH_BODY = ("POST", "QUERY")
MAX_FIELDS = 1000
TOO_MANY = f"The request has more than {MAX_FIELDS} parameters or fields of a form."
MARK = "\ufeff"  # some editors put it before a text; it says that this is UTF-8, and is no part of it
SHORTCUTS = ("format", "output", "results")
READ_ONLY = "This endpoint is read-only. It answers queries; the data changes with its releases only."


def read(request: Request, version: str = "", *, renamed: bool = True) -> tuple[Query | None, str | None]:
    """The query of a request about a version, and the format that it names; a Problem if it holds no good one.

    Old IRIs are `renamed` to those of today, for whoever asks our own data as it is now.
    """
    media_type = (request.body_type or "").partition(";")[0].strip().lower()
    parameters = _pairs(request.query.encode())
    texts = [value for name, value in parameters if name == "query"]
    if request.method in WITH_BODY:
        if media_type == QUERY:
            texts.append(_decode(_body(request)))
        else:
            form = _form(request, media_type)
            texts += [value for name, value in form if name == "query"]
            parameters += form
    if any(name == "update" for name, _ in parameters):
        raise Problem("read-only", READ_ONLY)
    if len(texts) > 1:
        raise Problem("repeated-query", f"The request holds {len(texts)} queries; it must hold exactly one.")
    if request.method in WITH_BODY and not texts:
        raise Problem("missing-query", f"A form needs the field query; a body of type {QUERY} is the query itself.")
    query = _query(texts[0], parameters, version) if texts else None
    return _renamed(query) if query and renamed and not version else query, _format(parameters)


def graphs(query: Query) -> dict[str, Sequence[str]]:
    """The parameters that choose the graphs of a query, where the request and not its own FROM does."""
    chosen = {"default-graph-uri": query.default_graphs, "named-graph-uri": query.named_graphs}
    return {name: iris for name, iris in chosen.items() if iris}


def _query(text: str, parameters: list[tuple[str, str]], version: str) -> Query:
    default = tuple(value for name, value in parameters if name == "default-graph-uri")
    named = tuple(value for name, value in parameters if name == "named-graph-uri")
    return Query(text.removeprefix(MARK), default, named, _seconds(parameters), version)


def _renamed(query: Query) -> Query:
    default, named = (tuple(map(current_iri, graphs)) for graphs in (query.default_graphs, query.named_graphs))
    return replace(query, text=with_current_iris(query.text), default_graphs=default, named_graphs=named)


def _seconds(parameters: list[tuple[str, str]]) -> float | None:
    given = next((value for name, value in parameters if name == "timeout" and value), None)
    if given is None:
        return None
    found = _DURATION.fullmatch(given.strip())
    if not found or not float(found[1]):
        raise Problem("bad-request", f"timeout={shortened(given)} is no time; write seconds, as in 2, 0.5 or 500ms.")
    return float(found[1]) / (1000 if found[2] == "ms" else 1)


def _format(parameters: list[tuple[str, str]]) -> str | None:
    given = {name: value for name, value in reversed(parameters) if name in SHORTCUTS and value}
    return next((given[name] for name in SHORTCUTS if name in given), None)


def _form(request: Request, media_type: str) -> list[tuple[str, str]]:
    if media_type == FORM:
        return _pairs(_body(request))
    if media_type == UPDATE:
        raise Problem("read-only", READ_ONLY)
    given = f"not {shortened(media_type)}" if media_type else "and the request names none"
    raise Problem("media-type", f"A query is posted as {FORM} or {QUERY}, {given}.")


def _body(request: Request) -> bytes:
    if request.body_encoding not in (None, "", "identity"):
        raise Problem(
            "media-type", f"A body with the encoding {shortened(request.body_encoding)} is not read; send it plain."
        )
    return request.body


def _pairs(encoded: bytes) -> list[tuple[str, str]]:
    """The pairs of a form, decoded exactly once and never with a replacement for what is not UTF-8."""
    if encoded.count(b"&") >= MAX_FIELDS:
        raise Problem("bad-request", TOO_MANY)
    fields = [field.partition(b"=") for field in encoded.replace(b"+", b" ").split(b"&") if field]
    try:
        encoded.decode("ascii")
        return [(_unescaped(name), _unescaped(value)) for name, _, value in fields]
    except UnicodeDecodeError as error:
        raise Problem("encoding", "The parameters are not UTF-8 in percent encoding.") from error


def _unescaped(text: bytes) -> str:
    """A text without its percent encoding, which is that of quoted-printable (RFC 2045, section 6.7) but for its mark.

    So it is decoded in C, in one pass; the function of the standard library for addresses looks at each escape alone.
    """
    if b"%" not in text:
        return text.decode()
    return a2b_qp(_BROKEN.sub(b"%25", text).replace(b"=", b"=3D").replace(b"%", b"=")).decode()


def _decode(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise Problem("encoding", f"The query is not UTF-8 at byte {error.start}.") from error
