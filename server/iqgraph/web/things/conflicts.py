"""Where the document and another source say different things of a thing: both sides, and the note that joins them."""

from dataclasses import dataclass

from pyoxigraph import NamedNode

from ...model.model import Row
from ...terms import DCTERMS, IQ, RDF, RDFS
from .. import views
from ..pictures import rows
from ..site import site

ASIDE = {RDF.type, RDFS.label, DCTERMS.description, IQ.eventKind, IQ.vagueness}


@dataclass(frozen=True, slots=True)
class Conflict:
    """A note on what differs, and the statements of both sides."""

    note: NamedNode
    text: list[views.Row]
    other: list[views.Row]
    source: NamedNode


def conflicts(node: NamedNode) -> list[Conflict]:
    """The conflicts about a thing, one for each note and other source."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows("conflicts", node.value):
        found.setdefault((row["note"], row["other"]), []).append(row)
    return [
        Conflict(
            NamedNode(note),
            [line for row in own for line in _about(node, NamedNode(row["graph"]))],
            _about(node, NamedNode(other)),
            NamedNode(other),
        )
        for (note, other), own in found.items()
    ]


def _about(node: NamedNode, graph: NamedNode) -> list[views.Row]:
    """What a graph says of a thing and of the events that it names with it."""
    triples = [one for one in site().dataset.triples(graph) if one.predicate not in ASIDE]
    after = {one.object for one in triples if one.subject == node}
    before = {one.subject for one in triples if one.object == node}
    near = {node} | after | before
    return [views.row(one) for one in sorted(triples, key=str) if one.subject in near and one.object != node]
