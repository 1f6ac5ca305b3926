"""Answers and refusals: each error of the engine has the right status, on every page."""

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
    "/ontology",
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
    if HTML in address.media_types
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
    number: int
    clients: set[str]

    def answer(self, query: Query, output: Format, client: str = "") -> bytes:  # noqa: ARG002 - it refuses everything
        """Refuse."""
        self.number += 1
        self.clients.add(client)
        raise self.refusal


@pytest.fixture(scope="module")
def site(dataset: Dataset, files: Files) -> tuple[FlaskClient, Refusing]:
    """A site with such an engine."""
    engine = Refusing(dataset.store)
    return create_app(dataset, engine=engine, files=files).test_client(), engine


@pytest.fixture
def engine(site: tuple[FlaskClient, Refusing]) -> Refusing:
    """The engine, with its counts reset."""
    site[1].number, site[1].clients = 0, set()
    return site[1]


@pytest.fixture
def client(site: tuple[FlaskClient, Refusing]) -> FlaskClient:
    """A client of that site."""
    return site[0]


@pytest.mark.sample(5)
@pytest.mark.parametrize("path", OURS)
def test_built_in_pages_need_no_engine(client: FlaskClient, engine: Refusing, path: str) -> None:
    """They answer however busy the engine is."""
    engine.refusal = errors.Overloaded()

    response = client.get(path, headers={"Accept": HTML})

    assert (response.status_code, engine.number) == (200, 0)


@pytest.mark.sample(12)
@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_the_status_of_a_timeout(client: FlaskClient, engine: Refusing, path: str) -> None:
    """Of all addresses with a page, those that use the engine; the others need none."""
    engine.refusal = errors.OutOfTime(10)

    response = client.get(path, query_string=PAGES[path], headers={"Accept": HTML})

    assert response.status_code in ({422} if engine.number else {200, 303, 404})


def test_the_engine_gets_the_address_of_the_client(client: FlaskClient, engine: Refusing) -> None:
    """So that one client cannot use all workers."""
    engine.refusal = errors.Overloaded()

    client.get("/sparql?query=ASK{}", environ_base={"REMOTE_ADDR": "192.0.2.1"})

    assert engine.clients == {"192.0.2.1"}


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda one: type(one).__name__)
def test_clients_get_the_message_of_the_engine(client: FlaskClient, engine: Refusing, refusal: QueryError) -> None:
    """Since it is the client who can change the query."""
    engine.refusal = refusal

    response = client.get("/sparql?query=ASK{}")
    body = json.loads(response.data)

    assert (response.status_code, body["type"].rpartition("/")[2]) == REFUSALS[refusal]
    assert body["detail"].startswith(str(refusal))
    assert ("/download/" in body["detail"]) == (REFUSALS[refusal][1] == "too-expensive")
    assert "secret" not in response.text
    assert ("Retry-After" in response.headers) == (response.status_code == 503)


def test_a_syntax_error_has_its_place(client: FlaskClient, engine: Refusing) -> None:
    """With status 400."""
    engine.refusal = SYNTAX

    response = client.get("/sparql?query=ASK{}")

    assert response.status_code == 400
    assert json.loads(response.data).items() >= {"line": 1, "column": 1}.items()


@pytest.mark.parametrize("kind", QUERY_PROBLEMS, ids=lambda one: one.__name__)
def test_each_refusal_has_a_word(kind: type[QueryError]) -> None:
    """The metrics count refusals by it."""
    assert reason(kind.__new__(kind)) == QUERY_PROBLEMS[kind][1]
