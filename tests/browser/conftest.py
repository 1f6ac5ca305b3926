"""One browser for each file, as Playwright needs it, one site for all, and new windows for each test."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from functools import cache
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from browser import AXE, EXECUTABLE, serving
from window import Window, Windows, new_context

Contexts = Callable[..., BrowserContext]


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """The address of a server with the bundled graph."""
    with serving() as url:
        yield url


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser of a file. It is closed afterwards, since nothing else can use asyncio while Playwright runs."""
    if EXECUTABLE is None:
        pytest.skip("there is no Chromium; set CHROMIUM or install one")
    if not AXE.exists():
        pytest.skip("the packages of the pages are not installed; make setup does it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=EXECUTABLE, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def contexts(chromium: Browser) -> Iterator[Contexts]:
    """A context for each kind of window, such as a German or a dark one."""
    with ExitStack() as stack:

        @cache
        def context(**options: Any) -> BrowserContext:  # noqa: ANN401
            return stack.enter_context(closing(new_context(chromium, **options)))

        yield context


@pytest.fixture
def windows(contexts: Contexts) -> Iterator[Windows]:
    """Open windows of any width and kind, closed after the test."""
    with ExitStack() as stack:

        def window(width: int = 1200, **options: Any) -> Window:  # noqa: ANN401
            new = Window(contexts(**options), width, scripts=options.get("java_script_enabled", True))
            stack.callback(new.page.close)
            return new

        yield window


@pytest.fixture
def window(windows: Windows) -> Window:
    """An English window with the width of a laptop."""
    return windows()
