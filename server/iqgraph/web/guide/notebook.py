"""The notebook, as a file that people open in Jupyter and as a page; and Markdown as HTML, of which it is made.

There is one notebook for each language, with the outputs of its last run; a test runs both and compares.
"""

import json
import re
from base64 import b64decode
from dataclasses import dataclass, field
from typing import Any

from flask import Response
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from ...resources import packaged
from .. import urls
from ..http.language import Language, language
from ..http.problems import Problem, require_bundled
from ..site import site

WRITTEN_FOR = "http://127.0.0.1:8000"
MEDIA_TYPE = "application/x-ipynb+json"


@dataclass(frozen=True, slots=True)
class Cell:
    """Words, or code with what it printed and drew: pictures by their number and what they show."""

    words: Markup = field(default_factory=Markup)
    code: str = ""
    printed: str = ""
    pictures: tuple[tuple[int, str], ...] = ()


def read_notebook(tag: Language) -> dict[str, Any]:
    """The notebook of a language as it lies in the data (nbformat 4)."""
    found: dict[str, Any] = json.loads((packaged().data / f"notebooks/{tag}.ipynb").read_text(encoding="utf-8"))
    return found


def notebook(tag: Language) -> list[Cell]:
    """The cells of the notebook of a language, asking this server; its first line is the title of the page."""
    number, made = 0, []
    for place, cell in enumerate(read_notebook(tag)["cells"]):
        source, outputs = "".join(cell["source"]), cell.get("outputs", [])
        if cell["cell_type"] == "markdown":
            made.append(Cell(words=render_markdown(source if place else source.partition("\n")[2], within=0)))
            continue
        drawn = tuple((number + n, cell["metadata"].get("alt", "")) for n, _ in enumerate(_drawn(outputs), 1))
        number += len(drawn)
        printed = "".join("".join(output["text"]) for output in outputs if output["output_type"] == "stream")
        made.append(Cell(code=_here(source), printed=printed, pictures=drawn))
    return made


def pictures(tag: Language) -> list[bytes]:
    """The pictures of a notebook as PNG, in their order."""
    return [b64decode(picture) for cell in read_notebook(tag)["cells"] for picture in _drawn(cell.get("outputs", []))]


def download() -> Response:
    """The notebook in the reader's language, asking this server."""
    require_bundled()
    found = read_notebook(language())
    for cell in found["cells"]:
        cell["source"] = [_here(line) for line in cell["source"]]
    response = Response(json.dumps(found, ensure_ascii=False, indent=1) + "\n", content_type=MEDIA_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{site().profile.stem}-{language()}.ipynb"'
    response.vary.add("Accept-Language")
    return response


def picture(picture: int) -> Response:
    """A picture of the notebook, counted from 1."""
    require_bundled()
    found = pictures(language())
    if not 0 < picture <= len(found):
        raise Problem(
            "not-found",
            de=f"Ein Bild {picture} hat das Notebook nicht; es hat {len(found)} Bilder.",
            en=f"The notebook has no picture {picture}; it has {len(found)} pictures.",
        )
    response = Response(found[picture - 1], content_type="image/png")
    response.vary.add("Accept-Language")
    return response


def _drawn(outputs: list[dict[str, Any]]) -> list[str]:
    found = [output["data"]["image/png"] for output in outputs if "image/png" in output.get("data", {})]
    return ["".join(one) for one in found]


def _here(text: str) -> str:
    return text.replace(WRITTEN_FOR, urls.host())


_READER = MarkdownIt("commonmark", {"html": False}).enable("table")
_ELSEWHERE = re.compile(r"https?://|#")


def render_markdown(text: str, *, within: int = 1) -> Markup:
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


_SECTION = re.compile(r'<h2 id="([^"]*)">(.*?)</h2>', re.DOTALL)


def sections_of(html: Markup) -> tuple[Markup, list[tuple[str, Markup, Markup]]]:
    """What stands before the first heading, and each section with its anchor, its heading and what follows."""
    lead, *rest = _SECTION.split(html)
    found = zip(rest[::3], rest[1::3], rest[2::3], strict=True)
    return Markup(lead), [(anchor, Markup(heading), Markup(body)) for anchor, heading, body in found]  # noqa: S704


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
