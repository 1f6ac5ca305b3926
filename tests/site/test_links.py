"""The link report: every link with its sources and every thing without one, as a page and as rows of a query."""

import csv
import io
from html import unescape

import pytest
from flask.testing import FlaskClient
from pyoxigraph import Literal, NamedNode

from iqgraph.dataset import Dataset
from iqgraph.engine import Embedded, Query
from iqgraph.formats import CSV, ROWS, Format
from iqgraph.terms import CONCEPT, ID, IQ, SKOS
from iqgraph.web.http.messages import text
from iqgraph.web.quality import LINKS, MISSING, Link, links

WIKIDATA = "http://www.wikidata.org/entity/"


def rows(table: str) -> list[dict[str, str]]:
    """The rows of a CSV text."""
    return list(csv.DictReader(io.StringIO(table, newline="")))


def test_each_link_has_its_sources(dataset: Dataset) -> None:
    """A link from two sources is one link with both of them."""
    matches = [one for one in links(dataset) if one.thing == ID.berlin and one.value == NamedNode(f"{WIKIDATA}Q64")]

    assert [one.sources for one in matches] == [(ID["source-entityfacts"], ID["source-public-code"])]


def test_the_report_has_every_link_of_the_graphs_of_links(dataset: Dataset) -> None:
    """Each statement of a graph of links about another thing is in the report."""
    reported = {(one.thing, one.relation, one.value) for one in links(dataset)}
    statements = {
        (triple.subject, triple.predicate, triple.object)
        for graph in dataset.graphs()
        if "/graph/links/" in graph.value
        for triple in dataset.triples(graph)
        if triple.object not in ID
    }

    assert statements
    assert statements - reported == set()


@pytest.mark.parametrize(
    ("value", "target", "identifier"),
    [
        (NamedNode(f"{WIKIDATA}Q64"), "Wikidata", "Q64"),
        (NamedNode("https://www.bamf.de"), "bamf.de", "https://www.bamf.de"),
        (NamedNode("https://d-nb.info/gnd/4005728-8"), "GND", "gnd/4005728-8"),
        (Literal("06", datatype=IQ.agsCode), IQ.agsCode, "06"),
    ],
)
def test_target(value: NamedNode | Literal, target: str | NamedNode, identifier: str) -> None:
    """A dataset has its name, another address its host, a code its datatype."""
    link = Link(ID.berlin, SKOS.notation, value, ())

    assert (link.target, link.identifier) == (target, identifier)


def test_things_without_a_link(dataset: Dataset) -> None:
    """A code identifies a thing, a page does not; kinds that have no links are not in the list."""
    missing = [row["thing"] for row in dataset.rows(MISSING)]

    assert {ID.bamf, ID.hmsi, ID.involas, ID.iq, ID["south-hesse"], CONCEPT["fair-integration"]} <= set(missing)
    assert not {ID.ba, ID.offenbach, ID.feg, ID["esf-plus"], ID.coordination, CONCEPT.mentoring} & set(missing)


@pytest.mark.parametrize("format", ROWS, ids=lambda format: str(format.extension))
def test_rows_are_those_of_the_query(client: FlaskClient, dataset: Dataset, format: Format) -> None:
    """The table is the answer of the engine to the query on the page."""
    response = client.get(f"/links.{format.extension}")

    assert response.status_code == 200
    assert response.data == Embedded(dataset.store).answer(Query(LINKS), format)
    assert response.content_type == text(format.media_type)


def test_the_table_and_the_list_agree(client: FlaskClient, dataset: Dataset) -> None:
    """One row for each source of each link."""
    body = {(row["thing"], row["property"], row["value"], row["source"]) for row in rows(client.get("/links.csv").text)}
    pairs = {
        (one.thing.value, one.relation.value, one.value.value, source.value)
        for one in links(dataset)
        for source in one.sources
    }

    assert body == pairs


def test_the_query_for_things_without_a_link(dataset: Dataset) -> None:
    """Its answer has the things of the report."""
    answer = Embedded(dataset.store).answer(Query(MISSING), CSV).decode()

    assert [row["thing"] for row in rows(answer)] == [row["thing"].value for row in dataset.rows(MISSING)]


@pytest.mark.parametrize(("lang", "words"), [("de", "Ohne Kennung"), ("en", "Without an identifier")])
def test_page(client: FlaskClient, dataset: Dataset, lang: str, words: str) -> None:
    """In both languages: correct numbers, every identifier, things without one, and the queries."""
    response = client.get("/links.html", query_string={"lang": lang})
    page = unescape(response.text)

    assert response.status_code == 200
    assert f'<html lang="{lang}">' in page
    assert words in page
    assert f"<dd>{len(links(dataset))}</dd>" in page
    assert [one for one in links(dataset) if one.value.value not in page] == []
    assert [row for row in dataset.rows(MISSING) if row["thing"].value.rpartition("/")[2] not in page] == []
    assert page.count("/sparql?query=") == 2
