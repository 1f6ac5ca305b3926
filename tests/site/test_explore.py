"""Browsing: every state has an address and a query with exactly its rows."""

import re
from collections.abc import Callable
from functools import cache
from html import unescape
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pyoxigraph import Literal, NamedNode

from iqgraph.dataset import Dataset
from iqgraph.engine.neighbourhood import name
from iqgraph.model.facets import FACETS, Choice, fold
from iqgraph.model.kinds import KINDS, OTHER, kind_of
from iqgraph.model.model import Model, Row
from iqgraph.model.wording import MAX_WORD_CHARACTERS, MAX_WORDS, STOP_WORDS, split
from iqgraph.terms import BASE, CONCEPT, DCTERMS, ID, IQ, SKOS
from iqgraph.web.explore import PAGE_SIZE
from iqgraph.web.site import EXTENSION
from visits import Visits

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
    {"q": "o e u n r h l d", "kind": "offer"},
    {"q": "iq", "place": "hessen", "theme": "recognition"},
    {"organisation": "iq"},
    {"period": "period-2019-2022", "organisation": "involas", "q": "Rolle"},
    {"q": "06413"},
    {"q": "de7 netzwerk"},
    {"q": "Q1199"},
    {"q": "BGBl"},
    {"q": "Migrant*innenökonomie"},
    {"q": "IQ-Netzwerk"},
    {"q": "Anerkennugsberatung", "kind": "offer"},
    {"q": "Arbeitsministerium"},
]
COMMON = ("o", "e", "u", "n", "r", "h", "l", "d")
EIGHT = ("beratung", "anerkennung", *COMMON[:6])
BROWSER = {"Accept": "text/html"}
NAMES = (SKOS.prefLabel, SKOS.altLabel, SKOS.hiddenLabel, IQ.acronym)
TEXTS = (*NAMES, DCTERMS.title, DCTERMS.description, DCTERMS.identifier, SKOS.definition)
HOSTILE = ['") } #', "\\", "<script>alert(1)</script>", "'\"`{}", "%00", "id:x> ?a ?b"]


@cache
def fetch(client: FlaskClient, query: str) -> str:
    """A page in German, cached."""
    response = client.get(f"/explore?{query}")
    assert response.status_code == 200
    return unescape(response.text)


def page(client: FlaskClient, state: dict[str, str]) -> str:
    """The page of a state in German."""
    return fetch(client, urlencode(state | {"lang": "de"}))


@pytest.fixture(scope="module")
def model(app: Flask) -> Model:
    """The model that the page uses."""
    site_model: Model = app.extensions[EXTENSION].model
    return site_model


@pytest.fixture(scope="module")
def ask_rows(model: Model) -> Callable[[str], list[Row]]:
    """The answer of the store to a query."""
    return model.rows


def query_of(choice: Choice) -> str:
    """The query of a choice, in German."""
    return choice.query("de")


def count(page: str) -> int:
    """The number of results on a page."""
    heading = re.search(r"<h2>(\d+) (?:Treffer|Einträge)</h2>", page)
    assert heading
    return int(heading[1])


