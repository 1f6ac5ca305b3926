"""Errors: one shape for programs, a page for people, text on request, and never a trace of our code."""

import json
import logging

import pytest
from flask.testing import FlaskClient

from iqgraph.dataset import Dataset
from iqgraph.engine import Figures, Query, State
from iqgraph.formats import Format
from iqgraph.release.release import Files
from iqgraph.web import create_app
from iqgraph.web.http.problems import KINDS

MEMBERS = {"type", "title", "status", "detail"}


class Broken:
    """An engine with a fault."""

    limits = None
    services: frozenset[str] = frozenset()

    def answer(self, query: Query, chosen: Format, client: str = "") -> bytes:  # noqa: ARG002 - it fails for everyone
        """Fail as no engine should."""
        raise ZeroDivisionError(f"secret {query.text} {chosen.name}")

    def state(self) -> State | None:
        """No engine elsewhere."""
        return None

    def figures(self) -> Figures:
        """It does nothing."""
        return Figures()


@pytest.fixture(scope="module")
def client(dataset: Dataset) -> FlaskClient:
    """A site whose engine is broken."""
    return create_app(dataset, engine=Broken(), files=Files([])).test_client()


def test_json_is_the_default(client: FlaskClient) -> None:
    """RFC 9457, with a type that leads to its explanation."""
    response = client.get("/nowhere")
    body = json.loads(response.data)

    assert (response.status_code, response.content_type) == (404, "application/problem+json")
    assert body.keys() >= MEMBERS
    assert body["type"].endswith("/problem/not-found")
    assert "Accept" in response.headers["Vary"]


@pytest.mark.parametrize(("lang", "title"), [("de", "Hier ist nichts"), ("en", "There is nothing here")])
def test_page(client: FlaskClient, lang: str, title: str) -> None:
    """A browser gets a page in the reader's language."""
    response = client.get("/nowhere", headers={"Accept": "text/html,*/*;q=0.8", "Accept-Language": lang})

    assert response.status_code == 404
    assert f"<h1>{title}</h1>" in response.text
    assert f'<html lang="{lang}">' in response.text


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("slug", KINDS)
def test_each_kind_is_explained(client: FlaskClient, slug: str, lang: str) -> None:
    """The page that a problem type leads to says in the reader's language what it means; no two say the same."""
    page = client.get(f"/problem/{slug}", query_string={"lang": lang}, headers={"Accept": "text/html"}).text
    other = client.get(f"/problem/{slug}", query_string={"lang": "en" if lang == "de" else "de"}).text
    meaning = page.partition('<p class="lead">')[2].partition("</p>")[0]

    assert meaning.strip().endswith(".")
    assert meaning not in other


def test_a_german_page_explains_in_german(client: FlaskClient) -> None:
    """What exactly is wrong, and what it means."""
    page = client.get("/id/involass.html", headers={"Accept": "text/html", "Accept-Language": "de"}).text

    assert "Vielleicht ist sie verschrieben" in page
    assert '<p class="detail">Der Graph weiß nichts von' in page
    assert "iq-hessen/id/involass." in page
    assert "involass.html." not in page


def test_text(client: FlaskClient) -> None:
    """Text on request."""
    response = client.get("/sparql?query=ASK", headers={"Accept": "text/plain"})

    assert response.content_type == "text/plain; charset=utf-8"
    assert response.text.startswith("406 No such format\n")


def test_a_fault_is_a_problem(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    """The client learns that the fault is ours, the log learns which."""
    with caplog.at_level(logging.ERROR):
        response = client.get("/cite?query=ASK%7B%7D")

    assert response.status_code == 500
    assert json.loads(response.data)["type"].endswith("/problem/internal")
    assert "secret" not in response.text
    assert "secret ASK{} TSV" in caplog.text


def test_method(client: FlaskClient) -> None:
    """A refused method is a problem that says which are allowed."""
    response = client.delete("/id/involas")

    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]
    assert json.loads(response.data).keys() >= MEMBERS


@pytest.mark.parametrize("slug", KINDS)
def test_each_type_is_explained(client: FlaskClient, slug: str) -> None:
    """The IRI of a type has a page in both languages."""
    kind = KINDS[slug]

    assert kind.title.en in client.get(f"/problem/{slug}?lang=en").text
    assert kind.title.de in client.get(f"/problem/{slug}?lang=de").text


def test_no_such_type(client: FlaskClient) -> None:
    """Other types do not exist."""
    assert client.get("/problem/unknown").status_code == 404
