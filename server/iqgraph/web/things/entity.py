"""A thing as its page tells of it: in words, in time, among its neighbours, with evidence and with what differs."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Triple

from ...dataset import Term
from ...dataset.questions import Question
from ...engine.neighbourhood import Neighbourhood
from ...model.evidence import Mark
from ...model.kinds import Kind
from ...model.passages import Outline, Segment
from ...reference.links import known_as
from ...terms import DCTERMS, FOAF, ID, IQ, OA, OWL, RDF, RDFS, SCHEMA, SKOS
from .. import views
from ..http.language import language
from ..http.parameters import MAX_ROWS, Portion, portion
from ..pictures import rows
from ..pictures.columns import Drawing, Item, Relation, draw
from ..pictures.timeline import TimelineGroup, lines, ticks
from ..site import site
from ..views import Link
from .sentences import Conflict, Sentence, conflicts, sentences

MAX_NEIGHBOURS = 9
NAMES = {RDF.type, RDFS.label, SKOS.prefLabel, DCTERMS.description, SKOS.definition, RDFS.isDefinedBy}
OUT = (
    *(OWL.sameAs, SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.relatedMatch),
    *(RDFS.seeAlso, SCHEMA.url, FOAF.page, DCTERMS.source),
)
OWN = """SELECT ?graph ?property ?value
WHERE {{
    GRAPH ?graph {{ <{}> ?property ?value }}
}}
ORDER BY ?property ?graph
"""
OF_GRAPH = """SELECT ?subject ?property ?value
WHERE {{
    GRAPH <{}> {{ ?subject ?property ?value }}
}}
ORDER BY ?subject ?property
"""


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a property, and the sources that give it."""

    link: Link
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """A property with all its values."""

    predicate: Link
    values: list[Value]


@dataclass(frozen=True, slots=True)
class Entity:
    """All that the page of a thing shows: of its statements a portion, of those that point to it the first."""

    node: NamedNode
    kind: Kind
    title: str
    description: str
    descriptions: list[views.Row]
    rows: Portion[views.Row]
    incoming: list[views.Row]
    more_incoming: int
    sentences: list[Sentence]
    facts: list[Fact]
    out: list[Fact]
    lanes: list[TimelineGroup]
    ticks: list[tuple[int, float]]
    drawing: Drawing | None
    left_out: int
    outline: Outline | None
    spoken: list[Outline]
    several: bool
    lit: set[NamedNode]
    passage: Segment | None
    says: list[views.Row]
    conflicts: list[Conflict]
    notes: list[NamedNode]
    questions: list[Question]
    query: str
    graph_query: str


def entity(about: Neighbourhood) -> Entity:
    """A thing with everything that its page tells."""
    node = about.node
    own = [triple for triple in about.statements if triple.subject == node]
    segment, outline = _place(node)
    lit = {node} if segment else _passages(views.evidence().marks(*own, *about.incoming))
    is_small = not site().dataset.is_large  # what is asked about a thing goes as far as the data does
    found = lines(rows("times", node.value)) if is_small and node in ID else []
    return Entity(
        node,
        site().model.kind(node),
        views.title(node) or views.link(node).text,
        views.text_of(one.object for one in own if one.predicate == DCTERMS.description),
        _of_several(one for one in own if one.predicate == DCTERMS.description),
        _rows(about, own),
        [views.row(triple, node) for triple in sorted(about.incoming, key=_order)[:MAX_ROWS]],
        max(0, len(about.incoming) - MAX_ROWS),
        sentences(node) if is_small and node in ID else [],
        _facts(own, lambda predicate: predicate not in OUT and predicate not in NAMES and _in_words(predicate)),
        _facts(own, lambda predicate: predicate in OUT),
        [TimelineGroup("", found)] if found else [],
        ticks(),
        *(_neighbours(about, own) if node in ID else (None, 0)),
        outline,
        views.bearing(lit),
        len(site().model.outlines) > 1,
        lit,
        segment,
        _said(segment.graph) if segment and segment.graph else [],
        conflicts(node) if is_small else [],
        _notes(about),
        site().model.questions.about(node),
        OWN.format(node.value),
        OF_GRAPH.format(segment.graph.value) if segment and segment.graph else "",
    )


