"""How good the data is: a page of tables, each a query that can be asked again, and the report of the validation."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response
from pyoxigraph import Literal, NamedNode, parse

from ..bilingual import Text
from ..dataset import Term
from ..formats import TURTLE, Format
from ..reference.quality import Row, quality
from ..reference.reused import reused_name
from ..terms import OA, SH
from . import views
from .forms import route_forms, turtle_response
from .http.language import language, localize
from .http.negotiation import Page
from .http.problems import not_bundled
from .reference import SEVERITIES
from .site import memoized, site
from .views import Link

bp = Blueprint("quality", __name__)

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
        raise not_bundled(Text(de="Über ihre Qualität ist nichts bekannt.", en="Nothing is known about their quality."))
    found = memoized("quality", quality)
    return views.html(
        "quality.html",
        found=found,
        columns=COLUMNS,
        findings=list(_findings()) if site().report is not None else None,
        levels=SEVERITIES,
        conflicts=_sides(found.tables["conflicts"].rows),
        link=_link,
        titles={_value(row, "number"): row["note"] for row in found.tables["notes"].rows},
        described=views.described,
        passages=lambda note: site().dataset.values(note, OA.hasTarget),
    )


@route_forms(bp, "/validation")
def validation(form: Format | Page) -> Response:
    """The SHACL report of what is served."""
    report = site().report
    if report is None:
        raise not_bundled(
            Text(
                de="Für sie gibt es keine Shapes, darum auch keinen Bericht ihrer Prüfung.",
                en="No shapes are imposed on them, so there is no report of a validation.",
            )
        )
    if isinstance(form, Page):
        return views.html("validation.html", report=report.decode())
    return turtle_response(report, form, site().dataset.prefixes)


def _link(term: Term) -> Link:
    """A term by its name; one of another vocabulary by what it is called here."""
    found = views.link(term)
    known = reused_name(term) if isinstance(term, NamedNode) else None
    return replace(found, text=localize(known)) if known else found


def _findings() -> Iterator[tuple[NamedNode, str]]:
    """The findings of the report: how grave each is, and its message."""
    about: dict[str, dict[NamedNode, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for quad in parse(site().report or b"", TURTLE.rdf):
        about[str(quad.subject)][quad.predicate].append(quad.object)
    for _, result in sorted((node, said) for node, said in about.items() if SH.resultSeverity in said):
        texts = {text.language: text.value for text in result[SH.resultMessage]}
        yield result[SH.resultSeverity][0], f"{views.link(result[SH.focusNode][0]).text}: {texts[language()]}"


def _sides(rows: tuple[Row, ...]) -> dict[str, dict[str, list[Row]]]:
    """The rows of each note, what the text says apart from what the record says."""
    found: dict[str, dict[str, list[Row]]] = {}
    for row in rows:
        sides = found.setdefault(_value(row, "number"), {"text": [], "record": []})
        sides[_value(row, "side")].append(row)
    return found


def _value(row: Row, name: str) -> str:
    value = row[name]
    return value.value if isinstance(value, Literal) else ""
