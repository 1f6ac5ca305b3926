"""The joins of docs/linking.md in short, in both languages; the document itself has their programs."""

import re
from dataclasses import dataclass
from importlib.resources import files

from ...bilingual import Text
from .. import urls

WRITTEN_FOR = "http://127.0.0.1:8000"
DOCUMENT = files("iqgraph.docs") / "linking.md"
_JOIN = re.compile(r"^## (\d)\. (.+)\n\n\*(.+)\*$", re.MULTILINE)
# By the number of the join: what it asks, and by what the two sides are joined.
GERMAN = {
    1: ("Wie viele Menschen welcher Staatsangehörigkeit leben in der Stadt der Koordination?", "fünfstelliger AGS"),
    2: (
        "Wie viele Anerkennungsverfahren gab es nach beiden Gesetzen, seit wann und in welcher Förderperiode?",
        "Land, Gesetz und Jahr",
    ),
    3: ("Wie viele Menschen leben in der Stadt der Koordinationsstelle und in den Gebieten darum?", "NUTS-Code"),
    4: ("Welche Vorhaben fördert derselbe europäische Fonds in denselben Gebieten?", "Fonds und NUTS-Code"),
    5: ("Welche Datensätze des deutschen Datenkatalogs handeln von denselben Orten?", "politische Geokodierung"),
    6: ("Wie viele Menschen leben an den Orten, die mit Wikidata verknüpft sind?", "Wikidata-Objekt"),
}


@dataclass(frozen=True, slots=True)
class Join:
    """A join: its number in the document, its title there, and its question and key in both languages."""

    number: int
    title: str
    question: Text
    german_key: str


def joins() -> list[Join]:
    """The joins of the document, in its order."""
    found = [(int(number), title, question) for number, title, question in _JOIN.findall(document())]
    return [
        Join(number, title, Text(de=GERMAN[number][0], en=question), GERMAN[number][1])
        for number, title, question in found
    ]


def document() -> str:
    """The document as it lies in the package, its programs asking this server."""
    return DOCUMENT.read_text(encoding="utf-8").replace(WRITTEN_FOR, urls.host())
