"""Errors as RFC 9457 problems: one table of kinds; JSON for programs, HTML for browsers, text on request."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from ...bilingual import Text, sentences
from ...errors import LocalizedError
from ...terms import BASE
from ..site import site
from .language import language, localize
from .messages import page, text
from .negotiation import HTML, TEXT, Page, negotiate


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: a stable name, its status, and what it is called."""

    slug: str
    status: int
    title: Text


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
        Kind("origin", 403, Text(en="This origin is not trusted", de="Dieser Herkunft wird nicht vertraut")),
        Kind("read-only", 403, Text(en="The data cannot be changed here", de="Die Daten sind hier nicht änderbar")),
        Kind("service", 403, Text(en="Other services are not called", de="Andere Dienste werden nicht aufgerufen")),
        Kind("not-found", 404, Text(en="Page not found", de="Seite nicht gefunden")),
        Kind("version", 404, Text(en="Not in this version", de="Nicht in dieser Version")),
        Kind("method", 405, Text(en="The method is not allowed", de="Die Methode ist nicht erlaubt")),
        Kind("not-acceptable", 406, Text(en="No such format", de="Dieses Format gibt es nicht")),
        Kind("slow", 408, Text(en="The request came too slowly", de="Die Anfrage kam zu langsam")),
        Kind("too-large", 413, Text(en="The request is too large", de="Die Anfrage ist zu groß")),
        Kind("media-type", 415, Text(en="The content type is not understood", de="Der Inhaltstyp ist nicht bekannt")),
        Kind("range", 416, Text(en="The range is outside the file", de="Der Bereich liegt außerhalb der Datei")),
        Kind("too-expensive", 422, Text(en="The query is too expensive", de="Die Abfrage ist zu aufwendig")),
        Kind("not-explained", 422, Text(en="The evidence cannot be given", de="Belege lassen sich nicht angeben")),
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
DETAILS = {
    "not-found": Text(
        de="Unter dieser Adresse gibt es hier nichts. Prüfen Sie, wie sie geschrieben ist.",
        en="There is nothing at this address. Check how it is spelled.",
    ),
    "media-type": Text(
        de="Der Inhalt der Anfrage hat einen Typ, den diese Adresse nicht liest.",
        en="The body of the request has a type that this address does not read.",
    ),
    "range": Text(
        de="Der verlangte Bereich liegt nicht in der Datei. Content-Range nennt ihre Länge.",
        en="The requested range is not in the file. Content-Range tells its length.",
    ),
}
JSON = Page("problem", "json", ("application/problem+json", "application/json"))
OFFERS = (JSON, HTML, TEXT)
RETRY_AFTER = 5  # seconds
REQUEST_ID = "iqgraph.request"
REFUSED = "iqgraph.refused"
UNCHANGED = Text(
    de="Die Daten ändern sich nur mit einer neuen Version.", en="The data changes with a new version only."
)
INTERNAL = Text(
    de="Der Server konnte nicht antworten. An der Anfrage liegt es nicht; der Grund steht im Protokoll des Servers.",
    en="The server could not answer. The fault is not in the request; the reason stands in the server's log.",
)
MALFORMED = Text(
    de="Der Server kann mit dieser Anfrage nichts anfangen. Prüfen Sie ihre Adresse und ihre Kopfzeilen.",
    en="The server can make nothing of this request. Check its address and its header fields.",
)


class Problem(LocalizedError):
    """A request that cannot be answered, and why; the `members` are what programs are told besides."""

    def __init__(
        self, slug: str, detail: Text | None = None, *, de: str = "", en: str = "", **members: str | int | list[str]
    ) -> None:
        super().__init__(detail or Text(de=de, en=en))
        self.kind = KINDS[slug]
        self.members = members
        self.retry_after = RETRY_AFTER if self.kind.status == HTTPStatus.SERVICE_UNAVAILABLE else 0


def init_app(app: Flask) -> None:
    """Turn whatever goes wrong into a problem; no trace of the code leaves the server."""
    app.before_request(refuse)
    app.jinja_env.globals["problem_type"] = problem_type
    app.register_error_handler(Problem, respond)
    app.register_error_handler(HTTPException, from_http)
    app.register_error_handler(Exception, from_fault)


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
        de=f"Der Inhalt der Anfrage hat mehr als {most >> 20} MiB. Verteilen Sie ihn auf mehrere Anfragen.",
        en=f"The body of the request has more than {most >> 20} MiB. Divide it among several requests.",
    )
    return Problem("too-large", detail)


def suggest(names: Sequence[str]) -> Text | None:
    """What may have been meant by a name that is not known; None if nothing is near."""
    near = ", ".join(names)
    return Text(de=f"Ähnliche Namen: {near}.", en=f"Similar names: {near}.") if near else None


def unlisted(what: Text, known: Iterable[str], slug: str = "not-found", remedy: Text | None = None) -> Problem:
    """The problem with something that there is not; the remedy names what there is, unless it is given."""
    names = list(known)
    there_are = Text(de=f"Es gibt: {', '.join(names)}.", en=f"There are: {', '.join(names)}.") if names else None
    missing = Text(de=f"{what.de} gibt es nicht.", en=f"There is no {what.en}.")
    return Problem(slug, sentences(missing, remedy or there_are), known=names)


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
    """Do nothing for a request that was found to have a problem before it came here."""
    problem = request.environ.get(REFUSED)
    if problem is not None:
        raise problem


def respond(problem: Problem) -> Response:
    """The problem in the form and the language that the client reads."""
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
        content = json.dumps(_members(problem) | ({"request": name} if name else {}), ensure_ascii=False) + "\n"
    response = Response(content, problem.kind.status, content_type=text(chosen.media_types[0]))
    response.content_language.add(language())
    response.vary.update(("Accept", "Accept-Language"))
    # RFC 9110, section 10.2.3
    if problem.retry_after:
        response.headers["Retry-After"] = str(problem.retry_after)
    return response


def from_http(error: HTTPException) -> Response:
    """The problem for what the framework refuses."""
    code = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    slug = BY_STATUS.get(code, "bad-request" if code < 500 else "internal")
    response = respond(Problem(slug, _detail(error, slug)))
    for name, value in error.get_headers():
        if name in ("Allow", "Content-Range"):
            response.headers[name] = value
    return response


def _members(problem: Problem) -> dict[str, object]:
    """The problem as RFC 9457, section 3 has it; its texts are in the language of the request (section 3.1.3)."""
    kind = problem.kind
    about = {
        "type": problem_type(kind),
        "title": localize(kind.title),
        "status": kind.status,
        "detail": localize(problem.text),
    }
    return about | problem.members


def _detail(error: HTTPException, slug: str) -> Text:
    if slug == "internal":
        return INTERNAL
    if isinstance(error, MethodNotAllowed):
        allowed = ", ".join(sorted(error.valid_methods or ()))
        missing = Text(
            de=f"{request.method} ist hier nicht erlaubt; möglich sind {allowed}.",
            en=f"{request.method} is not allowed here; allowed are {allowed}.",
        )
        # Where a body may be posted it is a question; elsewhere whoever sends one means to change what is there.
        return missing if "POST" in allowed else sentences(missing, UNCHANGED)
    if slug == "too-large":
        return too_large(current_app.config["MAX_CONTENT_LENGTH"]).text
    return DETAILS.get(slug, MALFORMED)


def from_fault(fault: Exception) -> Response:
    """The problem for a fault of ours; its trace goes to the log."""
    current_app.logger.error("Fault at %s %s", request.method, request.path, exc_info=fault)
    return respond(Problem("internal", INTERNAL))
