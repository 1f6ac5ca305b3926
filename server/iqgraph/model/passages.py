"""The structure of a document: sections and passages with their places in the text, and what each one carries.

Of large files of others nothing is known of that: to find it out, all passages would have to be looked at.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pyoxigraph import NamedNode, Triple

from ..bilingual import text_of
from ..dataset import Dataset
from ..terms import DCTERMS, IQ, OA, PREFIXES, PROV, RDF

PASSAGES = f"""
SELECT ?document ?length ?section ?place ?passage ?number ?start ?end ?heading ?graph WHERE {{
    ?passage {RDF.type} {IQ.Passage} ; {OA.hasSource} ?document ; {IQ.order} ?number ; {OA.hasSelector} ?selector .
    ?selector {OA.start} ?start ; {OA.end} ?end .
    ?document {IQ.characterCount} ?length .
    OPTIONAL {{ ?passage {DCTERMS.isPartOf} ?section . ?section {IQ.order} ?place }}
    OPTIONAL {{ ?graph {PROV.wasDerivedFrom} ?passage ; {RDF.type} {IQ.StatementGraph} }}
    BIND(EXISTS {{ ?passage {RDF.type} <{PREFIXES["nif"]}Title> }} AS ?heading)
}}
ORDER BY ?document ?number
"""


READ_WITH = f"""
SELECT ?subject ?predicate ?value ?graph ?passage WHERE {{
    ?statement {IQ.readWith} ?passage ; {DCTERMS.isPartOf} ?graph ;
        {RDF.subject} ?subject ; {RDF.predicate} ?predicate ; {RDF.object} ?value .
    OPTIONAL {{ ?passage {IQ.order} ?order }}
}}
ORDER BY ?graph ?statement ?order
"""
Readings = dict[tuple[Triple, NamedNode], tuple[NamedNode, ...]]


@dataclass(frozen=True, slots=True)
class Segment:
    """A passage: its number, its place in the text, and how many statements its graph makes."""

    node: NamedNode
    number: int
    start: int
    end: int
    heading: bool
    graph: NamedNode | None
    statements: int


@dataclass(frozen=True, slots=True)
class Part:
    """A section and its passages; without a node if passages stand in none."""

    node: NamedNode | None
    segments: list[Segment]


@dataclass(frozen=True, slots=True)
class Outline:
    """A document, its length in characters, and its sections in order."""

    node: NamedNode
    length: int
    parts: list[Part]

    @property
    def segments(self) -> list[Segment]:
        """All passages in order."""
        return [segment for part in self.parts for segment in part.segments]


def outlines(dataset: Dataset) -> list[Outline]:
    """All documents whose passages the dataset describes."""
    found: dict[NamedNode, Outline] = {}
    for row in _rows(dataset, PASSAGES):
        document, section = row["document"], row["section"]
        outline = found.setdefault(document, Outline(document, int(row["length"].value), []))
        if not outline.parts or outline.parts[-1].node != section:
            outline.parts.append(Part(section, []))
        number, start, end = (int(row[name].value) for name in ("number", "start", "end"))
        graph, is_heading = row["graph"], row["heading"].value == "true"
        count = dataset.size(graph) if graph else 0
        outline.parts[-1].segments.append(Segment(row["passage"], number, start, end, is_heading, graph, count))
    return list(found.values())


def sign_of(dataset: Dataset, document: NamedNode, language: str) -> str:
    """What a document is called beside the number of a passage; the end of its IRI, if the data gives no short name."""
    name = text_of(dataset.literals(document, IQ.acronym))
    return name.say(language) if name else document.value.rpartition("/")[2]


def readings(dataset: Dataset) -> Readings:
    """The statements that a passage makes only together with others, each with its graph; and those other passages."""
    found: Readings = {}
    for subject, predicate, value, graph, passage in _rows(dataset, READ_WITH):
        key = Triple(subject, predicate, value), graph
        found[key] = (*found.get(key, ()), passage)
    return found


def _rows(dataset: Dataset, query: str) -> Iterable[Any]:
    """The rows of a query of our own; none of large data. The binding has no type for a row."""
    return () if dataset.is_large else dataset.rows(query)
