"""The SPARQL 1.1 Protocol: the query of a request, in its URL, a form or the body; for evidence, also the rows."""

import re
from binascii import a2b_qp
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ...bilingual import Text, sentences
from ...engine import Query
from ...engine.query import RowSelection
from ...engine.renamed import OLD_NAMES, current_iri, with_current_iris
from ...errors import shorten
from ...formats import URLENCODED
from ..http.messages import Request
from ..http.negotiation import is_format
from ..http.parameters import MAX_NUMBER, whole_number
from ..http.problems import Problem

EVIDENCE = "/evidence"
MAX_EXPLAINED_ROWS = 50
QUERY = "application/sparql-query"
ACCEPT_QUERY = f"{QUERY}, {URLENCODED}"
UPDATE = "application/sparql-update"
_LITERAL_PERCENT = re.compile(rb"%(?![0-9A-Fa-f]{2})")  # https://url.spec.whatwg.org/#percent-decode
_DURATION = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)(ms|s)?")
# SPARQL 1.1 Protocol, sections 2.1.2 and 2.1.3, and RFC 10008
WITH_BODY = ("POST", "QUERY")
MAX_FIELDS = 1000
TOO_MANY = Text(
    de=f"Die Anfrage hat mehr als {MAX_FIELDS} Parameter oder Formularfelder. Verteilen Sie sie auf mehrere Anfragen.",
    en=f"The request has more than {MAX_FIELDS} parameters or form fields. Divide them among several requests.",
)
VERSION_IN_BODY = Text(
    de="Die Version steht im Formular. Geben Sie sie in der Adresse an, etwa /version/latest/sparql.",
    en="The version is in the form. Give it in the address, as in /version/latest/sparql.",
)
BYTE_ORDER_MARK = "\ufeff"  # written by some editors; not part of the text
FORMAT_PARAMETERS = ("format", "output", "results")
Parameters = Mapping[str, Sequence[str]]


def read_request(request: Request, version: str = "", *, is_bundled: bool) -> tuple[Query | None, str | None]:
    """Return the query of a request, if any, and the format that it names; raise a Problem if it is invalid.

    Old IRIs are replaced in queries of the current version of the bundled data.
    """
    pairs = parse_pairs(request.query.encode())
    pairs += _body_pairs(request) if request.method in WITH_BODY else ()
    parameters: dict[str, list[str]] = {}
    for name, value in pairs:
        parameters.setdefault(name, []).append(value)
    if "update" in parameters:
        raise Problem("read-only")
    texts = parameters.get("query", [])
    if len(texts) > 1:
        raise Problem("repeated-query")
    is_evidence = request.path.endswith(EVIDENCE)
    if not texts and (is_evidence or request.method in WITH_BODY):
        raise Problem("missing-query")
    query = None
    if texts:
        default, named = (tuple(parameters.get(f"{kind}-graph-uri", ())) for kind in ("default", "named"))
        rows, seconds = _parse_rows(parameters) if is_evidence else None, _parse_timeout(parameters)
        query = Query(texts[0].removeprefix(BYTE_ORDER_MARK), default, named, seconds, version, selection=rows)
    formats = (value for name in FORMAT_PARAMETERS for value in parameters.get(name, ()) if is_format(value))
    return with_current_names(query) if query and is_bundled and not version else query, next(formats, None)


def graph_parameters(query: Query) -> dict[str, Sequence[str]]:
    """Return the parameters with which the request sets the dataset (SPARQL 1.1 Protocol, section 2.1.4)."""
    parameters = {"default-graph-uri": query.default_graphs, "named-graph-uri": query.named_graphs}
    return {name: iris for name, iris in parameters.items() if iris}


def with_current_names(query: Query) -> Query:
    """Replace old IRIs in a query by the current ones."""
    if not any(name in text for name in OLD_NAMES for text in (query.text, *query.default_graphs, *query.named_graphs)):
        return query
    default, named = (tuple(map(current_iri, graphs)) for graphs in (query.default_graphs, query.named_graphs))
    return replace(query, text=with_current_iris(query.text), default_graphs=default, named_graphs=named)


def _first(parameters: Parameters, name: str) -> str:
    """Return the first value of a parameter that is not empty, or an empty string."""
    return next(filter(None, parameters.get(name, ())), "")


