"""The pages in a real browser: every template, in both languages, on laptop and phone, by mouse and by keyboard."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from browser import AXE, EXECUTABLE, RULES, SHOTS, serving

IQ = "https://w3id.org/iq-hessen/ontology#"
DCAT = "http://www.w3.org/ns/dcat#"
XSD = "http://www.w3.org/2001/XMLSchema#"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
QUERY = f"SELECT ?thing (COUNT(*) AS ?n) {{ ?thing a <{IQ}Offer> ; ?property ?value }} GROUP BY ?thing"


def asking(query: str) -> str:
    """The path of the page that answers a query."""
    return f"/sparql?query={quote(query)}"


TEMPLATES = {
    "start": "/",
    "about": "/about",
    "how-to": "/how-to",
    "python": "/how-to/python",
    "r": "/how-to/r",
    "spreadsheet": "/how-to/spreadsheet",
    "linking": "/how-to/linking",
    "api": "/how-to/api",
    "agents": "/how-to/agents",
    "contribute": "/how-to/contribute",
    "older-explore": "/version/0.1.0/explore?q=pflege",
    "older-document": "/version/0.1.0/document/11-jahre-iq",
    "slip": asking(f"SELECT * {{ ?x <{IQ}coordinats> ?y }}"),
    "explore": "/explore?q=beratung",
    "explore-nothing": "/explore?q=nichtdergleichen",
    "document": "/document/11-jahre-iq",
    "query": "/sparql",
    "rows": asking(QUERY),
    "no-rows": asking("SELECT * { ?x <a:b> ?y }"),
    "yes": asking("ASK {}"),
    "graph": asking("DESCRIBE <https://w3id.org/iq-hessen/id/bamf>"),
    "error": asking("SELECT * WHERE { ?a ?b }"),
    "thing": "/id/involas.html",
    "law": "/id/feg.html",
    "passage": "/passage/11-jahre-iq/S24.html",
    "caption": "/passage/11-jahre-iq/S47.html",
    "downloads": "/download/",
    "ontology": "/ontology",
    "shapes": "/shapes",
    "links": "/links",
    "quality": "/quality",
    "validation": "/validation",
    "named-graph": "/graph/11-jahre-iq/S24.html",
    "answer": "/q/who-coordinates-the-network",
    "question": "/query/who-coordinates-the-network.html",
    "catalogue": "/catalog",
    "numbers": "/void",
    "citation": "/cite",
    "versions": "/version/",
    "not-found": "/id/involass.html",
    "kind": "/problem/not-found",
}
FAILING = {"error", "not-found"}
WIDTHS = (1200, 390)
SLOW = 10_000

pytestmark = [
    pytest.mark.repository,
    pytest.mark.skipif(EXECUTABLE is None, reason="there is no Chromium; set CHROMIUM or install one"),
    pytest.mark.skipif(not AXE.exists(), reason="the packages of the pages are not installed; make setup does it"),
    # Playwright's loop is closed by its own thread.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The address of a server with the bundled graph."""
    with serving() as found:
        yield found


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser; each test opens a window of its own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=EXECUTABLE, args=["--no-sandbox"])
        yield browser
        browser.close()


