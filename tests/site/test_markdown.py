"""Markdown as HTML: no scripts and no dead links."""

import pytest

from iqgraph.web.guide.howto import heading_id, render_markdown

CASES = [
    ("a *b* `c`", "<p>a <em>b</em> <code>c</code></p>"),
    ("## Two words", '<h2 id="two-words">Two words</h2>'),
    ("[a](https://a.example)", '<p><a href="https://a.example">a</a></p>'),
    ("<https://a.example>", '<p><a href="https://a.example">https://a.example</a></p>'),
    ("[here](#two-words)", '<p><a href="#two-words">here</a></p>'),
    ("[a file](limits.md) and [b](../b/c.md)", "<p>a file and b</p>"),
    ("<img src=x onerror=alert(1)>", "<p>&lt;img src=x onerror=alert(1)&gt;</p>"),
    ("[a](javascript:alert(1))", "<p>[a](javascript:alert(1))</p>"),
    ("```python\na < b\n```", '<pre tabindex="0"><code>a &lt; b\n</code></pre>'),
]


@pytest.mark.parametrize(("text", "html"), CASES)
def test_render_markdown(text: str, html: str) -> None:
    """Each construct of the documents, and markup as text."""
    assert str(render_markdown(text)).strip() == html


def test_tables_can_be_scrolled() -> None:
    """A wide table is in an element that the keyboard can focus."""
    assert str(render_markdown("| a |\n|---|\n| b |")).startswith('<div class="wide" tabindex="0"><table>')


def test_heading_id() -> None:
    """The anchor of a heading consists of its words."""
    assert heading_id("2. Recognition in Hesse: B II 7 – j") == "2-recognition-in-hesse-b-ii-7-j"
