"""Seals: the recorded digest of each graph, so that no change of the data goes unnoticed.

The seals stand in `graph/meta`. What it says beside them and by hand is sealed too: that is the seal of the dataset.
A table beside them has digests of files, and of what each graph says of each subject, which tell where a change is. No
graph holds them: they say nothing about what it says.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode, Triple

from ..dataset import Dataset, load
from ..dataset.derivation import is_computed
from ..dataset.documents import EDITORIAL
from ..dataset.passages import describe_checksum
from ..dataset.reading import in_graph
from ..resources import RELEASES_FOLDER, Sources, packaged, table, walk
from ..serialisation import n_triples
from ..serialisation.turtle import turtle
from ..terms import (
    DATASET,
    DCTERMS,
    GRAPH,
    ID,
    META,
    NIF,
    ONTOLOGY,
    PARTITIONS,
    SPDX,
    VOID,
    Term,
    is_derived,
    short_name,
)
from ..writing import write

# The first holds the seals; the others change with the program, and are computed or compared anew at each start.
UNSEALED = {META, ONTOLOGY, PARTITIONS}
SEALS, TABLE = "seals.ttl", "digests.csv"
ENDINGS = (".csv", ".json", ".rq", ".trig", ".ttl")
# What was released has seals of its own, and these two are what all else is compared with.
APART = tuple(f"data/{name}" for name in (f"{RELEASES_FOLDER}/", SEALS, TABLE))
PARTS = ("checksum", "selector")
HEAD = ("graph", "name", "digest")
DIGITS = 16  # of files and subjects, enough to tell of accidents; a graph has that of its seal
Held = Mapping[NamedNode, Collection[Triple]]


class Digests(NamedTuple):
    """Digests of files, of graphs, and of what each graph says of its subjects, by the names that people read."""

    files: dict[str, str]
    graphs: dict[str, str]
    subjects: dict[str, dict[str, str]]


def seal(sources: Sources | None = None) -> Path:
    """Write the seals of all graphs of the data and the digests beside them, and answer the file of the seals."""
    sources = sources or packaged()
    file = sources.folder / SEALS
    dataset = load(sources=sources)
    graphs = dict(sealable(dataset))
    about = described(dataset, graphs, seals_of(dataset))
    seals = turtle(triple for name, said in {**graphs, DATASET: about}.items() for triple in statements(name, said))
    held = {**graphs, META: about, ONTOLOGY: list(dataset.triples(ONTOLOGY))}
    write({file: seals.encode(), sources.folder / TABLE: table_of(sources, held)})
    return file


def statements(sealed: NamedNode, triples: Collection[Triple]) -> Iterator[Triple]:
    """The seal of a graph: how many statements it has and their digest; of dataset and ontology the digest alone."""
    if sealed not in (DATASET, ONTOLOGY):
        yield Triple(sealed, VOID.triples, Literal(len(triples)))
    yield from describe_checksum(sealed, digest(triples))


def digest(triples: Iterable[Triple]) -> str:
    """SHA-256 of the sorted canonical N-Triples lines; without blank nodes, that of the canonical graph."""
    return sha256(n_triples(triples)).hexdigest()


def of_files(sources: Sources) -> dict[str, str]:
    """The digest of each file, whatever ends its lines, which a checkout may change."""
    roots = {"data": sources.data, "ontology": sources.ontology, "shapes": sources.shapes}
    found = {file.name: file.content for name, root in roots.items() for file in walk(root, name)}
    return {
        name: sha256(file.read_bytes().replace(b"\r\n", b"\n")).hexdigest()[:DIGITS]
        for name, file in found.items()
        if name.endswith(ENDINGS) and not name.startswith(APART)
    }


def of_subjects(triples: Iterable[Triple]) -> dict[str, str]:
    """The digest of what is said of each subject with a name, its parts included, but not which passage is the next."""
    said = defaultdict(list)
    for triple in triples:
        if isinstance(triple.subject, NamedNode) and triple.predicate != NIF.nextSentence:
            said[short_name(_whole(triple.subject))].append(triple)
    return {name: digest(about)[:DIGITS] for name, about in said.items()}


def table_of(sources: Sources, held: Held) -> bytes:
    """The table of today, sorted by name."""
    rows = [("", *row) for row in of_files(sources).items()]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([HEAD, *sorted([*rows, *_rows(held)])])
    return text.getvalue().encode()


def _rows(held: Held) -> Iterator[tuple[str, ...]]:
    for graph, triples in held.items():
        name = short_name(graph)
        yield name, "", digest(triples)
        yield from ((name, *row) for row in of_subjects(triples).items())


def strays(sources: Sources, held: Held) -> list[int]:
    """The lines of the table that stand for none of these graphs and their subjects, or stand twice."""
    left: set[tuple[str, ...]] = {*_rows(held), *(("", name) for name in of_files(sources))}
    lines = []
    for row in table(sources.data, TABLE):
        key = tuple(row[column] for column in HEAD[: 3 if row["graph"] else 2])
        if key not in left:
            lines.append(row.line)
        left.discard(key)
    return lines


def recorded(sources: Sources | None) -> Digests:
    """The digests as the data was sealed; none if it was not."""
    found = Digests({}, {}, defaultdict(dict))
    for row in table(sources.data, TABLE) if sources else ():
        graph, name, value = (row[column] for column in HEAD)
        (found.subjects[graph] if graph and name else found.graphs if graph else found.files)[name or graph] = value
    return found


def changed(known: Mapping[str, str], found: Mapping[str, str]) -> list[str]:
    """The names that are new, gone, or have another digest, sorted."""
    return sorted(name for name in {*known, *found} if known.get(name) != found.get(name))


def sealable(dataset: Dataset) -> Iterator[tuple[NamedNode, list[Triple]]]:
    """The graphs that get a seal, and what they say."""
    for graph in dataset.graphs():
        if isinstance(graph, NamedNode) and graph not in UNSEALED and not is_derived(graph):
            yield graph, list(dataset.triples(graph))


def seals_of(dataset: Dataset) -> dict[NamedNode, set[Triple]]:
    """All that is said of the seals, by the graph that is sealed."""
    stated: dict[Term, set[Triple]] = defaultdict(set)
    for triple in dataset.triples(META):
        stated[triple.subject].add(triple)
    seals = {}
    for graph, triples in list(stated.items()):
        about = {triple for triple in triples if triple.predicate in (VOID.triples, SPDX.checksum)}
        if about and isinstance(graph, NamedNode) and (graph in GRAPH or graph == DATASET):
            seals[graph] = about.union(*(stated[triple.object] for triple in about))
    return seals


def described(
    dataset: Dataset, sealed: Iterable[NamedNode], seals: Mapping[NamedNode, Collection[Triple]]
) -> set[Triple]:
    """What graph/meta says beside the seals and what is computed, but for documents that are not sealed yet."""
    said = set(dataset.triples(META)).difference(*seals.values())
    documents = {document_of(graph) for graph in sealed}
    return {
        triple
        for triple in said
        if not is_computed(in_graph(triple, META)) and documents.issuperset(_documents(triple))
    }


def _documents(triple: Triple) -> Iterator[str]:
    """The document that a statement of graph/meta is about."""
    subject = triple.subject
    if isinstance(subject, NamedNode) and subject in GRAPH:
        yield document_of(NamedNode(subject.value.partition("#")[0]))
    if (subject, triple.predicate) == (DATASET, DCTERMS.source) and isinstance(triple.object, NamedNode):
        yield triple.object.value.removeprefix(ID.iri)


def document_of(graph: NamedNode) -> str:
    """The document that a graph belongs to, or else its kind."""
    first, _, rest = graph.value.removeprefix(GRAPH.iri).partition("/")
    return rest if first in EDITORIAL else first


def _whole(subject: NamedNode) -> NamedNode:
    """What a subject is a part of, such as a passage of its checksum; all else is a thing of its own."""
    whole, _, part = subject.value.partition("#")
    return NamedNode(whole) if part in PARTS else subject
