"""The quality page: its numbers are counts, and its tables are answers of the endpoint."""

import csv
import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from pyoxigraph import Literal
from rdflib.namespace import RDF
from rdflib.namespace import SH as SHACL

from iqgraph.dataset import Dataset
from iqgraph.terms import DCTERMS, ID, IQ
from iqgraph.web import create_app
from iqgraph.web.quality import Quality, Row, links, quality
from repository import TESTS
from shacl import shapes_graph
from visits import Visits


@pytest.fixture(scope="module")
def report(dataset: Dataset) -> Quality:
    """The quality of the project's data."""
    return quality(dataset)


def queries(page: str) -> list[str]:
    """The queries that a page links to."""
    addresses = [unescape(address) for address in re.findall(r'href="(/sparql[?]query=[^"]*)"', page)]
    return [parse_qs(urlsplit(address).query)["query"][0] for address in addresses]


def text(row: Row, name: str) -> str:
    """A value of a row as text."""
    value = row[name]
    return value.value if isinstance(value, Literal) else ""


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_page_shows_the_rows(visits: Visits, lang: str, report: Quality) -> None:
    """Each table has the rows of its query, which the page links; so has the list of silent passages."""
    page = visits.page("/quality", lang).text
    bodies = re.findall(r'<table id="table-(\w+)">.*?<tbody>(.*?)</tbody>', page, re.DOTALL)
    links = queries(page)

    assert {slug: body.count("<tr>") for slug, body in bodies} == {
        slug: len(one.rows) for slug, one in report.tables.items() if slug not in ("conflicts", "silent")
    }
    silent = page.partition('id="silent"')[2].partition("</ul>")[0]
    assert silent.count("<li>") == len(report.tables["silent"].rows)
    assert [slug for slug, one in report.tables.items() if one.query not in links] == []


def test_long_tables_are_folded(visits: Visits, dataset: Dataset) -> None:
    """Their summaries give the number of rows."""
    page = visits.page("/quality").text
    tables = {
        slug: body.count("<tr>") - 1
        for slug, body in re.findall(r'<table id="table-(\w+)">(.*?)</table>', page, re.DOTALL)
    }
    folds = re.findall(r"<summary>[^<]*: (\d+) rows</summary>\s*<div[^>]*>\s*<table id=\"table-(\w+)\">", page)

    assert {slug: int(rows) for rows, slug in folds} == {slug: rows for slug, rows in tables.items() if rows > 8}
    assert int(dict(map(reversed, folds))["coverage"]) == len(dataset.instances(IQ.Passage))


def test_rules_are_counted(report: Quality) -> None:
    """As many shapes of each kind as their files have."""
    graph = shapes_graph()

    assert (report.node_shapes, report.property_shapes) == (
        sum(1 for _ in graph.subjects(RDF.type, SHACL.NodeShape)),
        sum(1 for _ in graph.subjects(RDF.type, SHACL.PropertyShape)),
    )


def of_article(report: Quality, slug: str) -> list[Row]:
    """The rows of a table about the passages of the article, like those of the question."""
    return [row for row in report.tables[slug].rows if "/passage/11-jahre-iq/" in str(row["passage"])]


def test_coverage(report: Quality) -> None:
    """The statements of each passage as the competency question counts them; silent captions have none."""
    with (TESTS / "data/answers/how-many-statements-does-each-passage-make.csv").open(encoding="utf-8") as file:
        expected = sorted((row["order"], row["statements"]) for row in csv.DictReader(file))
    counts = sorted((text(row, "order"), text(row, "statements")) for row in of_article(report, "coverage"))
    silent = [text(row, "order") for row in of_article(report, "silent")]

    assert [row for row in counts if row[1] != "0"] == expected
    assert [order for order, number in counts if number == "0"] == sorted(silent) == ["46", "47", "48", "50"]


def test_statements_in_context(dataset: Dataset, report: Quality) -> None:
    """As many as have `iq:readWith` to another passage."""
    contextual = {quad.subject for quad in dataset.store.quads_for_pattern(None, IQ.readWith, None, None)}

    assert report.tables["coverage"].total("contextual") == len(contextual)


def test_notes(visits: Visits, dataset: Dataset, report: Quality) -> None:
    """All on documents and all on other sources, in order, each with its text and its passages."""
    page = unescape(visits.page("/quality", "de").text)
    notes = dataset.instances(IQ.EditorialNote)
    identifiers = [one.value for note in notes for one in dataset.literals(note, DCTERMS.identifier)]
    numbers = sorted(identifiers, key=lambda one: (one[0], int(one[1:])))

    assert {"A1", "A19", "B12"} <= {*numbers}
    assert [text(row, "number") for row in report.tables["notes"].rows] == numbers
    assert "Jede Angabe steht so, wie sie gemacht wird, im Graphen ihrer Textstelle" in page
    assert all(f'<details id="{number}">' in page for number in numbers)


def test_conflicts_side_by_side(report: Quality) -> None:
    """The values of text and record about the same thing, both in the table."""
    rows = [row for row in report.tables["conflicts"].rows if text(row, "number") == "A4"]
    sides = {side: [row for row in rows if text(row, "side") == side] for side in ("text", "record")}

    assert (ID["bqfg-entry-into-force"], IQ.during, ID["year-2012"]) in {
        (row["thing"], row["property"], row["value"]) for row in sides["text"]
    }
    assert "2012-04-01" in {text(row, "value") for row in sides["record"]}
    assert {text(row, "number") for row in report.tables["conflicts"].rows} == {"A4", "A8", "A19", "B1", "B2"}


def test_links(report: Quality, dataset: Dataset) -> None:
    """Each link is counted once by its sources, as often as the page of the links has it, and once for each source."""
    counts = {int(text(row, "sources")): int(text(row, "links")) for row in report.tables["verified"].rows}

    assert sum(sources * number for sources, number in counts.items()) == report.tables["sources"].total("links")
    assert sum(counts.values()) == len(links(dataset))
    assert len(report.tables["agreed"].rows) == sum(number for sources, number in counts.items() if sources > 1)


def test_questions_answered_with_no(report: Quality) -> None:
    """Exactly the questions with empty expected answers."""
    empty = {file.stem for file in (TESTS / "data/answers").glob("*.csv") if len(file.read_text().splitlines()) < 2}

    assert {question.slug for question in report.negative_questions} == empty


def test_unknown(report: Quality) -> None:
    """No class has more gaps than things."""
    for row in report.tables["unknown"].rows:
        assert all(int(text(row, name)) <= int(text(row, "things")) for name in ("undated", "unlinked", "undescribed"))


def test_no_report(letter: Dataset) -> None:
    """Without a report the page claims no conformance."""
    page = create_app(letter).test_client().get("/quality").text

    assert "conforms" not in page
