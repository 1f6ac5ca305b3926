"""A thing as its page tells of it: in words, in time, among its neighbours, with evidence and with what differs."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from typing import Any, TypeGuard

from pyoxigraph import Literal, NamedNode, Triple

from ...dataset import Term
from ...engine.neighbourhood import Neighbourhood
from ...formats import RDF_FORMATS
from ...reference.quality import split_identifier
from ...serialisation import limitation
from ...serialisation.turtle import sort_key
from ...terms import DCAT, DCTERMS, FOAF, ID, IQ, OA, OWL, PROV, RDF, RDFS, SCHEMA, SKOS
from .. import views
from ..http.language import language
from ..http.parameters import MAX_ROWS, Pagination, paginate
from ..pictures import rows
from ..pictures.columns import Drawing, Item, Relation, draw
from ..pictures.timeline import TimelineGroup, lines, ticks
from ..site import site
from ..views import Link, Row
from .sentences import sentences

MAX_NEIGHBOURS = 9
NAMES = {RDF.type, RDFS.label, SKOS.prefLabel, DCTERMS.description, SKOS.definition, RDFS.isDefinedBy}
TIMES = [DCAT.startDate, DCAT.endDate, IQ.earliestBeginning, IQ.latestBeginning, IQ.earliestEnd, IQ.latestEnd]
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
        "says": [views.row(one) for one in sorted(said, key=_place) if one.predicate != RDFS.label],
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
        "incoming": [views.row(triple, node) for triple in sorted(about.incoming, key=sort_key)[:MAX_ROWS]],
        "more_incoming": max(0, len(about.incoming) - MAX_ROWS),
        "forms": [one for one in RDF_FORMATS if not limitation(about.triples, one)],
        "query": OWN.format(node.value),
        "graph_query": OF_GRAPH.format(segment.graph.value) if segment and segment.graph else "",
    }


def _rows(about: Neighbourhood, own: list[Triple]) -> Pagination[views.Row]:
    """The portion of the statements that is asked for, those about the thing itself first."""
    others = [triple for triple in about.statements if triple.subject != about.node]
    views.tell(triple.subject for triple in others)
    shown = paginate([*sorted(own, key=_place), *sorted(others, key=_place)])
    return Pagination([views.row(one, about.node) for one in shown.items], shown.number, shown.last, shown.total)


def _place(triple: Triple) -> tuple[str, int, tuple[str, int, str, str, str]]:
    """By subject, then as `sort_key` has it, but times last, from the beginning to the end."""
    place = sort_key(triple)
    return place[0], TIMES.index(triple.predicate) if triple.predicate in TIMES else -1, place


def _facts(own: list[Triple], wanted: Callable[[NamedNode], bool]) -> list[tuple[Link, list[views.Row]]]:
    found: dict[NamedNode, list[views.Row]] = {}
    for triple in sorted(own, key=_place):
        if wanted(triple.predicate):
            row = views.row(triple)
            # What has an identifier in a dataset that we know is shown by both, not by its address.
            if triple.predicate in OUT and isinstance(triple.object, NamedNode):
                name, identifier = split_identifier(triple.object)
                named = Link(f"{name} {identifier}", row.value.address, title=triple.object.value)
                row = replace(row, value=named) if name else row
            found.setdefault(triple.predicate, []).append(row)
    return [(rows[0].predicate, rows) for rows in found.values()]


def _neighbours(about: Neighbourhood, own: list[Triple]) -> tuple[Drawing | None, int]:
    """What points here on the left, what this points to on the right, as many as can be read; how many are left out."""
    outgoing = ((one.object, one, 2) for one in own)
    incoming = ((one.subject, one, 0) for one in about.incoming)
    every = (*outgoing, *incoming)
    near = [(other, one, at) for other, one, at in every if one.predicate in IQ and _is_thing(other)]
    items: dict[Term, Item] = {about.node: _item(about.node, 1)}
    for column in (2, 0):
        found = dict.fromkeys(other for other, _, at in sorted(near, key=str) if at == column and other not in items)
        items |= {other: _item(other, column) for other in list(found)[:MAX_NEIGHBOURS]}
    relations = dict.fromkeys(
        Relation(items[one.subject], items[one.object], views.predicate_link(one.predicate).text)
        for other, one, column in near
        if other in items and items[other].column == column
    )
    return draw(items.values(), relations), len({other for other, *_ in near} - items.keys())


def _item(node: NamedNode, column: int) -> Item:
    return Item(node.value, views.title(node), site().model.kind(node), column)


def _is_thing(term: Term) -> TypeGuard[NamedNode]:
    is_ours = isinstance(term, NamedNode) and term in ID and "#" not in term.value
    return is_ours and site().model.kind(term).slug != "note"


@dataclass(frozen=True)
class Conflict:
    """What a document and another source say differently of a thing, and the note that tells so."""

    note: NamedNode
    document: Term
    source: NamedNode
    text: list[Row]
    other: list[Row]


NAMING = {SKOS.prefLabel, SKOS.altLabel, SKOS.hiddenLabel, IQ.acronym}
ASIDE = {RDF.type, RDFS.label, DCTERMS.description, IQ.eventKind, IQ.vagueness}


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
    found = groupby(rows("conflicts", node.value), itemgetter("note", "other"))
    made = (
        _conflict(node, NamedNode(note), NamedNode(other), [NamedNode(row["graph"]) for row in own])
        for (note, other), own in found
    )
    return [one for one in made if one]


def _conflict(node: NamedNode, note: NamedNode, other: NamedNode, graphs: list[NamedNode]) -> Conflict | None:
    """What the sides say differently of the same properties, or else all that only one of them says, with names last.

    None if the other source only calls the thing by a name: then the note is about something else.
    """
    stated = {one for graph in graphs for one in _about(node, graph)}, set(_about(node, other))
    sides = [[one for one in side - (stated[0] & stated[1]) if _is_read(one, node, side)] for side in stated]
    predicates = [{one.predicate for one in side} for side in sides]
    if predicates[1] and predicates[1] <= NAMING and not predicates[0] & NAMING:
        return None
    shown = (predicates[0] & predicates[1]) - NAMING or predicates[0] | predicates[1]

    def place(triple: Triple) -> tuple[bool, str]:
        return triple.predicate in NAMING, str(triple)

    text, others = ([views.row(one) for one in sorted(side, key=place) if one.predicate in shown] for side in sides)
    # The document whose passage the first graph renders; the graph itself, if it renders none.
    passages = site().dataset.nodes(graphs[0], PROV.wasDerivedFrom)
    document = next((one for passage in passages for one in site().dataset.nodes(passage, OA.hasSource)), graphs[0])
    return Conflict(note, document, other, text, others)


def _is_read(triple: Triple, node: NamedNode, side: set[Triple]) -> bool:
    """Whether a reader needs a statement: no name of another thing, and no text that is there in their language too."""
    if triple.predicate in NAMING and triple.subject != node:
        return False
    if not isinstance(triple.object, Literal) or triple.object.language in (None, language()):
        return True
    alike = [one.object for one in side if (one.subject, one.predicate) == (triple.subject, triple.predicate)]
    # A text in the other language alone still tells what differs.
    return not any(isinstance(one, Literal) and one.language == language() for one in alike)


def _about(node: NamedNode, graph: NamedNode) -> list[Triple]:
    """What a graph says of a thing and of the events that it names with it."""
    triples = [one for one in site().dataset.triples(graph) if one.predicate not in ASIDE]
    after = {one.object for one in triples if one.subject == node}
    near = {node} | after | {one.subject for one in triples if one.object == node}
    return [one for one in triples if one.subject in near and one.object != node]
