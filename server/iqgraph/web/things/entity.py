"""The page of a thing: sentences, facts, times, neighbours, conflicts, and all statements with their evidence."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from typing import TypeGuard

from pyoxigraph import Literal, NamedNode, Triple

from ...dataset import Term
from ...engine.neighbourhood import Neighbourhood
from ...formats import RDF_FORMATS
from ...reference.usage import split_identifier
from ...serialisation import limitation
from ...serialisation.turtle import sort_key
from ...terms import DCAT, DCTERMS, FOAF, ID, IQ, OA, OWL, PROV, RDF, RDFS, SCHEMA, SKOS
from .. import views
from ..http.language import language
from ..http.parameters import MAX_ROWS, Pagination, paginate
from ..pictures import rows
from ..pictures.columns import Drawing, Item, Relation, draw
from ..pictures.timeline import Lane, lines
from ..site import site
from ..views import Link, Statement
from .sentences import passage_sentences, sentences

MAX_NEIGHBOURS = 9
NAMES = {RDF.type, RDFS.label, SKOS.prefLabel, DCTERMS.description, SKOS.definition, RDFS.isDefinedBy}
TEXTS = (DCTERMS.description, SKOS.definition)
TIMES = [DCAT.startDate, DCAT.endDate, IQ.earliestBeginning, IQ.latestBeginning, IQ.earliestEnd, IQ.latestEnd]
EXTERNAL = (
    *(OWL.sameAs, SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.relatedMatch),
    *(RDFS.seeAlso, SCHEMA.url, FOAF.page, DCTERMS.source),
)
NAMING = {SKOS.prefLabel, SKOS.altLabel, SKOS.hiddenLabel, IQ.acronym}
UNCOMPARED = {RDF.type, RDFS.label, DCTERMS.description, IQ.eventKind, IQ.vagueness}
OWN_QUERY = """SELECT ?graph ?property ?value
WHERE {{
    GRAPH ?graph {{ <{}> ?property ?value }}
}}
ORDER BY ?property ?graph
"""
GRAPH_QUERY = """SELECT ?subject ?property ?value
WHERE {{
    GRAPH <{}> {{ ?subject ?property ?value }}
}}
ORDER BY ?subject ?property
"""


class Entity:
    """The page of a thing: what its template shows.

    `passages` are those that its statements come from; of a passage, itself. `graph_statements` are those of the graph
    of a passage. `statements` is a portion of all, `incoming` the first of those with the thing as object.
    """

    def __init__(self, thing: Neighbourhood, title: str) -> None:
        node, model = thing.node, site().model
        own = [triple for triple in thing.statements if triple.subject == node]
        has_queries = not site().dataset.is_large  # our queries about a thing cost as much as there is data
        is_ours = node in ID
        self.node, self.title, self.kind = node, title, model.kind(node)
        self.descriptions = _descriptions(own)
        self.sentences = sentences(node) if has_queries and is_ours else []

        # A property of ours says more than dcterms:isPartOf.
        values = {triple.object for triple in own if triple.predicate in IQ}
        facts = [triple for triple in own if triple.predicate != DCTERMS.isPartOf or triple.object not in values]
        self.facts = _group(facts, lambda name: name not in (*NAMES, *EXTERNAL) and views.has_words(name))
        # A rule infers rdfs:seeAlso from the closer links.
        close = {triple.object for triple in own if triple.predicate in EXTERNAL and triple.predicate != RDFS.seeAlso}
        links = [triple for triple in own if triple.predicate != RDFS.seeAlso or triple.object not in close]
        self.links = _group(links, EXTERNAL.__contains__)

        documents = {passage: document for document in model.documents for passage in document.passages}
        self.passage = next((passage for passage in documents if passage.node == node), None)
        self.document = documents[self.passage] if self.passage else None
        marks = () if self.passage else views.evidence().marks(*own, *thing.incoming)
        self.passages = {node} if self.passage else {mark.passage for mark in marks if mark.passage}
        graph = self.passage.graph if self.passage else None
        triples = sorted(site().dataset.triples(graph) if graph else (), key=_sort_key)
        spans = {triple.object for triple in triples if triple.predicate == IQ.during}  # named where they are times
        triples.sort(key=lambda triple: model.kind(triple.subject).slug == "period")  # a day says least
        self.graph_statements = [views.statement(triple) for triple in triples if triple.predicate != RDFS.label]
        things = (triple for triple in triples if triple.subject not in spans and triple.predicate != RDFS.label)
        self.passage_sentences = list(passage_sentences(graph, things)) if graph else []
        self.graph_query = GRAPH_QUERY.format(graph.value) if graph else ""

        self.conflicts = _conflicts(node) if has_queries else []
        self.notes = sorted(_notes(thing, self.passages) - {conflict.note for conflict in self.conflicts}, key=str)
        times = lines(rows("times", node.value), title) if has_queries and is_ours else []
        self.lanes = [Lane("", times)] if times else []
        self.drawing, self.omitted_neighbours = _neighbours(thing, own) if is_ours else (None, 0)
        self.questions = model.questions.about.get(node, [])
        self.related_questions = [] if self.questions else model.questions.related(mark.iri for mark in marks)

        self.statements = _statements(thing, own)
        self.own_query, self.is_complete = OWN_QUERY.format(node.value), thing.whole
        self.incoming = [views.statement(triple, node) for triple in sorted(thing.incoming, key=sort_key)[:MAX_ROWS]]
        self.incoming_count = len(thing.incoming)
        self.formats = [format for format in RDF_FORMATS if not limitation(thing.triples, format)]


def _descriptions(own: list[Triple]) -> list[Statement]:
    """The descriptions and definitions in the reader's language; without any, the first in another."""
    texts = [triple for triple in own if triple.predicate in TEXTS and isinstance(triple.object, Literal)]
    own_texts = sorted((triple for triple in texts if getattr(triple.object, "language", "") == language()), key=str)
    return [views.statement(triple) for triple in own_texts or texts[:1]]


