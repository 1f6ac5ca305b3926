"""Errors as problem details (RFC 9457): a table of types; JSON for programs, HTML for browsers, text on request."""

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from ...bilingual import Text, seconds_text, sentences
from ...engine import QueryError, QuerySyntaxError, errors
from ...errors import LocalizedError, shorten
from ...formats import Format
from ...resources import read_toml
from ...terms import BASE
from ..site import site
from .language import language, localize
from .messages import render, text
from .negotiation import HTML, TEXT, negotiate


@dataclass(frozen=True, slots=True)
class ProblemType:
    """A problem type: a stable name, status, title, meaning, and the detail by default."""

    slug: str
    status: int
    title: Text
    meaning: Text
    detail: Text


log = logging.getLogger(__name__)
EMPTY = {"de": "", "en": ""}
TABLE = read_toml(__package__, "problems.toml")
PROBLEM_TYPES = {
    slug: ProblemType(slug, row["status"], *(Text(**row.get(name, EMPTY)) for name in ("title", "meaning", "detail")))
    for slug, row in TABLE.items()
}
# The problem type and the reason in metrics for each error of a query; the first class that matches counts.
QUERY_PROBLEMS: Mapping[type[QueryError], tuple[str, str]] = {
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
DOWNLOAD = Text(
    de="Alle Daten gibt es als Datei unter /download/.", en="You can download the whole dataset from /download/."
)
BY_STATUS = {404: "not-found", 405: "method", 413: "too-large", 415: "media-type", 416: "range"}
JSON = Format("problem", "json", ("application/problem+json", "application/json"))
OFFERS = (JSON, HTML, TEXT)
RETRY_AFTER = 5  # seconds
MAX_NEAREST = 5  # names that a message suggests
METHODS = {"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE"}
REQUEST_ID = "iqgraph.request"
PROBLEM = "iqgraph.problem"


class Problem(LocalizedError):
    """A request that cannot be answered; `members` are extension members (RFC 9457, section 3.2)."""

    def __init__(
        self, slug: str, detail: Text | None = None, *, de: str = "", en: str = "", **members: str | int | list[str]
    ) -> None:
        self.type = PROBLEM_TYPES[slug]
        super().__init__(detail or (Text(de=de, en=en) if de else self.type.detail))
        self.members = members
        self.retry_after = RETRY_AFTER if self.type.status == HTTPStatus.SERVICE_UNAVAILABLE else 0


REFUSALS = Problem, HTTPException


def init_app(app: Flask) -> None:
    """Turn every error into a problem; no traceback leaves the server."""
    app.before_request(check_request)
    app.jinja_env.globals["problem_type"] = type_iri
    app.register_error_handler(Problem, respond)
    app.register_error_handler(QueryError, lambda error: respond(query_problem(error)))
    app.register_error_handler(HTTPException, from_http)
    app.register_error_handler(Exception, from_exception)


def query_problem(error: QueryError) -> Problem:
    """Return the problem for a query that has no answer."""
    if isinstance(error, errors.Unreadable):
        log.error("The store cannot be read: %s", error.reason)
    slug, _ = _classify(error)
    problem = Problem(slug, sentences(error.text, DOWNLOAD if slug == "too-expensive" else None))
    if isinstance(error, QuerySyntaxError):
        problem.members |= {"line": error.line, "column": error.column}
    return problem


def reason(error: QueryError) -> str:
    """Return in one word why a query has no answer."""
    return _classify(error)[1]


def _classify(error: QueryError) -> tuple[str, str]:
    return next(names for class_, names in QUERY_PROBLEMS.items() if isinstance(error, class_))


def over_budget(seconds: int) -> Problem:
    """Return the problem for a client that has used up its budget, and has to wait for so many seconds."""
    time = seconds_text(seconds)
    problem = Problem(
        "budget",
        de="Ihr Netz hat mit seinen Abfragen und Seiten seinen Anteil an der Arbeit dieses Servers verbraucht. "
        f"Versuchen Sie es in {time.de} wieder; fertige Antworten und alle Dateien gibt es auch vorher.",
        en="The queries and pages of your network have used up its share of this server's work. "
        f"Try again in {time.en}; cached answers and all files are available meanwhile.",
    )
    problem.retry_after = seconds
    return problem


def too_large(max_bytes: int) -> Problem:
    """Return the problem for a request whose body is longer than `max_bytes`."""
    return Problem(
        "too-large",
        de=f"Der Inhalt der Anfrage ist größer als {max_bytes >> 20} MiB. Verteilen Sie ihn auf mehrere Anfragen.",
        en=f"The body of the request is larger than {max_bytes >> 20} MiB. Divide it among several requests.",
    )


def suggest(names: Sequence[str]) -> Text | None:
    """Suggest similar names; None if there are none."""
    similar = ", ".join(names)
    return Text(de=f"Ähnliche Namen: {similar}.", en=f"Similar names: {similar}.") if similar else None


def unknown_name(
    what: Text, name: str, known: Iterable[str], slug: str = "not-found", remedy: Text | None = None
) -> Problem:
    """Return the problem for an unknown name; without a remedy it lists the known names."""
    names, excerpt = list(known), shorten(name)
    choices = Text(de=f"Verfügbar: {', '.join(names)}.", en=f"Available: {', '.join(names)}.") if names else None
    missing = Text(de=f"{what.de} {excerpt} gibt es nicht.", en=f"There is no {what.en} {excerpt}.")
    return Problem(slug, sentences(missing, remedy or choices), known=names)


INVALID_HOST = Text(
    de="Die Anfrage braucht genau eine Kopfzeile Host. Nennen Sie darin diesen Server, mit oder ohne Port.",
    en="The request needs exactly one Host header. Name this server in it, with or without a port.",
)
BUNDLED_ONLY = Text(
    de="Dieser Server stellt RDF-Dateien bereit, zu denen es diese Seite nicht gibt. Fragen Sie sie unter /sparql ab.",
    en="This server serves RDF files for which there is no such page. Query them at /sparql.",
)


def require_bundled() -> None:
    """Refuse a request for a page of the bundled graph on a server of user files."""
    if not site().is_bundled:
        raise Problem("not-found", BUNDLED_ONLY)


def type_iri(problem_type: ProblemType) -> str:
    """Return the IRI of a problem type; on a server of user files the URL of its page on this server."""
    if site().is_bundled:
        return f"{BASE}problem/{problem_type.slug}"
    origin = f"{request.scheme}://{request.host}" if request.host else ""
    return f"{origin}{request.script_root}/problem/{problem_type.slug}"


def check_request() -> None:
    """Raise the refusal that the server found right for the request, or the problem that its method is unknown."""
    problem = request.environ.get(PROBLEM)
    if problem is None and request.environ["REQUEST_METHOD"] not in METHODS:
        problem = Problem("unknown-method")
    if problem is not None:
        raise problem


def respond(problem: Problem) -> Response:
    """Return the problem in the representation and language that the client prefers."""
    # JSON even for a client that accepts none of them: Accept may be disregarded (RFC 9110, section 12.5.1).
    format = negotiate(request.headers.get("Accept"), OFFERS) or JSON
    problem_type, request_id = problem.type, request.environ.get(REQUEST_ID)
    if format is HTML:
        content = render("problem.html", problem=problem, name=request_id)
    elif format is TEXT:
        lines = [f"{problem_type.status} {localize(problem_type.title)}", localize(problem.text)]
        for name, value in problem.members.items():
            lines.append(f"{name}: {', '.join(value) if isinstance(value, list) else value}")
        content = "\n".join(lines) + "\n"
    else:
        # RFC 9457, section 3
        title, detail = localize(problem_type.title), localize(problem.text)
        members = {"type": type_iri(problem_type), "title": title, "status": problem_type.status, "detail": detail}
        members |= problem.members | ({"request": request_id} if request_id else {})
        content = json.dumps(members, ensure_ascii=False) + "\n"
    response = Response(content, problem_type.status, content_type=text(format.media_type))
    response.content_language.add(language())
    response.vary.add("Accept")
    if problem.retry_after:
        response.headers["Retry-After"] = str(problem.retry_after)
    return response


def from_http(error: HTTPException) -> Response:
    """Return the problem for an error of the framework."""
    code = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    slug = BY_STATUS.get(code, "bad-request" if code < 500 else "internal")
    detail = None
    if isinstance(error, MethodNotAllowed):
        methods = ", ".join(sorted(error.valid_methods or ()))
        detail = Text(
            de=f"{request.method} ist hier nicht erlaubt; möglich sind {methods}.",
            en=f"{request.method} is not allowed here; allowed are {methods}.",
        )
    elif slug == "too-large":
        detail = too_large(current_app.config["MAX_CONTENT_LENGTH"]).text
    response = respond(Problem(slug, detail))
    for name, value in error.get_headers():
        if name in ("Allow", "Content-Range"):
            response.headers[name] = value
    return response


def from_exception(error: Exception) -> Response:
    """Return the problem for a bug of ours, and log its traceback."""
    current_app.logger.error("Fault at %s %s", request.method, request.path, exc_info=error)
    return respond(Problem("internal"))
