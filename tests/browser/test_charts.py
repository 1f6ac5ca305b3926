"""The charts of answers in a real browser: offers, odd values, downloads and addresses."""

import re
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from visits import asking
from window import Window, violations

IQ = "https://w3id.org/iq-hessen/ontology#"
DCAT = "http://www.w3.org/ns/dcat#"
XSD = "http://www.w3.org/2001/XMLSchema#"

# Playwright's loop is closed by its own thread.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")

CHARTS = {
    "Bars": f"SELECT ?thing (COUNT(*) AS ?n) {{ ?thing a <{IQ}Offer> ; ?property ?value }} GROUP BY ?thing",
    "Line": "SELECT * { VALUES (?x ?y) { (1 2) (2 3.5) (4 1) } }",
    "Timeline": f"SELECT ?s ?a ?b {{ ?s <{DCAT}startDate> ?a OPTIONAL {{ ?s <{DCAT}endDate> ?b }} }}",
    "Network": f"SELECT ?a ?b {{ ?a <{IQ}coordinates> ?b }}",
    "Map": 'SELECT * { VALUES (?name ?lat ?long) { ("A" 50.1 8.7) ("B" 51.3 9.5) } }',
}


@pytest.mark.parametrize("chart", CHARTS)
def test_charts(window: Window, address: str, tmp_path: Path, chart: str) -> None:
    """Each chart is offered if the columns allow it, is accessible, and can be downloaded."""
    page = window.open(address + asking(CHARTS[chart]))
    page.get_by_role("button", name=chart, exact=True).click()
    expect(page.locator("figure .shape").first).to_be_visible()
    for kind in ("SVG", "PNG"):
        with page.expect_download() as download:
            page.get_by_role("button", name=kind, exact=True).click()
        download.value.save_as(tmp_path / kind)

    assert (tmp_path / "PNG").read_bytes().startswith(b"\x89PNG")
    svg = (tmp_path / "SVG").read_text(encoding="utf-8")
    assert svg.startswith("<svg")
    assert page.locator("h1").inner_text() in svg
    assert "CC0 1.0, http://127.0.0.1" in svg
    assert violations(page) == []
    assert window.complaints == []


def test_a_graph_has_a_chart(window: Window, address: str) -> None:
    """A graph is drawn as a network; a click shows the table again."""
    page = window.open(address + asking(f"CONSTRUCT WHERE {{ ?network <{IQ}coordinatedBy> ?body }}"))
    table = page.get_by_role("table")
    page.get_by_role("button", name="Network", exact=True).click()
    expect(page.locator("figure .shape").first).to_be_visible()
    expect(table).to_be_hidden()
    page.get_by_role("button", name="Table", exact=True).click()

    expect(table).to_be_visible()
    assert violations(page) == []
    assert window.complaints == []


LETTER_HEIGHT = 14


def test_names_of_a_dense_network_do_not_overlap(window: Window, address: str) -> None:
    """On a phone the chart keeps the width that its names need, and scrolls in its frame; the page does not."""
    properties = " ".join(f"<{IQ}{name}>" for name in ("coordinatedBy", "fundedBy", "administeredBy", "provides"))
    window.resize(390)
    page = window.open(address + asking(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ VALUES ?p {{ {properties} }} ?s ?p ?o }}"))
    page.get_by_role("button", name="Network", exact=True).click()
    # At once, since the page moves while evidence arrives.
    boxes = page.locator("figure .wide svg > text:not(.axis)").evaluate_all(
        "names => names.map((name) => name.getBoundingClientRect().toJSON())"
    )
    names = [(one["left"], one["right"], one["top"]) for one in boxes]
    overlaps = [
        (one, other)
        for place, one in enumerate(names)
        for other in names[:place]
        if one[0] < other[1] and other[0] < one[1] and abs(one[2] - other[2]) < LETTER_HEIGHT
    ]

    assert len(names) > 40
    assert overlaps == []
    assert not window.scrolls_sideways()


