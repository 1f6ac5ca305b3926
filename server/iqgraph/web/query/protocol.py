"""The SPARQL 1.1 Protocol: a request read as a query, whether it stands in the address, in a form or in the body.

A request for evidence is one too, which also says of which rows.
"""

import re
from binascii import a2b_qp
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from ...bilingual import Text, sentences
from ...engine import Query
from ...engine.query import Wanted
from ...engine.renamed import OLD_NAMES, with_current_iris
from ...errors import shortened
from ...formats import URLENCODED
from ...terms import current_iri
from ..http.messages import Request
from ..http.negotiation import is_format
from ..http.parameters import MAX_NUMBER, whole_number
from ..http.problems import Problem

EVIDENCE = "/evidence"
MAX_EXPLAINED_ROWS = 50
QUERY = "application/sparql-query"
ACCEPTED = f"{QUERY}, {URLENCODED}"
UPDATE = "application/sparql-update"
_BROKEN = re.compile(rb"%(?![0-9A-Fa-f]{2})")  # stands for itself (https://url.spec.whatwg.org/#percent-decode)
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
BYTE_ORDER_MARK = "\ufeff"  # some editors put it before a text; it says that this is UTF-8, and is no part of it
SHORTCUTS = ("format", "output", "results")


def read_request(request: Request, version: str = "", *, is_renamed: bool = True) -> tuple[Query | None, str | None]:
    """The query of a request about a version, and the format that it names; a Problem if it holds no good one.

    Old IRIs are renamed to those of today, for whoever asks our own data as it is now.
    """
    parameters = pairs(request.query.encode())
    parameters += _in_body(request) if request.method in WITH_BODY else ()
    given: dict[str, list[str]] = {}
    for name, value in parameters:
        given.setdefault(name, []).append(value)
    if "update" in given:
        raise Problem("read-only")
    texts = given.get("query", [])
    if len(texts) > 1:
        raise Problem("repeated-query")
    is_evidence = request.path.endswith(EVIDENCE)
    if not texts and (is_evidence or request.method in WITH_BODY):
        raise Problem("missing-query")
    query = None
    if texts:
        default, named = (tuple(given.get(f"{kind}-graph-uri", ())) for kind in ("default", "named"))
        wanted, seconds = _wanted(given) if is_evidence else None, _seconds(given.get("timeout", ()))
        query = Query(texts[0].removeprefix(BYTE_ORDER_MARK), default, named, seconds, version, wanted=wanted)
    form = next((value for name in SHORTCUTS for value in given.get(name, ()) if is_format(value)), None)
    return with_current_names(query) if query and is_renamed and not version else query, form


def graphs(query: Query) -> dict[str, Sequence[str]]:
    """The parameters that choose the graphs of a query, where the request and not its own FROM does."""
    chosen = {"default-graph-uri": query.default_graphs, "named-graph-uri": query.named_graphs}
    return {name: iris for name, iris in chosen.items() if iris}


def with_current_names(query: Query) -> Query:
    """The query with the IRIs of today; nearly all have them already, and are the same then."""
    if not any(name in text for name in OLD_NAMES for text in (query.text, *query.default_graphs, *query.named_graphs)):
        return query
    default, named = (tuple(map(current_iri, graphs)) for graphs in (query.default_graphs, query.named_graphs))
    return replace(query, text=with_current_iris(query.text), default_graphs=default, named_graphs=named)


def _seconds(durations: Iterable[str]) -> float | None:
    given = next(filter(None, durations), None)
    if given is None:
        return None
    found = _DURATION.fullmatch(given.strip())
    if not found or not float(found[1]):
        value = shortened(given)
        raise Problem(
            "bad-request",
            de=f"timeout={value} ist keine Zeitdauer. Geben Sie Sekunden an, etwa 2, 0.5 oder 500ms.",
            en=f"timeout={value} is not a duration. Write seconds, as in 2, 0.5 or 500ms.",
        )
    return float(found[1]) / (1000 if found[2] == "ms" else 1)


def _wanted(given: Mapping[str, Sequence[str]]) -> Wanted:
    """Which rows are to be explained."""
    limit = whole_number("limit", next(filter(None, given.get("limit", ())), "10"), 1, MAX_EXPLAINED_ROWS)
    offset = whole_number("offset", next(filter(None, given.get("offset", ())), "0"), 0, MAX_NUMBER)
    rows = tuple(dict.fromkeys(whole_number("row", one, 0, MAX_NUMBER) for one in given.get("row", ()) if one))
    if len(rows) > MAX_EXPLAINED_ROWS:
        raise Problem(
            "bad-request",
            de=f"Höchstens {MAX_EXPLAINED_ROWS} Zeilen werden auf einmal belegt. Fragen Sie mit offset nach weiteren.",
            en=f"At most {MAX_EXPLAINED_ROWS} rows are explained at a time. Ask for more with offset.",
        )
    return Wanted(rows, limit, offset)


def _in_body(request: Request) -> list[tuple[str, str]]:
    """The parameters in the body, which may also be the query itself."""
    media_type = (request.body_type or "").partition(";")[0].strip().lower()
    if media_type == QUERY:
        try:
            return [("query", _body(request).decode())]
        except UnicodeDecodeError as error:
            raise Problem("encoding") from error
    if media_type == URLENCODED:
        form = pairs(_body(request))
        if any(name == "version" and value for name, value in form):
            raise Problem("bad-request", VERSION_IN_BODY)
        return form
    if media_type == UPDATE:
        raise Problem("read-only")
    if media_type:
        given = shortened(media_type)
        fault = Text(de=f"Eine Abfrage in {given} wird hier nicht gelesen.", en=f"A query in {given} is not read here.")
    else:
        fault = Text(de="Die Anfrage nennt keinen Content-Type.", en="The request names no Content-Type.")
    remedy = Text(de=f"Senden Sie {URLENCODED} oder {QUERY}.", en=f"Send {URLENCODED} or {QUERY}.")
    raise Problem("media-type", sentences(fault, remedy))


def _body(request: Request) -> bytes:
    if request.body_encoding not in (None, "", "identity"):
        coding = shortened(request.body_encoding)
        raise Problem(
            "media-type",
            de=f"Ein Inhalt mit der Kodierung {coding} wird hier nicht gelesen. Senden Sie ihn unkomprimiert.",
            en=f"A body with the encoding {coding} is not read here. Send it uncompressed.",
        )
    return request.body


def pairs(encoded: bytes) -> list[tuple[str, str]]:
    """The pairs of a form, decoded exactly once and never with a replacement for what is not UTF-8."""
    if encoded.count(b"&") >= MAX_FIELDS:
        raise Problem("bad-request", TOO_MANY)
    fields = [field.partition(b"=") for field in encoded.replace(b"+", b" ").split(b"&") if field]
    try:
        encoded.decode("ascii")
        return [(_unescaped(name), _unescaped(value)) for name, _, value in fields]
    except UnicodeDecodeError as error:
        raise Problem("encoding") from error


def _unescaped(text: bytes) -> str:
    """A text without its percent encoding, which is that of quoted-printable (RFC 2045, section 6.7) but for its mark.

    So it is decoded in C, in one pass: a MiB of escapes takes 19 ms, and 166 ms with `parse_qsl`, which looks at each
    escape alone.
    """
    if b"%" not in text:
        return text.decode()
    return a2b_qp(_BROKEN.sub(b"%25", text).replace(b"=", b"=3D").replace(b"%", b"=")).decode()
