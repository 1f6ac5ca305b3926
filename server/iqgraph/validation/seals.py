"""Seals: the recorded digest of each graph, so that no change of the data goes unnoticed."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Triple

from ..bilingual import Text
from ..dataset import Dataset, load
from ..dataset.passages import describe_checksum
from ..errors import CallError
from ..resources import Sources, packaged
from ..serialisation import n_triples
from ..serialisation.turtle import Term, turtle
from ..terms import GRAPH, META, ONTOLOGY, PARTITIONS, SHAPES, SPDX, VOID, is_derived, part_iri
from ..writing import write
from .findings import Finding

RULE = SHAPES["seal"]
FILE = "seals.ttl"
UNSEALED = {META, ONTOLOGY, PARTITIONS}
KINDS = {"names", "notes", "passages"}


def digest(triples: Iterable[Triple]) -> str:
    """SHA-256 of the sorted canonical N-Triples lines; without blank nodes, that of the canonical graph."""
    return sha256(n_triples(triples)).hexdigest()


def seal(sources: Sources | None = None) -> Path:
    """Write the seals of all graphs of the data, and answer the file."""
    sources = sources or packaged()
    if not isinstance(sources.data, Path):
        raise CallError(
            de="Die Daten liegen in keinem Ordner, also lassen sie sich nicht versiegeln.",
            en="The data does not lie in a folder, so it cannot be sealed.",
        )
    file = sources.data / FILE
    triples = [triple for graph, held in _sealable(load(sources=sources)) for triple in statements(graph, held)]
    write({file: turtle(triples).encode()})
    return file


def statements(graph: NamedNode, triples: list[Triple]) -> Iterator[Triple]:
    """The seal of a graph: how many statements it has and their digest."""
    checksum = part_iri(graph, "checksum")
    yield Triple(graph, VOID.triples, Literal(len(triples)))
    yield Triple(graph, SPDX.checksum, checksum)
    yield from describe_checksum(checksum, digest(triples))


def compare(dataset: Dataset) -> Iterator[Finding]:
    """What differs between the graphs and their seals; nothing if no graph of a document is sealed."""
    graphs = dict(_sealable(dataset))
    seals = _seals(dataset)
    documents = {_document(graph) for graph in seals}
    for graph in sorted(seals.keys() | graphs.keys(), key=str):
        if graph not in graphs:
            yield _finding(dataset, graph, ABSENT)
        elif graph not in seals:
            if _document(graph) in documents:
                yield _finding(dataset, graph, MISSING)
        elif seals[graph] != set(statements(graph, graphs[graph])):
            yield _finding(dataset, graph, _changed(dataset, graph, len(graphs[graph])))


ABSENT = Text(en="The graph is sealed but has no statements.", de="Der Graph ist versiegelt, hat aber keine Aussagen.")
MISSING = Text(
    en="The graph is not sealed, but others of the same document are.",
    de="Der Graph ist nicht versiegelt, andere desselben Dokuments sind es.",
)


def _sealable(dataset: Dataset) -> Iterator[tuple[NamedNode, list[Triple]]]:
    for graph in dataset.graphs():
        if isinstance(graph, NamedNode) and graph not in UNSEALED and not is_derived(graph):
            yield graph, list(dataset.triples(graph))


def _seals(dataset: Dataset) -> dict[NamedNode, set[Triple]]:
    """All that is said of the seals, by the graph that is sealed."""
    stated: dict[Term, set[Triple]] = defaultdict(set)
    for triple in dataset.triples(META):
        stated[triple.subject].add(triple)
    seals = {}
    for graph, triples in list(stated.items()):
        about = {triple for triple in triples if triple.predicate in (VOID.triples, SPDX.checksum)}
        if about and isinstance(graph, NamedNode) and graph in GRAPH:
            seals[graph] = about.union(*(stated[triple.object] for triple in about))
    return seals


def _document(graph: NamedNode) -> str:
    first, _, rest = graph.value.removeprefix(GRAPH.iri).partition("/")
    return rest if first in KINDS else first


def _changed(dataset: Dataset, graph: NamedNode, found: int) -> Text:
    counts = [value.value for value in dataset.values(graph, VOID.triples) if isinstance(value, Literal)]
    stated = ", ".join(counts) or "?"
    return Text(
        en=f"The graph is not as it was sealed: {stated} statements sealed, {found} found, or their wording differs.",
        de=f"Der Graph ist nicht, wie er versiegelt wurde: {stated} Aussagen versiegelt, {found} gefunden, "
        "oder ihr Wortlaut weicht ab.",
    )


def _finding(dataset: Dataset, graph: NamedNode, message: Text) -> Finding:
    files = dataset.files(graph)
    return Finding(RULE, graph, message, file=files[0] if files else dataset.place(graph))