def _statements(thing: Neighbourhood, own: list[Triple]) -> Pagination[Statement]:
    """The portion of the statements for `?page=`, those about the thing itself first."""
    others = [triple for triple in thing.statements if triple.subject != thing.node]
    views.set_anchors(triple.subject for triple in others)
    page = paginate([*sorted(own, key=_sort_key), *sorted(others, key=_sort_key)])
    statements = [views.statement(triple, thing.node) for triple in page.items]
    return Pagination(statements, page.number, page.last, page.total)


def _sort_key(triple: Triple) -> tuple[str, int, tuple[str, int, str, str, str]]:
    """By subject, then as `sort_key` has it, but times last and in chronological order."""
    key = sort_key(triple)
    return key[0], TIMES.index(triple.predicate) if triple.predicate in TIMES else -1, key


def _group(own: list[Triple], is_included: Callable[[NamedNode], bool]) -> list[list[Statement]]:
    """The statements with some properties, grouped by property."""
    groups: dict[NamedNode, list[Statement]] = {}
    for triple in sorted(own, key=_sort_key):
        if is_included(triple.predicate):
            statement = views.statement(triple)
            if triple.predicate in EXTERNAL and isinstance(triple.object, NamedNode):
                # An IRI of a dataset that we know is shown by the name of the dataset and the identifier there.
                name, identifier = split_identifier(triple.object)
                value = Link(f"{name} {identifier}", statement.value.address, title=triple.object.value)
                statement = replace(statement, value=value) if name else statement
            groups.setdefault(triple.predicate, []).append(statement)
    return list(groups.values())


def _neighbours(thing: Neighbourhood, own: list[Triple]) -> tuple[Drawing | None, int]:
    """Up to `MAX_NEIGHBOURS` subjects on the left and as many objects on the right; and how many are omitted."""
    left, middle, right = 0, 1, 2
    outgoing = ((triple.object, triple, right) for triple in own)
    incoming = ((triple.subject, triple, left) for triple in thing.incoming)
    every = (*outgoing, *incoming)
    edges = [(other, triple, column) for other, triple, column in every if triple.predicate in IQ and _is_thing(other)]
    items: dict[Term, Item] = {thing.node: _item(thing.node, middle)}
    for side in (right, left):
        nodes = (other for other, _, column in sorted(edges, key=str) if column == side and other not in items)
        items |= {other: _item(other, side) for other in list(dict.fromkeys(nodes))[:MAX_NEIGHBOURS]}
    relations = dict.fromkeys(
        Relation(items[triple.subject], items[triple.object], views.predicate_link(triple.predicate).text)
        for other, triple, column in edges
        if other in items and items[other].column == column
    )
    return draw(items.values(), relations), len({other for other, *_ in edges} - items.keys())


