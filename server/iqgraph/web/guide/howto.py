"""How-to pages: what one may want to do with the graph, and how it is done; and Markdown as HTML, for some of them.

The joins with other data stand in docs/linking.md with their programs, and in docs/linking.de.md without these.
There is one notebook for each language, with the outputs of its last run; a test runs both and compares.
"""

import json
import re
from base64 import b64decode
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from ...bilingual import Text
from ...model.questions import SAMPLE
from ...resources import documentation, packaged, read_toml
from .. import urls, views
from ..http.language import Language, language
from ..http.problems import require_bundled, unlisted
from ..query import permalinks
from ..query.snippets import curl, r_string
from ..site import site
from .api import HEADERS, groups
from .programs import llms, openapi, render_llms_txt

bp = Blueprint("howto", __name__)

WRITTEN_FOR = "http://127.0.0.1:8000"
MEDIA_TYPE = "application/x-ipynb+json"
FILES: Mapping[Language, str] = {"en": "linking.md", "de": "linking.de.md"}
_JOIN = re.compile(r"^## (\d)\. (.+)\n\n\*(.+)\*$", re.MULTILINE)
_BLOCK = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_PLACE = re.compile(r"^\[\[block\]\]$", re.MULTILINE)
TABLE = "which-official-keys-do-the-places-have"


# What one wants, what the page has, and whether it makes sense for the bundled graph only.
GUIDES = {
    row["slug"]: {**row, "title": Text(**row["title"]), "content": Text(**row["content"])}
    for row in read_toml(__package__, "guides.toml")["guides"]
}


@bp.get("/how-to")
def index() -> Response:
    """What one may want, each with its page."""
    return views.html("howto/index.html", guides=guides())


@bp.get("/how-to/<name>")
def guide(name: str) -> Response:
    """One how-to page."""
    found = GUIDES.get(name)
    if found is None or (found["ours"] and not site().bundled):
        raise unlisted(Text(de="Eine Anleitung", en="how-to page"), name, (one["slug"] for one in guides()))
    return views.html(
        f"howto/{name}.html",
        guide=found,
        address=asked(TABLE) if site().bundled else asked(permalinks.pack(SAMPLE.query)),
        asked=asked,
        call=curl,
        query=site().model.questions.first(language()).strip(),
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


def guides() -> list[dict[str, Any]]:
    """The pages that there are for what is served."""
    return [guide for guide in GUIDES.values() if site().bundled or not guide["ours"]]


def asked(slug: str) -> str:
    """The address of the table that answers a question, with labels in the reader's language."""
    return f"{urls.host()}/q/{slug}?format=csv&lang={language()}"


def joins(wanted: Language) -> list[tuple[str, str, str]]:
    """The joins of the document in a language, in its order: number, title, and what each asks."""
    return _JOIN.findall(document(wanted))


def document(wanted: Language) -> str:
    """The document in a language, its programs asking this server; the programs are those of the English one."""
    english, own = documentation(FILES["en"]), documentation(FILES[wanted])
    blocks = iter(_BLOCK.findall(english))
    return _PLACE.sub(lambda _: next(blocks), own).replace(WRITTEN_FOR, urls.host())


def read_notebook(tag: Language) -> dict[str, Any]:
    """The notebook of a language as it lies in the data (nbformat 4)."""
    found: dict[str, Any] = json.loads((packaged().data / f"notebooks/{tag}.ipynb").read_text(encoding="utf-8"))
    return found


def notebook(tag: Language) -> dict[str, Any]:
    """The notebook of a language, asking this server."""
    found = read_notebook(tag)
    for cell in found["cells"]:
        cell["source"] = [line.replace(WRITTEN_FOR, urls.host()) for line in cell["source"]]
    return found


@bp.get("/how-to/python.ipynb")
def download() -> Response:
    """The notebook in the reader's language, asking this server."""
    require_bundled()
    content = json.dumps(notebook(language()), ensure_ascii=False, indent=1) + "\n"
    response = Response(content, content_type=MEDIA_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{site().profile.stem}-{language()}.ipynb"'
    return response


# The policy of pages allows no data in addresses of pictures, so each picture has an address.
@bp.get("/how-to/python/<int:picture>.png")
def picture(picture: int) -> Response:
    """A picture of the notebook, counted from 1."""
    require_bundled()
    outputs = (output for cell in read_notebook(language())["cells"] for output in cell.get("outputs", ()))
    found = [output["data"]["image/png"] for output in outputs if "image/png" in output.get("data", {})]
    if not 0 < picture <= len(found):
        raise unlisted(Text(de="Ein Bild", en="picture"), str(picture), map(str, range(1, len(found) + 1)))
    return Response(b64decode("".join(found[picture - 1])), content_type="image/png")


_READER = MarkdownIt("commonmark", {"html": False}).enable("table")
_ELSEWHERE = re.compile(r"https?://|#")


def render_markdown(text: str) -> Markup:
    """HTML of a text; its own markup is shown, never run.

    A link to a file that is beside the text, and not on this site, is only its words.
    """
    found = _READER.parse(text)
    for number, token in enumerate(found):
        if token.type == "heading_open":
            token.attrSet("id", heading_id(found[number + 1].content))
        elif token.children:
            token.children = _linked(token.children)
    html = str(_READER.renderer.render(found, _READER.options, {}))
    # What is wider than the page scrolls, so it has to be reached without a mouse.
    html = re.sub(r"<pre><code[^>]*>", '<pre tabindex="0"><code>', html)
    html = html.replace("<table>", '<div class="wide" tabindex="0"><table>').replace("</table>", "</table></div>")
    return Markup(html)  # noqa: S704 - the reader escapes what it is given


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


bp.add_url_rule("/openapi.json", view_func=openapi)
bp.add_url_rule("/llms.txt", view_func=llms)
