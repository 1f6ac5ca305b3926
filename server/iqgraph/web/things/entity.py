"""A thing as its page tells of it: in words, in time, among its neighbours, with evidence and with what differs."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from pyoxigraph import Literal, NamedNode, Triple

from ...dataset import Term
from ...engine.neighbourhood import Neighbourhood
from ...formats import RDF_FORMATS
from ...model.evidence import Mark
from ...model.model import Row
from ...reference.quality import known_as
from ...serialisation import lack
from ...serialisation.turtle import order
from ...terms import DCTERMS, FOAF, ID, IQ, OA, OWL, PROV, RDF, RDFS, SCHEMA, SKOS
from .. import views
from ..http.language import language
from ..http.parameters import MAX_ROWS, Portion, portion
from ..pictures import rows
from ..pictures.columns import Drawing, Item, Relation, draw
from ..pictures.timeline import TimelineGroup, lines, ticks
from ..site import site
from ..views import Link
from .sentences import sentences

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


Values = list[tuple[Link, tuple[Mark, ...]]]  # each with the sources that give it


def entity(about: Neighbourhood) -> dict[str, Any]:
    """What the page of a thing shows: of its statements a portion, of those that point to it the first."""
    node, model = about.node, site().model
    own = [triple for triple in about.statements if triple.subject == node]
    places = ((segment, outline) for outline in model.outlines for segment in outline.segments)
    segment, outline = next((one for one in places if one[0].node == node), (None, None))
    lit = {node} if segment else {one.passage for one in views.evidence().marks(*own, *about.incoming) if one.passage}
    is_small = not site().dataset.is_large  # what is asked about a thing goes as far as the data does
    times = lines(rows("times", node.value)) if is_small and node in ID else []
    drawing, left_out = _neighbours(about, own) if node in ID else (None, 0)
    differing = conflicts(node) if is_small else []
    said = site().dataset.triples(segment.graph) if segment and segment.graph else ()
    described = [one for one in own if one.predicate in (DCTERMS.description, SKOS.definition)]
    # What a thing is the same as or like, a rule also lets it refer to.
    closer = {one.object for one in own if one.predicate in OUT and one.predicate != RDFS.seeAlso}
    in_words = [one for one in described if isinstance(one.object, Literal) and one.object.language == language()]
    told = {one.object for one in own if one.predicate in IQ}  # by a property that says more than "part of"
    shown = [one for one in own if one.predicate != DCTERMS.isPartOf or one.object not in told]
    return {
        "node": node,
        "kind": model.kind(node),
        "title": views.title(node) or views.link(node).text,
        "description": views.text_of(one.object for one in described),
        # Who gives each, if there are several.
        "descriptions": [views.row(one) for one in sorted(in_words, key=str)] if len(in_words) > 1 else [],
        "sentences": sentences(node) if is_small and node in ID else [],
        "facts": _facts(shown, lambda name: name not in NAMES and name not in OUT and views.has_words(name)),
        "out": _facts(
            [one for one in own if one.predicate != RDFS.seeAlso or one.object not in closer], OUT.__contains__
        ),
        "conflicts": differing,
        "passage": segment,
        "outline": outline,
        "says": [views.row(one) for one in sorted(said, key=order) if one.predicate != RDFS.label],
        "lit": lit,
        "spoken": views.bearing(lit),
        "several": len(model.outlines) > 1,
        "lanes": [TimelineGroup("", times)] if times else [],
        "ticks": ticks(),
        "drawing": drawing,
        "left_out": left_out,
        "notes": sorted(_notes(about, lit) - {one.note for one in differing}, key=str),
        "questions": model.questions.about.get(node, []),
        "whole": about.whole,
        "rows": _rows(about, own),
        "incoming": [views.row(triple, node) for triple in sorted(about.incoming, key=order)[:MAX_ROWS]],
        "more_incoming": max(0, len(about.incoming) - MAX_ROWS),
        "forms": [one for one in RDF_FORMATS if not lack(about.triples, one)],
        "query": OWN.format(node.value),
        "graph_query": OF_GRAPH.format(segment.graph.value) if segment and segment.graph else "",
    }


def _rows(about: Neighbourhood, own: list[Triple]) -> Portion[views.Row]:
    """The portion of the statements that is asked for, those about the thing itself first."""
    others = [triple for triple in about.statements if triple.subject != about.node]
    views.tell(triple.subject for triple in others)
    shown = portion([*sorted(own, key=order), *sorted(others, key=order)])
    return Portion([views.row(one, about.node) for one in shown.items], shown.number, shown.last, shown.total)


def _facts(own: list[Triple], wanted: Callable[[NamedNode], bool]) -> list[tuple[Link, Values]]:
    found: dict[NamedNode, Values] = {}
    for triple in sorted(own, key=str):
        if wanted(triple.predicate):
            found.setdefault(triple.predicate, []).append((_shown(triple), views.evidence().marks(triple)))
    return [(views.predicate_link(predicate), values) for predicate, values in found.items()]


def _shown(triple: Triple) -> Link:
    """What has an identifier in a dataset that we know is shown by both, not by its address."""
    link = views.link(triple.object)
    if triple.predicate not in OUT or not isinstance(triple.object, NamedNode):
        return link
    name, identifier = known_as(triple.object)
    return Link(f"{name} {identifier}", link.address, title=triple.object.value) if name else link


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


NAMING = {SKOS.prefLabel, SKOS.altLabel, SKOS.hiddenLabel, IQ.acronym}
ASIDE = {RDF.type, RDFS.label, DCTERMS.description, IQ.eventKind, IQ.vagueness}


@dataclass(frozen=True, slots=True)
class Conflict:
    """A note on what differs, and the statements of both sides: of a document and of another source."""

    note: NamedNode
    document: NamedNode
    text: list[views.Row]
    other: list[views.Row]
    source: NamedNode


def _notes(about: Neighbourhood, passages: Iterable[NamedNode]) -> set[Term]:
    """The notes about a thing, and those about its passages that point to another source on this thing."""
    dataset = site().dataset
    found: set[Term] = {triple.subject for triple in about.incoming if triple.predicate == OA.hasTarget}
    for note in {note for passage in passages for note in dataset.subjects(OA.hasTarget, passage)}:
        graphs = dataset.nodes(note, RDFS.seeAlso, IQ.conflictsWith)
        if any(any(dataset.store.quads_for_pattern(about.node, None, None, graph)) for graph in graphs):
            found.add(note)
    return found


def conflicts(node: NamedNode) -> list[Conflict]:
    """The conflicts about a thing, one for each note and other source."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows("conflicts", node.value):
        found.setdefault((row["note"], row["other"]), []).append(row)
    made = (_conflict(node, NamedNode(note), NamedNode(other), own) for (note, other), own in found.items())
    return [one for one in made if one]


