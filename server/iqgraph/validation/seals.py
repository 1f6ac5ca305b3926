"""Seals: the recorded digest of each graph, so that no change of the data goes unnoticed.

The seals stand in `graph/meta`. What it says beside them and by hand is sealed too: that is the seal of the dataset.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from hashlib import sha256
from itertools import groupby
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Triple

from ..bilingual import Text, sentences
from ..dataset import Dataset, load
from ..dataset.derivation import is_computed
from ..dataset.documents import EDITORIAL
from ..dataset.passages import describe_checksum
from ..dataset.reading import in_graph
from ..resources import Sources, packaged
from ..serialisation import n_triples
from ..serialisation.turtle import turtle
from ..terms import (
    DATASET,
    DCTERMS,
    GRAPH,
    ID,
    META,
    ONTOLOGY,
    PARTITIONS,
    SHAPES,
    SPDX,
    VOID,
    Term,
    is_derived,
    passages_graph,
)
from ..writing import write
from .findings import Finding

RULE = SHAPES["seal"]
FILE = "seals.ttl"
# The first holds the seals; the others change with the program, and are computed or compared anew at each start.
UNSEALED = {META, ONTOLOGY, PARTITIONS}


def digest(triples: Iterable[Triple]) -> str:
    """SHA-256 of the sorted canonical N-Triples lines; without blank nodes, that of the canonical graph."""
    return sha256(n_triples(triples)).hexdigest()


def seal(sources: Sources | None = None) -> Path:
    """Write the seals of all graphs of the data, and answer the file."""
    sources = sources or packaged()
    file = sources.folder / FILE
    dataset = load(sources=sources)
    graphs = dict(_sealable(dataset))
    held = {**graphs, DATASET: _described(dataset, graphs, _seals(dataset))}
    write({file: turtle(triple for name, said in held.items() for triple in statements(name, said)).encode()})
    return file


def statements(sealed: NamedNode, triples: Collection[Triple]) -> Iterator[Triple]:
    """The seal of a graph: how many statements it has and their digest; of the dataset the digest alone."""
    if sealed != DATASET:
        yield Triple(sealed, VOID.triples, Literal(len(triples)))
    yield from describe_checksum(sealed, digest(triples))


def compare(dataset: Dataset) -> Iterator[Finding]:
    """What differs between the graphs and their seals; nothing if no graph of a document is sealed."""
    graphs = dict(_sealable(dataset))
    seals = _seals(dataset)
    sealed = seals.keys() - {DATASET}
    documents, left = ({_document(graph) for graph in known} for known in (sealed, graphs))
    for graph in sorted(graphs, key=str):
        if graph not in seals:
            if _document(graph) in documents:
                yield _finding(dataset, graph, MISSING)
        elif seals[graph] != set(statements(graph, graphs[graph])):
            yield _finding(dataset, graph, _changed(dataset, graph, len(graphs[graph])))
    for document, lost in groupby(sorted(absent(dataset), key=_document), _document):
        names = sorted(lost, key=str)
        if document in left:
            yield from (_finding(dataset, graph, ABSENT) for graph in names)
        else:
            yield _finding(dataset, names[0], GONE.format(len(names), document))
    is_whole = bool(sealed) and documents <= left  # else what graph/meta said of the graphs is gone with them
    if is_whole and seals.get(DATASET) != set(statements(DATASET, _described(dataset, sealed, seals))):
        yield Finding(RULE, DATASET, DESCRIBED)  # nearly every file says something of it


def absent(dataset: Dataset) -> set[NamedNode]:
    """The graphs that are sealed but have no statements; whatever else is found of them follows from that."""
    return _seals(dataset).keys() - {DATASET, *dataset.graphs()}


GONE = Text(
    en="None of the {} sealed graphs of {} has statements. If it was to go, `iqgraph seal` renews the seals.",
    de="Keiner der {} versiegelten Graphen von {} hat Aussagen. Sollte es weg, erneuert `iqgraph seal` die Siegel.",
)
ABSENT = Text(en="The graph is sealed but has no statements.", de="Der Graph ist versiegelt, hat aber keine Aussagen.")
MISSING = Text(
    en="The graph is not sealed, but others of the same document are.",
    de="Der Graph ist nicht versiegelt, andere desselben Dokuments sind es.",
)
RENEW = Text(
    en="After an intended change `iqgraph seal` renews the seals.",
    de="Nach einer gewollten Änderung erneuert `iqgraph seal` die Siegel.",
)
EITHER = Text(
    en="Either it has changed or its seal in {}.", de="Entweder er hat sich verändert oder sein Siegel in {}."
)
OF_TEXT = Text(
    en="`iqgraph verify` tells which passage does not fit the text.",
    de="`iqgraph verify` sagt, welche Textstelle nicht zum Text passt.",
)
OTHERS = Text(en=" and found, but not the same ones.", de=" und gefunden, aber nicht dieselben.")
DESCRIBED = Text(
    en="What graph/meta says of the dataset and its graphs is not as it was sealed. "
    f"Either a file has changed that says something of graphs or sources, or the seal itself. {RENEW.en}",
    de="Was graph/meta über den Datensatz und seine Graphen sagt, ist nicht, wie es versiegelt wurde. "
    "Entweder hat sich eine Datei verändert, die etwas über Graphen oder Quellen sagt, oder das Siegel selbst. "
    f"{RENEW.de}",
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
        if about and isinstance(graph, NamedNode) and (graph in GRAPH or graph == DATASET):
            seals[graph] = about.union(*(stated[triple.object] for triple in about))
    return seals


def _described(
    dataset: Dataset, sealed: Iterable[NamedNode], seals: Mapping[NamedNode, Collection[Triple]]
) -> set[Triple]:
    """What graph/meta says beside the seals and what is computed, but for documents that are not sealed yet."""
    said = set(dataset.triples(META)).difference(*seals.values())
    documents = {_document(graph) for graph in sealed}
    return {
        triple
        for triple in said
        if not is_computed(in_graph(triple, META)) and documents.issuperset(_documents(triple))
    }


def _documents(triple: Triple) -> Iterator[str]:
    """The document that a statement of graph/meta is about."""
    subject = triple.subject
    if isinstance(subject, NamedNode) and subject in GRAPH:
        yield _document(NamedNode(subject.value.partition("#")[0]))
    if (subject, triple.predicate) == (DATASET, DCTERMS.source) and isinstance(triple.object, NamedNode):
        yield triple.object.value.removeprefix(ID.iri)


def _document(graph: NamedNode) -> str:
    first, _, rest = graph.value.removeprefix(GRAPH.iri).partition("/")
    return rest if first in EDITORIAL else first


def _changed(dataset: Dataset, graph: NamedNode, found: int) -> Text:
    counts = [value.value for value in dataset.values(graph, VOID.triples) if isinstance(value, Literal)]
    stated = ", ".join(counts) or "?"
    differs = OTHERS if counts == [str(found)] else Text(en=f", {found} found.", de=f", {found} gefunden.")
    changed = Text(
        en=f"The graph is not as it was sealed: {stated} statements sealed{differs.en}",
        de=f"Der Graph ist nicht, wie er versiegelt wurde: {stated} Aussagen versiegelt{differs.de}",
    )
    place = dataset.place(graph, VOID.triples)
    either = EITHER.format(place) if place not in dataset.files(graph) else None
    return sentences(changed, either, OF_TEXT if graph == passages_graph(_document(graph)) else None, RENEW)


def _finding(dataset: Dataset, graph: NamedNode, message: Text) -> Finding:
    return Finding(RULE, graph, message, file=", ".join(dataset.files(graph)) or dataset.place(graph))
