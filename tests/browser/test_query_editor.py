"""The page of queries in a real browser: the editor, by mouse and by keyboard, and the tables of answers."""

import re

import pytest
from playwright.sync_api import expect

from visits import asking
from window import Window, Windows

# Playwright's loop is closed by its own thread.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


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
    """Where a table is a list of rows, each value says of which column it is; one column needs no name."""
    window = windows(390)
    before = "(query) => getComputedStyle(document.querySelector(query), '::before').content"
    for query, label in (("SELECT * { VALUES (?x ?y) { (1 2) } }", '"x: "'), ("SELECT * { VALUES ?x { 1 } }", "none")):
        page = window.open(address + asking(query))
        assert page.evaluate(before, "#result td") == label


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


def test_marks_of_passages_come_beside_the_rows(window: Window, address: str) -> None:
    """After the answer, for each row; a click leads to the passage."""
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
    ("SELECT * { ?s a Rechtsakt", "iq:LegalAct", {"class"}),
    ("SELECT * { ?s a iq:Offer ; providedB", "iq:providedBy", {"property"}),
    ("SELECT * { ?s iq:fundedBy Europ", "id:eu", {"constant"}),
    ("SELECT * { GRAPH ?g { ?s a Angebot", "iq:Offer", {"class"}),
    ("SELECT * { ?s iq:during ?t . Hessen", "id:hessen", {"constant"}),
]


@pytest.mark.parametrize(("typed", "first", "kinds"), PLACES, ids=[typed for typed, *_ in PLACES])
def test_completion_knows_the_place(window: Window, address: str, typed: str, first: str, kinds: set[str]) -> None:
    """A class where one is due, a property of the class of the subject, a thing to which the property leads."""
    page = window.open(f"{address}/sparql")
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.type(typed)
    box = page.locator(".cm-tooltip-autocomplete")
    expect(box.locator(".cm-completionLabel").first).to_have_text(first)
    icons = box.locator(".cm-completionIcon").evaluate_all("all => all.map(one => one.className)")

    assert {re.sub(r".*cm-completionIcon-(\w+).*", r"\1", icon) for icon in icons} == kinds


def test_completion_covers_nothing_beside_the_editor(window: Window, address: str) -> None:
    """The box and what it says of the chosen term stay over the editor."""
    page = window.open(f"{address}/sparql")
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("SELECT * { ?thing iq:during ?time ; iq:providedBy ?organisation ; a Angebot")
    box = page.locator(".cm-tooltip-autocomplete")
    expect(box).to_be_visible()
    editor, shown = page.locator(".editor").bounding_box(), box.bounding_box()

    assert editor
    assert shown
    assert shown["x"] + shown["width"] <= editor["x"] + editor["width"] + 1
