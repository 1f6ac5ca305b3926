"""The documents of a dataset: their sections and passages, with positions in the text and counts of statements.

Large data of others (`Dataset.is_large`) yields none, since finding them means a look at every passage.
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
Contexts = dict[tuple[Triple, NamedNode], tuple[NamedNode, ...]]


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage: its number, its offsets in code points, and how many statements its graph has."""

    node: NamedNode
    number: int
    start: int
    end: int
    is_heading: bool
    graph: NamedNode | None
    statements: int


@dataclass(frozen=True, slots=True)
class Section:
    """A section and its passages; the node is None for passages outside of any section."""

    node: NamedNode | None
    passages: list[Passage]


@dataclass(frozen=True, slots=True)
class Document:
    """A document, its length in code points, and its sections in order."""

    node: NamedNode
    length: int
    sections: list[Section]

    @property
    def passages(self) -> list[Passage]:
        """All passages in order."""
        return [passage for section in self.sections for passage in section.passages]


def documents(dataset: Dataset) -> list[Document]:
    """All documents whose passages the dataset describes."""
    by_node: dict[NamedNode, Document] = {}
    for row in _rows(dataset, PASSAGES):
        node, section = row["document"], row["section"]
        document = by_node.setdefault(node, Document(node, int(row["length"].value), []))
        if not document.sections or document.sections[-1].node != section:
            document.sections.append(Section(section, []))
        number, start, end = (int(row[name].value) for name in ("number", "start", "end"))
        graph, is_heading = row["graph"], row["heading"].value == "true"
        size = dataset.size(graph) if graph else 0
        document.sections[-1].passages.append(Passage(row["passage"], number, start, end, is_heading, graph, size))
    return list(by_node.values())


def short_title(dataset: Dataset, document: NamedNode, language: str) -> str:
    """The acronym of a document, which stands before passage numbers; without one, the last segment of its IRI."""
    acronym = text_of(dataset.literals(document, IQ.acronym))
    return acronym.say(language) if acronym else document.value.rpartition("/")[2]


def contexts(dataset: Dataset) -> Contexts:
    """For each contextual statement and its graph, the other passages that it has to be read with (`iq:readWith`)."""
    passages: Contexts = {}
    for subject, predicate, value, graph, passage in _rows(dataset, READ_WITH):
        key = Triple(subject, predicate, value), graph
        passages[key] = (*passages.get(key, ()), passage)
    return passages


def _rows(dataset: Dataset, query: str) -> Iterable[Any]:
    """The rows of a query of our own; none for large data. pyoxigraph has no type for a row."""
    return () if dataset.is_large else dataset.rows(query)
