"""Short addresses of queries: made from the query alone, so nothing is kept and nothing is lost."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from iqgraph.dataset.questions import questions
from iqgraph.resources import packaged
from iqgraph.terms import BASE
from iqgraph.web.http.problems import Problem
from iqgraph.web.query.permalinks import MAX_QUERY_BYTES, pack, unpack
from visits import problem

QUERIES = ["ASK {}", "SELECT * { ?s ?p 'äöü €' }\n# ~ & ? / +", "x" * MAX_QUERY_BYTES]


def asked(client: FlaskClient, path: str) -> str:
    """The query that a short address leads to."""
    response = client.get(path)
    assert response.status_code == 303
    return parse_qs(urlsplit(response.headers["Location"]).query)["query"][0]


@pytest.mark.parametrize("query", QUERIES, ids=len)
def test_there_and_back(client: FlaskClient, query: str) -> None:
    """Any query comes back as it was."""
    assert unpack(pack(query)) == query
    assert asked(client, f"/q/{pack(query)}") == query


def test_questions_go_by_name(client: FlaskClient) -> None:
    """A question has a name, and asks for labels in the reader's language."""
    german = asked(client, "/q/who-coordinates-the-network?lang=de")
    english = asked(client, "/q/who-coordinates-the-network?lang=en")

    assert german == questions(packaged())[f"{BASE}query/who-coordinates-the-network"].query
    assert '= "en"' in english


def test_the_page_gives_the_address(client: FlaskClient) -> None:
    """The page of an answer has its short address, with the version; one of another version is told."""
    query = "SELECT * { ?s ?p ?o } LIMIT 1"
    page = client.get(
        "/sparql", query_string={"query": query, "version": "0.0.7"}, headers={"Accept": "text/html"}
    ).text

    assert f'href="/q/{pack(query)}?version=' in page
    assert "version 0.0.7" in page


def test_an_older_version(client: FlaskClient) -> None:
    """The short address of its answer names it, and leads to a page from which it can be asked."""
    page = client.get("/version/0.1.0/sparql?query=ASK+%7B%7D", headers={"Accept": "text/html"}).text
    link = unescape(re.findall(r'href="(/q/~[^"]*)"', page)[0])

    assert link == f"/q/{pack('ASK {}')}?version=0.1.0"
    assert (
        'href="/version/0.1.0/sparql?query=ASK+%7B%7D">Answer of version 0.1.0'
        in client.get(link, headers={"Accept": "text/html"}, follow_redirects=True).text
    )


@pytest.mark.parametrize(
    "code", ["~", "~!!", "~AAAA", pack("ASK {}")[:-3], "no-such-question", pack("x" * (MAX_QUERY_BYTES + 1))]
)
def test_what_is_no_address(client: FlaskClient, code: str) -> None:
    """Broken, cut, too large: there is nothing there."""
    assert problem(client.get(f"/q/{code}")) == (404, "not-found")


def test_not_utf8() -> None:
    """A code that holds no text."""
    with pytest.raises(Problem):
        unpack("~-38D")
