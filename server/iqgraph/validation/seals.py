"""Seals: the recorded digest of each graph, so that no change of the data goes unnoticed.

The seals are statements of `graph/meta`. The seal of the dataset covers what else authors state there. A table beside
the data has digests of files, and of the statements of each graph about each subject, which locate a change. They are
in no graph, since they say nothing about the world.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Triple

from ..dataset import Dataset, load
from ..dataset.derivation import is_computed
from ..dataset.documents import EDITORIAL
from ..dataset.passages import describe_checksum
from ..dataset.reading import in_graph
from ..resources import RELEASES_FOLDER, Sources, packaged, walk
from ..serialisation import n_triples
from ..serialisation.turtle import turtle
from ..terms import DATASET, DCTERMS, GRAPH, ID, META, NIF, ONTOLOGY, PARTITIONS, SPDX, VOID, is_derived, short_name
from ..writing import write
from .shapes import read_shapes

# The first holds the seals; the others change with the program, and are computed or compared at each start.
UNSEALED_GRAPHS = {META, ONTOLOGY, PARTITIONS}
SEALS, TABLE = "seals.ttl", "digests.csv"
SUFFIXES = (".csv", ".json", ".rq", ".trig", ".ttl")
# Releases have seals of their own, and the two files are what the others are compared with.
EXCLUDED = tuple(f"data/{name}" for name in (f"{RELEASES_FOLDER}/", SEALS, TABLE))
PARTS = ("checksum", "selector")  # their statements count for the thing that they are parts of
HEADER = ("graph", "name", "digest")
SHORT_DIGITS = 16  # of files and subjects, enough to notice accidents; a graph has the whole digest of its seal
# By graph and subject, both as short names: a file has no graph, and a whole graph no subject.
Digests = dict[tuple[str, str], str]


def seal(sources: Sources | None = None) -> Path:
    """Write the seals of all graphs of the data and the table of digests; return the file of the seals.

    DatasetError if a file cannot be read.
    """
    sources = sources or packaged()
    file = sources.data / SEALS
    dataset = load(sources=sources)
    read_shapes(sources)  # a file that cannot be read is refused, not sealed
    graphs = dict(graphs_to_seal(dataset))
    metadata = dataset_metadata(dataset, graphs, read_seals(dataset))
    digests = compute_digests(sources, {**graphs, META: metadata, ONTOLOGY: list(dataset.triples(ONTOLOGY))})
    seals = turtle(
        triple
        for graph, triples in {**graphs, DATASET: metadata}.items()
        for triple in seal_triples(graph, len(triples), digests[short_name(META if graph == DATASET else graph), ""])
    )
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([HEADER, *sorted((*key, value) for key, value in digests.items())])
    write({file: seals.encode(), sources.data / TABLE: text.getvalue().encode()})
    return file


def seal_triples(graph: NamedNode, size: int, value: str) -> Iterator[Triple]:
    """The seal of a graph: its number of statements and their digest; of dataset and ontology the digest alone."""
    if graph not in (DATASET, ONTOLOGY):
        yield Triple(graph, VOID.triples, Literal(size))
    yield from describe_checksum(graph, value)


def digest(triples: Iterable[Triple]) -> str:
    """SHA-256 of the sorted canonical N-Triples lines; without blank nodes, that of the canonical graph."""
    return sha256(n_triples(triples)).hexdigest()


def compute_digests(sources: Sources | None, contents: Mapping[NamedNode, Collection[Triple]]) -> Digests:
    """The digests of each file, each graph, and the statements of a graph about each subject with an IRI.

    Parts count for their subject, the order of passages does not count. Line ends, which a checkout may change, count
    as line feeds.
    """
    digests = {}
    roots = (sources.ontology, sources.data, sources.shapes) if sources else ()
    for file in (file for root in roots for file in walk(root, root.name)):
        if file.name.endswith(SUFFIXES) and not file.name.startswith(EXCLUDED):
            content = file.content.read_bytes().replace(b"\r\n", b"\n")
            digests["", file.name] = sha256(content).hexdigest()[:SHORT_DIGITS]
    for graph, triples in contents.items():
        by_subject = defaultdict(list)
        for triple in triples:
            if isinstance(triple.subject, NamedNode) and triple.predicate != NIF.nextSentence:
                whole, _, part = triple.subject.value.partition("#")
                by_subject[short_name(NamedNode(whole) if part in PARTS else triple.subject)].append(triple)
        name = short_name(graph)
        digests[name, ""] = digest(triples)
        digests |= {(name, subject): digest(about)[:SHORT_DIGITS] for subject, about in by_subject.items()}
    return digests


def read_seals(dataset: Dataset) -> dict[NamedNode, set[Triple]]:
    """The statements of each seal, by the graph that is sealed."""
    by_subject: dict[object, set[Triple]] = defaultdict(set)
    for triple in dataset.triples(META):
        by_subject[triple.subject].add(triple)
    seals = {}
    for graph, triples in list(by_subject.items()):
        facts = {triple for triple in triples if triple.predicate in (VOID.triples, SPDX.checksum)}
        if facts and isinstance(graph, NamedNode) and (graph in GRAPH or graph == DATASET):
            seals[graph] = facts.union(*(by_subject[triple.object] for triple in facts))
    return seals


def graphs_to_seal(dataset: Dataset) -> Iterator[tuple[NamedNode, list[Triple]]]:
    """The graphs that get a seal, with their statements."""
    for graph in dataset.graphs():
        if isinstance(graph, NamedNode) and graph not in UNSEALED_GRAPHS and not is_derived(graph):
            yield graph, list(dataset.triples(graph))


def dataset_metadata(
    dataset: Dataset, graphs: Iterable[NamedNode], seals: Mapping[NamedNode, Collection[Triple]]
) -> set[Triple]:
    """The statements of graph/meta without the seals, what is computed, and documents that none of the graphs is of."""
    documents = {document_or_kind(graph) for graph in graphs}
    return {
        triple
        for triple in set(dataset.triples(META)).difference(*seals.values())
        if not is_computed(in_graph(triple, META)) and documents.issuperset(_documents(triple))
    }


def _documents(triple: Triple) -> Iterator[str]:
    """The document that a statement of graph/meta is about."""
    subject = triple.subject
    if isinstance(subject, NamedNode) and subject in GRAPH:
        yield document_or_kind(NamedNode(subject.value.partition("#")[0]))
    if (subject, triple.predicate) == (DATASET, DCTERMS.source) and isinstance(triple.object, NamedNode):
        yield triple.object.value.removeprefix(ID.iri)


def document_or_kind(graph: NamedNode) -> str:
    """The name of the document that a graph belongs to, else of its kind."""
    first, _, rest = graph.value.removeprefix(GRAPH.iri).partition("/")
    return rest if first in EDITORIAL else first
