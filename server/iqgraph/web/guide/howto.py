"""How-to pages: what one may want to do with the graph, and how it is done."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response

from ...bilingual import Text
from ...errors import shortened
from .. import urls, views
from ..http.language import language
from ..http.messages import text
from ..http.problems import Problem, not_bundled
from ..query import permalinks
from ..query.examples import SAMPLE, first
from ..query.snippets import curl
from ..site import site
from .api import HEADERS, groups
from .notebook import download, heading_id, notebook, picture, render_markdown, sections_of
from .programs import llms, openapi, render_llms_txt
from .recipes import document, formulas, joins, r_plot, r_post, r_table

bp = Blueprint("howto", __name__)

TABLE = "which-official-keys-do-the-places-have"
NUMBERS = "how-many-statements-does-each-passage-make"


@dataclass(frozen=True, slots=True)
class Guide:
    """A how-to page: what one wants, what the page has; `ours` if it makes sense for the bundled graph only."""

    slug: str
    title: Text
    content: Text
    values: Callable[[], dict[str, Any]]
    ours: bool = True


def _python() -> dict[str, Any]:
    return {"notebook": notebook(language())}


def _r() -> dict[str, Any]:
    return {
        "programs": (r_table(table()), r_post(f"{urls.host()}/sparql", first().strip())),
        "plot": r_plot(asked(NUMBERS), label="order", value="statements", file="statements.png"),
    }


def _spreadsheet() -> dict[str, Any]:
    return {"address": table(), "xlsx": table().replace("format=csv", "format=xlsx"), "formulas": formulas(table())}


def _linking() -> dict[str, Any]:
    content = render_markdown(document(language()).partition("\n")[2], within=0)
    lead, sections = sections_of(content)
    return {"joins": joins(language()), "lead": lead, "sections": sections, "place": heading_id}


def _openrefine() -> dict[str, Any]:
    return {"service": f"{urls.host()}/reconcile?lang={language()}"}


def _api() -> dict[str, Any]:
    return {
        "groups": groups(site().profile),
        "headers": HEADERS,
        "command": curl(f"{urls.host()}/sparql", first().strip()),
    }


def _agents() -> dict[str, Any]:
    return {"told": render_llms_txt(), "address": f"{urls.host()}/mcp"}


GUIDES = {
    guide.slug: guide
    for guide in (
        Guide(
            "spreadsheet",
            Text(de="Antworten in der Tabellenkalkulation", en="Answers in a spreadsheet"),
            Text(
                de="Eine Adresse für LibreOffice Calc, Excel und Google Sheets",
                en="One address for LibreOffice Calc, Excel and Google Sheets",
            ),
            _spreadsheet,
            ours=False,
        ),
        Guide(
            "python",
            Text(de="Mit Python abfragen und auswerten", en="Query and analyse with Python"),
            Text(
                de="Ein Notebook mit pandas, matplotlib und rdflib, zum Lesen und Herunterladen",
                en="A notebook with pandas, matplotlib and rdflib, to read and to download",
            ),
            _python,
        ),
        Guide(
            "r",
            Text(de="Mit R abfragen und auswerten", en="Query and analyse with R"),
            Text(
                de="Drei kurze Programme: einlesen, lange Abfragen, ein Diagramm",
                en="Three short programs: reading, long queries, a chart",
            ),
            _r,
            ours=False,
        ),
        Guide(
            "linking",
            Text(
                de="Mit amtlichen Statistiken und anderen Daten verknüpfen",
                en="Link with official statistics and other data",
            ),
            Text(
                de="Sechs Rezepte, über Gebietsschlüssel, Gesetz, Ort und Organisation",
                en="Six recipes, by area key, law, place and organisation",
            ),
            _linking,
        ),
        Guide(
            "openrefine",
            Text(de="Namen einer Tabelle abgleichen (OpenRefine)", en="Reconcile the names of a table (OpenRefine)"),
            Text(
                de="Aus Namen werden Einträge des Graphen, aus diesen neue Spalten mit Belegen",
                en="Names become entries of the graph, and these become new columns with evidence",
            ),
            _openrefine,
        ),
        Guide(
            "api",
            Text(de="Den Server aus eigenen Programmen abfragen", en="Query the server from your own programs"),
            Text(
                de="Jede Adresse, jeder Parameter, jedes Format; auch als OpenAPI",
                en="Every address, every parameter, every format; also as OpenAPI",
            ),
            _api,
            ours=False,
        ),
        Guide(
            "agents",
            Text(de="Mit einem Sprachmodell abfragen", en="Query with a language model"),
            Text(
                de="Eine Anleitung, die Sprachmodelle lesen, und Werkzeuge für Agenten (MCP)",
                en="A guide for language models to read, and tools for agents (MCP)",
            ),
            _agents,
            ours=False,
        ),
        Guide(
            "contribute",
            Text(
                de="Aussagen berichtigen, Aussagen oder Dokumente hinzufügen",
                en="Correct statements, add statements or documents",
            ),
            Text(de="Schritt für Schritt, mit den Befehlen", en="Step by step, with the commands"),
            dict,
        ),
    )
}


@bp.get("/how-to")
def index() -> Response:
    """What one may want, each with its page."""
    return views.html(
        "howto/index.html", guides=[guide for guide in GUIDES.values() if site().bundled or not guide.ours]
    )


@bp.get("/how-to/<name>")
def guide(name: str) -> Response:
    """One how-to page."""
    found = GUIDES.get(name)
    if found is None or (found.ours and not site().bundled):
        known = ", ".join(one.slug for one in guides())
        given = shortened(name)
        raise Problem(
            "not-found",
            de=f"Eine Anleitung {given} gibt es hier nicht. Es gibt: {known}.",
            en=f"There is no how-to page {given} here. There are: {known}.",
        )
    return views.html(f"howto/{name}.html", guide=found, **found.values())


@bp.get("/how-to/linking.md")
def linking() -> Response:
    """The linking recipes as they lie in the package."""
    if not site().bundled:
        raise not_bundled(
            de="Rezepte für Verknüpfungen mit ihnen gibt es nicht.",
            en="There are no recipes to link them.",
        )
    response = Response(document(language()), content_type=text("text/markdown"))
    response.vary.add("Accept-Language")
    return response


def guides() -> list[Guide]:
    """The pages that there are for what is served."""
    return [guide for guide in GUIDES.values() if site().bundled or not guide.ours]


def asked(slug: str) -> str:
    """The address of the table that answers a question, with labels in the reader's language."""
    return f"{urls.host()}/q/{slug}?format=csv&lang={language()}"


def table() -> str:
    """The address of a table to try; of somebody's files, that of any ten statements."""
    return asked(TABLE) if site().bundled else asked(permalinks.pack(SAMPLE.query))


bp.add_url_rule("/how-to/python.ipynb", view_func=download)
bp.add_url_rule("/how-to/python/<int:picture>.png", view_func=picture)
bp.add_url_rule("/openapi.json", view_func=openapi)
bp.add_url_rule("/llms.txt", view_func=llms)
