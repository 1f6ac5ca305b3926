"""Browsing: the document passage by passage, and the things by search and facets, every state with an address."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

from flask import Blueprint, Response, redirect, request
from pyoxigraph import NamedNode
from werkzeug.wrappers import Response as AnyResponse

from ..bilingual import Text
from ..engine.neighbourhood import find
from ..errors import MAX_REPEATED_CHARS, shortened
from ..model.facets import FACETS, SPACES, Choice, is_name
from ..model.kinds import KINDS, by_slug, rank
from ..model.passages import Outline, short_name
from ..terms import BASE, DCAT, ID
from . import urls, views
from .http.language import language, localize, say
from .http.parameters import choice as known_choice
from .http.parameters import portion
from .http.problems import Problem, not_bundled, suggest, unlisted
from .pictures import query as picture_query
from .search import said
from .site import site
from .table import MAX_COLUMNS, columns, offers
from .table import query as query_of

bp = Blueprint("explore", __name__)

PAGE_SIZE = 40
MAX_VALUES = 12
MAX_NEAREST = 5


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a facet: what it is called, how many things have it, where choosing it or letting it go leads."""

    label: str
    things: int
    chosen: bool
    address: str


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet with the values that there are; those beyond the first ones open at a click."""

    name: str
    values: list[Value]
    more: list[Value]


@bp.get("/explore")
def explore() -> AnyResponse:
    """The things that fit, and what they could be narrowed down to; with columns, the way to the table of them."""
    if not site().bundled:
        raise not_bundled(
            de="Fragen Sie mit SPARQL danach; die Startseite nennt die Klassen.",
            en="Ask for what is in them with SPARQL; the start page names the classes.",
        )
    wording = site().model.lookup(language()).read(request.args.get("q", ""))
    choice = chosen(wording.words, request.args)
    if names := request.args.getlist("column"):
        # the choice goes along, so that the page of the answer has the way back
        query = query_of(choice, columns(choice.kind, names))
        return redirect(f"{urls.page('sparql', query=query, **_state(choice))}#result", 303)
    shown = portion(site().model.search(language()).find(choice), PAGE_SIZE)
    return views.html(
        "explore.html",
        state=_state(choice),
        choices={name: value for name, value in _state(choice).items() if name != "q"},
        query_of_choice=choice.query(language()),
        shown=shown,
        columns=offers(choice.kind) if choice.kind else [],
        max_columns=MAX_COLUMNS,
        **said(wording),
        facets=[facet for facet in (_facet(choice, name) for name in FACETS) if facet.values],
    )


def chosen(words: tuple[str, ...], given: Mapping[str, str]) -> Choice:
    """The words, and the facets in the address; a value is the last part of its IRI."""
    values = {facet: given[facet] for facet in FACETS if given.get(facet)}
    for facet, value in values.items():
        _require(facet, value)
    return Choice(words, **values)


def _require(facet: str, value: str) -> None:
    """Refuse a value that does not exist; any thing may be chosen, and those that would find something are named."""
    if facet == "kind":
        known_choice(facet, value, (kind.slug for kind in KINDS))
    elif not is_name(value) or find(site().dataset, SPACES[facet][value].value) is None:
        start = SPACES[facet].iri
        nearest = site().names.nearest(value[:MAX_REPEATED_CHARS], MAX_NEAREST)
        counted = site().model.search(language()).counts(Choice(), facet)
        known = {iri for iri, _ in counted}
        similar = [iri.removeprefix(start) for iri in nearest if iri in known]
        offered = [iri.removeprefix(start) for iri, _ in counted[:MAX_VALUES]]
        known_choice(facet, value, similar or offered, remedy=suggest(similar))


def _facet(choice: Choice, name: str) -> Facet:
    words = {
        "kind": say(de="Art", en="Kind"),
        "period": say(de="Förderperiode", en="Funding period"),
        "place": say(de="Ort", en="Place"),
        "theme": say(de="Thema", en="Theme"),
        "organisation": say(de="Organisation", en="Organisation"),
    }
    counts = site().model.search(language()).counts(choice, name)
    if name == "kind":
        counts.sort(key=lambda one: rank(by_slug(one[0])))
    if name == "period":
        counts.sort(key=lambda one: [str(day) for day in site().dataset.values(NamedNode(one[0]), DCAT.startDate)])
    found = [_value(choice, name, value, things) for value, things in counts]
    shown = len(found) if name == "kind" else MAX_VALUES
    first = [value for number, value in enumerate(found) if value.chosen or number < shown]
    return Facet(words[name], first, [value for value in found if value not in first])


def _value(choice: Choice, facet: str, value: str, things: int) -> Value:
    name = value if facet == "kind" else value.removeprefix(SPACES[facet].iri)
    kind = by_slug(value) if facet == "kind" else None
    label = localize(kind.plural) if kind else views.title(NamedNode(value))
    is_chosen = getattr(choice, facet) == name
    state = _state(choice) | {facet: "" if is_chosen else name}
    address = urls.page("explore", **{key: one for key, one in state.items() if one})
    return Value(label or value.removeprefix(BASE), things, is_chosen, address)


def _state(choice: Choice) -> dict[str, str]:
    """What was chosen as parameters of an address."""
    state = {"q": " ".join(choice.words)} | {facet: getattr(choice, facet) for facet in FACETS}
    return {name: value for name, value in state.items() if value}


STEPS = 5


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of a document is turned into statements."""

    passages: int
    silent: int
    statements: int
    contextual: int


@bp.get("/document")
def documents() -> AnyResponse:
    """The document, if there is one; the list of several."""
    match site().model.outlines:
        case []:
            raise Problem(
                "not-found",
                de="In diesen Daten ist kein Dokument mit Textstellen beschrieben.",
                en="This data describes no document with passages.",
            )
        case [only]:
            return redirect(urls.page(f"document/{only.node.value.removeprefix(ID.iri)}"), 303)
        case several:
            found = [(outline, coverage(outline)) for outline in several]
            return views.html("documents.html", found=found, signs={one.node: sign(one) for one in several})


def sign(outline: Outline) -> str:
    """The short name of a document in the reader's language."""
    return short_name(site().dataset, outline.node, language())


@bp.get("/document/<name>")
def document(name: str) -> Response:
    """Sections and passages of one document."""
    found = next((one for one in site().model.outlines if one.node.value == ID.iri + name), None)
    if found is None:
        given = shortened(name)
        missing = Text(de=f"Ein Dokument {given} mit Textstellen", en=f"document {given} with passages")
        raise unlisted(missing, (one.node.value.removeprefix(ID.iri) for one in site().model.outlines))
    most = max(segment.statements for segment in found.segments)
    return views.html(
        "document.html",
        outline=found,
        outlines=site().model.outlines,
        coverage=coverage(found),
        step=lambda segment: ceil(segment.statements / most * STEPS) if most else 0,
        contextual=contextual(),
        ask_for=picture_query("coverage", found.node.value),
    )


def coverage(outline: Outline) -> Coverage:
    """The figures of a document."""
    read_with_others = contextual()
    segments = outline.segments
    return Coverage(
        len(segments),
        sum(1 for one in segments if not one.statements),
        sum(one.statements for one in segments),
        sum(1 for one in segments if one.graph in read_with_others),
    )


def contextual() -> set[NamedNode]:
    """The graphs with a statement that must be read with other passages."""
    return {graph for _, graph in site().model.readings}
