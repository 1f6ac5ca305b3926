"""The page on the quality of the data: every number computed, every table a query that can be asked again."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

from flask import Blueprint, Response
from pyoxigraph import Literal, NamedNode, parse

from ..bilingual import Text
from ..dataset import Term
from ..formats import TURTLE
from ..reference.quality import Row, quality
from ..reference.reused import reused_name
from ..terms import DCTERMS, OA, RDF, SH
from . import views
from .http.language import language, say
from .http.problems import Problem
from .reference import SEVERITIES
from .site import kept, site
from .views import Link

bp = Blueprint("quality", __name__)

UNCHECKED = "The served files are not ours, so nothing is said about their quality."
COLUMNS = {
    "class": Text(en="class", de="Klasse"),
    "conflicts": Text(en="conflicts", de="Widersprüche"),
    "contextual": Text(en="only in context", de="nur im Zusammenhang"),
    "count": Text(en="what is counted", de="was gezählt wird"),
    "graph": Text(en="source", de="Quelle"),
    "kind": Text(en="kind of vagueness", de="Art der Unschärfe"),
    "known": Text(en="known by name", de="namentlich bekannt"),
    "links": Text(en="links", de="Verknüpfungen"),
    "modality": Text(en="supported", de="Beleg"),
    "nodes": Text(en="nodes looked at", de="betrachtete Knoten"),
    "note": Text(en="note", de="Anmerkung"),
    "number": Text(en="number", de="Nummer"),
    "order": Text(en="place in the text", de="Platz im Text"),
    "passage": Text(en="passage", de="Textstelle"),
    "passages": Text(en="passages", de="Textstellen"),
    "relation": Text(en="relation", de="Beziehung"),
    "shape": Text(en="shape", de="Shape"),
    "sources": Text(en="sources", de="Quellen"),
    "statements": Text(en="statements", de="Aussagen"),
    "target": Text(en="linked to", de="verknüpft mit"),
    "thing": Text(en="thing", de="Ding"),
    "things": Text(en="things", de="Dinge"),
    "undated": Text(en="without a time", de="ohne Zeit"),
    "undescribed": Text(en="without a description", de="ohne Beschreibung"),
    "unlinked": Text(en="without a link", de="ohne Verknüpfung"),
}


@bp.get("/quality")
def page() -> Response:
    """What is sound, what is open, and what is not known."""
    if not site().bundled:
        raise Problem("not-found", UNCHECKED)
    found = kept("quality", quality)
    return views.html(
        "quality.html",
        found=found,
        columns=COLUMNS,
        findings=list(_findings()) if site().report is not None else None,
        levels=SEVERITIES,
        conflicts=_sides(found.tables["conflicts"].rows),
        link=_link,
        titles={_value(row, "number"): row["note"] for row in found.tables["notes"].rows},
        described=_described,
        passages=lambda note: site().dataset.values(note, OA.hasTarget),
    )


def _link(term: Term) -> Link:
    """A term by its name; one of another vocabulary by what it is called here."""
    found = views.link(term)
    known = reused_name(term) if isinstance(term, NamedNode) else None
    return replace(found, text=say(de=known.de, en=known.en)) if known else found


def _findings() -> Iterator[tuple[NamedNode, str]]:
    """The findings of the report: how grave each is, and its message."""
    triples = [quad.triple for quad in parse(site().report or b"", TURTLE.rdf)]
    for result in sorted(
        {t.subject for t in triples if t.predicate == RDF.type and t.object == SH.ValidationResult}, key=str
    ):
        own = [t for t in triples if t.subject == result]
        severity = next(t.object for t in own if t.predicate == SH.resultSeverity and isinstance(t.object, NamedNode))
        focus = next(t.object for t in own if t.predicate == SH.focusNode)
        texts = {t.object.language: t.object.value for t in own if isinstance(t.object, Literal) and t.object.language}
        yield severity, f"{views.link(focus).text}: {texts.get(language(), '')}"


def _sides(rows: tuple[Row, ...]) -> list[tuple[str, dict[str, list[Row]]]]:
    """The rows of each note, what the text says apart from what the record says."""
    found = []
    for number, own in groupby(rows, key=lambda row: _value(row, "number")):
        sides: dict[str, list[Row]] = {"text": [], "record": []}
        for row in own:
            sides[_value(row, "side")].append(row)
        found.append((number, sides))
    return found


def _value(row: Row, name: str) -> str:
    value = row[name]
    return value.value if isinstance(value, Literal) else ""


def _described(node: NamedNode) -> str:
    texts = [text for text in site().dataset.values(node, DCTERMS.description) if isinstance(text, Literal)]
    return next((text.value for text in texts if text.language == language()), "")
