"""The notation of those who write a document's statements, expanded to the graphs that are served.

A folder with `passages.csv` is a document. In its TriG files a graph is what a passage says, and what stands in no
graph is what the editors call things. A statement that needs other passages to be read so has them in an annotation
(RDF 1.2), and a type is written once: all that follows from this is added here, so that nobody writes it twice.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pyoxigraph import DefaultGraph, NamedNode, Quad, Triple

from ..bilingual import Text, Value, describe, text_of, untranslated
from ..resources import PASSAGES, File, read_toml
from ..terms import (
    BASE,
    CONCEPT,
    DCTERMS,
    GRAPH,
    ID,
    IQ,
    META,
    PROV,
    RDF,
    SKOS,
    Term,
    graph_iri,
    part_iri,
    passage_iri,
    passages_graph,
)
from .derivation import reification, statement_digest
from .passages import Table, read_table
from .reading import Reading, file_at, in_graph, read

Types = Mapping[object, set[NamedNode]]
PASSAGE = Text(de="Textstelle {} von „{}“.", en="Passage {} of “{}”.")
SECTION = Text(de="Abschnitt {} von „{}“.", en="Section {} of “{}”.")
EDITORIAL = read_toml(__package__, "editorial.toml")


@dataclass
class _Document:
    """What the files of one document say: its table, and the statements of each file as they are written."""

    table: Table
    table_file: str
    readings: list[Reading]

    @property
    def node(self) -> NamedNode:
        """The document itself."""
        return ID[self.table.document]


def beside(paths: Iterable[Path]) -> list[File]:
    """The files that somebody names, and the tables of the documents that they belong to."""
    paths = list(paths)
    tables = {path.parent / PASSAGES for path in paths if (path.parent / PASSAGES).is_file()}
    return [file_at(path) for path in [*paths, *sorted(tables - {*paths})]]


def read_data(files: Sequence[File], graph: NamedNode | None = None) -> list[Reading]:
    """What the files of the data say, with all that follows from the notation of documents.

    Statements of other files that can name no graph belong to the graph, if one is given.
    """
    folders = {_folder(file): read_table(file) for file in files if file.name.endswith(PASSAGES)}
    plain, written = [], defaultdict(list)
    for file in files:
        if _folder(file) not in folders:
            plain.append(read(file, graph))
        elif not file.name.endswith(PASSAGES):
            written[_folder(file)].append(read(file))
    documents = [
        _Document(table, f"{folder}/{PASSAGES}".lstrip("/"), written[folder]) for folder, table in folders.items()
    ]
    types = {one.table.document: _types([*_quads(one.readings), *one.table.quads()]) for one in documents}
    others = _types(_quads([*plain, *(reading for one in documents for reading in one.readings)]))
    found = [reading for one in documents for reading in _expand(one, types[one.table.document], others)]
    return [*plain, *found]


def _folder(file: File) -> str:
    return file.name.rpartition("/")[0]


def _quads(readings: Iterable[Reading]) -> Iterator[Quad]:
    return (quad for reading in readings for quad in reading.quads)


def _types(quads: Iterable[Quad]) -> Types:
    """What things are, by these statements."""
    found: dict[object, set[NamedNode]] = defaultdict(set)
    for quad in quads:
        if quad.predicate == RDF.type and isinstance(quad.object, NamedNode) and quad.subject in ID:
            found[quad.subject].add(quad.object)
    return found


def _expand(document: _Document, own: Types, others: Types) -> Iterator[Reading]:
    """The readings of a document's files, and what its table says."""
    known = {**others, **own}
    readings = [_assign_graphs(document, reading) for reading in document.readings]
    contextual = {quad.graph_name for quad in _quads(readings) if quad.predicate == IQ.readWith}
    described: set[object] = {passages_graph(document.table.document)}
    for reading in readings:
        graphs: dict[NamedNode, list[Quad]] = defaultdict(list)
        for quad in reading.quads:
            if isinstance(quad.graph_name, NamedNode):
                graphs[quad.graph_name].append(quad)
        quads = [quad for graph, held in graphs.items() for quad in _graph(document, graph, held, known)]
        for graph in graphs.keys() - described:
            quads += _description(document, graph, readings, is_contextual=graph in contextual)
        described |= graphs.keys()
        yield replace(reading, quads=quads)
    of_table = [*document.table.quads(), Quad(NamedNode(f"{BASE}dataset"), DCTERMS.source, document.node, META)]
    of_table += _description(document, passages_graph(document.table.document), readings)
    of_table += _undescribed(document, readings)
    yield Reading(document.table_file, of_table, {})


