"""The how-to pages, the notebooks, and the conversion of Markdown to HTML.

The joins with other data are in docs/linking.md with their programs, and in docs/linking.de.md without them. There is
a notebook for each language, with the outputs of its last run; a test runs both and compares.
"""

import json
import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from ...bilingual import Language, Text
from ...model.questions import SAMPLE
from ...resources import documentation, packaged, read_toml
from .. import urls, views
from ..http.language import language
from ..http.problems import require_bundled, unknown_name
from ..query import permalinks
from ..query.snippets import curl, r_string
from ..site import site
from .api import HEADERS, groups
from .programs import INTERFACES, interfaces, llms, openapi, render_llms_txt

bp = Blueprint("howto", __name__)

EXAMPLE_HOST = "http://127.0.0.1:8000"
MEDIA_TYPE = "application/x-ipynb+json"
FILES: Mapping[Language, str] = {"en": "linking.md", "de": "linking.de.md"}
_JOIN = re.compile(r"^## (\d)\. (.+)\n\n\*(.+)\*$", re.MULTILINE)
_BLOCK = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_PLACEHOLDER = re.compile(r"^\[\[block\]\]$", re.MULTILINE)
EXAMPLE_QUESTION = "which-official-keys-do-the-places-have"


@dataclass(frozen=True, slots=True)
class Guide:
    """A how-to page: the task, and what the page contains; one that is `ours` is for the bundled data only."""

    slug: str
    title: Text
    content: Text
    ours: bool


GUIDES = [
    Guide(row["slug"], Text(**row["title"]), Text(**row["content"]), row["ours"])
    for row in read_toml(__package__, "guides.toml")["guides"]
]


@bp.get("/how-to")
def index() -> Response:
    """List the how-to pages."""
    return views.html("howto/index.html", guides=guides())


@bp.get("/how-to/<name>")
def guide(name: str) -> Response:
    """Show a how-to page."""
    by_slug = {guide.slug: guide for guide in guides()}
    if name not in by_slug:
        raise unknown_name(Text(de="Eine Anleitung", en="how-to page"), name, by_slug)
    return views.html(
        f"howto/{name}.html",
        guide=by_slug[name],
        address=csv_url(EXAMPLE_QUESTION if site().is_bundled else permalinks.pack(SAMPLE.query)),
        asked=csv_url,
        call=curl,
        query=site().model.questions.first_query(language()).strip(),
        r_string=r_string,
        notebook=notebook,
        render_markdown=render_markdown,
        linking=lambda: sections_of(render_markdown(document(language()).partition("\n")[2])),
        joins=joins,
        place=heading_id,
        groups=groups,
        headers=HEADERS,
        render_llms_txt=render_llms_txt,
    )


def guides() -> list[Guide]:
    """Return the how-to pages for the served data."""
    return [guide for guide in GUIDES if site().is_bundled or not guide.ours]


def csv_url(slug: str) -> str:
    """Return the URL of the answer to a question as CSV, with labels in the language of the page."""
    return f"{urls.host()}/q/{slug}?format=csv&lang={language()}"


def joins(tag: Language) -> list[tuple[str, str, str]]:
    """Return number, title and question of each join in the document of a language."""
    return _JOIN.findall(document(tag))


def document(tag: Language) -> str:
    """Return the document of a language, with the programs of the English one, which query this server."""
    english, own = documentation(FILES["en"]), documentation(FILES[tag])
    blocks = iter(_BLOCK.findall(english))
    return _PLACEHOLDER.sub(lambda _: next(blocks), own).replace(EXAMPLE_HOST, urls.host())


def notebook(tag: Language) -> dict[str, Any]:
    """Return the notebook of a language (nbformat 4), which queries this server."""
    text = (packaged().data / f"notebooks/{tag}.ipynb").read_text(encoding="utf-8")
    content: dict[str, Any] = json.loads(text.replace(EXAMPLE_HOST, urls.host()))
    return content


@bp.get("/how-to/python.ipynb")
def download() -> Response:
    """Send the notebook in the language of the reader."""
    require_bundled()
    content = json.dumps(notebook(language()), ensure_ascii=False, indent=1) + "\n"
    response = Response(content, content_type=MEDIA_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{site().profile.stem}-{language()}.ipynb"'
    return response


# The content security policy allows no data URLs for images.
@bp.get("/how-to/python/<int:picture>.png")
def picture(picture: int) -> Response:
    """Send an image of the notebook, counted from 1."""
    require_bundled()
    outputs = (output for cell in notebook(language())["cells"] for output in cell.get("outputs", ()))
    images = [output["data"]["image/png"] for output in outputs if "image/png" in output.get("data", {})]
    if not 0 < picture <= len(images):
        raise unknown_name(Text(de="Ein Bild", en="picture"), str(picture), map(str, range(1, len(images) + 1)))
    return Response(b64decode("".join(images[picture - 1])), content_type="image/png")


_PARSER = MarkdownIt("commonmark", {"html": False}).enable("table")
_VALID_LINK = re.compile(r"https?://|#")


def render_markdown(text: str) -> Markup:
    """Render Markdown as HTML, with HTML in the text escaped, and without links to files of the repository."""
    tokens = _PARSER.parse(text)
    for number, token in enumerate(tokens):
        if token.type == "heading_open":
            token.attrSet("id", heading_id(tokens[number + 1].content))
        elif token.children:
            token.children = _remove_relative_links(token.children)
    html = str(_PARSER.renderer.render(tokens, _PARSER.options, {}))
    # A block that scrolls must be reachable by keyboard.
    html = re.sub(r"<pre><code[^>]*>", '<pre tabindex="0"><code>', html)
    html = html.replace("<table>", '<div class="wide" tabindex="0"><table>').replace("</table>", "</table></div>")
    return Markup(html)  # noqa: S704 - the parser escapes HTML


def _remove_relative_links(tokens: list[Token]) -> list[Token]:
    result, is_relative = [], False
    for token in tokens:
        if token.type == "link_open":
            is_relative = not _VALID_LINK.match(str(token.attrGet("href")))
        if not (is_relative and token.type in ("link_open", "link_close")):
            result.append(token)
    return result


_SECTION = re.compile(r'<h2 id="([^"]*)">(.*?)</h2>', re.DOTALL)


def sections_of(html: Markup) -> tuple[Markup, list[tuple[str, Markup, Markup]]]:
    """Split a page into its lead and its sections: anchor, heading and body of each."""
    lead, *rest = _SECTION.split(html)
    sections = zip(rest[::3], rest[1::3], rest[2::3], strict=True)
    return Markup(lead), [(anchor, Markup(heading), Markup(body)) for anchor, heading, body in sections]  # noqa: S704


def heading_id(heading: str) -> str:
    """Return the fragment of a heading."""
    return re.sub(r"[^a-z0-9]+", "-", heading.lower()).strip("-")


bp.add_url_rule("/openapi.json", view_func=openapi)
bp.add_url_rule(INTERFACES, view_func=interfaces)
bp.add_url_rule("/llms.txt", view_func=llms)
