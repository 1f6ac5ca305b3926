"""Recipes of the how-to pages: programs in R, formulas for spreadsheets, and joins with other data.

The joins stand in docs/linking.md with their programs, and in docs/linking.de.md in German without these.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from ...bilingual import Text
from .. import urls
from ..http.language import Language
from ..query.snippets import r_string
from .notebook import WRITTEN_FOR


@dataclass(frozen=True, slots=True)
class Formula:
    """What is typed into a spreadsheet program, and where."""

    program: str
    purpose: Text
    text: str


def r_table(table: str) -> str:
    """Base R: the table of an address, every column as text, so that keys keep their leading zeros."""
    return f"""address <- {r_string(table)}
answer <- read.csv(address, encoding = "UTF-8", colClasses = "character", na.strings = "")
print(answer)
"""


def r_plot(table: str, *, label: str, value: str, file: str) -> str:
    """Base R: one numeric column of a table as bars, in a picture file."""
    return f"""answer <- read.csv({r_string(table)}, encoding = "UTF-8")
png({r_string(file)}, width = 900, height = 500)
barplot(answer${value}, names.arg = answer${label}, ylab = {r_string(value)}, xlab = {r_string(label)}, las = 1)
dev.off()
"""


def r_post(endpoint: str, query: str) -> str:
    """httr2: a query of any length, posted; an error says what is wrong, and where."""
    return f"""library(httr2)

query <- {r_string(query)}
answer <- request({r_string(endpoint)}) |>
  req_body_form(query = query) |>
  req_headers(Accept = "text/csv, text/plain") |>
  req_error(body = function(response) resp_body_string(response)) |>
  req_perform() |>
  resp_body_string()
write.csv(read.csv(text = answer, colClasses = "character"), row.names = FALSE)
"""


def formulas(table: str) -> list[Formula]:
    """How spreadsheet programs are given the address of a table."""
    return [
        Formula(
            "LibreOffice Calc",
            Text(
                de="Tabelle → Externe Verknüpfungen …: diese Adresse eingeben, Eingabetaste; Trennzeichen Komma, "
                "Zeichensatz UTF-8, für Schlüssel der Spaltentyp Text. Mit „Aktualisieren alle“ holt Calc die Antwort "
                "immer neu.",
                en="Sheet → External Links …: give this address, press Enter; separator comma, character set UTF-8, "
                "for keys the column type Text. With “Update every”, Calc asks again and again.",
            ),
            table,
        ),
        Formula(
            "Excel",
            Text(
                de="Daten → Daten abrufen → Leere Abfrage → Erweiterter Editor. Die Spaltentypen bleiben Text, damit "
                "Schlüssel ihre führenden Nullen behalten; „Alle aktualisieren“ fragt neu.",
                en="Data → Get Data → Blank Query → Advanced Editor. The columns stay text, so that keys keep their "
                "leading zeros; “Refresh All” asks again.",
            ),
            f'let\n    Source = Csv.Document(Web.Contents("{table}"), [Delimiter = ",", Encoding = 65001]),\n'
            "    Table = Table.PromoteHeaders(Source, [PromoteAllScalars = true])\nin\n    Table\n",
        ),
        Formula(
            "Google Sheets",
            Text(
                de="In eine Zelle; die Antwort füllt die Zellen rechts und darunter. Der Server muss im "
                "Netz erreichbar "
                "sein. Sheets macht aus Schlüsseln Zahlen: 06413 wird 6413.",
                en="In a cell; the answer fills the cells to the right and below. The server has to be "
                "reachable on the "
                "net. Sheets makes numbers of keys: 06413 becomes 6413.",
            ),
            f'=IMPORTDATA("{table}")',
        ),
    ]


FOLDER = files("iqgraph.docs")
FILES: Mapping[Language, str] = {"en": "linking.md", "de": "linking.de.md"}
_JOIN = re.compile(r"^## (\d)\. (.+)\n\n\*(.+)\*$", re.MULTILINE)
_BLOCK = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_PLACE = re.compile(r"^\[\[block\]\]$", re.MULTILINE)


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
