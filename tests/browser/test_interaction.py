"""Reading in a real browser: drawings, marks and their cards, languages, and labels of other data."""

import json
import re
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from browser import serving
from tiny import put
from visits import asking
from window import Window, Windows, violations

LABEL = "http://www.w3.org/2000/01/rdf-schema#label"

# Playwright's loop is closed by its own thread.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


def test_pictures_by_keyboard(window: Window, address: str) -> None:
    """Each box of a drawing can be focused and leads to its thing."""
    page = window.open(address)
    box = page.locator(".drawing .box").first
    box.focus()
    assert page.locator(".drawing.focused .line.on").count() > 0
    page.keyboard.press("Enter")
    page.wait_for_url("**/id/**")

    assert page.locator("h1").inner_text()


def test_names_fit_into_their_boxes(windows: Windows, address: str) -> None:
    """No line of a name lies outside of the box."""
    page = windows(1280).open(f"{address}/picture/network")
    heights = page.locator(".drawing .box div").evaluate_all(
        """divs => divs.map(div => {
            const text = document.createRange();
            text.selectNodeContents(div);
            return [div.textContent, ...[text, div.parentNode].map(one => one.getBoundingClientRect().height)];
        })"""
    )

    assert len(heights) > 50
    assert [name for name, text, box in heights if text > box] == []


@pytest.mark.parametrize("lang", ["de", "en"])
def test_a_table_with_many_columns_fits(windows: Windows, address: str, lang: str) -> None:
    """All columns of the widest answer stand in the window of a laptop."""
    page = windows(1280).open(f"{address}/q/who-coordinated-the-networks-of-the-laender?lang={lang}")

    assert page.locator(".answer .wide").evaluate("(one) => one.scrollWidth <= one.clientWidth")


def test_further_marks_open_in_the_line(windows: Windows, address: str) -> None:
    """The sign says that a second click closes them; paper has them all, and no number."""
    page = windows(1280).open(f"{address}/q/how-was-the-network-of-bavaria-organised")
    marks = page.locator("details.marks").first
    sign = marks.locator("summary")
    assert sign.inner_text().startswith("+")
    sign.click()
    top = sign.bounding_box()
    mark = marks.locator("a.mark").first.bounding_box()
    assert top
    assert mark
    assert abs(top["y"] + top["height"] / 2 - mark["y"] - mark["height"] / 2) < top["height"] / 2
    assert "\N{MINUS SIGN}" in sign.evaluate("(one) => getComputedStyle(one, '::before').content")
    assert not sign.locator("span").is_visible()
    page.emulate_media(media="print")

    assert not sign.is_visible()
    assert page.locator("details.marks a.mark").last.is_visible()


def test_each_code_block_has_a_copy_button(window: Window, address: str) -> None:
    """Each code block has one button, also on pages with more scripts."""
    page = window.open(f"{address}/q/who-coordinates-the-network")

    assert page.locator("button.copy").count() == page.locator("pre.copied").count() > 0


def test_a_count_shows_its_rows(window: Window, address: str) -> None:
    """A count lists the rows behind it."""
    page = window.open(address + asking("SELECT (COUNT(*) AS ?n) { ?x a <https://w3id.org/iq-hessen/ontology#Offer> }"))

    expect(page.locator("#result td details.members > summary")).to_have_text(re.compile("^from [0-9]+ rows$"))
    assert page.locator("#result td details.members li").count() > 8


def test_a_mark_shows_its_passage(window: Window, address: str) -> None:
    """The card is visible while the pointer is on the mark or the card, is accessible, and closes with Escape."""
    page = window.open(f"{address}/id/involas.html")
    mark = page.locator(".sentences a.mark.explicit").first
    mark.hover()
    card = page.locator(".card")
    expect(card).to_contain_text("In the document")
    expect(card).to_contain_text("of 6828")
    expect(card.locator(".docbar .lit")).to_have_count(1)
    assert card.get_by_role("link").all_inner_texts() == ["Read the text on the web"]
    assert violations(page, ".card") == []
    card.hover()
    expect(card).to_be_visible()
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)

    assert mark.get_attribute("title")
    assert window.complaints == []


