"""Memento (RFC 7089): each resource leads to what was said of it at a time, and tells where its other states are."""

import json
import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from iqgraph.dataset import load, load_plain
from iqgraph.web import create_app
from tiny import history, put
from visits import problem

FIRST, SECOND = "Fri, 31 Jan 2020 00:00:00 GMT", "Sun, 01 Mar 2020 00:00:00 GMT"
HOST = "http://localhost"
RESOURCES = [
    "id/ben",
    "id/ben.ttl",
    "id/ben.html",
    "graph/letter/S01",
    "passage/letter/S01.nt",
    "rule/above",
    "ontology",
]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A site with two releases; Cleo is only in the second, and not there today."""
    sources = history(tmp_path_factory.mktemp("history"))
    return create_app(load(sources=sources)).test_client()


def links(response: TestResponse) -> dict[str, str]:
    """The relations of an answer and their targets."""
    text = ", ".join(response.headers.getlist("Link"))
    found = re.findall(r'<([^>]*)>; rel="([^"]*)"', text)
    return {relation: target for target, relations in found for relation in relations.split()}


@pytest.mark.parametrize("path", RESOURCES)
@pytest.mark.parametrize(
    ("moment", "version"),
    [
        ("Mon, 01 Jan 1900 00:00:00 GMT", "1.0.0"),
        ("Thu, 30 Jan 2020 23:59:59 GMT", "1.0.0"),
        (FIRST, "1.0.0"),
        ("Sat, 29 Feb 2020 23:59:59 GMT", "1.0.0"),
        (SECOND, "1.1.0"),
        ("Fri, 31 Dec 9999 23:59:59 GMT", "1.1.0"),
    ],
)
def test_a_resource_is_its_own_timegate(client: FlaskClient, path: str, moment: str, version: str) -> None:
    """The newest version that was there at the time; before all of them, the first."""
    response = client.get(f"/{path}", headers={"Accept-Datetime": moment})

    assert (response.status_code, response.headers["Location"]) == (302, f"/version/{version}/{path}")
    assert "accept-datetime" in response.headers["Vary"].lower()
    assert "Memento-Datetime" not in response.headers
    assert links(response)["original"] == links(response)["timegate"] == f"{HOST}/{path}"
    assert links(response)["timemap"] == f"{HOST}/timemap/{path}"


def test_head_and_parameters(client: FlaskClient) -> None:
    """HEAD is led as GET is; the language of the page goes with it."""
    response = client.head("/id/ben.html?lang=de", headers={"Accept-Datetime": FIRST})

    assert (response.status_code, response.headers["Location"]) == (302, "/version/1.0.0/id/ben.html?lang=de")


@pytest.mark.parametrize(
    "moment",
    [
        "",
        "yesterday",
        "2020-03-01",
        "2020-03-01T00:00:00Z",
        "Sun, 01 Mar 2020 00:00:00",
        "Sun, 01 Mar 2020 00:00:00 +0100",
        "Mon, 01 Mar 2020 00:00:00 GMT",
        "Sun, 1 Mar 2020 00:00:00 GMT",
        "Sun, 32 Mar 2020 00:00:00 GMT",
        "Sunday, 01-Mar-20 00:00:00 GMT",
        "Sun Mar  1 00:00:00 2020",
        "Sun, 01 Mar 2020 25:00:00 GMT",
        "Sun, 01 Mär 2020 00:00:00 GMT",
        "9" * 5000,
    ],
)
@pytest.mark.parametrize("path", ["/id/ben", "/id/ben.html", "/id/nobody"])
def test_wrong_times(client: FlaskClient, path: str, moment: str) -> None:
    """What is no date of HTTP is refused, and the answer shows how to write one."""
    response = client.get(path, headers={"Accept-Datetime": moment})

    assert response.status_code == 400
    assert "as in Tue, 31 Mar 2026 12:00:00 GMT" in json.loads(response.data)["detail"]
    assert "accept-datetime" in response.headers["Vary"].lower()


def test_without_a_time(client: FlaskClient) -> None:
    """The state of today, and where the others are."""
    for path, status in (("/id/ben", 303), ("/id/ben.ttl", 200)):
        response = client.get(path)
        assert response.status_code == status
        assert "Memento-Datetime" not in response.headers
        assert links(response)["timegate"] == f"{HOST}{path}"
        assert links(response)["first"] == f"{HOST}/version/1.0.0{path}"
        assert links(response)["last"] == f"{HOST}/version/1.1.0{path}"


@pytest.mark.parametrize("path", RESOURCES)
def test_mementos(client: FlaskClient, path: str) -> None:
    """Each says when it was true, of what, and which were before and after it."""
    first, second = (client.get(f"/version/{version}/{path}") for version in ("1.0.0", "1.1.0"))

    assert first.status_code in (200, 303)
    assert (first.headers["Memento-Datetime"], second.headers["Memento-Datetime"]) == (FIRST, SECOND)
    assert links(first)["original"] == f"{HOST}/{path}"
    assert links(first)["next"] == links(first)["last"] == links(second)["memento"] == f"{HOST}/version/1.1.0/{path}"
    assert links(second)["prev"] == links(second)["first"] == f"{HOST}/version/1.0.0/{path}"
    assert {"prev"} & links(first).keys() == {"next"} & links(second).keys() == set()


def test_the_way_of_a_thing_ends_at_a_memento(client: FlaskClient) -> None:
    """From the thing to the version, from there to the document of that version."""
    response = client.get("/id/ben", headers={"Accept-Datetime": FIRST, "Accept": "text/turtle"}, follow_redirects=True)

    assert response.request.path == "/version/1.0.0/id/ben.ttl"
    assert response.headers["Memento-Datetime"] == FIRST
    assert '"Ben"@en' in response.text


def test_a_memento_asks_for_no_other(client: FlaskClient) -> None:
    """Accept-Datetime has no effect on one."""
    response = client.get("/version/1.0.0/id/ben.ttl", headers={"Accept-Datetime": SECOND})

    assert (response.status_code, response.headers["Memento-Datetime"]) == (200, FIRST)


def test_what_is_gone_is_found_in_its_time(client: FlaskClient) -> None:
    """It is nowhere today, and its answer says where it was."""
    today = client.get("/id/cleo")
    then = client.get("/id/cleo.ttl", headers={"Accept-Datetime": FIRST})

    assert today.status_code == 404
    assert links(today)["memento"] == f"{HOST}/version/1.1.0/id/cleo"
    assert (then.status_code, then.headers["Location"]) == (302, "/version/1.1.0/id/cleo.ttl")
    assert "Memento-Datetime" not in client.get("/version/1.0.0/id/cleo").headers


def test_what_never_was(client: FlaskClient) -> None:
    """No time makes it be."""
    response = client.get("/id/nobody", headers={"Accept-Datetime": FIRST})

    assert response.status_code == 404
    assert "Link" not in response.headers


@pytest.mark.parametrize("path", ["/", "/sparql", "/download/", "/version/", "/health"])
def test_other_pages_are_no_resources(client: FlaskClient, path: str) -> None:
    """They have no past, so a time has no effect on them."""
    response = client.get(path, headers={"Accept-Datetime": "nonsense"})

    assert response.status_code == 200
    assert "timegate" not in links(response)


def test_only_reading_travels(client: FlaskClient) -> None:
    """A method that is not allowed is not led elsewhere."""
    assert problem(client.post("/id/ben", headers={"Accept-Datetime": FIRST})) == (405, "method")


def test_timemap(client: FlaskClient) -> None:
    """All states in the format of RFC 6690, each with its time."""
    response = client.get("/timemap/id/ben")

    assert response.content_type == "application/link-format"
    assert "Accept" in response.headers["Vary"]
    assert response.text.splitlines() == [
        f'<{HOST}/id/ben>; rel="original",',
        f'<{HOST}/id/ben>; rel="timegate",',
        f'<{HOST}/timemap/id/ben>; rel="self"; type="application/link-format"; from="{FIRST}"; until="{SECOND}",',
        f'<{HOST}/version/1.0.0/id/ben>; rel="first memento"; datetime="{FIRST}",',
        f'<{HOST}/version/1.1.0/id/ben>; rel="last memento"; datetime="{SECOND}"',
    ]


def test_every_memento_of_a_timemap_answers(client: FlaskClient) -> None:
    """What is listed is there."""
    for address in re.findall(r"<([^>]*)>; rel=\"[^\"]*memento", client.get("/timemap/id/ben.trig").text):
        response = client.get(address.removeprefix(HOST))
        assert (response.status_code, response.content_type) == (200, "application/trig")


@pytest.mark.parametrize(
    "path", ["id/nobody", "sparql", "download/iq-hessen.nt", "id/", "version/1.0.0/id/ben", "a%0Ab"]
)
def test_no_timemap(client: FlaskClient, path: str) -> None:
    """What is in no version has none."""
    assert problem(client.get(f"/timemap/{path}")) == (404, "not-found")


def test_timemap_in_no_other_form(client: FlaskClient) -> None:
    """There is one."""
    for accept in ("text/turtle", "application/json"):
        assert problem(client.get("/timemap/id/ben", headers={"Accept": accept})) == (406, "not-acceptable")


def test_without_releases_there_is_no_past(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Somebody's files are as they are."""
    file = put(tmp_path_factory.mktemp("plain"), "a.ttl", "<https://w3id.org/iq-hessen/id/ben> <x:p> <x:o> .")
    client = create_app(load_plain([file])).test_client()
    response = client.get("/id/ben.nt", headers={"Accept-Datetime": FIRST})

    assert response.status_code == 200
    assert "timegate" not in links(response)
    assert client.get("/timemap/id/ben").status_code == 404


def test_below_another_path(client: FlaskClient) -> None:
    """Behind a proxy that adds a path, it is part of every address."""
    response = client.get("/id/ben", headers={"Accept-Datetime": FIRST}, environ_overrides={"SCRIPT_NAME": "/kg"})

    assert response.headers["Location"] == "/kg/version/1.0.0/id/ben"
    assert links(response)["original"] == f"{HOST}/kg/id/ben"