def test_a_network_has_at_most_120_things(window: Window, address: str) -> None:
    """Each pair here is of two new things, but for the first, so a pair begins with the 120th."""
    pairs = " ".join(f"(<urn:{n}> <urn:{n + 1 if n else 0}>)" for n in range(0, 180, 2))
    page = window.open(address + asking(f"SELECT ?one ?other {{ VALUES (?one ?other) {{ {pairs} }} }}"))
    page.get_by_role("button", name="Network", exact=True).click()

    assert page.locator("figure svg circle").count() == 119


def test_a_question_is_drawn_when_its_fold_opens(window: Window, address: str) -> None:
    """The answer and its evidence are visible at once, the chart after a click."""
    page = window.open(f"{address}/q/how-did-the-procedures-in-hesse-end")
    expect(page.locator("td a.mark").first).to_be_visible()
    expect(page.locator("figure")).to_be_hidden()
    page.get_by_text("As a chart").click()

    expect(page.locator("figure .shape").first).to_be_visible()
    assert violations(page) == []
    assert window.complaints == []


def test_a_chart_has_an_address(window: Window, address: str) -> None:
    """The address of a page names the chart, and the chart alone can be embedded."""
    page = window.open(f"{address}/q/how-did-the-procedures-in-hesse-end?view=bars")
    expect(page.locator("figure .shape").first).to_be_visible()
    page.get_by_text("Embed", exact=True).click()
    target = page.get_by_role("link", name="Chart only").get_attribute("href")
    assert target
    alone = window.open(target)
    expect(alone.locator("figure .shape").first).to_be_visible()

    assert "view=bars" in alone.url
    assert violations(alone) == []


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("SELEKT", r"SELECT\?"),
        ("DROP ALL", "read"),
        ("ASK {}", "cannot be shown as a chart"),
        ("SELECT * {}", "cannot be shown as a chart"),
    ],
)
def test_a_chart_that_cannot_be_drawn(window: Window, address: str, query: str, words: str) -> None:
    """The frame shows the reason, like the page of the answer."""
    page = window.open(f"{address}/chart?{urlencode({'query': query})}")

    expect(page.locator("#result p")).to_have_text(re.compile(words))
    assert page.get_by_role("button").count() == 0


@pytest.mark.parametrize(
    ("view", "query"),
    [
        ("map", CHARTS["Network"]),
        ("timeline", CHARTS["Bars"]),
        ("line", 'SELECT * { VALUES (?x ?y ?z) { ("a" 2019 5) } }'),
        ("line", "SELECT * { VALUES (?x ?t ?n) { ('a' 'soon' 1) } }"),
    ],
)
def test_a_view_that_does_not_fit_the_answer(window: Window, address: str, view: str, query: str) -> None:
    """No other chart is drawn instead; a message says what is missing, and buttons offer possible charts."""
    page = window.open(f"{address}/chart?{urlencode({'query': query, 'view': view})}")
    expect(page.locator("#result p")).to_have_text(re.compile("cannot be shown as .+which needs"))
    count = page.locator("figure .shape").count()
    page.get_by_role("button").first.click()

    assert count == 0
    expect(page.locator("figure .shape").first).to_be_visible()
    assert violations(page) == []


def test_a_question_without_numbers_offers_no_chart(window: Window, address: str) -> None:
    """Without numbers there is no fold for a chart."""
    page = window.open(f"{address}/q/is-an-end-of-the-coordination-stated")

    expect(page.get_by_text("As a chart")).to_be_hidden()


def test_columns_sort_by_value(window: Window, address: str) -> None:
    """Dates in words are sorted by date."""
    page = window.open(f"{address}/q/in-which-steps-did-the-amendment-take-effect")
    heading = page.get_by_role("button", name="Day", exact=True)
    heading.click()
    heading.click()
    days = page.locator("td:first-child").all_text_contents()

    assert len(set(days)) > 2
    assert days == sorted(days, key=lambda day: datetime.strptime(day, "%d %B %Y"), reverse=True)  # noqa: DTZ007


