"""A page in a real browser: its console errors, accessibility violations and screenshots."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from browser import AXE, RULES, SHOTS

Windows = Callable[..., "Window"]
MAX_WAIT_MILLISECONDS = 30_000
MAX_PICTURE_PIXELS = 8_000  # beyond 16,384 Chromium draws nothing new, and a long page goes on as it began


def new_context(browser: Browser, *, lang: str = "en", **options: Any) -> BrowserContext:  # noqa: ANN401
    """A browser context, whose windows share a cache."""
    context = browser.new_context(locale=f"{lang}-DE", **options)
    context.set_default_timeout(MAX_WAIT_MILLISECONDS)
    return context


class Window:
    """A page and its console errors and warnings."""

    def __init__(self, context: BrowserContext, width: int = 1200, *, scripts: bool = True) -> None:
        self.scripts = scripts
        self.page: Page = context.new_page()
        self.resize(width)
        self.complaints: list[str] = []
        self.page.on("console", lambda message: self._hear(message.type, message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(text)

    def resize(self, width: int) -> None:
        """Set the width, such as that of a laptop or a phone."""
        self.page.set_viewport_size({"width": width, "height": 800})

    def open(self, address: str) -> Page:
        """Open an address, and wait until all is loaded."""
        self.page.goto(address)
        if self.scripts and self.page.locator("script[src*='/query-']").count():  # it makes the editor
            self.page.locator(".cm-content").wait_for()
        # Not until the network is idle: where Chromium shows what is a minute old and renews it in the background
        # (stale-while-revalidate, RFC 5861), Playwright waits for that in vain.
        self.page.locator("[data-busy]").first.wait_for(state="detached")
        return self.page

    def scrolls_sideways(self) -> bool:
        """Whether the page is wider than the window."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth > innerWidth"))

    def keep_picture(self, name: str) -> None:
        """Save a screenshot of the page, or of its beginning."""
        size = self.page.evaluate("[innerWidth, document.documentElement.scrollHeight]")
        clip = {"x": 0, "y": 0, "width": size[0], "height": min(size[1], MAX_PICTURE_PIXELS)}
        SHOTS.mkdir(exist_ok=True)
        self.page.screenshot(path=SHOTS / f"{name}.png", full_page=True, clip=clip)  # type: ignore[arg-type]


def violations(page: Page, part: str = "html") -> list[str]:
    """The violations of WCAG 2.2 AA that axe reports in a part of the page, and their places."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    axe = page.evaluate(
        """([part, rules]) =>
        axe.run(part, { runOnly: rules, resultTypes: ["violations"], iframes: false })""",
        [part, RULES],
    )
    return [f"{one['id']}: {one['help']}: {node['html'][:160]}" for one in axe["violations"] for node in one["nodes"]]
