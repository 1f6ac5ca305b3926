"""The one way to an answer of SPARQL: from a request of the SPARQL 1.1 Protocol to the engine and back, in the loop.

The evidence of an answer goes the same way. What is for programs is whole when it leaves here. What a page is made from
is handed to the application, which has the templates (`sparql`, `evidence`); so is what is wrong with a request, since
a problem may be a page too.
"""

import asyncio
import json
import re
import time
from binascii import a2b_qp
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar
from urllib.parse import quote, urlencode

from ...bilingual import Text, sentences
from ...engine import WORK, Engine, Query, QueryError, QuerySyntaxError, Shared
from ...engine.evidence import is_explained
from ...engine.interface import Disconnect
from ...engine.query import Wanted
from ...engine.renamed import OLD_NAMES, changes, with_current_iris
from ...errors import shortened
from ...formats import JSON, ROWS, TURTLE, Format
from ...terms import PROV, current_iri
from ..forms import DOCUMENTS, decide
from ..http import messages
from ..http.messages import Answer, Headers, Request, TypedLink
from ..http.negotiation import HTML, Page
from ..http.parameters import MAX_NUMBER, require_single, whole_number
from ..http.problems import Problem, reason, unanswered
from ..monitoring import Metrics
from ..site import Site

EVIDENCE = "/evidence"
QUERIES = ("/sparql", EVIDENCE)
EXPLAINED = Page("evidence", "json", ("application/json",))
MAX_ROWS = 50
MAX_LINK_CHARS = 1 << 11
HAS_PROVENANCE = f"{PROV.iri}has_provenance"
FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
ACCEPTED = f"{QUERY}, {FORM}"
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
Made = TypeVar("Made")
OUTCOME = "iqgraph.outcome"
TABLES: tuple[Format | Page, ...] = (*ROWS, HTML)
MAX_PARSE_SECONDS = 0.25  # what takes longer is no fault of the words
MAX_READ_AT_ONCE_BYTES = 1 << 14  # takes a millisecond or two; what is longer is read in a thread
MAX_HASHED_AT_ONCE_BYTES = 1 << 18  # takes a quarter of a millisecond


class Outcome(NamedTuple):
    """What became of a request: its query, the chosen form, and what a page is made from, or the problem.

    A request without a query asks for the description of the service.
    """

    query: Query | None = None
    chosen: Format | Page = HTML
    content: bytes = b""
    problem: Problem | None = None


class Head(NamedTuple):
    """What the answers of one form from the same data have in common: headers, the content type, the data's hash."""

    headers: Headers
    content_type: str
    data: str


