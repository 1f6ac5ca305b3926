"""How-to pages: what one may want to do with the graph, and how it is done.

The joins with other data stand in docs/linking.md with their programs, and in docs/linking.de.md without these.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from flask import Blueprint, Response

from ...bilingual import Text
from ...errors import shortened
from ...model.questions import SAMPLE
from .. import urls, views
from ..http.language import Language, language
from ..http.messages import text
from ..http.problems import require_bundled, unlisted
from ..query import permalinks
from ..query.snippets import curl, r_string
from ..site import site
from .api import HEADERS, groups
from .notebook import WRITTEN_FOR, download, heading_id, notebook, picture, render_markdown, sections_of
from .programs import llms, openapi, render_llms_txt

bp = Blueprint("howto", __name__)

FOLDER = files("iqgraph.docs")
FILES: Mapping[Language, str] = {"en": "linking.md", "de": "linking.de.md"}
_JOIN = re.compile(r"^## (\d)\. (.+)\n\n\*(.+)\*$", re.MULTILINE)
_BLOCK = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_PLACE = re.compile(r"^\[\[block\]\]$", re.MULTILINE)
TABLE = "which-official-keys-do-the-places-have"


@dataclass(frozen=True, slots=True)
class Guide:
    """A how-to page: what one wants, what the page has; `ours` if it makes sense for the bundled graph only."""

    slug: str
    title: Text
    content: Text
    ours: bool


GUIDES = {
    row["slug"]: Guide(row["slug"], Text(**row["title"]), Text(**row["content"]), row["ours"])
    for row in tomllib.loads((files(__package__) / "guides.toml").read_text(encoding="utf-8"))["guides"]
}


@bp.get("/how-to")
def index() -> Response:
    """What one may want, each with its page."""
    return views.html("howto/index.html", guides=guides())


@bp.get("/how-to/<name>")
def guide(name: str) -> Response:
    """One how-to page."""
    found = GUIDES.get(name)
    if found is None or (found.ours and not site().bundled):
        given = shortened(name)
        missing = Text(de=f"Eine Anleitung {given}", en=f"how-to page {given}")
        raise unlisted(missing, (one.slug for one in guides()))
    return views.html(
        f"howto/{name}.html",
        guide=found,
        address=asked(TABLE) if site().bundled else asked(permalinks.pack(SAMPLE.query)),
        asked=asked,
        call=curl,
        query=site().model.questions.first(language()).strip(),
        r_string=r_string,
        notebook=notebook,
        linking=lambda: sections_of(render_markdown(document(language()).partition("\n")[2], within=0)),
        joins=joins,
        place=heading_id,
        groups=groups,
        headers=HEADERS,
        render_llms_txt=render_llms_txt,
    )


@bp.get("/how-to/linking.md")
def linking() -> Response:
    """The linking recipes as they lie in the package."""
    require_bundled()
    response = Response(document(language()), content_type=text("text/markdown"))
    response.vary.add("Accept-Language")
    return response


def guides() -> list[Guide]:
    """The pages that there are for what is served."""
    return [guide for guide in GUIDES.values() if site().bundled or not guide.ours]


def asked(slug: str) -> str:
    """The address of the table that answers a question, with labels in the reader's language."""
    return f"{urls.host()}/q/{slug}?format=csv&lang={language()}"


@dataclass(frozen=True, slots=True)
class Join:
    """A join: its number in the document, its title there, and what it asks."""

    number: int
    title: str
    question: str


def joins(wanted: Language) -> list[Join]:
    """The joins of the document in a language, in its order."""
    return [Join(int(number), title, question) for number, title, question in _JOIN.findall(document(wanted))]


def document(wanted: Language) -> str:
    """The document in a language, its programs asking this server; the programs are those of the English one."""
    english, own = ((FOLDER / FILES[one]).read_text(encoding="utf-8") for one in ("en", wanted))
    blocks = iter(_BLOCK.findall(english))
    return _PLACE.sub(lambda _: next(blocks), own).replace(WRITTEN_FOR, urls.host())


bp.add_url_rule("/how-to/python.ipynb", view_func=download)
bp.add_url_rule("/how-to/python/<int:picture>.png", view_func=picture)
bp.add_url_rule("/openapi.json", view_func=openapi)
bp.add_url_rule("/llms.txt", view_func=llms)