def _assign_graphs(document: _Document, reading: Reading) -> Reading:
    """The reading with a graph for what stands in none: that of the passages, or that of the names."""
    name = document.table.document
    own = (passage_iri(name, "").value, ID[f"{name}-section-"].value)

    def home(quad: Quad) -> Quad:
        if not isinstance(quad.graph_name, DefaultGraph):
            return quad
        subject = quad.subject.value if isinstance(quad.subject, NamedNode) else ""
        is_of_passages = subject.startswith(own) or quad.subject == document.node
        return in_graph(quad, passages_graph(name) if is_of_passages else GRAPH[f"names/{name}"])

    return replace(reading, quads=[home(quad) for quad in reading.quads])


def _graph(document: _Document, graph: NamedNode, quads: list[Quad], known: Types) -> Iterator[Quad]:
    """The statements of a graph, with types if it is that of a passage; what annotations say goes to graph/meta."""
    reified = {quad.subject: quad.object for quad in quads if quad.predicate == RDF.reifies}
    plain = [quad for quad in quads if quad.subject not in reified]
    yield from plain
    if graph.value.startswith(graph_iri(document.table.document, "").value):
        typed = {quad.subject for quad in plain if quad.predicate == RDF.type}
        for subject in {quad.subject for quad in plain} - typed:
            yield from (Quad(subject, RDF.type, kind, graph) for kind in known.get(subject, ()))
    for node, statement in reified.items():
        if isinstance(statement, Triple):
            said = [(quad.predicate, quad.object) for quad in quads if quad.subject == node]
            yield from _record(graph, node, statement, [one for one in said if one[0] != RDF.reifies])


def _record(
    graph: NamedNode, node: object, statement: Triple, said: Sequence[tuple[NamedNode, Term]]
) -> Iterator[Quad]:
    """What an annotation says of a statement, about a node that stands for it; named after it, if it has no name."""
    name = node if isinstance(node, NamedNode) else part_iri(graph, f"c{statement_digest(statement)}")
    modality = CONCEPT.contextual if any(predicate == IQ.readWith for predicate, _ in said) else None
    facts = *reification(statement), (DCTERMS.isPartOf, graph), (IQ.modality, modality), *said
    return (in_graph(triple, META) for triple in describe(name, *facts))


def _description(
    document: _Document, graph: NamedNode, readings: Sequence[Reading], *, is_contextual: bool = False
) -> Iterator[Quad]:
    """What a graph of the document is: of a passage, or of the editors; nothing of any other."""
    name = document.table.document
    kind, _, rest = graph.value.removeprefix(GRAPH.iri).partition("/")
    facts: list[tuple[NamedNode, Value]]
    if kind == name:
        modality = CONCEPT.contextual if is_contextual else CONCEPT.explicit
        facts = [(PROV.wasDerivedFrom, passage_iri(name, rest)), (IQ.modality, modality)]
    elif kind in EDITORIAL and rest == name:
        count = len(document.table.passages)
        if kind == "notes":
            count = len({quad.subject for quad in _quads(readings) if quad.object == IQ.EditorialNote})
        label, description = (Text(**EDITORIAL[kind][part]) for part in ("title", "description"))
        facts = [
            (PROV.wasDerivedFrom, document.node),
            (IQ.modality, CONCEPT.editorial),
            (SKOS.prefLabel, label.format(_title(document, readings))),
            (DCTERMS.description, description.format(count)),
        ]
    else:
        return
    yield from (in_graph(triple, META) for triple in describe(graph, (RDF.type, IQ.StatementGraph), *facts))


def _undescribed(document: _Document, readings: Sequence[Reading]) -> Iterator[Quad]:
    """What sections and passages are that nobody describes: which part of the document."""
    table, title = document.table, _title(document, readings)
    described = {quad.subject for quad in _quads(readings) if quad.predicate == DCTERMS.description}
    parts = [(table.section(one), SECTION, one) for one in sorted({one.section for one in table.passages})]
    parts += [(table.iri(one), PASSAGE, order) for order, one in enumerate(table.passages, 1)]
    for node, text, number in parts:
        if node not in described:
            for triple in describe(node, (DCTERMS.description, text.format(number, title))):
                yield in_graph(triple, passages_graph(table.document))


def _title(document: _Document, readings: Sequence[Reading]) -> Text:
    labels = (one for one in _quads(readings) if (one.subject, one.predicate) == (document.node, SKOS.prefLabel))
    return text_of(one.object for one in labels) or untranslated(document.table.document)
