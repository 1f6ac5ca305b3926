"""Things as a table without SPARQL: the address keeps its columns, and its query has the same rows."""

import re
from collections.abc import Sequence
from html import unescape
from typing import cast
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from pyoxigraph import QuerySolutions

from iqgraph.dataset import Dataset
from iqgraph.web.explore import PAGE_SIZE
from iqgraph.web.table import MAX_COLUMNS
from visits import Visits

STATES: list[tuple[str, list[str], dict[str, str]]] = [
    ("offer", ["iq:providedBy", "schema:areaServed", "iq:theme"], {}),
    ("organisation", ["iq:acronym", "iq:provides", "iq:level"], {}),
    ("network", ["iq:coordinatedBy", "dcterms:description"], {"place": "hessen"}),
    ("role", ["iq:roleKind", "iq:roleHolder", "iq:roleIn"], {"q": "förderung"}),
    ("claim", ["iq:count", "iq:countOf"], {"q": "beratung"}),
    ("law", ["foaf:page", "iq:acronym"], {}),
]


def page(visits: Visits, kind: str, columns: Sequence[str], lang: str = "de", **more: str) -> str:
    """The page of a table."""
    state = [("kind", kind), *more.items(), *(("column", name) for name in columns)]
    return unescape(visits.page(f"/explore?{urlencode(state)}", lang).text)


def query(text: str) -> str:
    """The query whose answer is the table as CSV."""
    address: str = next(one for one in re.findall(r'href="(/sparql\?[^"]*)"', text) if "format=csv&" in one)
    return parse_qs(urlsplit(address).query)["query"][0]


def shown(text: str) -> list[list[str]]:
    """The rows of the table, as text."""
    body = text.partition("<tbody>")[2].partition("</tbody>")[0]
    return [
        [re.sub(r"<[^>]*>", "", cell).strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)]
        for row in body.split("<tr>")[1:]
    ]


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("state", STATES, ids=[kind for kind, _, _ in STATES])
def test_the_query_has_the_rows_of_the_page(
    visits: Visits, dataset: Dataset, state: tuple[str, list[str], dict[str, str]], lang: str
) -> None:
    """One row for each thing, all values of a property in one cell, in the same order."""
    kind, columns, more = state
    text = page(visits, kind, columns, lang, **more)
    found = list(cast("QuerySolutions", dataset.store.query(query(text))))
    missing = {"de": "keine Angabe", "en": "not stated"}[lang]
    names = re.findall(r"\?(\w+)", query(text).partition("SELECT")[2].partition("WHERE")[0])
    own = [name for name in names if name not in ("thing", "label", "name", "called")]

    rows = [[row["label"].value, *(row[name].value if row[name] else missing for name in own)] for row in found]

    assert len(own) == len(columns)
    assert rows
    assert [[" ".join(cell.split()) for cell in row] for row in shown(text)] == [
        [" ".join(cell.split()) for cell in row] for row in rows[:PAGE_SIZE]
    ]


def test_files_and_query_follow(visits: Visits) -> None:
    """CSV, CSV for German spreadsheets, a workbook, and the query to change."""
    text = page(visits, "offer", ["iq:providedBy"])
    formats = re.findall(r"/sparql\?[^\"]*format=([\w-]+)", text.partition("Die ganze Tabelle")[2].partition("</p>")[0])

    assert formats == ["csv", "csv-de", "xlsx"]
    assert "?Wird_angeboten_von" in query(text)


def test_the_address_keeps_the_columns(visits: Visits) -> None:
    """Through pages, a search and other facets; another kind of things has other columns."""
    text = page(visits, "claim", ["iq:count", "iq:countOf"])
    links = re.findall(r'href="(/explore\?[^"]*)"', text)
    following = next(one for one in links if "page=2" in one)
    facets = [one for one in links if "theme=" in one]
    kinds = [one for one in links if re.search(r"kind=(?!claim)", one)]

    assert parse_qs(urlsplit(following).query)["column"] == ["iq:count", "iq:countOf"]
    assert all("column=iq%3AcountOf" in one for one in facets)
    assert facets
    assert kinds
    assert not any("column=" in one for one in kinds)
    assert text.partition("</form>")[0].count('name="column"') == 2 or text.count('type="hidden" name="column"') == 2


def test_without_columns_it_is_a_list(visits: Visits) -> None:
    """The columns are offered once a kind is chosen."""
    assert 'class="columns"' in page(visits, "offer", [])
    assert "<tbody>" not in page(visits, "offer", [])
    assert 'class="columns"' not in unescape(visits.page("/explore", "de").text)


@pytest.mark.parametrize("name", ["iq:noSuchThing", "iq:count", "x", "", "?thing } #", "<script>", "a" * 5000])
def test_a_column_that_the_kind_does_not_have(visits: Visits, name: str) -> None:
    """It is left out, and that is said in short."""
    text = visits.page(f"/explore?{urlencode({'kind': 'offer', 'column': name})}", "en").text

    assert "Left out:" in text
    assert "<tbody>" not in text
    assert "<script>" not in text
    assert len(text.partition("Left out:")[2].partition("</p>")[0]) < 100


def test_too_many_columns(visits: Visits) -> None:
    """As many as fit are shown, and the others named."""
    offered = re.findall(r'type="checkbox" name="column" value="([^"]*)"', page(visits, "offer", []))
    text = page(visits, "offer", offered)

    assert len(offered) > MAX_COLUMNS
    assert text.partition("<thead>")[2].partition("</thead>")[0].count("<th ") == MAX_COLUMNS + 1
    assert "Weggelassen:" in text
    assert offered[MAX_COLUMNS] in text.partition("Weggelassen:")[2].partition("</p>")[0]