def things(client: FlaskClient, state: dict[str, str]) -> list[str]:
    """The paths of all things of a state, from all its pages, in order."""
    first = page(client, state)
    last = max(1, -(-(count(first) - PAGE_SIZE // 3) // PAGE_SIZE))
    pages = [first, *(page(client, state | {"page": str(number)}) for number in range(2, last + 1))]
    return [path for one in pages for path in paths_of(one)]


@pytest.mark.sample(8)
@pytest.mark.parametrize("state", STATES, ids=str)
def test_the_query_gives_the_rows(
    client: FlaskClient, ask_rows: Callable[[str], list[Row]], state: dict[str, str]
) -> None:
    """The page and its query list the same things; the query sorts them by name."""
    listing = page(client, state)
    link = re.search(r'class="ask" href="([^"]+)"', listing)
    assert link
    query = parse_qs(urlsplit(link[1]).query)["query"][0]
    rows = ask_rows(query)
    iris, names = [row["IRI"] for row in rows], [fold(row["Name"]) for row in rows]

    assert sorted(f"{BASE}{path}" for path in things(client, state)) == sorted(iris)
    assert names == sorted(names)
    assert count(listing) == len(set(iris)) == len(iris)


@pytest.mark.parametrize("facet", FACETS)
def test_counts_come_true(client: FlaskClient, ask_rows: Callable[[str], list[Row]], facet: str) -> None:
    """A value has as many results as its count."""
    values = re.findall(
        rf'<a href="/explore\?[^"]*?{facet}=([\w-]+)[^"]*">[^<]*</a> <span class="count">(\d+)<', page(client, {})
    )

    assert values
    assert count(page(client, {facet: values[0][0]})) == int(values[0][1])
    for value, number in values:
        assert len(ask_rows(query_of(Choice(values={facet: value})))) == int(number), value


def paths_of(page: str) -> list[str]:
    """The paths of the things on a page, in order."""
    return re.findall(r'</svg> <a href="/([^"?]+)', page)


def test_kinds_are_in_their_order(client: FlaskClient, dataset: Dataset) -> None:
    """The kinds readers want most come first, in each what documents mention; then the alphabet, umlauts as vowels."""
    nodes = [NamedNode(f"{BASE}{path}") for path in things(client, {})]
    places = [[*KINDS, OTHER].index(kind_of(dataset, node)) for node in nodes]
    first = [node for node, place in zip(nodes, places, strict=True) if place == places[0]]
    of_documents = Model(dataset).document_things
    keys = [(node.value not in of_documents, fold(name(dataset, node, "de"))) for node in first]

    assert places == sorted(places)
    assert keys == sorted(keys)


def values_of(page: str, facet: str) -> list[str]:
    """The values that a page offers for a facet, in order."""
    return re.findall(rf'<a href="/explore\?[^"]*?\b{facet}=([\w-]+)[^"]*">', page)


@pytest.mark.parametrize(
    ("words", "path"),
    [("involas", "id/involas"), ("bqfg", "id/bqfg"), ("hessen", "id/land-hessen")],
)
def test_exact_names_come_first(client: FlaskClient, words: str, path: str) -> None:
    """Names before descriptions."""
    assert paths_of(page(client, {"q": words}))[0] == path


def test_every_kind_is_offered(client: FlaskClient) -> None:
    """However many there are; those readers want most come first."""
    kinds = values_of(page(client, {}), "kind")

    assert kinds[:5] == ["organisation", "network", "offer", "project", "law"]
    assert {"note", "theme", "document"} < set(kinds)


def test_periods_are_in_order_of_time(client: FlaskClient) -> None:
    """Periods and rounds alike."""
    years = [period.partition("-")[2] for period in values_of(page(client, {}), "period")]

    assert years == sorted(years)


@pytest.mark.parametrize("facet", FACETS)
def test_no_value_is_left_out(client: FlaskClient, model: Model, facet: str) -> None:
    """Those beyond the first values can be opened."""
    first_page = page(client, {})
    counts = model.search("de").counts(Choice(), facet)

    assert sorted(values_of(first_page, facet)) == sorted(value.rpartition("/")[2] for value, _ in counts)


def test_organisations_are_organisations(client: FlaskClient, dataset: Dataset) -> None:
    """No programme, role or law is a value of that facet."""
    for one in values_of(page(client, {}), "organisation"):
        assert kind_of(dataset, ID[one]).slug == "organisation", one


@pytest.mark.sample(12)
@pytest.mark.parametrize("word", HOSTILE)
@pytest.mark.parametrize("name", ["q", "page", *FACETS])
def test_hostile_input_is_text(client: FlaskClient, name: str, word: str) -> None:
    """Words have results or none; any other unknown value is not found."""
    response = client.get("/explore", query_string={"q": "bqfg", "lang": "de", name: word}, headers=BROWSER)

    assert response.status_code == (200 if name == "q" else 404)
    assert "<script>alert" not in response.text


@pytest.mark.parametrize(
    ("query", "hint"),
    [
        ("kind=nonsense", "Verfügbar: "),
        ("organisation=involass", "Ähnliche Namen: involas"),
        ("place=involas", "Den Wert place=involas gibt es nicht."),
        ("kind=offer&period=bqfg&column=iq:theme", "Verfügbar: period-"),
        ("place=nowhere-at-all-xyzzy", "Den Wert place=nowhere-at-all-xyzzy gibt es nicht."),
        ("period=zzz", "Verfügbar: period-"),
        ("page=99999", "page=99999 ist keine ganze Zahl von 1 bis "),
        ("page=0", "page=0 ist keine ganze Zahl von 1 bis "),
    ],
)
def test_unknown_values_are_not_found(client: FlaskClient, query: str, hint: str) -> None:
    """An unknown choice or page is a problem with a hint."""
    response = client.get(f"/explore?{query}&lang=de")

    assert response.status_code == 404
    assert hint in response.text


@pytest.mark.parametrize(
    "path", ["/explore?q=%00a", "/search?q=%00a", "/explore?place=%00", "/id/%01", "/sparql?query=%00"]
)
def test_no_control_character_is_in_a_page(client: FlaskClient, path: str) -> None:
    """HTML forbids them."""
    assert not re.search(r"[\0-\x08\x0b\x0e-\x1f\x7f]", client.get(path, headers=BROWSER).text)


def test_signs_are_no_words(client: FlaskClient) -> None:
    """A search without letters or digits has no results, and the page lists what it left out."""
    answer = unescape(client.get("/search", query_string={"q": "***(", "lang": "de"}, headers=BROWSER).text)

    assert "aus Buchstaben oder Ziffern, jedes bis zu 100 Zeichen lang. Weggelassen: ***(" in answer
    assert client.get("/search", query_string={"q": "***(", "format": "json"}).get_json()["left_out"] == ["***("]


@pytest.mark.parametrize("words", [COMMON, ("der",), ("beratung", "anerkennung"), ("uber", "e")], ids=str)
def test_each_word_is_found_in_some_text(
    ask_rows: Callable[[str], list[Row]], dataset: Dataset, words: tuple[str, ...]
) -> None:
    """The results are exactly the things with each word in one of their texts."""

    def texts(node: NamedNode) -> list[str]:
        return [fold(one.value) for key in TEXTS for one in dataset.values(node, key) if isinstance(one, Literal)]

    labels = dataset.store.quads_for_pattern(None, SKOS.prefLabel, None)
    german = {quad.subject for quad in labels if isinstance(quad.object, Literal) and quad.object.language == "de"}
    nodes = [one for one in german if isinstance(one, NamedNode) and one.value.startswith((ID.iri, CONCEPT.iri))]
    fitting = [one.value for one in nodes if all(any(word in text for text in texts(one)) for word in words)]

    results = [row["IRI"] for row in ask_rows(query_of(Choice(words)))]

    assert fitting
    assert sorted(results) == sorted(fitting)


def test_words_do_not_multiply(ask_rows: Callable[[str], list[Row]]) -> None:
    """Another word never adds solutions for the engine to go through."""
    solutions = []
    for number in (1, 2, 4, MAX_WORDS):
        query = query_of(Choice(COMMON[:number]))
        everything = re.sub(r"SELECT .*\n", "SELECT (COUNT(*) AS ?solutions)\n", query).partition("GROUP BY")[0]
        solutions.append(int(ask_rows(everything)[0]["solutions"]))
        assert solutions == sorted(solutions, reverse=True)

    assert solutions[-1] > 0


def test_eight_words_are_searched(client: FlaskClient, ask_rows: Callable[[str], list[Row]]) -> None:
    """None of the maximum is left out, the form keeps them, and the query has the same results."""
    listing = page(client, {"q": " ".join(COMMON)})
    rows = ask_rows(query_of(Choice(COMMON)))

    assert count(listing) == len(rows) > PAGE_SIZE
    assert {f"{BASE}{path}" for path in paths_of(listing)} < {row["IRI"] for row in rows}
    assert 'name="q" value="o e u n r h l d"' in listing
    assert "Weggelassen" not in listing


@pytest.mark.parametrize(
    ("words", "rest", "notice"),
    [
        ((*EIGHT, "<b>"), EIGHT, "<b>"),
        (("beratung", "x" * (MAX_WORD_CHARACTERS + 1)), ("beratung",), "x" * 20),
        ((*EIGHT, *map(str, range(292))), EIGHT, "0 1 2"),
    ],
    ids=["nine words", "a long word", "300 words"],
)
def test_words_beyond_the_limit(
    client: FlaskClient, words: tuple[str, ...], rest: tuple[str, ...], notice: str
) -> None:
    """The page lists what it left out, and shows the results of the rest."""
    german = page(client, {"q": " ".join(words)})
    other = page(client, {"q": " ".join(rest)})

    limit = "Gesucht wird nach höchstens 8 Wörtern aus Buchstaben oder Ziffern, jedes bis zu 100 Zeichen lang."
    assert f'<p class="notice">{limit} Weggelassen: {notice}' in german
    assert count(german) > 0
    assert content_of(german) == content_of(other)


def content_of(page: str) -> list[str]:
    """The form, facets and results of a page, without the notice."""
    return re.sub(
        r'<p class="notice">.*</p>', "", page.partition('<form class="search"')[2].partition("</main>")[0]
    ).split()


def test_no_stop_word_is_a_name(model: Model) -> None:
    """So the name of a thing finds it, also within a sentence."""
    assert not STOP_WORDS & {name for entry in model.search("de").entries for name in entry.names}


def test_a_word_counts_once() -> None:
    """A repeated word takes no place from another one."""
    assert split("b b b b b b b b b c") == (("b", "c"), ())


def test_folding() -> None:
    """All spellings of a word are equal, with any gender mark."""
    assert fold("Förderung") == fold("FOERDERUNG") == fold("forderung") == fold("Fo\u0308rderung")
    assert fold("Straße") == "strasse"
    assert fold("Migrant*innen") == fold("Migrant:innen") == fold("Migrantinnen") == fold("Migranten")


def test_each_page_of_a_list_leads_to_its_neighbours_and_the_last(visits: Visits) -> None:
    """A page that is both has one link."""
    last = int(re.findall(r"Page 1 of (\d+)", visits.page("/explore").text)[0])

    for number in (1, 2, last - 2, last - 1, last):
        pager = visits.page(f"/explore?page={number}").text.partition('<nav class="pager"')[2].partition("</nav>")[0]
        links = re.findall(r"<a(?: rel=\"(\w+)\")? href=\"[^\"]*?page=(\d+)[^\"]*\">", pager)
        near = {"prev": number - 1, "next": number + 1}
        expected = [(name, str(n)) for name, n in near.items() if 1 <= n <= last]
        assert links == [*expected, *([("", str(last))] if number < last - 1 else [])]


def test_what_is_chosen_is_marked(visits: Visits) -> None:
    """For those who do not see it."""
    marked = re.findall(r"<a [^>]*aria-current=\w+>(\w+)", visits.page("/explore?kind=offer").text)

    assert set(marked) == {"Explore", "EN", "offers"}
