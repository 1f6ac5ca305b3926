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
PARTS = ("checksum", "selector")  # what is said of these is said of their thing
HEAD = ("graph", "name", "digest")
DIGITS = 16  # of files and subjects, enough to tell of accidents; a graph has that of its seal
# By a graph and what it speaks of, as people read their names: of a file without a graph, of a whole graph by it alone.
Digests = dict[tuple[str, str], str]


def seal(sources: Sources | None = None) -> Path:
    """Write the seals of all graphs of the data and the digests beside them, and answer the file of the seals."""
    sources = sources or packaged()
    file = sources.folder / SEALS
    dataset = load(sources=sources)
    graphs = dict(sealable(dataset))
    about = described(dataset, graphs, seals_of(dataset))
    seals = turtle(triple for name, said in {**graphs, DATASET: about}.items() for triple in statements(name, said))
    held = {**graphs, META: about, ONTOLOGY: list(dataset.triples(ONTOLOGY))}
    text = io.StringIO()
    rows = sorted((*key, value) for key, value in digests(sources, held).items())
    csv.writer(text, lineterminator="\n").writerows([HEAD, *rows])
    write({file: seals.encode(), sources.folder / TABLE: text.getvalue().encode()})
    return file


def statements(sealed: NamedNode, triples: Collection[Triple]) -> Iterator[Triple]:
    """The seal of a graph: how many statements it has and their digest; of dataset and ontology the digest alone."""
    if sealed not in (DATASET, ONTOLOGY):
        yield Triple(sealed, VOID.triples, Literal(len(triples)))
    yield from describe_checksum(sealed, digest(triples))


def digest(triples: Iterable[Triple]) -> str:
    """SHA-256 of the sorted canonical N-Triples lines; without blank nodes, that of the canonical graph."""
    return sha256(n_triples(triples)).hexdigest()


def digests(sources: Sources, held: Mapping[NamedNode, Collection[Triple]]) -> Digests:
    """The digests of today: of each file, of each graph, and of what that says of each subject with a name.

    The parts of a subject belong to it, but not which passage is the next. Whatever ends the lines of a file, which a
    checkout may change, is a line feed.
    """
    roots = {"data": sources.data, "ontology": sources.ontology, "shapes": sources.shapes}
    found = {}
    for file in (file for name, root in roots.items() for file in walk(root, name)):
        if file.name.endswith(ENDINGS) and not file.name.startswith(APART):
            content = file.content.read_bytes().replace(b"\r\n", b"\n")
            found["", file.name] = sha256(content).hexdigest()[:DIGITS]
    for graph, triples in held.items():
        name, said = short_name(graph), defaultdict(list)
        for triple in triples:
            if isinstance(triple.subject, NamedNode) and triple.predicate != NIF.nextSentence:
                whole, _, part = triple.subject.value.partition("#")
                said[short_name(NamedNode(whole) if part in PARTS else triple.subject)].append(triple)
        found[name, ""] = digest(triples)
        found |= {(name, subject): digest(about)[:DIGITS] for subject, about in said.items()}
    return found


def recorded(sources: Sources | None) -> Digests:
    """The digests as the data was sealed; none if it was not."""
    return {(row["graph"], row["name"]): row["digest"] for row in table(sources.data, TABLE)} if sources else {}


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