def test_a_mark_shows_its_passage_to_the_keyboard(window: Window, address: str) -> None:
    """Focus opens the card, Tab moves into it and on; Enter follows the link of the mark."""
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
    """The card of another source has its name, but no place in the article."""
    page = window.open(f"{address}/id/involas.html")
    page.locator("a.mark.other-source").first.hover()
    expect(page.locator(".card .card-name")).to_be_visible()

    assert page.locator(".card .docbar").count() == 0


@pytest.mark.parametrize(("width", "is_list"), [(390, True), (1200, False)])
def test_the_timeline_is_a_list_on_a_phone(windows: Windows, address: str, width: int, is_list: bool) -> None:
    """On a phone times are written below names; in both layouts each thing is a link."""
    window = windows(width)
    page = window.open(address)

    expect(page.locator(".timeline .when").first).to_be_visible(visible=is_list)
    assert page.locator(".timeline a[href*='/id/']").count() > 10


def test_the_language_switch_keeps_the_page(window: Window, address: str) -> None:
    """The switch shows the same page in the other language, which is kept."""
    page = window.open(f"{address}/id/involas.html")
    page.get_by_role("link", name="DE", exact=True).click()
    assert page.locator("html").get_attribute("lang") == "de"
    assert "/id/involas.html" in page.url
    page.locator(".sentences a").nth(1).click()

    assert page.locator("html").get_attribute("lang") == "de"


def test_somebodys_names(windows: Windows, tmp_path: Path) -> None:
    """However long a word of somebody's data is and wherever it stands, nothing scrolls sideways."""
    word = "EinWortOhneEnde" * 30
    file = tmp_path / "long.ttl"
    file.write_text(
        f'@prefix : <http://a.example/> . @prefix rdfs: <{LABEL[:-5]}> .\n:s rdfs:label "{word}" ;'
        f' :{word} "{word}", :o, [ :p "{word}" ] . :o rdfs:label "{word}" ; :p :s .'
    )
    with serving(str(file)) as address:
        for width in (1200, 390):
            window = windows(width)
            page = window.open(f"{address}/describe?uri={quote('http://a.example/s')}")

            assert not window.scrolls_sideways()
            assert page.evaluate(
                "[...document.querySelectorAll('.wide')].every((one) => one.scrollWidth <= one.clientWidth)"
            )
            assert violations(page) == []


def test_names_from_right_to_left(window: Window, tmp_path: Path) -> None:
    """A Hebrew name ends on the left, also if a number follows."""
    file = put(tmp_path, "hebrew.ttl", f'<http://a.example/s> <{LABEL}> "\u05e9\u05dc\u05d5\u05dd 12" .')
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


def test_hostile_labels(windows: Windows, tmp_path: Path) -> None:
    """Markup in labels is shown as text, in tables and charts."""
    nasty = "<img src=x onerror=alert(1)>\"'</script><script>alert(1)</script>"
    file = put(tmp_path, "a.ttl", f"<a:s> <{LABEL}> {json.dumps(nasty)} , 'b' ; <a:n> 1 .")
    window = windows()
    query = f"SELECT ?label ?n {{ ?s <{LABEL}> ?label ; <a:n> ?n }}"
    alerts: list[str] = []
    window.page.on("dialog", lambda dialog: alerts.append(dialog.message))
    with serving(str(file)) as address:
        page = window.open(address + asking(query))
        expect(page.locator("#result table")).to_contain_text("<img src=x")
        page.get_by_role("button", name="Bars").click()
        expect(page.locator("figure")).to_contain_text("<img src=x")

    assert alerts == window.complaints == []