class Window:
    """A page and what it complained of."""

    def __init__(self, browser: Browser, *, lang: str = "en", width: int = 1200, **options: Any) -> None:  # noqa: ANN401
        self.scripts = options.get("java_script_enabled", True)
        size = {"width": width, "height": 800}
        context = browser.new_context(viewport=size, locale=f"{lang}-DE", **options)  # type: ignore[arg-type]
        context.set_default_timeout(SLOW)
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda message: self._hear(message.type, message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(text)

    def open(self, address: str) -> Page:
        """Go there, and wait until all is loaded."""
        self.page.goto(address)
        if self.page.locator("form.query[data-terms]").count() and self.scripts:
            self.page.locator(".cm-content").wait_for()
            self.page.wait_for_load_state("networkidle")
        return self.page

    def close(self) -> None:
        """Give the window back."""
        self.page.context.close()


@pytest.fixture
def window(chromium: Browser) -> Iterator[Window]:
    """An English window as wide as a laptop's."""
    opened = Window(chromium)
    yield opened
    opened.close()


def violations(page: Page, part: str = "html") -> list[str]:
    """What axe finds against WCAG 2.2 AA in a part of the page, and where."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        """([part, rules]) =>
        axe.run(part, { runOnly: rules, resultTypes: ["violations"], iframes: false })""",
        [part, RULES],
    )
    return [f"{one['id']}: {one['help']}: {node['html'][:160]}" for one in found["violations"] for node in one["nodes"]]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("name", TEMPLATES)
def test_each_template(chromium: Browser, address: str, name: str, lang: str, width: int) -> None:
    """Nothing is complained of, nothing is in the way of anybody, nothing scrolls sideways; the picture is kept."""
    window = Window(chromium, lang=lang, width=width)
    page = window.open(address + TEMPLATES[name])
    SHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}-{lang}-{width}.png", full_page=True)
    failed = [one for one in window.complaints if not (name in FAILING and "Failed to load resource" in one)]

    assert page.locator("html").get_attribute("lang") == lang
    assert failed == []
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    window.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_somebodys_names(chromium: Browser, tmp_path: Path, width: int) -> None:
    """However long a word of somebody's data is and wherever it stands, nothing scrolls sideways."""
    word = "EinWortOhneEnde" * 30
    file = tmp_path / "long.ttl"
    file.write_text(
        f'@prefix : <http://a.example/> . @prefix rdfs: <{LABEL[:-5]}> .\n:s rdfs:label "{word}" ;'
        f' :{word} "{word}", :o, [ :p "{word}" ] . :o rdfs:label "{word}" ; :p :s .'
    )
    with serving(str(file)) as address:
        window = Window(chromium, width=width)
        page = window.open(f"{address}/describe?uri={quote('http://a.example/s')}")

        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.evaluate(
            "[...document.querySelectorAll('.wide')].every((one) => one.scrollWidth <= one.clientWidth)"
        )
        assert violations(page) == []
        window.close()


def test_names_from_right_to_left(window: Window, tmp_path: Path) -> None:
    """A Hebrew name ends on the left, also with a number behind it."""
    file = tmp_path / "hebrew.ttl"
    file.write_text(f'<http://a.example/s> <{LABEL}> "\u05e9\u05dc\u05d5\u05dd 12" .', encoding="utf-8")
    with serving(str(file)) as address:
        page = window.open(f"{address}/describe?uri={quote('http://a.example/s')}")
        places = page.evaluate(
            """() => [0, 5].map((start) => {
              const range = document.createRange();
              range.setStart(document.querySelector("h1").firstChild, start);
              range.setEnd(document.querySelector("h1").firstChild, start + 1);
              return range.getBoundingClientRect().x;
            })"""
        )

    assert places[1] < places[0]


@pytest.mark.parametrize(
    "name", ["start", "thing", "law", "document", "explore", "rows", "quality", "how-to", "python", "api", "slip"]
)
def test_dark(chromium: Browser, address: str, name: str) -> None:
    """The dark theme has enough contrast too."""
    window = Window(chromium, color_scheme="dark")
    page = window.open(address + TEMPLATES[name])
    page.screenshot(path=SHOTS / f"{name}-dark.png", full_page=True)

    assert violations(page) == []
    window.close()


@pytest.mark.parametrize("name", ["start", "explore", "rows", "thing"])
def test_paper(chromium: Browser, address: str, name: str) -> None:
    """Printed is dark on light, also of a dark screen, without what one can only click; marks stay told apart."""
    window = Window(chromium, color_scheme="dark")
    page = window.open(address + TEMPLATES[name])
    page.emulate_media(media="print", color_scheme="dark")

    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator("h1").is_visible()
    assert (
        page.locator(
            "nav:visible, form.search:visible, :not(th) > button:visible, .ask:visible, .facets:visible"
        ).count()
        == 0
    )
    for mark in page.locator(".mark:visible").all()[:1]:
        assert mark.evaluate("(one) => getComputedStyle(one).printColorAdjust") == "exact"
    window.close()


@pytest.mark.parametrize("name", ["start", "explore", "rows", "thing", "document", "how-to", "python"])
def test_without_scripts(chromium: Browser, address: str, name: str) -> None:
    """Reading needs no script, and neither does asking."""
    window = Window(chromium, java_script_enabled=False)
    page = window.open(address + TEMPLATES[name])

    assert page.locator("h1").inner_text()
    if name == "rows":
        page.locator("textarea").fill("ASK {}")
        page.get_by_role("button", name="Ask").click()
        expect(page.locator("#result")).to_contain_text("yes")
    window.close()


def test_size_of_the_first_page(chromium: Browser, address: str) -> None:
    """All that the first page loads is less than 300 KB."""
    window = Window(chromium)
    sizes: list[int] = []
    window.page.on("response", lambda response: sizes.append(len(response.body())))
    window.open(address)

    assert 0 < sum(sizes) < 300_000
    window.close()


def test_completion_declares_prefixes(window: Window, address: str) -> None:
    """A word of a German label finds the term; its prefix is written at the top."""
    page = window.open(f"{address}/sparql")
    editor = page.locator(".cm-content")
    editor.click()
    page.keyboard.press("Control+a")
    page.keyboard.type("SELECT * { ?s a Angebot")
    expect(page.locator(".cm-tooltip-autocomplete")).to_contain_text("iq:Offer")
    page.locator(".cm-completionLabel", has_text=re.compile(r"^iq:Offer$")).click()

    expect(editor).to_contain_text("PREFIX iq: <https://w3id.org/iq-hessen/ontology#>")
    expect(editor).to_contain_text("?s a iq:Offer")
    assert window.complaints == []


def test_known_prefixes_fill_themselves_in(window: Window, address: str) -> None:
    """A known prefix and a colon are enough; what is declared stays once."""
    page = window.open(f"{address}/sparql")
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("ASK { ?s dcat:startDate ?x . ?s dcat:")
    expect(page.locator(".cm-content")).to_contain_text("PREFIX dcat:")

    assert page.locator(".cm-content").inner_text().count("PREFIX") == 1


def test_errors_are_marked_at_their_place(window: Window, address: str) -> None:
    """A wrong word is underlined in the editor, and the message says what is wrong."""
    page = window.open(f"{address}/sparql")
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("SELECT *\nWHERE { ?a blub ?c }")
    page.keyboard.press("Control+Enter")

    expect(page.locator("#result")).to_contain_text("Line 2, column 12")
    expect(page.locator(".cm-lintRange-error")).to_have_text("blub")


def test_asking_by_keyboard(window: Window, address: str) -> None:
    """Tab leads through the editor to the button and on; back and forward work, and the address holds the query."""
    page = window.open(f"{address}/sparql")
    page.locator(".cm-content").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Ask"
    page.keyboard.press("Enter")
    expect(page.locator("#result table")).to_be_visible()
    assert "query=" in page.url
    page.go_back()
    page.wait_for_url("**/sparql")
    page.go_forward()
    expect(page.locator("#result table")).to_be_visible()
    assert window.complaints == []


def test_a_long_query_has_an_address(window: Window, address: str) -> None:
    """Too long for an address, it goes by its short one: it can be opened again, in the other language, and left."""
    page = window.open(f"{address}/sparql?lang=de")
    editor = page.locator(".cm-content")
    editor.fill("SELECT ?x { VALUES ?x { 42 } } #" + "x" * 7000)
    page.get_by_role("button", name="Abfragen").click()
    expect(page.locator("#result td")).to_have_text("42")
    assert "/q/~" in page.url
    page.reload()
    expect(page.locator("#result td")).to_have_text("42")
    editor.fill("SELECT ?x { VALUES ?x { 43 } }")
    page.get_by_role("button", name="Abfragen").click()
    expect(page.locator("#result td")).to_have_text("43")
    page.go_back()
    expect(page.locator("#result td")).to_have_text("42")
    page.locator(".languages a[hreflang=en]").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#result td")).to_have_text("42")


CHARTS = {
    "Bars": QUERY,
    "Line": "SELECT * { VALUES (?x ?y) { (1 2) (2 3.5) (4 1) } }",
    "Timeline": f"SELECT ?s ?a ?b {{ ?s <{DCAT}startDate> ?a OPTIONAL {{ ?s <{DCAT}endDate> ?b }} }}",
    "Network": f"SELECT ?a ?b {{ ?a <{IQ}coordinates> ?b }}",
    "Map": 'SELECT * { VALUES (?name ?lat ?long) { ("A" 50.1 8.7) ("B" 51.3 9.5) } }',
}


@pytest.mark.parametrize("chart", CHARTS)
def test_charts(window: Window, address: str, tmp_path: Path, chart: str) -> None:
    """Each chart is offered where the columns allow it, can be read by everybody, and can be kept."""
    page = window.open(address + asking(CHARTS[chart]))
    page.get_by_role("button", name=chart, exact=True).click()
    expect(page.locator("figure .shape").first).to_be_visible()
    for kind in ("SVG", "PNG"):
        with page.expect_download() as kept:
            page.get_by_role("button", name=kind, exact=True).click()
        kept.value.save_as(tmp_path / kind)

    assert (tmp_path / "PNG").read_bytes().startswith(b"\x89PNG")
    assert "<svg" in (tmp_path / "SVG").read_text(encoding="utf-8")
    assert violations(page) == []
    assert window.complaints == []


ODD = {
    "negative": ("Bars", 'SELECT * { VALUES (?x ?n) { ("a" 3) ("b" -2) ("c" 0) } }', 3, 3),
    "no numbers": (
        "Bars",
        'SELECT * { VALUES (?x ?n) { ("a" 1e0) ("b" "NaN"^^xsd:double) ("c" "INF"^^xsd:double) } }',
        1,
        3,
    ),
    "missing": ("Bars", 'SELECT * { VALUES (?x ?n) { ("a" 1) ("b" UNDEF) } }', 1, 2),
    "many": ("Bars", "SELECT (STR(?s) AS ?x) (1 AS ?n) { ?s a ?class } LIMIT 100", 60, 100),
    "large": ("Line", "SELECT * { VALUES (?x ?y) { (100000000000000000 1) (100000000000000016 2) } }", 2, 2),
    "one large": ("Line", "SELECT * { VALUES (?x ?y) { (100000000000000000 1) } }", 1, 1),
    "no time": ("Line", 'SELECT * { VALUES (?t ?n) { ("soon"^^xsd:date 1) } }', 0, 1),
    "nowhere": ("Map", 'SELECT * { VALUES (?x ?lat ?long) { ("a" 50.1 8.7) ("b" 95 8.7) ("c" UNDEF 1) } }', 1, 3),
}


@pytest.mark.parametrize("case", ODD)
def test_charts_of_odd_values(window: Window, address: str, case: str) -> None:
    """What can be drawn is drawn within the picture; of the rest it is said that there is more."""
    chart, query, drawn, rows = ODD[case]
    page = window.open(address + asking(f"PREFIX xsd: <{XSD}> {query}"))
    page.get_by_role("button", name=chart, exact=True).click()
    picture = page.locator("figure svg")
    said = f"{drawn} of {rows} rows are drawn; the files below have all."

    assert page.locator("figcaption").all_inner_texts() == ([said] if drawn < rows else [])
    assert picture.locator(".shape").count() == drawn
    assert not re.search("NaN|Infinity|undefined", picture.inner_html())
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
def test_times_are_named_as_times(window: Window, address: str, times: tuple[str, str], marks: list[str]) -> None:
    """No axis has a fraction of a year."""
    kind = "gYearMonth" if "-" in times[0] else "gYear"
    rows = " ".join(f'("{one}"^^xsd:{kind} {number})' for number, one in enumerate(times))
    page = window.open(address + asking(f"PREFIX xsd: <{XSD}> SELECT * {{ VALUES (?t ?n) {{ {rows} }} }}"))
    page.get_by_role("button", name="Line", exact=True).click()

    assert [text for text in page.locator("figure svg > text").all_text_contents() if len(text) > 3] == marks


def test_columns_are_named_on_a_phone(chromium: Browser, address: str) -> None:
    """Where a table is a list of rows, each value says of which column it is; one column needs no name."""
    window = Window(chromium, width=390)
    before = "(query) => getComputedStyle(document.querySelector(query), '::before').content"
    for query, label in (("SELECT * { VALUES (?x ?y) { (1 2) } }", '"x: "'), ("SELECT * { VALUES ?x { 1 } }", "none")):
        page = window.open(address + asking(query))
        assert page.evaluate(before, "#result td") == label
    window.close()


def test_sorting_of_numbers(window: Window, address: str) -> None:
    """By their value: with fractions and below zero."""
    page = window.open(f"{address}{asking('SELECT * { VALUES ?x { 1.5 1.25 -3 -20 10 } }')}")
    page.get_by_role("button", name="x", exact=True).click()

    assert page.locator("#result tbody td").all_inner_texts() == ["-20", "-3", "1.25", "1.5", "10"]


def test_sorting(window: Window, address: str) -> None:
    """A click on a heading sorts by number or word, a second one the other way."""
    page = window.open(address + asking("SELECT * { VALUES ?n { 10 9 100 } }"))
    page.get_by_role("button", name="n", exact=True).click()
    assert page.locator("#result tbody td").all_inner_texts() == ["9", "10", "100"]
    page.get_by_role("button", name="n", exact=True).click()
    assert page.locator("#result tbody td").all_inner_texts() == ["100", "10", "9"]


def test_short_links_lead_back(window: Window, address: str) -> None:
    """The short address of a query of one's own opens the same answer."""
    page = window.open(address + asking("SELECT * { VALUES ?n { 7 } }"))
    link = page.get_by_role("link", name="Short link").get_attribute("href")
    assert link
    assert link.startswith("/q/~")
    window.open(address + link)

    expect(page.locator("#result tbody td")).to_have_text("7")


def test_a_server_that_went_away(window: Window, address: str) -> None:
    """The page says so, and what to do."""
    page = window.open(f"{address}/sparql")
    page.route("**/sparql?**", lambda route: route.abort())
    page.get_by_role("button", name="Ask").click()

    expect(page.locator("#result")).to_contain_text("The server does not answer")


def test_pictures_by_keyboard(window: Window, address: str) -> None:
    """Each mark of a picture can be reached and leads to its thing."""
    page = window.open(address)
    box = page.locator(".drawing .box").first
    box.focus()
    assert page.locator(".drawing.focused .line.on").count() > 0
    page.keyboard.press("Enter")
    page.wait_for_url("**/id/**")

    assert page.locator("h1").inner_text()


def test_a_mark_shows_its_passage(window: Window, address: str) -> None:
    """While the pointer is on it or on the card; Escape closes; nothing is in the way of anybody."""
    page = window.open(f"{address}/id/involas.html")
    mark = page.locator(".sentences a.mark.explicit").first
    mark.hover()
    card = page.locator(".card")
    expect(card).to_contain_text("Section:")
    expect(card).to_contain_text("of 6828")
    expect(card.locator(".docbar .lit")).to_have_count(1)
    assert card.get_by_role("link").all_inner_texts() == ["To the article"]
    assert violations(page, ".card") == []
    card.hover()
    expect(card).to_be_visible()
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)

    assert mark.get_attribute("title")
    assert window.complaints == []


