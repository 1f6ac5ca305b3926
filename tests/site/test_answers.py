"""Answers and refusals: what the engine cannot give is told with the right status, whoever wrote the query."""

import json
import logging

import pytest
from flask.testing import FlaskClient

from iqgraph.dataset import Dataset
from iqgraph.engine import Embedded, Query, QueryError, QueryEvaluationError, QuerySyntaxError, errors
from iqgraph.formats import Format
from iqgraph.release.release import Files
from iqgraph.web import answers, create_app
from iqgraph.web.guide.api import GROUPS, HTML

ASKED_BY = {
    "/": "pictures",
    "/explore": "facets",
    "/explore?q=a+e+i+n+r+s+t+d": "a search",
    "/id/involas.html": "a thing",
    "/version/0.1.0/explore": "an older version",
}
PAGES = {
    path: {one.name: one.example for one in address.asked if one.example and one.name != "format"}
    for group in GROUPS
    for address in group.addresses
    if HTML in address.forms
    for path in address.examples
}
SYNTAX = QuerySyntaxError("The query is empty.", 1, 1)
REFUSALS = {
    errors.OutOfTime(10): (422, "too-expensive"),
    errors.OutOfMemory(): (422, "too-expensive"),
    errors.AnswerTooLarge(1 << 20): (422, "too-expensive"),
    errors.Crashed(): (422, "too-expensive"),
    errors.Overloaded(): (503, "overloaded"),
    errors.Interrupted(): (503, "overloaded"),
    errors.Unreachable(): (502, "engine"),
    errors.Unreadable("secret"): (500, "internal"),
}
FAULTS = [QueryEvaluationError("secret"), SYNTAX, errors.ServiceRefused(), errors.GraphNameError("secret")]


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


@pytest.mark.parametrize("path", ASKED_BY, ids=ASKED_BY.get)
@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda one: type(one).__name__)
def test_a_page_tells_what_the_engine_refuses(
    client: FlaskClient, engine: Refusing, path: str, refusal: QueryError
) -> None:
    """A page that cannot be made now is no bad request of its reader."""
    engine.refusal = refusal

    response = client.get(path)
    body = json.loads(response.data)

    assert engine.asked > 0
    assert (response.status_code, body["type"].rpartition("/")[2]) == REFUSALS[refusal]
    assert "secret" not in response.text
    assert ("Retry-After" in response.headers) == (response.status_code == 503)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda one: type(one).__name__)
def test_a_wrong_query_of_ours_is_our_fault(
    client: FlaskClient, engine: Refusing, fault: QueryError, caplog: pytest.LogCaptureFixture
) -> None:
    """The reader is told that, and the reason stands in the log."""
    engine.refusal = fault

    with caplog.at_level(logging.ERROR):
        response = client.get("/explore")

    assert (response.status_code, json.loads(response.data)["type"].rpartition("/")[2]) == (500, "internal")
    assert str(fault) not in response.text
    assert type(fault).__name__ in caplog.text


@pytest.mark.parametrize("path", PAGES)
def test_every_page_tells_that_it_took_too_long(client: FlaskClient, engine: Refusing, path: str) -> None:
    """Of all addresses that have a page, those that ask the engine say so, and the others need no answer."""
    engine.refusal = errors.OutOfTime(10)

    response = client.get(path, query_string=PAGES[path], headers={"Accept": HTML})

    assert response.status_code in ({422} if engine.asked else {200, 303, 404})


@pytest.mark.parametrize(
    ("lang", "remedy"), [("de", "bei einer Suche helfen weniger Wörter"), ("en", "a search is easier with fewer words")]
)
def test_a_reader_learns_what_helps(client: FlaskClient, engine: Refusing, lang: str, remedy: str) -> None:
    """In the reader's language, and not how to change a query that the reader did not write."""
    engine.refusal = errors.OutOfTime(10)

    page = client.get("/explore?q=a", headers={"Accept": HTML, "Accept-Language": lang}).text
    detail = page.partition('<p class="detail">')[2].partition("</p>")[0]

    assert remedy in detail
    assert "LIMIT" not in detail


def test_pages_are_asked_for_in_the_name_of_their_reader(client: FlaskClient, engine: Refusing) -> None:
    """So that one reader does not take the turns of all others."""
    engine.refusal = errors.Overloaded()

    client.get("/explore", environ_base={"REMOTE_ADDR": "192.0.2.1"})

    assert engine.clients == {"192.0.2.1"}


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda one: type(one).__name__)
def test_a_query_of_a_client_is_told_the_same(client: FlaskClient, engine: Refusing, refusal: QueryError) -> None:
    """With the words of the engine, since it is the client who can change the query."""
    engine.refusal = refusal

    response = client.get("/sparql?query=ASK{}")
    body = json.loads(response.data)

    assert (response.status_code, body["type"].rpartition("/")[2]) == REFUSALS[refusal]
    assert body["detail"] == str(refusal)


def test_what_is_wrong_with_a_query_of_a_client_is_said(client: FlaskClient, engine: Refusing) -> None:
    """Here 400 is right."""
    engine.refusal = SYNTAX

    response = client.get("/sparql?query=ASK{}")

    assert response.status_code == 400
    assert json.loads(response.data).items() >= {"line": 1, "column": 1}.items()


@pytest.mark.parametrize("kind", [*answers.PROBLEMS, *answers.REASONS], ids=lambda one: one.__name__)
def test_each_refusal_has_a_word(kind: type[QueryError]) -> None:
    """The metrics count refusals by it; those of a kind have the word of the kind."""
    assert answers.reason(kind.__new__(kind)) == {**answers.PROBLEMS, **answers.REASONS}[kind]
