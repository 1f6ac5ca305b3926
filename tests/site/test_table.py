"""Things as a table without SPARQL: a choice is a query with the same things and their columns."""

import re
from html import unescape
from typing import cast
from urllib.parse import urlencode, urlsplit

import pytest
from pyoxigraph import Literal, NamedNode, QuerySolutions

from iqgraph.dataset import Dataset
from iqgraph.engine import Query
from iqgraph.engine.evidence import Explainer
from iqgraph.engine.neighbourhood import name
from iqgraph.engine.query import RowSelection
from iqgraph.terms import expand
from iqgraph.web.explore import MAX_COLUMNS, PAGE_SIZE
from iqgraph.web.http.parameters import begin
from visits import Visits, problem

State = tuple[str, list[str], dict[str, str]]
STATES: list[State] = [
    ("offer", ["iq:providedBy", "schema:areaServed", "iq:theme"], {}),
    ("organisation", ["iq:acronym", "iq:provides", "iq:level"], {}),
    ("network", ["iq:coordinatedBy", "dcterms:description"], {"place": "hessen"}),
    ("role", ["iq:roleKind", "iq:roleHolder", "iq:roleIn"], {"q": "förderung"}),
    ("claim", ["iq:count", "iq:countOf"], {"q": "beratung"}),
    ("law", ["foaf:page", "iq:acronym"], {}),
]


def address(kind: str, columns: list[str], more: dict[str, str], lang: str) -> str:
    """The address of a table."""
    return f"/explore?{urlencode({'kind': kind, **more, 'column': columns, 'lang': lang}, doseq=True)}"


def query_in(page: str) -> str:
    """The query of the page of a table."""
    area = re.search(r'<textarea id="query"[^>]*>([^<]*)</textarea>', page)
    assert area
    return unescape(area[1])


def cell(dataset: Dataset, node: NamedNode, column: str, lang: str) -> list[str]:
    """All values of a property for readers of one language, in order."""
    values = dataset.values(node, expand(column))
    texts = [
        value.value if isinstance(value, Literal) else name(dataset, value, lang) or value.value
        for value in values
        if isinstance(value, NamedNode) or (isinstance(value, Literal) and value.language in (None, lang))
    ]
    return sorted(texts)


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("state", STATES, ids=[kind for kind, _, _ in STATES])
def test_the_query_has_the_rows_of_the_page(visits: Visits, dataset: Dataset, state: State, lang: str) -> None:
    """A row for each thing on the page, with all values of a property in one cell."""
    kind, columns, more = state
    query = query_in(visits.get(address(kind, columns, more, lang)).text)
    solutions = cast("QuerySolutions", dataset.store.query(query))
    own = [one.value for one in solutions.variables if one.value not in ("IRI", "Name")]
    rows = list(solutions)
    page = visits.page(f"/explore?{urlencode({'kind': kind, **more})}", lang).text

    assert len(own) == len(columns)
    shown_paths = {f"/{one}" for one in re.findall(r'</svg> <a href="/([^"?]+)', page)}
    all_paths = {urlsplit(row["IRI"].value).path.removeprefix("/iq-hessen") for row in rows}
    assert shown_paths <= all_paths
    assert len(shown_paths) == len(begin(rows, PAGE_SIZE))
    for row in rows:
        for column, variable in zip(columns, own, strict=True):
            text = row[variable].value if row[variable] else ""
            assert sorted(text.split("; ")) == sorted("; ".join(cell(dataset, row["IRI"], column, lang)).split("; "))


def test_a_variable_is_named_after_its_column(visits: Visits) -> None:
    """It is the column head of a file."""
    page = visits.get(address("offer", ["iq:providedBy"], {}, "de")).text

    assert "?Träger" in query_in(page)


def test_the_answer_has_its_evidence_and_the_way_back(visits: Visits, dataset: Dataset) -> None:
    """Each value has evidence; the page links back to the choice and shows each name once."""
    page = visits.get(address("offer", ["iq:theme", "schema:areaServed"], {"place": "hessen"}, "de")).text
    [row] = Explainer(dataset.store).explain(Query(query_in(page)), RowSelection(limit=1))["rows"]

    assert "/explore?kind=offer&amp;place=hessen" in page
    assert "data-evidence" in page
    assert re.findall(r'<th scope="col">([^<]*)', page) == ["Name", "Thema", "gilt für", "IRI"]
    assert f"<small>{row['binding']['Name']['value']}" not in page
    assert all(member["witnesses"] for member in row["members"])


def test_a_table_has_a_short_address_for_both_languages(visits: Visits) -> None:
    """It has the choice and no query, so only its language differs."""
    path = address("offer", ["iq:theme"], {}, "de")
    page = unescape(visits.get(path).text)

    assert path.replace("lang=de", "lang=en") in page
    assert "<h1>Angebote als Tabelle</h1>" in page


def test_columns_are_offered_once_a_kind_is_chosen(visits: Visits) -> None:
    """Each kind of thing has columns of its own."""
    page = unescape(visits.page("/explore?kind=offer&place=hessen").text)
    (whole,) = re.findall(r'<a href="(/explore\?[^"]*column=[^"]*)">As a table</a>', page)

    assert 'name="column" value="iq:providedBy"' in page
    assert visits.get(whole).status_code == 200
    assert "place=hessen" in whole
    assert 'name="column"' not in visits.page("/explore").text
    for kind, *_ in STATES:  # neither technical properties nor the name, which every row has
        columns = re.findall(r'name="column" value="([^"]*)"', visits.page(f"/explore?kind={kind}").text)
        assert not {"rdf:type", "rdfs:label", "rdfs:seeAlso", "skos:prefLabel"} & {*columns}


@pytest.mark.parametrize("column", ["iq:noSuchThing", "iq:count", "x", "?thing } #", "<script>", "a" * 5000])
def test_a_column_that_the_kind_does_not_have(visits: Visits, column: str) -> None:
    """The problem names it in short, and the known columns."""
    response = visits.get(address("offer", [column], {}, "en"))

    assert problem(response) == (404, "not-found")
    assert "iq:providedBy" in response.get_json()["known"]
    assert len(response.get_json()["detail"]) < 1000


def test_columns_need_a_kind(visits: Visits) -> None:
    """Without one the request is refused, as it is with too many."""
    names = re.findall(r'name="column" value="([^"]*)"', visits.page("/explore?kind=offer").text)[: MAX_COLUMNS + 1]

    assert problem(visits.get("/explore?column=iq:providedBy")) == (400, "bad-request")
    assert problem(visits.get(address("offer", names, {}, "en"))) == (400, "bad-request")
    assert visits.get(address("offer", names[:-1], {}, "en")).status_code == 200