def _conflict(node: NamedNode, note: NamedNode, other: NamedNode, own: list[Row]) -> Conflict | None:
    """What the sides say differently of the same properties, or else all that only one of them says, with names last.

    None if the other source only calls the thing by a name: then the note is about something else.
    """
    stated = {one for row in own for one in _about(node, NamedNode(row["graph"]))}, set(_about(node, other))
    sides = [[one for one in side - (stated[0] & stated[1]) if _is_read(one, node, side)] for side in stated]
    predicates = [{one.predicate for one in side} for side in sides]
    if predicates[1] and predicates[1] <= NAMING and not predicates[0] & NAMING:
        return None
    shown = (predicates[0] & predicates[1]) - NAMING or predicates[0] | predicates[1]

    def place(triple: Triple) -> tuple[bool, str]:
        return triple.predicate in NAMING, str(triple)

    text, others = ([views.row(one) for one in sorted(side, key=place) if one.predicate in shown] for side in sides)
    return Conflict(note, _document(NamedNode(own[0]["graph"])), text, others, other)


def _is_read(triple: Triple, node: NamedNode, side: set[Triple]) -> bool:
    """Whether a reader needs a statement: no name of another thing, and no text that is there in their language too."""
    if triple.predicate in NAMING and triple.subject != node:
        return False
    if not isinstance(triple.object, Literal) or triple.object.language in (None, language()):
        return True
    alike = [one.object for one in side if (one.subject, one.predicate) == (triple.subject, triple.predicate)]
    # A text in the other language alone still tells what differs.
    return not any(isinstance(one, Literal) and one.language == language() for one in alike)


def _document(graph: NamedNode) -> NamedNode:
    """The document whose passage a graph renders; the graph itself, if it renders none."""
    passages = site().dataset.nodes(graph, PROV.wasDerivedFrom)
    return next((one for passage in passages for one in site().dataset.nodes(passage, OA.hasSource)), graph)


def _about(node: NamedNode, graph: NamedNode) -> list[Triple]:
    """What a graph says of a thing and of the events that it names with it."""
    triples = [one for one in site().dataset.triples(graph) if one.predicate not in ASIDE]
    after = {one.object for one in triples if one.subject == node}
    before = {one.subject for one in triples if one.object == node}
    near = {node} | after | before
    return [one for one in triples if one.subject in near and one.object != node]