def _parse_timeout(parameters: Parameters) -> float | None:
    """Return the timeout of a request in seconds, None without one."""
    value = _first(parameters, "timeout")
    if not value:
        return None
    match = _DURATION.fullmatch(value.strip())
    if not match or not float(match[1]):
        excerpt = shorten(value)
        raise Problem(
            "bad-request",
            de=f"timeout={excerpt} ist keine Zeitdauer. Geben Sie Sekunden an, etwa 2, 0.5 oder 500ms.",
            en=f"timeout={excerpt} is not a duration. Write seconds, as in 2, 0.5 or 500ms.",
        )
    return float(match[1]) / (1000 if match[2] == "ms" else 1)


def _parse_rows(parameters: Parameters) -> RowSelection:
    """Return the rows whose evidence a request asks for."""
    limit = whole_number("limit", _first(parameters, "limit") or "10", 1, MAX_EXPLAINED_ROWS)
    offset = whole_number("offset", _first(parameters, "offset") or "0", 0, MAX_NUMBER)
    numbers = (whole_number("row", value, 0, MAX_NUMBER) for value in parameters.get("row", ()) if value)
    rows = tuple(dict.fromkeys(numbers))
    if len(rows) > MAX_EXPLAINED_ROWS:
        raise Problem(
            "bad-request",
            de=f"Höchstens {MAX_EXPLAINED_ROWS} Zeilen werden auf einmal belegt. Fragen Sie mit offset nach weiteren.",
            en=f"At most {MAX_EXPLAINED_ROWS} rows are explained at a time. Ask for more with offset.",
        )
    return RowSelection(rows, limit, offset)


def _body_pairs(request: Request) -> list[tuple[str, str]]:
    """Return the parameters in the body: those of a form, or the query itself."""
    media_type = (request.body_type or "").partition(";")[0].strip().lower()
    if request.body_encoding not in (None, "", "identity"):
        coding = shorten(request.body_encoding)
        raise Problem(
            "media-type",
            de=f"Die Kodierung {coding} wird nicht unterstützt. Senden Sie den Inhalt unkomprimiert.",
            en=f"The content coding {coding} is not supported. Send the body uncompressed.",
        )
    if media_type == QUERY:
        try:
            return [("query", request.body.decode())]
        except UnicodeDecodeError as error:
            raise Problem("encoding") from error
    if media_type == URLENCODED:
        form = parse_pairs(request.body)
        if any(name == "version" and value for name, value in form):
            raise Problem("bad-request", VERSION_IN_BODY)
        return form
    if media_type == UPDATE:
        raise Problem("read-only")
    if media_type:
        name = shorten(media_type)
        reason = Text(de=f"Der Medientyp {name} wird nicht unterstützt.", en=f"The media type {name} is not supported.")
    else:
        reason = Text(de="Die Anfrage hat keinen Content-Type.", en="The request has no Content-Type.")
    remedy = Text(de=f"Senden Sie {URLENCODED} oder {QUERY}.", en=f"Send {URLENCODED} or {QUERY}.")
    raise Problem("media-type", sentences(reason, remedy))


def parse_pairs(form: bytes) -> list[tuple[str, str]]:
    """Parse `application/x-www-form-urlencoded`; raise a Problem if it is not UTF-8, or has too many fields."""
    if form.count(b"&") >= MAX_FIELDS:
        raise Problem("bad-request", TOO_MANY)
    fields = [field.partition(b"=") for field in form.replace(b"+", b" ").split(b"&") if field]
    try:
        return [(_percent_decode(name), _percent_decode(value)) for name, _, value in fields]
    except UnicodeDecodeError as error:
        raise Problem("encoding") from error


def _percent_decode(text: bytes) -> str:
    """Decode percent encoding as quoted-printable (RFC 2045, section 6.7), which differs in the escape character only.

    That runs in C, in one pass: a MiB of escapes takes 19 ms, and 166 ms with `parse_qsl`.
    """
    if b"%" not in text:
        return text.decode()
    return a2b_qp(_LITERAL_PERCENT.sub(b"%25", text).replace(b"=", b"=3D").replace(b"%", b"=")).decode()
