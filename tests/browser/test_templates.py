"""Every template in a real browser: in both languages, on laptop and phone, dark, printed and without scripts."""

from contextlib import closing

import pytest
from playwright.sync_api import Browser, expect

from visits import KINDS
from window import Window, Windows, new_context, violations

FAILING = {"error", "not-found", "no-format"}
# A page is loaded at one width and then made as wide as the other; each language begins with another one.
WIDTHS = {"de": (1200, 390), "en": (390, 1200)}

# Playwright's loop is closed by its own thread.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


def faults(window: Window, name: str) -> list[str]:
    """Errors of the console, accessibility violations, and sideways scrolling."""
    complaints = [one for one in window.complaints if not (name in FAILING and "Failed to load resource" in one)]
    return complaints + violations(window.page) + ["It scrolls sideways."] * window.scrolls_sideways()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("lang", WIDTHS)
@pytest.mark.parametrize("name", KINDS)
def test_each_template(windows: Windows, address: str, name: str, lang: str) -> None:
    """No page has faults at either width; screenshots are saved."""
    window = windows(WIDTHS[lang][0], lang=lang)
    page = window.open(address + KINDS[name])
    faults_by_width = {}
    for width in WIDTHS[lang]:
        window.resize(width)
        window.keep_picture(f"{name}-{lang}-{width}")
        faults_by_width[width] = faults(window, name)

    assert page.locator("html").get_attribute("lang") == lang
    assert faults_by_width == {width: [] for width in WIDTHS[lang]}


@pytest.mark.parametrize(
    "name", ["start", "thing", "law", "document", "explore", "rows", "quality", "how-to", "python", "api", "slip"]
)
def test_dark(windows: Windows, address: str, name: str) -> None:
    """The dark theme has no accessibility violations."""
    window = windows(color_scheme="dark")
    page = window.open(address + KINDS[name])
    window.keep_picture(f"{name}-dark")

    assert violations(page) == []


@pytest.mark.parametrize("name", ["start", "explore", "rows", "thing"])
def test_paper(windows: Windows, address: str, name: str) -> None:
    """Print is dark on white, also with the dark theme, without controls; marks keep their colours."""
    window = windows(color_scheme="dark")
    page = window.open(address + KINDS[name])
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


@pytest.mark.parametrize("name", ["start", "explore", "rows", "thing", "document", "how-to", "python"])
def test_without_scripts(windows: Windows, address: str, name: str) -> None:
    """Reading and querying need no scripts."""
    window = windows(java_script_enabled=False)
    page = window.open(address + KINDS[name])

    assert page.locator("h1").inner_text()
    if name == "rows":
        page.locator("textarea").fill("ASK {}")
        page.get_by_role("button", name="Ask").click()
        expect(page.locator("#result")).to_contain_text("yes")


def test_size_of_the_first_page(chromium: Browser, address: str) -> None:
    """The first page loads less than 300 KB."""
    sizes: list[int] = []
    with closing(new_context(chromium)) as context:
        window = Window(context)
        window.page.on("response", lambda response: sizes.append(len(response.body())))
        window.open(address)

    assert 0 < sum(sizes) < 300_000
