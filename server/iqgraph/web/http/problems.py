"""Errors as RFC 9457 problems: one table of kinds; JSON for programs, HTML for browsers, text on request."""

import json
from dataclasses import dataclass
from http import HTTPStatus

from flask import Flask, Response, current_app, render_template, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from ...bilingual import Text
from ...terms import BASE
from .german import in_german
from .headers import text
from .negotiation import HTML, TEXT, Page, negotiate


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: a stable name, its status, and what it is called."""

    slug: str
    status: int
    title: Text

    @property
    def iri(self) -> str:
        """The problem type."""
        return f"{BASE}problem/{self.slug}"


KINDS = {
    kind.slug: kind
    for kind in (
        Kind("bad-request", 400, Text(en="The request cannot be understood", de="Die Anfrage ist nicht zu verstehen")),
        Kind("encoding", 400, Text(en="The request is not UTF-8", de="Die Anfrage ist nicht in UTF-8")),
        Kind(
            "graph-name", 400, Text(en="A graph is not named by an IRI", de="Ein Graph ist nicht mit einer IRI benannt")
        ),
        Kind("missing-query", 400, Text(en="There is no query", de="Es fehlt eine Abfrage")),
        Kind(
            "query-evaluation",
            400,
            Text(en="The query cannot be computed", de="Die Abfrage lässt sich nicht berechnen"),
        ),
        Kind("query-syntax", 400, Text(en="The query is not SPARQL", de="Die Abfrage ist kein SPARQL")),
        Kind("repeated-query", 400, Text(en="There is more than one query", de="Es gibt mehr als eine Abfrage")),
        Kind("read-only", 403, Text(en="The data cannot be changed here", de="Die Daten sind hier nicht änderbar")),
        Kind("service", 403, Text(en="Other services are not called", de="Andere Dienste werden nicht aufgerufen")),
        Kind("not-found", 404, Text(en="There is nothing here", de="Hier ist nichts")),
        Kind("method", 405, Text(en="The method is not allowed", de="Die Methode ist nicht erlaubt")),
        Kind("not-acceptable", 406, Text(en="No such format", de="Dieses Format gibt es nicht")),
        Kind("slow", 408, Text(en="The request came too slowly", de="Die Anfrage kam zu langsam")),
        Kind("too-large", 413, Text(en="The request is too large", de="Die Anfrage ist zu groß")),
        Kind("media-type", 415, Text(en="The content type is not understood", de="Der Inhaltstyp ist nicht bekannt")),
        Kind("range", 416, Text(en="The range is outside the file", de="Der Bereich liegt außerhalb der Datei")),
        Kind("too-expensive", 422, Text(en="The query is too expensive", de="Die Abfrage ist zu aufwendig")),
        Kind("too-much", 422, Text(en="One document does not hold it", de="Ein Dokument fasst es nicht")),
        Kind("header-fields", 431, Text(en="The header fields are too large", de="Die Kopfzeilen sind zu groß")),
        Kind("budget", 429, Text(en="The budget is used up", de="Das Budget ist aufgebraucht")),
        Kind("internal", 500, Text(en="Something went wrong here", de="Hier ist etwas schiefgegangen")),
        Kind("engine", 502, Text(en="The engine does not answer", de="Die Engine antwortet nicht")),
        Kind(
            "overloaded", 503, Text(en="There is no room for the query now", de="Für die Abfrage ist gerade kein Platz")
        ),
        Kind("stopping", 503, Text(en="The service is being stopped", de="Der Dienst wird gerade beendet")),
    )
}
BY_STATUS = {404: "not-found", 405: "method", 413: "too-large", 415: "media-type", 416: "range"}
JSON = Page("problem", "json", ("application/problem+json", "application/json"))
OFFERS = (JSON, HTML, TEXT)
RETRY_AFTER = "5"
MAX_REPEATED_CHARS = 200
REQUEST_ID = "iqgraph.request"
REFUSED = "iqgraph.refused"
OVER_BUDGET = (
    "The queries and pages that were asked for from your network have used up its share of this server's work. "
    "Ask again in {} seconds; answers that are kept and all files can be had before."
)
INTERNAL = "The server could not answer. The fault is not in the request; the reason stands in the server's log."


def shortened(text: str) -> str:
    """What a client sent, as a problem repeats it: its beginning, if it is long."""
    return text if len(text) <= MAX_REPEATED_CHARS else f"{text[:MAX_REPEATED_CHARS]}…"


class Problem(Exception):
    """A request that cannot be answered, and why."""

    def __init__(self, slug: str, detail: str, **members: str | int | list[str]) -> None:
        super().__init__(detail)
        self.kind = KINDS[slug]
        self.detail = detail
        self.members = members

    def body(self) -> dict[str, object]:
        """The members of the problem."""
        about = {"type": self.kind.iri, "title": self.kind.title.en, "status": self.kind.status, "detail": self.detail}
        named = {"request": request.environ[REQUEST_ID]} if REQUEST_ID in request.environ else {}
        return about | self.members | named


def init_app(app: Flask) -> None:
    """Turn whatever goes wrong into a problem; no trace of the code leaves the server."""
    app.before_request(refuse)
    app.jinja_env.globals["in_german"] = in_german
    app.register_error_handler(Problem, respond)
    app.register_error_handler(HTTPException, from_http)
    app.register_error_handler(Exception, from_fault)


def over_budget(seconds: int) -> Problem:
    """What a client is told that has used up its budget, and has to wait so long."""
    return Problem("budget", OVER_BUDGET.format(seconds), **{"violated-policies": ["work"]})


def refuse() -> None:
    """Do nothing for a request that was found to have a problem before it came here."""
    problem = request.environ.get(REFUSED)
    if problem is not None:
        raise problem


def respond(problem: Problem) -> Response:
    """The problem in the form that the client reads."""
    chosen = negotiate(request.headers.get("Accept"), OFFERS) or JSON
    if chosen is HTML:
        content = render_template("problem.html", problem=problem)
    elif chosen is TEXT:
        lines = [f"{problem.kind.status} {problem.kind.title.en}", problem.detail]
        lines += [
            f"{key}: {', '.join(value) if isinstance(value, list) else value}" for key, value in problem.members.items()
        ]
        content = "\n".join(lines) + "\n"
    else:
        content = json.dumps(problem.body(), ensure_ascii=False) + "\n"
    response = Response(content, problem.kind.status, content_type=text(chosen.media_types[0]))
    response.vary.update(("Accept", "Accept-Language") if chosen is HTML else ("Accept",))
    if problem.kind.status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = RETRY_AFTER
    return response


def from_http(error: HTTPException) -> Response:
    """The problem for what the framework refuses; redirects stay what they are."""
    if error.code is None or error.code < 400:
        return Response(error.get_body(), error.code, error.get_headers())
    slug = BY_STATUS.get(error.code, "bad-request" if error.code < 500 else "internal")
    response = respond(Problem(slug, _detail(error, slug)))
    for name, value in error.get_headers():
        if name in ("Allow", "Content-Range"):
            response.headers[name] = value
    return response


def _detail(error: HTTPException, slug: str) -> str:
    if slug == "internal":
        return INTERNAL
    if isinstance(error, MethodNotAllowed):
        allowed = ", ".join(sorted(error.valid_methods or ()))
        return f"{request.method} is not allowed here, but {allowed}; the data changes with its releases only."
    if slug == "too-large":
        return f"The body of the request has more than {current_app.config['MAX_CONTENT_LENGTH'] >> 20} MiB."
    return error.description or (HTTPStatus(error.code).phrase if error.code in set(HTTPStatus) else "Error")


def from_fault(fault: Exception) -> Response:
    """The problem for a fault of ours; its trace goes to the log."""
    current_app.logger.error("Fault at %s %s", request.method, request.path, exc_info=fault)
    return respond(Problem("internal", INTERNAL))
