"""Browsing: every state has an address, and a query that gives exactly its rows."""

import json
import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from pyoxigraph import NamedNode

from iqgraph.dataset import Dataset
from iqgraph.engine.things.neighbourhood import name
from iqgraph.terms import BASE, ID
from iqgraph.web import create_app
from iqgraph.web.facets import FACETS, Choice, fold
from iqgraph.web.kinds import KINDS, OTHER, kind_of
from iqgraph.web.pictures import ask

STATES = [
    {},
    {"q": "beratung"},
    {"q": "förderung", "kind": "role"},
    {"kind": "law"},
    {"period": "period-2019-2022"},
    {"place": "berlin"},
    {"organisation": "involas", "kind": "offer"},
    {"theme": "recognition"},
    {"q": "nichtdergleichen"},
]
HOSTILE = ['") } #', "\\", "<script>alert(1)</script>", "'\"`{}", "%00", "id:x> ?a ?b"]


@pytest.fixture(scope="module")
def client(dataset: Dataset) -> FlaskClient:
    """A site with the bundled dataset."""
    return create_app(dataset).test_client()


def page(client: FlaskClient, state: dict[str, str]) -> str:
    """The page of a state in German."""
    response = client.get("/explore", query_string=state | {"lang": "de"})
    assert response.status_code == 200
    return unescape(response.text)


def count(page: str) -> int:
    """How many results a page says there are."""
    found = re.search(r"<h2>(\d+) Treffer</h2>", page)
    assert found
    return int(found[1])


def things(client: FlaskClient, state: dict[str, str]) -> list[str]:
    """The paths of all things of a state, from all its pages, in order."""
    first = page(client, state)
    pages = [first, *(page(client, state | {"page": str(n)}) for n in range(2, -(-count(first) // 40) + 1))]
    return [path for one in pages for path in listed(one)]


@pytest.mark.parametrize("state", STATES, ids=str)
def test_the_query_gives_the_rows(client: FlaskClient, state: dict[str, str]) -> None:
    """What the page lists and what its query answers are the same things in the same order."""
    shown = page(client, state)
    link = re.search(r'class="ask" href="([^"]+)"', shown)
    assert link
    query = parse_qs(urlsplit(link[1]).query)["query"][0]
    rows = json.loads(client.get("/sparql", query_string={"query": query, "format": "json"}).data)
    iris = [row["thing"]["value"] for row in rows["results"]["bindings"]]

    assert [f"https://w3id.org/iq-hessen/{path}" for path in things(client, state)] == iris
    assert count(shown) == len(set(iris)) == len(iris)


@pytest.mark.parametrize("facet", FACETS)
def test_counts_come_true(client: FlaskClient, facet: str) -> None:
    """Choosing a value gives as many things as it said."""
    values = re.findall(
        rf'<a href="/explore\?[^"]*?{facet}=([\w-]+)[^"]*">[^<]*</a> <span class="count">(\d+)<', page(client, {})
    )

    assert values
    for value, number in values:
        assert count(page(client, {facet: value})) == int(number), value


@pytest.mark.parametrize(
    ("words", "path"),
    [
        ("FÖRDERPERIODE", "id/period-2023-2025"),
        ("foerderperiode", "id/period-2023-2025"),
        ("forderperiode", "id/period-2023-2025"),
        ("qualifizierungsberatung", "id/aqb"),
        ("beratung anerkennung", "id/aqb"),
        ("einwanderung", "id/feg"),
        ("skilled immigration", "id/feg"),
        ("BQFG", "id/bqfg"),
    ],
)
def test_words_find_things(client: FlaskClient, words: str, path: str) -> None:
    """Umlauts in any spelling, parts of compounds, several words, short names, and the other language."""
    assert path in things(client, {"q": words})


def listed(page: str) -> list[str]:
    """The paths of the things on a page, in order."""
    return re.findall(r'</svg> <a href="/([^"?]+)', page)


def test_kinds_stand_in_their_order(client: FlaskClient, dataset: Dataset) -> None:
    """Those that readers look for come first, and in each kind the alphabet with umlauts as their vowels."""
    found = [NamedNode(f"{BASE}{path}") for path in things(client, {})]
    places = [[*KINDS, OTHER].index(kind_of(dataset, node)) for node in found]
    labels = [fold(name(dataset, node, "de")) for node, place in zip(found, places, strict=True) if place == places[0]]

    assert places == sorted(places)
    assert labels == sorted(labels)


def offered(page: str, facet: str) -> list[str]:
    """The values that a page offers for a facet, in order."""
    return re.findall(rf'<a href="/explore\?[^"]*?\b{facet}=([\w-]+)[^"]*">', page)


@pytest.mark.parametrize(
    ("words", "path"),
    [("involas", "id/involas"), ("bqfg", "id/bqfg-article-1"), ("hessen", "id/network-hessen"), ("", "id/ba")],
)
def test_what_is_called_so_comes_first(client: FlaskClient, words: str, path: str) -> None:
    """Names before descriptions, organisations before days; not the alphabet alone."""
    assert listed(page(client, {"q": words}))[0] == path


def test_every_kind_is_offered(client: FlaskClient) -> None:
    """No kind is left out because there are many; what a reader looks for comes first."""
    kinds = offered(page(client, {}), "kind")

    assert kinds[:5] == ["organisation", "network", "offer", "project", "law"]
    assert {"note", "theme", "document"} < set(kinds)


def test_periods_stand_in_the_order_of_time(client: FlaskClient) -> None:
    """Whether one is called a period or a round."""
    years = [period.partition("-")[2] for period in offered(page(client, {}), "period")]

    assert years == sorted(years)


@pytest.mark.parametrize("facet", FACETS)
def test_no_value_is_left_out(client: FlaskClient, facet: str) -> None:
    """What does not stand among the first values can be opened."""
    shown = page(client, {})
    with client.application.test_request_context("/explore"):
        rows = ask(Choice().counts(facet))

    assert sorted(offered(shown, facet)) == sorted(row["value"].rpartition("/")[2] for row in rows)


def test_organisations_are_organisations(client: FlaskClient, dataset: Dataset) -> None:
    """A programme, a role or a law is no value of that facet."""
    for one in offered(page(client, {}), "organisation"):
        assert kind_of(dataset, ID[one]).slug == "organisation", one


@pytest.mark.parametrize("word", HOSTILE)
@pytest.mark.parametrize("name", ["q", *FACETS, "page"])
def test_hostile_input_is_text(client: FlaskClient, name: str, word: str) -> None:
    """Whatever stands in a parameter, there is a page, and no markup of it."""
    response = client.get("/explore", query_string={name: word})

    assert response.status_code == 200
    assert "<script>alert" not in response.text


def test_words_that_are_not_looked_for(client: FlaskClient) -> None:
    """There is a limit, and the page says what is beyond it."""
    most = client.get("/explore?q=a+b+c+d+e+f+g+h&lang=en").text
    more = client.get("/explore?q=a+b+c+d+e+f+g+h+%3Cb%3E&lang=en").text

    assert "not heeded" not in most
    assert "The first eight words are looked for; not heeded: &lt;b&gt;" in more


def test_folding() -> None:
    """All spellings of a word are one."""
    assert fold("Förderung") == fold("FOERDERUNG") == fold("forderung") == fold("Fo\u0308rderung")
    assert fold("Straße") == "strasse"