def test_a_mark_shows_its_passage_to_the_keyboard(window: Window, address: str) -> None:
    """Focus opens the card, Tab leads into it and on; Enter follows the mark as the link that it is."""
    page = window.open(f"{address}/id/involas.html")
    mark = page.locator(".sentences a.mark.explicit").first
    mark.focus()
    expect(page.locator(".card")).to_be_visible()
    assert mark.get_attribute("aria-details") == page.locator(".card").get_attribute("id")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.card') !== null")
    page.keyboard.press("Tab")
    expect(page.locator(".card:has(:focus)")).to_have_count(0)
    mark.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/passage/**")


def test_a_mark_of_another_source(window: Window, address: str) -> None:
    """An official record has a card too: what it is, without a place in the article."""
    page = window.open(f"{address}/id/involas.html")
    page.locator("a.mark.official").first.hover()
    expect(page.locator(".card .card-name")).to_be_visible()

    assert page.locator(".card .docbar").count() == 0


@pytest.mark.parametrize(
    ("width", "shown", "hidden"), [(390, ".upright", ".timeline"), (1200, ".timeline", ".upright")]
)
def test_time_turns_upright_on_a_phone(chromium: Browser, address: str, width: int, shown: str, hidden: str) -> None:
    """Years run down where there is no room beside; either way each thing is a link to reach."""
    window = Window(chromium, width=width)
    page = window.open(address)

    expect(page.locator(shown).first).to_be_visible()
    expect(page.locator(hidden).first).to_be_hidden()
    assert page.locator(f"{shown} a[href*='/id/']").count() > 10
    window.close()


def test_a_slip_is_mended_by_a_click(window: Window, address: str) -> None:
    """The proposal asks the query with the right term."""
    page = window.open(address + TEMPLATES["slip"])
    page.locator("#result .notice a").first.click()
    expect(page.locator("#result table")).to_be_visible()


def test_the_language_switch_keeps_the_page(window: Window, address: str) -> None:
    """Same page, other language, which then stays."""
    page = window.open(f"{address}/id/involas.html")
    page.get_by_role("link", name="DE", exact=True).click()
    assert page.locator("html").get_attribute("lang") == "de"
    assert "/id/involas.html" in page.url
    page.locator(".sentences a").nth(1).click()

    assert page.locator("html").get_attribute("lang") == "de"


def test_hostile_labels(chromium: Browser, tmp_path: Path) -> None:
    """Markup in anybody's labels is text: on the query page, in its table and charts."""
    nasty = "<img src=x onerror=alert(1)>\"'</script><script>alert(1)</script>"
    file = tmp_path / "a.ttl"
    file.write_text(f"<a:s> <{LABEL}> {json.dumps(nasty)} , 'b' ; <a:n> 1 .", encoding="utf-8")
    window = Window(chromium)
    asked = f"SELECT ?label ?n {{ ?s <{LABEL}> ?label ; <a:n> ?n }}"
    alerts: list[str] = []
    window.page.on("dialog", lambda dialog: alerts.append(dialog.message))
    with serving(str(file)) as address:
        page = window.open(address + asking(asked))
        expect(page.locator("#result table")).to_contain_text("<img src=x")
        page.get_by_role("button", name="Bars").click()
        expect(page.locator("figure")).to_contain_text("<img src=x")

    assert alerts == window.complaints == []
    window.close()
