"""Errors: JSON for programs, a page for people, text on request, and never a stack trace."""

import json
import logging
import re
from collections.abc import Mapping
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from iqgraph.dataset import Dataset, load_plain
from iqgraph.engine import Engine, Query, errors
from iqgraph.engine.neighbourhood import MAX_STATEMENTS
from iqgraph.formats import Format
from iqgraph.release.release import Files
from iqgraph.service.processes import server
from iqgraph.service.requests import context, front, memory
from iqgraph.terms import BASE
from iqgraph.web import create_app
from iqgraph.web.http.problems import (
    INVALID_HOST,
    PROBLEM,
    PROBLEM_TYPES,
    Problem,
    over_budget,
    query_problem,
)
from iqgraph.web.query.protocol import TOO_MANY
from languages import ENGLISH, GERMAN, foreign

LANGUAGES = ("de", "en")
BROWSER = {"Accept": "text/html"}
FORM = "application/x-www-form-urlencoded"
# One request for each kind of problem that a request alone can have.
REQUESTS: dict[str, dict[str, Any]] = {
    "bad-request": {"path": "/sparql?query=ASK+{}&timeout=soon"},
    "encoding": {"path": "/sparql?query=%FF"},
    "graph-name": {"path": "/sparql?query=ASK+{}&default-graph-uri=here"},
    "missing-query": {"path": "/sparql", "method": "POST", "content_type": FORM},
    "query-evaluation": {"path": "/sparql?query=SELECT+(<http://a.example/f>(1)+AS+?x)+{}"},
    "query-syntax": {"path": "/sparql?query=SELECT"},
    "repeated-query": {"path": "/sparql?query=ASK+{}&query=ASK+{}"},
    "origin": {"path": "/mcp", "method": "POST", "headers": {"Origin": "https://a.example"}},
    "read-only": {"path": "/sparql?query=DELETE+WHERE+{?s+?p+?o}"},
    "service": {"path": "/sparql?query=SELECT+*+{SERVICE+<http://a.example/>+{?s+?p+?o}}"},
    "not-found": {"path": "/id/involass"},
    "version": {"path": "/q/?version=0.1.0"},
    "method": {"path": "/id/involas", "method": "DELETE"},
    "unknown-method": {"path": "/id/involas", "method": "BREW"},
    "not-acceptable": {"path": "/sparql?query=ASK+{}&format=turtle"},
    "too-large": {"path": "/sparql", "method": "POST", "content_type": FORM, "data": b"x" * (1 << 20 | 1)},
    "media-type": {"path": "/sparql", "method": "POST", "content_type": "text/csv", "data": b"ASK {}"},
    "not-explained": {"path": "/evidence?query=DESCRIBE+<http://a.example/>"},
}
# Problems from the server or the engine, and other details of the same kind.
OTHER_PROBLEMS: dict[str, Problem] = {
    "slow": Problem("slow", memory.SLOW),
    "header-fields": Problem("header-fields", context.HEAD),
    "precondition": Problem("precondition"),
    "range": Problem("range"),
    "budget": over_budget(7),
    "internal": Problem("internal"),
    "overloaded": query_problem(errors.Overloaded()),
    "overloaded: interrupted": query_problem(errors.Interrupted()),
    "overloaded: unread": Problem("overloaded", front.UNREAD),
    "overloaded: bodies": Problem("overloaded", memory.FULL),
    "stopping": Problem("stopping", server.STOPPED),
    "engine": query_problem(errors.Unreachable("secret")),
    "internal: store": query_problem(errors.Unreadable("secret")),
    "too-expensive": query_problem(errors.OutOfTime(10)),
    "too-expensive: memory": query_problem(errors.OutOfMemory()),
    "too-expensive: size": query_problem(errors.AnswerTooLarge(1 << 20)),
    "too-expensive: crash": query_problem(errors.Crashed()),
    "bad-request: body": Problem("bad-request", memory.BROKEN),
    "bad-request: fields": Problem("bad-request", TOO_MANY),
    "bad-request: host": Problem("bad-request", INVALID_HOST),
}
QUERIES = {
    "": "Die Abfrage ist leer.",
    "SELECT * { ?s ex:p ?o }": "Das Präfix ex: ist nicht deklariert. Schreiben Sie diese Zeile vor die Abfrage: PREFIX",
    "PREFIX ex: <http://a/> SELECT * { ?ä exx:p ?o }": "Meinten Sie ex:, das deklariert ist?",
    "SELECT * { ?s shos:p ?o }": "Meinten Sie skos:? Schreiben Sie diese Zeile vor die Abfrage: PREFIX skos: <http",
    "SELECT * WHER { ?s ?p ?o }": "WHER ist kein Wort von SPARQL. Meinten Sie WHERE?",
    "SELECT * { ?s ?p ?o": "{ wird hier geöffnet und nirgends geschlossen.",
    "SELECT * { ?s ?p ?o } }": "Zu } fehlt das öffnende Gegenstück.",
    'SELECT * { ?s ?p "ä }': "Hier beginnt ein Text in Anführungszeichen und endet nicht.",
    "SELECT * {\n  ?a ?b\n  .\n}": "Bei oder kurz vor „}“ ist die Abfrage nicht zu lesen",
    "ASK": "Am Ende oder kurz davor ist die Abfrage nicht zu lesen",
    "SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p": "SELECT nennt eine Variable",
    "SELECT (1 AS ?s) { ?s ?p ?o }": "SELECT gibt einer Variable einen Wert, die schon einen hat.",
    "INSERT DATA { <a:b> <a:b> 1 }": "INSERT wird nicht ausgeführt: Abfragen ändern hier keine Daten",
    "SELECT * { SERVICE <http://a.example/> { ?s ?p ?o } }": "kein anderer Dienst wird aufgerufen. Fragen Sie",
}
ADDRESSES = {
    "/id/involass": "Der Graph enthält nichts über https://w3id.org/iq-hessen/id/involass. Ähnliche Namen: id/involas",
    "/nowhere": "Die Adresse /nowhere gibt es hier nicht.",
    "/id/involas.html.xyz": "Der Graph enthält nichts über",
    "/id/involas.xyz": "/id/involas.xyz gibt es nicht. Die Formate dieses Dokuments sind .",
    "/void.xyz": "/void.xyz gibt es nicht. Die Formate dieses Dokuments sind .",
    "/picture/timeline?version=0.1.0": "Diese Adresse gibt es in keiner Version, oder nur zum heutigen Stand",
    "/version/0.1.0/id/involas?version=current": "Eine Version current gibt es nicht.",
    "/version/9.9.9/": "Eine Version 9.9.9 gibt es nicht. Verfügbar: 0.1.0,",
    "/q/nonsense": "Eine Frage mit diesem Namen gibt es nicht",
    "/document/minutes": "Ein Dokument minutes gibt es nicht. Verfügbar: 11-jahre-iq",
    "/download/iq-hesen.ttl": "Eine Datei iq-hesen.ttl gibt es nicht. Ähnliche Namen: iq-hessen.ttl",
    "/how-to/nothing": "Eine Anleitung nothing gibt es nicht. Verfügbar: spreadsheet,",
    "/about?lang=fr": "Den Wert lang=fr gibt es nicht. Verfügbar: en, de.",
    "/problem/nothing": "Einen Problemtyp nothing gibt es nicht.",
    "/evidence?query=ASK+{}&row=first": "row=first ist keine ganze Zahl von 0 bis 999999999.",
    "/evidence?query=ASK+{}&limit=51": "limit=51 ist keine ganze Zahl von 1 bis 50.",
    "/evidence?query=ASK+{}&row=-1": "row=-1 ist keine ganze Zahl von 0 bis 999999999.",
    "/evidence?query=ASK+{}&offset=99999999999": "offset=99999999999 ist keine ganze Zahl von 0 bis",
    "/evidence?query=ASK+{}&row=7": "row=7 gibt es nicht: Die Zeilen werden ab 0 gezählt, und ihre Zahl ist 1.",
    "/reconcile?queries={}&extend={}": "Die Anfrage nennt queries und extend.",
    "/reconcile/properties?limit=-1": "limit=-1 ist keine ganze Zahl von 1 bis",
    "/reconcile/preview?id=zz": "Ein solches Ding gibt es nicht.",
    "/evidence?query=SELECT+(RAND()+AS+?x)+{}": "Die Abfrage enthält „RAND“. Stellen Sie sie ohne diesen Teil.",
    "/describe": "Die Anfrage nennt nichts, was zu beschreiben wäre.",
    "/cite.xyz": "/cite.xyz gibt es nicht. Die Formate dieses Dokuments sind .txt,",
    "/links.xyz": "/links.xyz gibt es nicht. Die Formate dieses Dokuments sind .json,",
    "/how-to/python/99.png": "Ein Bild 99 gibt es nicht. Verfügbar: 1",
}
BUNDLED_ONLY = (
    "/about",
    "/cite",
    "/context.jsonld",
    "/explore",
    "/how-to/python.ipynb",
    "/links",
    "/quality",
    "/validation",
)