class Endpoint:
    """Answers queries about a site and its older versions; what takes long is done in the threads."""

    def __init__(self, site: Site, engine: Shared, metrics: Metrics, threads: Executor) -> None:
        self.site, self.engine, self.metrics, self.threads = site, engine, metrics, threads
        self.is_ours = site.bundled
        self._head = lru_cache(maxsize=None)(self._make_head)  # as many as formats times versions

    async def answer(self, request: Request, version: str, client: str, disconnect: Disconnect) -> Answer | Outcome:
        """The answer in a format for programs, or what the application needs to make a page of it."""
        found = Outcome()
        try:
            if "version=" in request.query and self._is_about_another(request, version):
                return found  # the application knows the way
            if len(request.body) + len(request.query) <= MAX_READ_AT_ONCE_BYTES:
                query, name = self.read(request, version)
            else:
                query, name = await self._in_thread(self.read, request, version)
            found = Outcome(query)
            try:
                found = Outcome(query, decide(offers(query), name, request.accept))
            except Problem:
                await self._refuse_malformed(query, client, disconnect)
                raise
            if query is None:
                return found
            form = found.chosen if isinstance(found.chosen, Format) else shown(query)
            content = await self._ask(query, form, client, disconnect)
        except Problem as problem:
            return found._replace(problem=problem)
        except QueryError as error:
            self.metrics.failed[reason(error)] += 1
            return found._replace(problem=unanswered(error))
        if found.chosen is HTML:
            return found._replace(content=content)
        if query.wanted:
            content = introduced(query, self._site(query.version).version, content)
        return await self._whole(query, messages.text(found.chosen.media_type), content, request)

    def read(self, request: Request, version: str) -> tuple[Query | None, str | None]:
        """The query of a request, if it has one, and the format that it names; a Problem if it cannot be asked.

        All that is found by going through the text is found here, where it may take time.
        """
        query, name = read_request(request, version, is_renamed=self.is_ours)
        if query:
            _ = query.form, query.is_repeatable
        return query, name

    async def _refuse_malformed(self, query: Query | None, client: str, disconnect: Disconnect) -> None:
        """Say what is wrong with the words of a query first: in whatever form, it could not be answered."""
        if query:
            try:
                await self._ask(replace(query, seconds=MAX_PARSE_SECONDS), shown(query), client, disconnect)
            except QuerySyntaxError:
                raise
            except QueryError:
                return

    async def _ask(self, query: Query, form: Format, client: str, disconnect: Disconnect) -> bytes:
        """The answer of the engine; one that is elsewhere does not tell what it cost, so its time counts."""
        begun = time.perf_counter()
        try:
            return await self.engine.ask(query, form, client, disconnect)
        finally:
            work = WORK.get()
            if work and not work.way:
                work.seconds, work.way = time.perf_counter() - begun, "query"

    async def _whole(self, query: Query, content_type: str, content: bytes, request: Request) -> Answer:
        if not is_repeatable(query, self.engine):
            head = self._head(content_type, query.version, messages.NO_STORE)
            return Answer(200, head.headers, content, query=query.text)
        head = self._head(content_type, query.version, messages.CACHED if request.method != "POST" else "")
        target = provenance(query, self._site(query.version), request.root)
        # PROV-AQ, section 3.1
        proof = [("link", TypedLink(HAS_PROVENANCE, target).in_header())] if target else []
        leading = [*head.headers, *proof, *self._help(query, content)]
        data = (head.content_type, content, head.data)
        is_small = len(content) <= MAX_HASHED_AT_ONCE_BYTES
        tag = f'"{messages.tag(*data) if is_small else await self._in_thread(messages.tag, *data)}"'
        return Answer(200, [*leading, ("etag", tag)], content, tag, query=query.text)

    def _help(self, query: Query, content: bytes) -> Headers:
        """A link to the term of today for each way of old in which the query asks in vain."""
        if not self.is_ours or query.version or query.form != "SELECT" or not _has_no_rows(content):
            return []
        return [("link", f'<{one.new.value}>; rel="help"; title="{one.reason.en}"') for one in changes(query.text)]

    def _is_about_another(self, request: Request, version: str) -> bool:
        wanted = next((value for name, value in _pairs(request.query.encode()) if name == "version"), "")
        return wanted not in ("", self._site(version).version)

    def _site(self, version: str) -> Site:
        return self.site.versions.get(version, self.site)

    def _make_head(self, content_type: str, version: str, cached: str) -> Head:
        about = self._site(version)
        caching = [("vary", "Accept"), *([("cache-control", cached)] if cached else [])]
        kind = [("content-type", content_type), ("accept-query", ACCEPTED)]
        return Head([*kind, *caching, *messages.of_all(about)], content_type, about.hash)

    async def _in_thread(self, function: Callable[..., Made], *given: Any) -> Made:  # noqa: ANN401 - what it takes
        return await asyncio.get_running_loop().run_in_executor(self.threads, function, *given)


def offers(query: Query | None) -> tuple[Format | Page, ...]:
    """The forms that an answer or its evidence can have, or without a query the description of the service."""
    if query and query.wanted:
        return EXPLAINED, HTML
    return DOCUMENTS if query is None or query.has_graph else TABLES


def shown(query: Query) -> Format:
    """The format that the page of an answer is made from."""
    return TURTLE if query.has_graph and not query.wanted else JSON


def introduced(query: Query, version: str, content: bytes) -> bytes:
    """The evidence of an answer, with the query and the version of the data before it."""
    return json.dumps({"query": query.text, "version": version}, ensure_ascii=False)[:-1].encode() + b", " + content[1:]


def _has_no_rows(content: bytes) -> bool:
    """Whether an answer to SELECT in JSON, XML, CSV or TSV has no rows."""
    # Looked at from its end: an answer may have megabytes, and is not read a second time.
    if content.endswith((b'"bindings":[]}}', b"<results></results></sparql>")):
        return True
    return content.endswith(b"\n") and content.count(b"\n", 0, 1 << 12) == 1 and len(content) < 1 << 12