def _rows(about: Neighbourhood, own: list[Triple]) -> Portion[views.Row]:
    """The portion of the statements that is asked for, those about the thing itself first."""
    others = [triple for triple in about.statements if triple.subject != about.node]
    views.tell(triple.subject for triple in others)
    shown = portion([*sorted(own, key=_order), *sorted(others, key=_order)])
    return Portion([views.row(one, about.node) for one in shown.items], shown.number, shown.last, shown.total)


def _of_several(described: Iterable[Triple]) -> list[views.Row]:
    """The descriptions of a thing in the reader's language, each with who gives it, if there is more than one."""
    own = [one for one in described if isinstance(one.object, Literal) and one.object.language == language()]
    return [views.row(one) for one in sorted(own, key=str)] if len(own) > 1 else []


def _order(triple: Triple) -> tuple[str, bool, str, str]:
    return str(triple.subject), triple.predicate != RDF.type, triple.predicate.value, str(triple.object)


def _place(node: NamedNode) -> tuple[Segment | None, Outline | None]:
    for outline in site().model.outlines:
        for segment in outline.segments:
            if segment.node == node:
                return segment, outline
    return None, None


def _passages(found: Iterable[Mark]) -> set[NamedNode]:
    return {mark.passage for mark in found if mark.passage}


def _in_words(predicate: NamedNode) -> bool:
    """Our own terms have labels; the derived terms of other vocabularies would only say the same again."""
    return views.has_words(predicate) and predicate != RDFS.seeAlso


def _facts(own: list[Triple], wanted: Callable[[NamedNode], bool]) -> list[Fact]:
    found: dict[NamedNode, list[Value]] = {}
    for triple in sorted(own, key=str):
        if wanted(triple.predicate):
            found.setdefault(triple.predicate, []).append(Value(_shown(triple), views.evidence().marks(triple)))
    return [Fact(views.predicate_link(predicate), values) for predicate, values in found.items()]


def _shown(triple: Triple) -> Link:
    """What has an identifier in a dataset that we know is shown by both, not by its address."""
    link = views.link(triple.object)
    if triple.predicate not in OUT or not isinstance(triple.object, NamedNode):
        return link
    name, identifier = known_as(triple.object)
    return Link(f"{name} {identifier}", link.address, title=triple.object.value) if name else link


def _said(graph: NamedNode) -> list[views.Row]:
    triples = [one for one in site().dataset.triples(graph) if one.predicate != RDFS.label]
    return [
        views.row(triple)
        for triple in sorted(triples, key=lambda one: (str(one.subject), one.predicate != RDF.type, str(one)))
    ]


def _neighbours(about: Neighbourhood, own: list[Triple]) -> tuple[Drawing | None, int]:
    """What points here on the left, what this points to on the right, as many as can be read; how many are left out."""
    outgoing = [(one.object, one) for one in own if one.predicate in IQ and _is_thing(one.object)]
    incoming = [(one.subject, one) for one in about.incoming if one.predicate in IQ and _is_thing(one.subject)]
    items = {about.node: _item(about.node, 1)}
    relations = []
    for pairs, column in ((outgoing, 2), (incoming, 0)):
        found = dict.fromkeys(other for other, _ in sorted(pairs, key=str) if other not in items)
        chosen = [other for other in found if isinstance(other, NamedNode)][:MAX_NEIGHBOURS]
        items |= {other: _item(other, column) for other in chosen}
        for other, triple in pairs:
            if other in chosen and isinstance(triple.subject, NamedNode) and isinstance(triple.object, NamedNode):
                label = views.predicate_link(triple.predicate).text
                relations.append(Relation(triple.subject.value, triple.object.value, label))
    left_out = {other for other, _ in [*outgoing, *incoming]} - set(items)
    return draw(items.values(), dict.fromkeys(relations)), len(left_out)


def _item(node: NamedNode, column: int) -> Item:
    return Item(node.value, views.title(node), site().model.kind(node), column)


def _is_thing(term: Term) -> bool:
    kind = site().model.kind(term).slug if isinstance(term, NamedNode) else ""
    return isinstance(term, NamedNode) and term in ID and kind != "note" and "#" not in term.value


def _notes(about: Neighbourhood) -> list[NamedNode]:
    found = {one.subject for one in about.incoming if one.predicate == OA.hasTarget}
    return sorted((note for note in found if isinstance(note, NamedNode)), key=str)