ODD = {
    "negative": ("Bars", 'SELECT * { VALUES (?x ?n) { ("a" 3) ("b" -2) ("c" 0) } }', 3, 3),
    "no numbers": (
        "Bars",
        'SELECT * { VALUES (?x ?n) { ("a" 1e0) ("b" "NaN"^^xsd:double) ("c" "INF"^^xsd:double) } }',
        1,
        3,
    ),
    "huge": ("Bars", 'SELECT * { VALUES (?x ?n) { ("a" 1e308) ("b" -1e308) ("c" 3e0) } }', 3, 3),
    "missing": ("Bars", 'SELECT * { VALUES (?x ?n) { ("a" 1) ("b" UNDEF) } }', 1, 2),
    "many": ("Bars", "SELECT (STR(?s) AS ?x) (1 AS ?n) { ?s a ?class } LIMIT 100", 60, 100),
    "large": ("Line", "SELECT * { VALUES (?x ?y) { (100000000000000000 1) (100000000000000016 2) } }", 2, 2),
    "no days": (
        "Timeline",
        """SELECT * { VALUES (?x ?t) {
            ("a" "2024-02-30"^^xsd:date) ("b" "-9999"^^xsd:gYear) ("c" "2024-02-29"^^xsd:date)
            ("d" "9999-12-31"^^xsd:date) } }""",
        1,
        4,
    ),
    "no ends": (
        "Timeline",
        """SELECT * { VALUES (?x ?t ?u) {
            ("a" "2020"^^xsd:gYear "2021-04-31"^^xsd:date) ("b" "2020"^^xsd:gYear UNDEF)
            ("c" "2020"^^xsd:gYear "2019"^^xsd:gYear) ("d" "2020"^^xsd:gYear "2022"^^xsd:gYear) } }""",
        2,
        4,
    ),
    "nowhere": ("Map", 'SELECT * { VALUES (?x ?lat ?long) { ("a" 50.1 8.7) ("b" 95 8.7) ("c" UNDEF 1) } }', 1, 3),
}


@pytest.mark.parametrize("case", ODD)
def test_charts_of_odd_values(window: Window, address: str, case: str) -> None:
    """Drawable values lie within the chart; the caption counts the others."""
    chart, query, shape_count, rows = ODD[case]
    page = window.open(address + asking(f"PREFIX xsd: <{XSD}> {query}"))
    page.get_by_role("button", name=chart, exact=True).click()
    picture = page.locator("figure svg")
    caption = f"{shape_count} of {rows} rows are shown; the others are too many or have no value to show."

    assert page.locator("figcaption").all_inner_texts() == ([caption] if shape_count < rows else [])
    assert picture.locator(".shape").count() == shape_count
    assert not re.search(r"NaN|Infinity|undefined|>-\d", picture.inner_html())
    box = picture.bounding_box()
    for shape in picture.locator(".shape").all():
        inner = shape.bounding_box()
        assert box
        assert inner
        assert box["x"] <= inner["x"] <= box["x"] + box["width"] - inner["width"]
    assert window.complaints == []


@pytest.mark.parametrize(
    ("times", "marks"),
    [
        (("2010", "2012"), ["2010", "2011", "2012"]),
        (("2005", "2025"), ["2005", "2010", "2015", "2020", "2025"]),
        (("2010-02", "2010-05"), ["2010-02", "2010-03", "2010-04", "2010-05"]),
    ],
)
def test_axes_of_time(window: Window, address: str, times: tuple[str, str], marks: list[str]) -> None:
    """An axis has whole years or months."""
    kind = "gYearMonth" if "-" in times[0] else "gYear"
    rows = " ".join(f'("{one}"^^xsd:{kind} {number})' for number, one in enumerate(times))
    page = window.open(address + asking(f"PREFIX xsd: <{XSD}> SELECT * {{ VALUES (?t ?n) {{ {rows} }} }}"))
    page.get_by_role("button", name="Line", exact=True).click()

    assert [text for text in page.locator("figure svg > text").all_text_contents() if len(text) > 3] == marks
