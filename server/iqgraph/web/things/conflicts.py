"""Conflicts about a thing: what a document and another source state differently (`iq:conflictsWith`)."""

from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from pyoxigraph import Literal, NamedNode, Triple

from ...dataset import Term
from ...terms import DCTERMS, IQ, OA, PROV, RDF, RDFS, SKOS
from .. import views
from ..http.language import language
from ..pictures import rows
from ..site import site
from ..views import Statement

NAMING = {SKOS.prefLabel, SKOS.altLabel, SKOS.hiddenLabel, IQ.acronym}
EXCLUDED = {RDF.type, RDFS.label, DCTERMS.description, IQ.eventKind, IQ.vagueness}


@dataclass(frozen=True)
class Conflict:
    """The differing statements of a document and of another source about a thing, and the note on them."""

    note: NamedNode
    document: Term
    source: NamedNode
    document_statements: list[Statement]
    source_statements: list[Statement]


def conflicts(node: NamedNode) -> list[Conflict]:
    """The conflicts about a thing, one for each note and source."""
    candidates = (
        _conflict(node, NamedNode(note), NamedNode(source), [NamedNode(row["graph"]) for row in group])
        for (note, source), group in groupby(rows("conflicts", node.value), itemgetter("note", "other"))
    )
    return [conflict for conflict in candidates if conflict]


def _conflict(node: NamedNode, note: NamedNode, source: NamedNode, graphs: list[NamedNode]) -> Conflict | None:
    """The differing values of the same properties, or else all that only one side states; names come last.

    None if the source only names the thing: then the note is about something else.
    """
    sides = {triple for graph in graphs for triple in _statements(node, graph)}, set(_statements(node, source))
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


def _statements(node: NamedNode, graph: NamedNode) -> list[Triple]:
    """The statements of a graph about a thing and about the nodes next to it there, such as its events."""
    triples = [triple for triple in site().dataset.triples(graph) if triple.predicate not in EXCLUDED]
    values = {triple.object for triple in triples if triple.subject == node}
    nodes = {node} | values | {triple.subject for triple in triples if triple.object == node}
    return [triple for triple in triples if triple.subject in nodes and triple.object != node]