def _item(node: NamedNode, column: int) -> Item:
    return Item(node.value, views.title(node), site().model.kind(node), column)


def _is_thing(term: Term) -> TypeGuard[NamedNode]:
    is_ours = isinstance(term, NamedNode) and term in ID and "#" not in term.value
    return is_ours and site().model.kind(term).slug != "note"


def _notes(thing: Neighbourhood, passages: Iterable[NamedNode]) -> set[Term]:
    """The notes about a thing, and those about its passages that refer to another source with statements about it."""
    dataset = site().dataset
    notes: set[Term] = {triple.subject for triple in thing.incoming if triple.predicate == OA.hasTarget}
    for note in {note for passage in passages for note in dataset.subjects(OA.hasTarget, passage)}:
        graphs = dataset.nodes(note, RDFS.seeAlso, IQ.conflictsWith)
        if any(any(dataset.store.quads_for_pattern(thing.node, None, None, graph)) for graph in graphs):
            notes.add(note)
    return notes


@dataclass(frozen=True)
class Conflict:
    """The differing statements of a document and of another source about a thing, and the note on them."""

    note: NamedNode
    document: Term
    source: NamedNode
    document_statements: list[Statement]
    source_statements: list[Statement]


def _conflicts(node: NamedNode) -> list[Conflict]:
    """What a document and another source state differently about a thing (`iq:conflictsWith`), by note and source."""
    candidates = (
        _conflict(node, NamedNode(note), NamedNode(source), [NamedNode(row["graph"]) for row in group])
        for (note, source), group in groupby(rows("conflicts", node.value), itemgetter("note", "other"))
    )
    return [conflict for conflict in candidates if conflict]


def _conflict(node: NamedNode, note: NamedNode, source: NamedNode, graphs: list[NamedNode]) -> Conflict | None:
    """The differing values of the same properties, or else all that only one side states; names come last.

    None if the source only names the thing: then the note is about something else.
    """
    sides = {triple for graph in graphs for triple in _nearby(node, graph)}, set(_nearby(node, source))
    common = sides[0] & sides[1]
    differences = [[triple for triple in side - common if _is_relevant(triple, node, side)] for side in sides]
    ours, theirs = ({triple.predicate for triple in side} for side in differences)
    if theirs and theirs <= NAMING and not ours & NAMING:
        return None
    properties = (ours & theirs) - NAMING or ours | theirs

    def sort_key(triple: Triple) -> tuple[bool, str]:
        return triple.predicate in NAMING, str(triple)

    document_statements, source_statements = (
        [views.statement(triple) for triple in sorted(side, key=sort_key) if triple.predicate in properties]
        for side in differences
    )
    # The document of the passage that the first graph is derived from; without one, the graph itself.
    passages = site().dataset.nodes(graphs[0], PROV.wasDerivedFrom)
    documents = (document for passage in passages for document in site().dataset.nodes(passage, OA.hasSource))
    return Conflict(note, next(documents, graphs[0]), source, document_statements, source_statements)


def _is_relevant(triple: Triple, node: NamedNode, side: set[Triple]) -> bool:
    """Whether to show a statement: no name of another thing, and no text that its side also has in this language."""
    if triple.predicate in NAMING and triple.subject != node:
        return False
    if not isinstance(triple.object, Literal) or triple.object.language in (None, language()):
        return True
    # A text in the other language alone still shows the difference.
    values = (other.object for other in side if other.subject == triple.subject and other.predicate == triple.predicate)
    return not any(isinstance(value, Literal) and value.language == language() for value in values)


def _nearby(node: NamedNode, graph: NamedNode) -> list[Triple]:
    """The statements of a graph about a thing and about the nodes next to it there, such as its events."""
    triples = [triple for triple in site().dataset.triples(graph) if triple.predicate not in UNCOMPARED]
    values = {triple.object for triple in triples if triple.subject == node}
    nodes = {node} | values | {triple.subject for triple in triples if triple.object == node}
    return [triple for triple in triples if triple.subject in nodes and triple.object != node]
