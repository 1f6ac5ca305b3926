"""The page of queries in a real browser: the editor, by mouse and by keyboard, and the tables of answers."""

import re

import pytest
from playwright.sync_api import expect

from visits import asking
from window import Window, Windows

# Playwright's loop is closed by its own thread.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


def test_completion_declares_prefixes(window: Window, address: str) -> None:
    """A word of a German label finds the term; its prefix is declared at the top."""
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


def test_known_prefixes_are_declared_once(window: Window, address: str) -> None:
    """A known prefix and a colon declare it once."""
    page = window.open(f"{address}/sparql")
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("ASK { ?s dcat:startDate ?x . ?s dcat:")
    expect(page.locator(".cm-content")).to_contain_text("PREFIX dcat:")

    assert page.locator(".cm-content").inner_text().count("PREFIX") == 1


def test_errors_are_marked_at_their_place(window: Window, address: str) -> None:
    """An error is underlined in the editor, and the message names it."""
    page = window.open(f"{address}/sparql")
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("SELECT *\nWHERE { ?a blub ?c }")
    page.keyboard.press("Control+Enter")

    expect(page.locator("#result")).to_contain_text("Line 2, column 12")
    expect(page.locator(".cm-lintRange-error")).to_have_text("blub")


def test_asking_by_keyboard(window: Window, address: str) -> None:
    """Tab moves from the editor to the button; back and forward work, and the address has the query."""
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
    """A query too long for an address has a short one, which survives reload, back and the language switch."""
    page = window.open(f"{address}/sparql?lang=de")
    editor = page.locator(".cm-content")
    editor.fill("SELECT ?x { VALUES ?x { 42 } } #" + "x" * 7000)
    page.get_by_role("button", name="Abfragen").click()
    expect(page.locator("#result td.number")).to_have_text("42")
    assert "/q/~" in page.url
    page.reload()
    expect(page.locator("#result td.number")).to_have_text("42")
    editor.fill("SELECT ?x { VALUES ?x { 43 } }")
    page.get_by_role("button", name="Abfragen").click()
    expect(page.locator("#result td.number")).to_have_text("43")
    page.go_back()
    expect(page.locator("#result td.number")).to_have_text("42")
    page.locator(".languages a[hreflang=en]").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#result td.number")).to_have_text("42")


def test_columns_are_named_on_a_phone(windows: Windows, address: str) -> None:
    """On a phone each value has the name of its column, unless there is only one."""
    window = windows(390)
    before = "(query) => getComputedStyle(document.querySelector(query), '::before').content"
    for query, label in (("SELECT * { VALUES (?x ?y) { (1 2) } }", '"x: "'), ("SELECT * { VALUES ?x { 1 } }", "none")):
        page = window.open(address + asking(query))
        assert page.evaluate(before, "#result td") == label


def test_sorting_of_numbers(window: Window, address: str) -> None:
    """Numbers sort by value, also decimals and negative ones, which have a minus sign."""
    page = window.open(f"{address}{asking('SELECT * { VALUES ?x { 1.5 1.25 -3 -20 10 } }')}")
    page.get_by_role("button", name="x", exact=True).click()

    texts = page.locator("#result tbody td").all_inner_texts()
    assert texts == ["\N{MINUS SIGN}20", "\N{MINUS SIGN}3", "1.25", "1.5", "10"]


def test_a_server_that_does_not_answer(window: Window, address: str) -> None:
    """If the server does not answer, the page says so."""
    page = window.open(f"{address}/sparql")
    page.route("**/sparql?**", lambda route: route.abort())
    page.get_by_role("button", name="Ask").click()

    expect(page.locator("#result")).to_contain_text("The server does not answer")


def test_marks_of_passages_come_beside_the_rows(window: Window, address: str) -> None:
    """Evidence follows for each row; a click leads to the passage."""
    iri = "https://w3id.org/iq-hessen/ontology#roleHolder"
    page = window.open(address + asking(f"SELECT ?who ?role {{ ?role <{iri}> ?who }} LIMIT 3"))
    marks = page.locator("#result tbody td:last-child a.mark")
    expect(marks.first).to_be_visible()

    assert page.locator("#result thead th").last.inner_text() == "Evidence"
    assert page.locator("#result tbody tr:has(td:last-child a.mark)").count() == 3
    marks.first.click()
    expect(page).to_have_url(re.compile("/(passage|graph)/"))
    assert window.complaints == []


PLACES = [
    ("SELECT * { ?s a Organisation", "org:Organization", {"class"}),
    ("SELECT * { ?s a iq:Offer ; providedB", "iq:providedBy", {"property"}),
    ("SELECT * { ?s iq:fundedBy Europ", "id:eu", {"constant"}),
]


@pytest.mark.parametrize(("text", "first", "kinds"), PLACES, ids=[text for text, *_ in PLACES])
def test_completion_knows_the_place(window: Window, address: str, text: str, first: str, kinds: set[str]) -> None:
    """It offers classes after `a`, properties of the subject's class, and values in the range of the property."""
    page = window.open(f"{address}/sparql")
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.type(text)
    box = page.locator(".cm-tooltip-autocomplete")
    expect(box.locator(".cm-completionLabel").first).to_have_text(first)
    icons = box.locator(".cm-completionIcon").evaluate_all("all => all.map(one => one.className)")

    assert {re.sub(r".*cm-completionIcon-(\w+).*", r"\1", icon) for icon in icons} == kinds


def test_completion_covers_nothing_beside_the_editor(window: Window, address: str) -> None:
    """The list and the info about a term stay within the editor."""
    page = window.open(f"{address}/sparql")
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("SELECT * { ?thing iq:during ?time ; iq:providedBy ?organisation ; a Angebot")
    box = page.locator(".cm-tooltip-autocomplete")
    expect(box).to_be_visible()
    editor, list_box = page.locator(".editor").bounding_box(), box.bounding_box()

    assert editor
    assert list_box
    assert list_box["x"] + list_box["width"] <= editor["x"] + editor["width"] + 1
