"""Answers and refusals: what the engine cannot give is told with the right status, whoever wrote the query."""

import json

import pytest
from flask.testing import FlaskClient

from iqgraph.bilingual import Text
from iqgraph.dataset import Dataset
from iqgraph.engine import Embedded, Query, QueryError, QuerySyntaxError, errors
from iqgraph.formats import Format
from iqgraph.release.release import Files
from iqgraph.web import create_app
from iqgraph.web.guide.api import GROUPS, HTML
from iqgraph.web.http.problems import QUERY_PROBLEMS, reason
from visits import examples

OURS = [
    "/",
    "/about",
    "/download/",
    "/document/11-jahre-iq",
    "/explore",
    "/search",
    "/search?q=Wer+finanziert+das+Netzwerk",
    "/explore?q=a+e+i+n+r+s+t+d&kind=offer",
    "/id/feg.html",
    "/id/involas.html",
    "/id/involas.ttl",
    "/links",
    "/passage/11-jahre-iq/S24.html",
    "/query/who-coordinates-the-network.html",
    "/quality",
    "/version/0.1.0/explore?q=beratung",
    "/version/0.1.0/id/involas.html",
]
PAGES = {
    path: {one.name: one.example for one in address.query_parameters if one.example and one.name != "format"}
    for group in GROUPS
    for address in group.addresses
    if HTML in address.forms
    for path in examples(address)
}
SYNTAX = QuerySyntaxError(Text(de="Die Abfrage ist leer.", en="The query is empty."), 1, 1)
REFUSALS = {
    errors.OutOfTime(10): (422, "too-expensive"),
    errors.OutOfMemory(): (422, "too-expensive"),
    errors.AnswerTooLarge(1 << 20): (422, "too-expensive"),
    errors.Crashed(): (422, "too-expensive"),
    errors.Overloaded(): (503, "overloaded"),
    errors.Interrupted(): (503, "overloaded"),
    errors.Unreachable("secret"): (502, "engine"),
    errors.Unreadable("secret"): (500, "internal"),
}


class Refusing(Embedded):
    """An engine that refuses every query, and counts them."""

    refusal: QueryError
    asked: int
    clients: set[str]

    def answer(self, query: Query, chosen: Format, client: str = "") -> bytes:  # noqa: ARG002 - it refuses everything
        """Refuse."""
        self.asked += 1
        self.clients.add(client)
        raise self.refusal


@pytest.fixture(scope="module")
def site(dataset: Dataset) -> tuple[FlaskClient, Refusing]:
    """A site with such an engine."""
    engine = Refusing(dataset.store)
    return create_app(dataset, engine=engine, files=Files([])).test_client(), engine


@pytest.fixture
def engine(site: tuple[FlaskClient, Refusing]) -> Refusing:
    """The engine, which was not asked yet."""
    site[1].asked, site[1].clients = 0, set()
    return site[1]


@pytest.fixture
def client(site: tuple[FlaskClient, Refusing]) -> FlaskClient:
    """Somebody who asks for pages."""
    return site[0]


@pytest.mark.sample(5)
@pytest.mark.parametrize("path", OURS)
def test_no_page_of_ours_asks_the_engine(client: FlaskClient, engine: Refusing, path: str) -> None:
    """What the public asks, and how many of them, has no part in it."""
    engine.refusal = errors.Overloaded()

    response = client.get(path, headers={"Accept": HTML})

    assert (response.status_code, engine.asked) == (200, 0)


@pytest.mark.sample(12)
@pytest.mark.parametrize("path", PAGES)
def test_every_page_tells_that_it_took_too_long(client: FlaskClient, engine: Refusing, path: str) -> None:
    """Of all addresses that have a page, those that ask the engine say so, and the others need no answer."""
    engine.refusal = errors.OutOfTime(10)

    response = client.get(path, query_string=PAGES[path], headers={"Accept": HTML})

    assert response.status_code in ({422} if engine.asked else {200, 303, 404})


def test_the_engine_is_asked_in_the_name_of_the_client(client: FlaskClient, engine: Refusing) -> None:
    """So that one client does not take the turns of all others."""
    engine.refusal = errors.Overloaded()

    client.get("/sparql?query=ASK{}", environ_base={"REMOTE_ADDR": "192.0.2.1"})

    assert engine.clients == {"192.0.2.1"}


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda one: type(one).__name__)
def test_a_client_learns_what_the_engine_refuses(client: FlaskClient, engine: Refusing, refusal: QueryError) -> None:
    """With the words of the engine, since it is the client who can change the query."""
    engine.refusal = refusal

    response = client.get("/sparql?query=ASK{}")
    body = json.loads(response.data)

    assert (response.status_code, body["type"].rpartition("/")[2]) == REFUSALS[refusal]
    assert body["detail"] == str(refusal)
    assert "secret" not in response.text
    assert ("Retry-After" in response.headers) == (response.status_code == 503)


def test_what_is_wrong_with_a_query_of_a_client_is_said(client: FlaskClient, engine: Refusing) -> None:
    """Here 400 is right."""
    engine.refusal = SYNTAX

    response = client.get("/sparql?query=ASK{}")

    assert response.status_code == 400
    assert json.loads(response.data).items() >= {"line": 1, "column": 1}.items()


@pytest.mark.parametrize("kind", QUERY_PROBLEMS, ids=lambda one: one.__name__)
def test_each_refusal_has_a_word(kind: type[QueryError]) -> None:
    """The metrics count refusals by it; those of a kind have the word of the kind."""
    assert reason(kind.__new__(kind)) == QUERY_PROBLEMS[kind][1]
