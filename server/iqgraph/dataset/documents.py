"""The notation in which authors write the statements of a document, expanded to the graphs that are served.

A folder with `passages.csv` is a document. In its TriG files a named graph has the statements of a passage, and the
default graph the labels that editors give. A statement that is true only together with other passages names them in
an annotation (RDF 1.2), and the type of a thing is written once. What follows from this is added here.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pyoxigraph import DefaultGraph, NamedNode, Quad, Triple

from ..bilingual import Text, Value, describe, text_of, untranslated
from ..resources import PASSAGES, File, read_toml
from ..terms import BASE, CONCEPT, DCTERMS, GRAPH, ID, IQ, META, PROV, RDF, SKOS, passage_iri, record_iri
from .derivation import reification
from .faults import fault
from .passages import FIRST_PASSAGE_LINE, Table, read_table
from .reading import Reading, file_at, in_graph, read

Types = Mapping[object, set[NamedNode]]
PASSAGE = Text(de="Textstelle {} von „{}“.", en="Passage {} of “{}”.")
SECTION = Text(de="Abschnitt {} von „{}“.", en="Section {} of “{}”.")
SECOND = Text(
    de="Ein anderer Ordner hat schon das Dokument {}; löschen Sie einen, oder nennen Sie das Dokument anders.",
    en="another folder already has the document {}; delete one of them, or rename the document.",
)
EDITORIAL = read_toml(__package__, "editorial.toml")


@dataclass
class _Document:
    """A document as its files contain it: the table of its passages, and the quads of each other file."""

    table: Table
    table_file: str
    readings: list[Reading]

    @property
    def node(self) -> NamedNode:
        """The IRI of the document."""
        return ID[self.table.document]

    @property
    def quads(self) -> Iterator[Quad]:
        """The quads of all files but the table."""
        return (quad for reading in self.readings for quad in reading.quads)

    @property
    def title(self) -> Text:
        """The label of the document, or its name."""
        labels = (quad for quad in self.quads if (quad.subject, quad.predicate) == (self.node, SKOS.prefLabel))
        return text_of(quad.object for quad in labels) or untranslated(self.table.document)


def with_tables(paths: Sequence[Path]) -> list[File]:
    """The files at some paths, and the tables of passages in their folders."""
    tables = {path.parent / PASSAGES for path in paths if (path.parent / PASSAGES).is_file()}
    return [file_at(path) for path in [*paths, *sorted(tables - {*paths})]]


def read_data(files: Sequence[File], graph: NamedNode | None = None) -> list[Reading]:
    """Read the files of the data and expand the notation of documents.

    The triples of other files go to the graph, if one is given and their format has no named graphs.
    """
    tables: dict[str, Table] = {}
    for file in (file for file in files if file.name.endswith(PASSAGES)):
        tables[_folder(file)] = table = read_table(file)
        if [one.document for one in tables.values()].count(table.document) > 1:  # a copied folder
            raise fault(file.name, SECOND.format(table.document), FIRST_PASSAGE_LINE - 1)
    others, by_folder = [], defaultdict(list)
    for file in files:
        if _folder(file) not in tables:
            others.append(read(file, graph))
        elif not file.name.endswith(PASSAGES):
            by_folder[_folder(file)].append(read(file))
    documents = [
        _Document(table, f"{folder}/{PASSAGES}".lstrip("/"), by_folder[folder]) for folder, table in tables.items()
    ]
    quads = [quad for reading in others for quad in reading.quads]
    types = _types([*quads, *(quad for document in documents for quad in document.quads)])
    expanded_readings = [reading for document in documents for reading in _expand(document, types)]
    return [*others, *expanded_readings]


def _folder(file: File) -> str:
    return file.name.rpartition("/")[0]


def _types(quads: Iterable[Quad]) -> Types:
    """The types of the things that have an IRI of ours."""
    types: dict[object, set[NamedNode]] = defaultdict(set)
    for quad in quads:
        if quad.predicate == RDF.type and isinstance(quad.object, NamedNode) and quad.subject in ID:
            types[quad.subject].add(quad.object)
    return types


def _expand(document: _Document, types: Types) -> Iterator[Reading]:
    """The expanded readings of a document's files, and a reading of its table; its own types have precedence."""
    table = document.table
    types = {**types, **_types([*document.quads, *table.quads()])}
    document = replace(document, readings=[_assign_graphs(document, reading) for reading in document.readings])
    contextual = {quad.graph_name for quad in document.quads if quad.predicate == IQ.readWith}
    described_graphs: set[object] = {table.graph}
    for reading in document.readings:
        graphs: dict[NamedNode, list[Quad]] = defaultdict(list)
        for quad in reading.quads:
            if isinstance(quad.graph_name, NamedNode):
                graphs[quad.graph_name].append(quad)
        quads = [quad for graph, own in graphs.items() for quad in _expand_graph(document, graph, own, types)]
        for graph in graphs.keys() - described_graphs:
            quads += _describe_graph(document, graph, is_contextual=graph in contextual)
        described_graphs |= graphs.keys()
        yield replace(reading, quads=quads)
    quads = [*table.quads(), Quad(NamedNode(f"{BASE}dataset"), DCTERMS.source, document.node, META)]
    quads += _describe_graph(document, table.graph)
    quads += _describe_parts(document)
    yield Reading(document.table_file, quads, {})


