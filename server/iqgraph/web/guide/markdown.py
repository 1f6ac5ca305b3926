"""Markdown as HTML: the notebook's words and the documents that the pages show."""

import re

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

_READER = MarkdownIt("commonmark", {"html": False}).enable("table")
_ELSEWHERE = re.compile(r"https?://|#")


def rendered(text: str, *, within: int = 1) -> Markup:
    """HTML of a text whose headings begin `within` levels deeper; its own markup is shown, never run.

    A link to a file that is beside the text, and not on this site, is only its words.
    """
    found = _READER.parse(text)
    for number, token in enumerate(found):
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + within, 6)}"
        if token.type == "heading_open":
            token.attrSet("id", heading_id(found[number + 1].content))
        elif token.children:
            token.children = _linked(token.children)
    html = str(_READER.renderer.render(found, _READER.options, {}))
    return Markup(_reachable(html))  # noqa: S704 - the reader escapes what it is given


def heading_id(words: str) -> str:
    """Where a heading is found: its words in small letters and figures."""
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")


def _linked(inside: list[Token]) -> list[Token]:
    kept, dropped = [], False
    for token in inside:
        if token.type == "link_open":
            dropped = not _ELSEWHERE.match(str(token.attrGet("href")))
        if not (dropped and token.type in ("link_open", "link_close")):
            kept.append(token)
    return kept


def _reachable(html: str) -> str:
    """What is wider than the page scrolls, so it has to be reached without a mouse."""
    html = re.sub(r"<pre><code[^>]*>", '<pre tabindex="0"><code>', html)
    return html.replace("<table>", '<div class="wide" tabindex="0"><table>').replace("</table>", "</table></div>")
