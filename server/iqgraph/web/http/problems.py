"""Errors as RFC 9457 problems: one table of kinds; JSON for programs, HTML for browsers, text on request."""

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from ...bilingual import Text, sentences
from ...engine import QueryError, QuerySyntaxError, errors
from ...errors import LocalizedError, shortened
from ...resources import read_toml
from ...terms import BASE
from ..site import site
from .language import language, localize
from .messages import page, text
from .negotiation import HTML, TEXT, Page, negotiate


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: a stable name, its status, what it is called and means, and what is told if no more is."""

    slug: str
    status: int
    title: Text
    meaning: Text
    detail: Text


log = logging.getLogger(__name__)
EMPTY = {"de": "", "en": ""}
TABLE = read_toml(__package__, "problems.toml")
KINDS = {
    slug: Kind(slug, row["status"], *(Text(**row.get(name, EMPTY)) for name in ("title", "meaning", "detail")))
    for slug, row in TABLE.items()
}
# The problem that a client is told whose query has no answer, and the reason in one word for figures; of several kinds
# the first counts.
FAULTS: Mapping[type[QueryError], tuple[str, str]] = {
    QuerySyntaxError: ("query-syntax", "syntax"),
    errors.OutOfTime: ("too-expensive", "time"),
    errors.OutOfMemory: ("too-expensive", "memory"),
    errors.AnswerTooLarge: ("too-expensive", "size"),
    errors.Disconnected: ("too-expensive", "gone"),
    errors.Crashed: ("too-expensive", "crash"),
    errors.QueryTooExpensive: ("too-expensive", "expensive"),
    errors.NotExplained: ("not-explained", "not-explained"),
    errors.GraphNameError: ("graph-name", "graph-name"),
    errors.Overloaded: ("overloaded", "overloaded"),
    errors.RowMissing: ("bad-request", "bad-request"),
    errors.ServiceRefused: ("service", "service"),
    errors.Unreachable: ("engine", "engine"),
    errors.Unreadable: ("internal", "evaluation"),
    errors.Unwritable: ("not-acceptable", "not-acceptable"),
    errors.UpdateRefused: ("read-only", "read-only"),
    QueryError: ("query-evaluation", "evaluation"),
}
BY_STATUS = {404: "not-found", 405: "method", 413: "too-large", 415: "media-type", 416: "range"}
JSON = Page("problem", "json", ("application/problem+json", "application/json"))
OFFERS = (JSON, HTML, TEXT)
RETRY_AFTER = 5  # seconds
MAX_NEAREST = 5  # names that a sentence proposes
# Those of RFC 9110, 5789 and 10008; they are written in capitals (RFC 9110, section 9.1).
METHODS = {"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE"}
REQUEST_ID = "iqgraph.request"
REFUSED = "iqgraph.refused"


class Problem(LocalizedError):
    """A request that cannot be answered, and why; the `members` are what programs are told besides."""

    def __init__(
        self, slug: str, detail: Text | None = None, *, de: str = "", en: str = "", **members: str | int | list[str]
    ) -> None:
        self.kind = KINDS[slug]
        super().__init__(detail or (Text(de=de, en=en) if de else self.kind.detail))
        self.members = members
        self.retry_after = RETRY_AFTER if self.kind.status == HTTPStatus.SERVICE_UNAVAILABLE else 0


def init_app(app: Flask) -> None:
    """Turn whatever goes wrong into a problem; no trace of the code leaves the server."""
    app.before_request(refuse)
    app.jinja_env.globals["problem_type"] = problem_type
    app.register_error_handler(Problem, respond)
    app.register_error_handler(QueryError, lambda error: respond(unanswered(error)))
    app.register_error_handler(HTTPException, from_http)
    app.register_error_handler(Exception, from_fault)


def unanswered(error: QueryError) -> Problem:
    """What a client is told whose query has no answer."""
    if isinstance(error, errors.Unreadable):
        log.error("The store cannot be read: %s", error.reason)
    problem = Problem(_fault(error)[0], error.text)
    if isinstance(error, QuerySyntaxError):
        problem.members |= {"line": error.line, "column": error.column}
    return problem


def reason(error: QueryError) -> str:
    """Why a query has no answer, in one word."""
    return _fault(error)[1]


def _fault(error: QueryError) -> tuple[str, str]:
    return next(one for kind, one in FAULTS.items() if isinstance(error, kind))


def over_budget(seconds: int) -> Problem:
    """What a client is told that has used up its budget, and has to wait so long."""
    detail = Text(
        de="Ihr Netz hat mit seinen Abfragen und Seiten seinen Anteil an der Arbeit dieses Servers verbraucht. "
        f"Versuchen Sie es in {seconds} Sekunden wieder; fertige Antworten und alle Dateien gibt es auch vorher.",
        en="The queries and pages of your network have used up its share of this server's work. "
        f"Try again in {seconds} seconds; cached answers and all files are available meanwhile.",
    )
    problem = Problem("budget", detail)
    problem.retry_after = seconds
    return problem


def too_large(most: int) -> Problem:
    """The problem with a request whose body has more than so many bytes."""
    detail = Text(
        de=f"Der Inhalt der Anfrage ist größer als {most >> 20} MiB. Verteilen Sie ihn auf mehrere Anfragen.",
        en=f"The body of the request is larger than {most >> 20} MiB. Divide it among several requests.",
    )
    return Problem("too-large", detail)


def suggest(names: Sequence[str]) -> Text | None:
    """What may have been meant by a name that is not known; None if nothing is near."""
    near = ", ".join(names)
    return Text(de=f"Ähnliche Namen: {near}.", en=f"Similar names: {near}.") if near else None


def unlisted(
    what: Text, name: str, known: Iterable[str], slug: str = "not-found", remedy: Text | None = None
) -> Problem:
    """The problem with a name that there is not; the remedy names those that there are, unless it is given."""
    names, given = list(known), shortened(name)
    there_are = Text(de=f"Es gibt: {', '.join(names)}.", en=f"There are: {', '.join(names)}.") if names else None
    missing = Text(de=f"{what.de} {given} gibt es nicht.", en=f"There is no {what.en} {given}.")
    return Problem(slug, sentences(missing, remedy or there_are), known=names)


FAULTY_HOST = Text(
    de="Die Anfrage braucht genau eine Kopfzeile Host. Nennen Sie darin diesen Server, mit oder ohne Port.",
    en="The request needs exactly one Host header. Name this server in it, with or without a port.",
)
OF_BUNDLED = Text(
    de="Dieser Server stellt RDF-Dateien bereit, zu denen es diese Seite nicht gibt. Fragen Sie sie unter /sparql ab.",
    en="This server serves RDF files for which there is no such page. Query them at /sparql.",
)


def require_bundled() -> None:
    """Refuse what there is of the bundled graph only, on a server of somebody's own files."""
    if not site().bundled:
        raise Problem("not-found", OF_BUNDLED)


