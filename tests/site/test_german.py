"""The details of problems in German: what a reader in a browser meets is explained whole, and nothing is made up."""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient

from iqgraph.engine import errors
from iqgraph.serialisation.jsonld import NESTED
from iqgraph.serialisation.markup import REASON
from iqgraph.service.processes import server
from iqgraph.service.requests import bodies, context, front
from iqgraph.web.http.german import in_german
from iqgraph.web.http.problems import INTERNAL, OVER_BUDGET

QUERIES = {
    "": "Die Abfrage ist leer.",
    "SELECT * { ?s ex:p ?o }": "Das Präfix ex: ist nicht vereinbart. Vor die Abfrage gehört diese Zeile: PREFIX ex: <",
    "PREFIX ex: <http://a/> SELECT * { ?ä exx:p ?o }": "Meinten Sie ex:, das vereinbart ist?",
    "SELECT * { ?s shos:p ?o }": "Meinten Sie skos:? Vor die Abfrage gehört diese Zeile: PREFIX skos: <http",
    "SELECT * WHER { ?s ?p ?o }": "WHER ist kein Wort von SPARQL. Meinten Sie WHERE?",
    "SELECT * { ?s ?p ?o": "{ wird hier geöffnet und nirgends geschlossen.",
    "SELECT * { ?s ?p ?o } }": "} schließt hier nichts, was offen ist.",
    'SELECT * { ?s ?p "ä }': "Hier beginnt ein Text in Anführungszeichen und endet nicht.",
    "SELECT * {\n  ?a ?b\n  .\n}": "Bei oder kurz vor „}“ ist die Abfrage nicht zu lesen",
    "ASK": "Am Ende oder kurz davor ist die Abfrage nicht zu lesen",
    "SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p": "SELECT nennt eine Variable",
    "SELECT * { ?s <a b> ?o }": "",
    "INSERT DATA { <a:b> <a:b> 1 }": "INSERT wird nicht ausgeführt: Dieser Dienst ändert nichts",
    "SELECT * { SERVICE <http://a.example/> { ?s ?p ?o } }": "ruft keinen anderen auf. Fragen Sie den anderen",
}
ADDRESSES = {
    "/id/involass": "Der Graph weiß nichts von https://w3id.org/iq-hessen/id/involass.",
    "/nowhere": "Der Graph weiß nichts von https://w3id.org/iq-hessen/nowhere.",
    "/id/involas.html.xyz": "Der Graph weiß nichts von",
    "/version/9.9.9/": "Eine Version 9.9.9 gibt es nicht. Die Versionen sind 0.1.0,",
    "/q/nonsense": "Das ist kein kurzer Link zu einer Abfrage",
    "/document/minutes": "Ein Dokument minutes mit Textstellen gibt es hier nicht.",
    "/download/iq-hesen.ttl": "Eine Datei iq-hesen.ttl ist nicht dabei.",
    "/sparql?query=ASK+{}&timeout=soon": "timeout=soon ist keine Zeit",
    "/sparql?query=ASK+{}&query=ASK+{}": "Die Anfrage enthält 2 Abfragen; es muss genau eine sein.",
}
KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.QueryError)]
TAKING_ARGUMENTS = {
    errors.QuerySyntaxError: ("The query is empty.", 1, 1),
    errors.UpdateRefused: ("LOAD",),
    errors.Unwritable: (REASON,),
}
SAID_ELSEWHERE = {errors.QueryError, errors.QueryEvaluationError, errors.GraphNameError, errors.QueryTooExpensive}


def detail(client: FlaskClient, path: str, lang: str, query: str | None = None) -> str:
    """What a page says is exactly wrong."""
    asked = {} if query is None else {"query": query}
    headers = {"Accept": "text/html", "Accept-Language": lang}
    page = client.get(path, query_string=asked or None, headers=headers).text
    found = re.search(r'class="detail"( lang="en")?>(.*?)</', page, re.DOTALL)
    assert found
    return "" if found[1] else unescape(found[2])


@pytest.mark.parametrize("query", QUERIES)
def test_what_is_wrong_with_a_query_is_said_in_german(client: FlaskClient, query: str) -> None:
    """What was expected, where, and what may have been meant."""
    assert QUERIES[query] in detail(client, "/sparql", "de", query)


@pytest.mark.parametrize("address", ADDRESSES)
def test_what_is_wrong_with_an_address_is_said_in_german(client: FlaskClient, address: str) -> None:
    """What is not there; what is near stands below it by its name."""
    assert ADDRESSES[address] in detail(client, address, "de")


@pytest.mark.parametrize("kind", [one for one in KINDS if one not in SAID_ELSEWHERE], ids=lambda one: one.__name__)
def test_each_error_of_the_engine_has_german_words(kind: type[errors.QueryError]) -> None:
    """Whoever adds an error, or changes its words, changes the German ones."""
    said = str(kind(*TAKING_ARGUMENTS.get(kind, ())))
    told = in_german(said)

    assert told
    assert told != said


@pytest.mark.parametrize(
    "said",
    [
        front.UNREAD,
        bodies.BROKEN,
        bodies.SLOW.format(10.0),
        server.STOPPED,
        INTERNAL,
        OVER_BUDGET.format(7),
        *context.FAULTS,
    ],
)
def test_what_the_service_says_by_itself_has_german_words(said: str) -> None:
    """Also what is wrong with a request before it comes to the site; whoever changes the words changes both."""
    told = in_german(said)

    assert told
    assert told != said


@pytest.mark.parametrize("why", [REASON, NESTED, "RDF/XML has no name for the property http://a.example/1"])
def test_what_a_format_cannot_write_is_said_in_german(why: str) -> None:
    """And what to do then."""
    told = in_german(str(errors.Unwritable(why)))

    assert told
    assert told.endswith(" Verlangen Sie die Antwort in einem anderen Format.")


def test_allowed_services_are_named() -> None:
    """Addresses hold dots, which end no sentence."""
    told = in_german(str(errors.ServiceRefused(["https://a.example/sparql", "https://b.example/q"])))

    assert told == (
        "SERVICE wird nicht ausgeführt: Dieser Dienst ruft nur diese auf, jeden bei seiner vollständigen IRI: "
        "https://a.example/sparql, https://b.example/q. "
        "Fragen Sie den anderen Dienst selbst, oder lassen Sie den Block SERVICE weg."
    )


@pytest.mark.parametrize(
    "said", ["The engine says: Line 3 is odd.", "The query is empty. What now?", "Line 1 {0} %s", "<b>", "é" * 5000]
)
def test_what_has_no_german_stays_english(said: str) -> None:
    """Nothing is told by half."""
    assert in_german(said) is None


def test_the_place_is_marked_in_german_too(client: FlaskClient) -> None:
    """The editor shows the same sentence at the place of the error."""
    page = unescape(
        client.get("/sparql?query=SELECT+*+WHER+{}", headers={"Accept": "text/html", "Accept-Language": "de"}).text
    )

    assert 'data-message="WHER ist kein Wort von SPARQL. Meinten Sie WHERE?"' in page