def provenance(query: Query, about: Site, root: str) -> str:
    """The address of the evidence of an answer; none if it has none, or the query is too long for a header."""
    if query.wanted or not about.has_graphs or len(query.text) > MAX_LINK_CHARS:
        return ""
    parameters = urlencode({"query": query.text, **graphs(query)}, doseq=True, quote_via=quote)
    is_short = len(parameters) <= MAX_LINK_CHARS
    return f"{root}{EVIDENCE}?{parameters}" if is_short and (query.is_plain or is_explained(query)) else ""


def is_repeatable(query: Query, engine: Engine) -> bool:
    """Whether the same data always gives the same answer, so that it can be kept; other services change."""
    return query.is_repeatable and not (engine.services and query.names_service)


def read_request(request: Request, version: str = "", *, is_renamed: bool = True) -> tuple[Query | None, str | None]:
    """The query of a request about a version, and the format that it names; a Problem if it holds no good one.

    Old IRIs are renamed to those of today, for whoever asks our own data as it is now.
    """
    parameters = _pairs(request.query.encode())
    parameters += _in_body(request) if request.method in WITH_BODY else ()
    given: dict[str, list[str]] = {}
    for name, value in parameters:
        given.setdefault(name, []).append(value)
    if "update" in given:
        raise Problem("read-only")
    texts = given.get("query", [])
    if len(texts) > 1:
        raise Problem(
            "repeated-query",
            de=f"Die Anfrage enthält {len(texts)} Abfragen; es muss genau eine sein.",
            en=f"The request holds {len(texts)} queries; it must hold exactly one.",
        )
    if len(parameters) > len(given):
        require_single(parameters)
    is_evidence = request.path.endswith(EVIDENCE)
    if not texts and (is_evidence or request.method in WITH_BODY):
        raise Problem("missing-query")
    wanted = _wanted(parameters) if is_evidence else None
    query = _query(texts[0], given, version, wanted) if texts else None
    named = next((value for name in SHORTCUTS for value in given.get(name, ()) if value), None)
    return with_current_names(query) if query and is_renamed and not version else query, named


def graphs(query: Query) -> dict[str, Sequence[str]]:
    """The parameters that choose the graphs of a query, where the request and not its own FROM does."""
    chosen = {"default-graph-uri": query.default_graphs, "named-graph-uri": query.named_graphs}
    return {name: iris for name, iris in chosen.items() if iris}


def _query(text: str, given: Mapping[str, Sequence[str]], version: str, wanted: Wanted | None) -> Query:
    default, named = tuple(given.get("default-graph-uri", ())), tuple(given.get("named-graph-uri", ()))
    seconds = _seconds(given.get("timeout", ()))
    return Query(text.removeprefix(BYTE_ORDER_MARK), default, named, seconds, version, wanted=wanted)


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


def _wanted(parameters: list[tuple[str, str]]) -> Wanted:
    """Which rows are to be explained."""
    numbers: dict[str, list[int]] = {"row": [], "limit": [], "offset": []}
    for name, value in parameters:
        if name in numbers and value:
            bounds = (1, MAX_ROWS) if name == "limit" else (0, MAX_NUMBER)
            numbers[name].append(whole_number(name, value, *bounds))
    limit, offset = (numbers[name][-1] if numbers[name] else usual for name, usual in (("limit", 10), ("offset", 0)))
    rows = tuple(dict.fromkeys(numbers["row"]))
    if len(rows) > MAX_ROWS:
        raise Problem(
            "bad-request",
            de=f"Es werden höchstens {MAX_ROWS} Zeilen auf einmal belegt. Fragen Sie mit offset nach weiteren.",
            en=f"At most {MAX_ROWS} rows are explained at a time. Ask for more with offset.",
        )
    return Wanted(rows, limit, offset)


def _in_body(request: Request) -> list[tuple[str, str]]:
    """The parameters in the body, which may also be the query itself."""
    media_type = (request.body_type or "").partition(";")[0].strip().lower()
    if media_type == QUERY:
        return [("query", _decode(_body(request)))]
    if media_type == FORM:
        form = _pairs(_body(request))
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
    remedy = Text(de=f"Senden Sie {FORM} oder {QUERY}.", en=f"Send {FORM} or {QUERY}.")
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


def _pairs(encoded: bytes) -> list[tuple[str, str]]:
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


def _decode(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        place = error.start
        raise Problem(
            "encoding",
            de=f"Die Abfrage ist bei Byte {place} kein UTF-8. Senden Sie sie in UTF-8.",
            en=f"The query is not UTF-8 at byte {place}. Send it in UTF-8.",
        ) from error