def problem_type(kind: Kind) -> str:
    """The IRI of a kind of problem; beside somebody's files it is the address of the page that tells of it here."""
    if site().bundled:
        return f"{BASE}problem/{kind.slug}"
    origin = f"{request.scheme}://{request.host}" if request.host else ""
    return f"{origin}{request.script_root}/problem/{kind.slug}"


def refuse() -> None:
    """Do nothing for a request that was found to have a problem before it came here, or whose method nobody knows."""
    problem = request.environ.get(REFUSED)
    if problem is None and request.environ["REQUEST_METHOD"] not in METHODS:
        problem = Problem("unknown-method")
    if problem is not None:
        raise problem


def respond(problem: Problem) -> Response:
    """The problem in the form and the language that the client reads."""
    # Who accepts none of these is told all the same; Accept may be passed over (RFC 9110, section 12.5.1).
    chosen = negotiate(request.headers.get("Accept"), OFFERS) or JSON
    name = request.environ.get(REQUEST_ID)
    if chosen is HTML:
        content = page("problem.html", problem=problem, name=name)
    elif chosen is TEXT:
        lines = [f"{problem.kind.status} {localize(problem.kind.title)}", localize(problem.text)]
        lines += [
            f"{key}: {', '.join(value) if isinstance(value, list) else value}" for key, value in problem.members.items()
        ]
        content = "\n".join(lines) + "\n"
    else:
        # RFC 9457, section 3; its texts are in the language of the request (section 3.1.3)
        title, detail = localize(problem.kind.title), localize(problem.text)
        about = {"type": problem_type(problem.kind), "title": title, "status": problem.kind.status, "detail": detail}
        members = about | problem.members | ({"request": name} if name else {})
        content = json.dumps(members, ensure_ascii=False) + "\n"
    response = Response(content, problem.kind.status, content_type=text(chosen.media_types[0]))
    response.content_language.add(language())
    response.vary.add("Accept")
    # RFC 9110, section 10.2.3
    if problem.retry_after:
        response.headers["Retry-After"] = str(problem.retry_after)
    return response


def from_http(error: HTTPException) -> Response:
    """The problem for what the framework refuses."""
    code = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    slug = BY_STATUS.get(code, "bad-request" if code < 500 else "internal")
    detail = None
    if isinstance(error, MethodNotAllowed):
        allowed = ", ".join(sorted(error.valid_methods or ()))
        detail = Text(
            de=f"{request.method} ist hier nicht erlaubt; möglich sind {allowed}.",
            en=f"{request.method} is not allowed here; allowed are {allowed}.",
        )
    elif slug == "too-large":
        detail = too_large(current_app.config["MAX_CONTENT_LENGTH"]).text
    response = respond(Problem(slug, detail))
    for name, value in error.get_headers():
        if name in ("Allow", "Content-Range"):
            response.headers[name] = value
    return response


def from_fault(fault: Exception) -> Response:
    """The problem for a fault of ours; its trace goes to the log."""
    current_app.logger.error("Fault at %s %s", request.method, request.path, exc_info=fault)
    return respond(Problem("internal"))