def _assign_graphs(document: _Document, reading: Reading) -> Reading:
    """The reading with its default graph moved to the graphs of the document's passages and names."""
    name = document.table.document
    parts = (passage_iri(name, "").value, ID[f"{name}-section-"].value)

    def assign(quad: Quad) -> Quad:
        if not isinstance(quad.graph_name, DefaultGraph):
            return quad
        subject = quad.subject.value if isinstance(quad.subject, NamedNode) else ""
        is_of_passages = subject.startswith(parts) or quad.subject == document.node
        return in_graph(quad, document.table.graph if is_of_passages else GRAPH[f"names/{name}"])

    return replace(reading, quads=[assign(quad) for quad in reading.quads])


def _expand_graph(document: _Document, graph: NamedNode, quads: list[Quad], types: Types) -> Iterator[Quad]:
    """The quads of a graph, with types if it is that of a passage, and its annotations as quads of graph/meta."""
    reifiers = {quad.subject: quad.object for quad in quads if quad.predicate == RDF.reifies}
    statements = [quad for quad in quads if quad.subject not in reifiers]
    yield from statements
    if graph.value.startswith(f"{GRAPH.iri}{document.table.document}/"):
        with_type = {quad.subject for quad in statements if quad.predicate == RDF.type}
        for subject in {quad.subject for quad in statements} - with_type:
            yield from (Quad(subject, RDF.type, type_, graph) for type_ in types.get(subject, ()))
    for reifier, statement in reifiers.items():
        if isinstance(statement, Triple):
            annotation = [quad for quad in quads if quad.subject == reifier and quad.predicate != RDF.reifies]
            is_contextual = any(quad.predicate == IQ.readWith for quad in annotation)
            facts = *reification(statement), (DCTERMS.isPartOf, graph), *((q.predicate, q.object) for q in annotation)
            modality = (IQ.modality, CONCEPT.contextual if is_contextual else None)
            # A blank reifier gets an IRI with the hash of its statement.
            node = reifier if isinstance(reifier, NamedNode) else record_iri(statement, graph)
            yield from (in_graph(triple, META) for triple in describe(node, *facts, modality))


def _describe_graph(document: _Document, graph: NamedNode, *, is_contextual: bool = False) -> Iterator[Quad]:
    """The description of a graph of the document, of a passage or of the editors; nothing for any other graph."""
    name = document.table.document
    kind, _, rest = graph.value.removeprefix(GRAPH.iri).partition("/")
    facts: list[tuple[NamedNode, Value]] = []
    if kind == name:
        modality = CONCEPT.contextual if is_contextual else CONCEPT.explicit
        facts = [(PROV.wasDerivedFrom, passage_iri(name, rest)), (IQ.modality, modality)]
    elif kind in EDITORIAL and rest == name:
        count = len(document.table.passages)
        if kind == "notes":
            count = len({quad.subject for quad in document.quads if quad.object == IQ.EditorialNote})
        label, description = (Text(**EDITORIAL[kind][part]) for part in ("title", "description"))
        facts = [
            (PROV.wasDerivedFrom, document.node),
            (IQ.modality, CONCEPT.editorial),
            (SKOS.prefLabel, label.format(document.title)),
            (DCTERMS.description, description.format(count)),
        ]
    if facts:
        yield from (in_graph(triple, META) for triple in describe(graph, (RDF.type, IQ.StatementGraph), *facts))


def _describe_parts(document: _Document) -> Iterator[Quad]:
    """A description for each section and passage that has none: its number, and the title of the document."""
    table, title = document.table, document.title
    described_nodes = {quad.subject for quad in document.quads if quad.predicate == DCTERMS.description}
    parts = [(table.section(number), SECTION, number) for number in table.sections]
    parts += [(table.iri(passage), PASSAGE, order) for order, passage in enumerate(table.passages, 1)]
    for node, text, number in parts:
        if node not in described_nodes:
            for triple in describe(node, (DCTERMS.description, text.format(number, title))):
                yield in_graph(triple, table.graph)
