"""Short addresses of queries: computed from the query alone, so nothing is stored."""

import re
from html import unescape
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from flask.testing import FlaskClient

from iqgraph.dataset.questions import questions
from iqgraph.resources import packaged
from iqgraph.terms import BASE, QUERY, SH
from iqgraph.web.query.permalinks import MAX_QUERY_BYTES, pack, unpack
from iqgraph.web.site import EXTENSION, Site
from visits import problem

QUERIES = ["ASK {}", "SELECT * { ?s ?p 'äöü €' }\n# ~ & ? / +", "x" * MAX_QUERY_BYTES]


def query_at(client: FlaskClient, path: str) -> str:
    """The query of a short address."""
    response = client.get(path)
    assert response.status_code == 303
    return parse_qs(urlsplit(response.headers["Location"]).query)["query"][0]


@pytest.mark.parametrize("query", QUERIES, ids=len)
def test_round_trip(client: FlaskClient, query: str) -> None:
    """Any query survives the round trip."""
    assert unpack(pack(query)) == query
    assert query_at(client, f"/q/{pack(query)}") == query


def test_questions_have_names(client: FlaskClient) -> None:
    """The address of a question is its name; its query has the reader's language, also where the page cites it."""
    german = query_at(client, "/q/who-coordinates-the-network?lang=de")
    english = query_at(client, "/q/who-coordinates-the-network?lang=en")

    assert [german] == [one.query for one in questions(packaged()) if one.slug == "who-coordinates-the-network"]
    assert '= "en"' in english
    page = client.get("/q/who-coordinates-the-network?lang=en", headers={"Accept": "text/html"})
    assert parse_qs(unescape(re.findall(r'href="/cite[?](query=.*?)"', page.text)[0]))["query"] == [english]


def test_the_page_gives_the_address(client: FlaskClient) -> None:
    """The page of an answer has its short address, with the version."""
    query = "SELECT * { ?s ?p ?o } LIMIT 1"
    page = client.get("/sparql", query_string={"query": query}, headers={"Accept": "text/html"}).text

    assert f'href="/q/{pack(query)}?version=' in page


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/sparql?query=ASK+{}&version=0.1.0&format=csv", "/version/0.1.0/sparql?query=ASK+%7B%7D&format=csv"),
        ("/evidence?version=v0.3.0&query=ASK+{}", "/version/0.3.0/evidence?query=ASK+%7B%7D"),
        ("/explore?version=0.3.0&kind=law", "/version/0.3.0/explore?kind=law"),
        ("/search?q=iq&version=0.3.0", "/version/0.3.0/search?q=iq"),
        ("/id/involas?version=0.3.0", "/version/0.3.0/id/involas"),
        ("/version/0.1.0/sparql?query=ASK+{}&version=v0.1.0", "/version/0.1.0/sparql?query=ASK+%7B%7D"),
    ],
)
def test_a_version_as_a_parameter(client: FlaskClient, path: str, location: str) -> None:
    """Every address that has versions redirects from the parameter, keeping the method."""
    response = client.get(path)

    assert (response.status_code, unquote(response.headers["Location"])) == (307, unquote(location))


def test_a_version_in_a_form(client: FlaskClient) -> None:
    """In the body of a request a version is refused."""
    response = client.post("/sparql", data={"query": "ASK {}", "version": "0.3.0"})

    assert response.status_code == 400
    assert "/version/latest/sparql" in response.text


def test_an_older_version(client: FlaskClient) -> None:
    """The short address of its answer has the version and leads to it."""
    page = client.get("/version/0.1.0/sparql?query=ASK+%7B%7D", headers={"Accept": "text/html"}).text
    link = unescape(re.findall(r'href="(/q/~[^"]*)"', page)[0])

    assert link == f"/q/{pack('ASK {}')}?version=0.1.0"
    assert client.get(link).headers["Location"] == "/version/0.1.0/sparql?query=ASK+%7B%7D"


@pytest.mark.parametrize("format", ["csv", "json", "xlsx", "csv-de"])
@pytest.mark.parametrize("version", ["0.1.0", "v0.1.0"])
def test_each_format_is_of_the_version(client: FlaskClient, version: str, format: str) -> None:
    """A pinned address gives the rows of its version in every format."""
    link = f"/q/{pack('SELECT (COUNT(*) AS ?n) { ?s ?p ?o }')}?format={format}&version={version}"

    assert client.get(link).headers["Location"].startswith("/version/0.1.0/sparql?query=SELECT")
    assert f"format={format}" in client.get(link).headers["Location"]


@pytest.mark.parametrize("format", ["exe", "svg", "ttl"])
def test_a_format_that_is_none(client: FlaskClient, format: str) -> None:
    """It is refused with the list of available formats."""
    response = client.get(f"/q/who-coordinates-the-network?format={format}")

    assert problem(response) == (406, "not-acceptable")
    assert "text/csv" in response.text


def test_the_current_version_has_a_name(client: FlaskClient) -> None:
    """Its short address stays here as long as the data is unchanged."""
    page = client.get("/sparql?query=ASK+%7B%7D", headers={"Accept": "text/html"}).text
    link = unescape(re.findall(r'href="(/q/~[^"]*)"', page)[0])

    assert re.search(r"\?version=\d+\.\d+\.\d+", link)
    assert client.get(link).headers["Location"] == "/sparql?query=ASK+%7B%7D"


@pytest.mark.parametrize("version", ["9.9.9", "0.3.0+00000000", "<b>", "current"])
@pytest.mark.parametrize("code", [pack("ASK {}"), "who-coordinates-the-network"])
def test_an_unknown_version(client: FlaskClient, code: str, version: str) -> None:
    """It is refused with the list of versions, in every format."""
    response = client.get(f"/q/{code}", query_string={"version": version, "format": "csv"})

    assert problem(response) == (404, "version")
    assert "0.1.0" in response.text


def test_a_question_of_a_version(client: FlaskClient) -> None:
    """Its query is that of the version; later questions are not found."""
    old = query_at(client, "/q/who-coordinates-the-network?version=0.3.0&lang=de")
    current: Site = client.application.extensions[EXTENSION]
    literals = current.versions["0.3.0"].dataset.literals(QUERY["who-coordinates-the-network"], SH.select)
    later = client.get("/q/who-funds-step-on-the-job?version=0.3.0")

    assert [old] == [one.value for one in literals]
    assert problem(later) == (404, "not-found")


def test_a_version_without_questions(client: FlaskClient) -> None:
    """The query is the current one."""
    assert query_at(client, "/q/who-coordinates-the-network?version=0.1.0&lang=de").startswith("PREFIX")


def test_view_and_graphs_are_kept(client: FlaskClient) -> None:
    """The redirect has them."""
    link = f"/q/{pack('ASK {}')}?view=bars&default-graph-uri={BASE}graph/meta"

    assert "view=bars" in client.get(link).headers["Location"]
    assert "default-graph-uri=" in client.get(link).headers["Location"]


@pytest.mark.parametrize(
    "code",
    [
        *("~", "~!!", "~AAAA", pack("ASK {}")[:-3], "no-such-question", pack("x" * (MAX_QUERY_BYTES + 1))),
        *("~A", "~____", "~-_8PAA"),  # an impossible length, not compressed, not UTF-8
    ],
)
def test_invalid_codes(client: FlaskClient, code: str) -> None:
    """Invalid, truncated and too large codes are not found."""
    assert problem(client.get(f"/q/{code}")) == (404, "not-found")