class Broken(Engine):
    """An engine with a fault."""

    def answer(self, query: Query, output: Format, client: str = "") -> bytes:  # noqa: ARG002 - it fails for everyone
        """Raise an unexpected error."""
        raise ZeroDivisionError(f"secret {query.text} {output.name}")


@pytest.fixture(scope="module")
def faulty(dataset: Dataset) -> FlaskClient:
    """A site whose engine is broken."""
    return create_app(dataset, engine=Broken(), files=Files([])).test_client()


@pytest.fixture(scope="module")
def large_site(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A site of a file with a thing that has too many statements for a document."""
    file: Path = tmp_path_factory.mktemp("others") / "a.nt"
    file.write_text("".join(f'<http://a.example/> <http://a.example/p> "{n}" .\n' for n in range(MAX_STATEMENTS + 1)))
    return create_app(load_plain([file])).test_client()


def problem_of(client: FlaskClient, lang: str, **request: Any) -> Mapping[str, Any]:  # noqa: ANN401 - what a client of werkzeug takes
    """The problem of a request, as JSON in a language."""
    headers = {"Accept-Language": lang, "Accept": "application/problem+json, */*;q=0.1", **request.pop("headers", {})}
    response = client.open(headers=headers, **request)
    assert response.content_type == "application/problem+json"
    assert response.headers["Content-Language"] == lang
    assert {"Accept", "Accept-Language"} <= set(response.headers["Vary"].split(", "))
    body: Mapping[str, Any] = json.loads(response.data)
    return body


def in_both(client: FlaskClient, **request: Any) -> Mapping[str, Any]:  # noqa: ANN401 - what a client of werkzeug takes
    """The problem in English, which differs from the German one and has no German words."""
    german, english = (problem_of(client, lang, **request) for lang in LANGUAGES)
    for name in ("title", "detail"):
        assert german[name] != english[name]
        assert foreign(german[name], ENGLISH) == foreign(english[name], GERMAN) == set()
        assert sorted(re.findall(r"\d+", german[name])) == sorted(re.findall(r"\d+", english[name]))
    assert {name: german[name] for name in german if name not in ("title", "detail", "nearest")} == {
        name: english[name] for name in english if name not in ("title", "detail", "nearest")
    }
    return english


def detail(client: FlaskClient, path: str, lang: str, query: str | None = None) -> str:
    """The detail of a problem on its page."""
    fields = {} if query is None else {"query": query}
    page = client.get(path, query_string=fields or None, headers={"Accept": "text/html", "Accept-Language": lang}).text
    text = re.search(r'class="detail">(.*?)</', page, re.DOTALL)
    assert text
    return unescape(text[1])


def test_each_problem_type_is_tested() -> None:
    """A new problem type needs a request or a problem here."""
    assert {*REQUESTS, *(name.partition(":")[0] for name in OTHER_PROBLEMS), "too-much"} == set(PROBLEM_TYPES)


@pytest.mark.parametrize("slug", REQUESTS)
def test_a_problem_is_in_the_language_of_the_client(client: FlaskClient, slug: str) -> None:
    """JSON too."""
    problem = in_both(client, **REQUESTS[slug])

    assert (problem["type"], problem["status"]) == (f"{BASE}problem/{slug}", PROBLEM_TYPES[slug].status)


@pytest.mark.parametrize("name", OTHER_PROBLEMS)
def test_problems_of_server_and_engine_are_in_the_language_of_the_client(client: FlaskClient, name: str) -> None:
    """Without secrets of the server."""
    problem = in_both(client, path="/", environ_overrides={PROBLEM: OTHER_PROBLEMS[name]})

    assert problem["type"] == f"{BASE}problem/{name.partition(':')[0]}"
    assert "secret" not in str(problem)


def test_too_many_statements_for_a_document(large_site: FlaskClient) -> None:
    """The problem has the query for all of them."""
    problem = in_both(large_site, path="/describe.ttl?uri=http://a.example/")

    assert problem["type"] == "http://localhost/problem/too-much"
    assert "CONSTRUCT { <http://a.example/>" in problem["detail"]


@pytest.mark.parametrize("path", BUNDLED_ONLY)
def test_pages_of_the_bundled_graph_only(large_site: FlaskClient, path: str) -> None:
    """With other files they are a problem that says so."""
    assert in_both(large_site, path=path)["detail"].startswith(
        "This server serves RDF files for which there is no such page"
    )


@pytest.mark.parametrize("address", ADDRESSES)
def test_problems_with_addresses(client: FlaskClient, address: str) -> None:
    """The detail says what is missing or wrong and names similar addresses, also in German."""
    in_both(client, path=address)

    assert ADDRESSES[address] in detail(client, address, "de")


@pytest.mark.parametrize("query", QUERIES)
def test_problems_with_queries(client: FlaskClient, query: str) -> None:
    """The detail says what is wrong and suggests a correction, also in German."""
    in_both(client, path="/sparql", query_string={"query": query})

    assert QUERIES[query] in detail(client, "/sparql", "de", query)


@pytest.mark.parametrize("accept", ["", "*", "fr", "en, *;q=0.5"])
def test_english_is_the_default(client: FlaskClient, accept: str) -> None:
    """Without an available language in Accept-Language, problems are in English."""
    response = client.get("/nowhere", headers={"Accept-Language": accept} if accept else {})

    assert response.headers["Content-Language"] == "en"
    assert json.loads(response.data)["title"] == PROBLEM_TYPES["not-found"].title.en


def test_an_unknown_language_is_a_bad_request(client: FlaskClient) -> None:
    """The page exists, so it is not a missing page."""
    assert problem_of(client, "en", path="/about?lang=fr")["type"] == f"{BASE}problem/bad-request"


def test_the_message_of_an_engine_is_quoted(client: FlaskClient) -> None:
    """In the words of the engine, in quotation marks."""
    german, english = (problem_of(client, lang, **REQUESTS["query-evaluation"])["detail"] for lang in LANGUAGES)

    assert re.search("„(.+)“", german)[1] == re.search("“(.+)”", english)[1]  # type: ignore[index]


def test_a_mere_address_is_no_thing(client: FlaskClient) -> None:
    """Only for the IRI of a thing does the problem mention the graph."""
    assert "graph" not in problem_of(client, "en", path="/nowhere")["detail"]
    assert "The graph has nothing about" in problem_of(client, "en", path="/id/nowhere")["detail"]


@pytest.mark.parametrize("path", ["/q/who-coordinates-the-network", "/id//involas", "/how-to/", "/void/"])
def test_redirects_have_no_body(client: FlaskClient, path: str) -> None:
    """It would be in one language only."""
    response = client.get(path)

    assert response.status_code in (303, 308)
    assert response.data == b""


def test_the_place_is_marked_in_german_too(client: FlaskClient) -> None:
    """The editor shows the same sentence at the place of the error."""
    page = unescape(
        client.get("/sparql?query=SELECT+*+WHER+{}", headers={"Accept": "text/html", "Accept-Language": "de"}).text
    )

    assert 'data-message="WHER ist kein Wort von SPARQL. Meinten Sie WHERE?"' in page


@pytest.mark.parametrize("slug", PROBLEM_TYPES)
def test_each_kind_is_explained(client: FlaskClient, slug: str) -> None:
    """The page of a problem type explains it in the reader's language."""
    pages = [client.get(f"/problem/{slug}", query_string={"lang": lang}, headers=BROWSER).text for lang in LANGUAGES]
    meanings = [page.partition('<p class="lead">')[2].partition("</p>")[0].strip() for page in pages]

    assert all(meaning.endswith(".") for meaning in meanings)
    assert meanings[0] != meanings[1]
    assert PROBLEM_TYPES[slug].title.de in pages[0]
    assert PROBLEM_TYPES[slug].title.en in pages[1]


def test_text(client: FlaskClient) -> None:
    """In the language of the client."""
    response = client.get("/sparql?query=ASK", headers={"Accept": "text/plain"})
    german = client.get("/sparql?query=ASK", headers={"Accept": "text/plain", "Accept-Language": "de"})

    assert response.content_type == "text/plain; charset=utf-8"
    assert response.text.startswith("406 No such format\ntext/plain is not available here. Available are: ")
    assert german.text.startswith("406 Dieses Format gibt es nicht\ntext/plain gibt es hier nicht. Verfügbar sind: ")


def test_a_fault_is_a_problem(faulty: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    """The client gets an internal error, the log the cause."""
    with caplog.at_level(logging.ERROR):
        response = faulty.get("/cite?query=ASK%7B%7D")

    assert response.status_code == 500
    assert json.loads(response.data)["type"].endswith("/problem/internal")
    assert "secret" not in response.text
    assert "secret ASK{} TSV" in caplog.text
