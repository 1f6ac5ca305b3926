"""Seals: the recorded digest of each graph, so that no change of the data goes unnoticed.

The seals stand in `graph/meta`. What it says beside them and by hand is sealed too: that is the seal of the dataset.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Triple

from ..bilingual import Text, sentences
from ..dataset import Dataset, load
from ..dataset.derivation import is_computed
from ..dataset.documents import EDITORIAL
from ..dataset.passages import describe_checksum
from ..dataset.reading import in_graph
from ..resources import PASSAGES, File, Sources, packaged
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
    XSD,
    Term,
    is_derived,
    short_name,
)
from ..writing import write
from . import digests
from .digests import digest
from .findings import Finding

RULE = SHAPES["seal"]
RULES = ("shapes/", "ontology/rules/")
# The first holds the seals; the others change with the program, and are computed or compared anew at each start.
UNSEALED = {META, ONTOLOGY, PARTITIONS}


def seal(sources: Sources | None = None) -> Path:
    """Write the seals of all graphs of the data and the digests beside them, and answer the file of the seals."""
    sources = sources or packaged()
    file = sources.folder / digests.SEALS
    dataset = load(sources=sources)
    graphs = dict(_sealable(dataset))
    described = _described(dataset, graphs, _seals(dataset))
    held = {**graphs, DATASET: described}
    seals = turtle(triple for name, said in held.items() for triple in statements(name, said))
    write({file: seals.encode(), sources.folder / digests.TABLE: digests.content(sources, described)})
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
    if sealed:
        yield from _other_rules(dataset)
    for graph in sorted(graphs, key=str):
        if graph not in seals:
            if _document(graph) in documents:
                yield _finding(dataset, graph, MISSING)
        elif seals[graph] != set(statements(graph, graphs[graph])):
            yield _changed(dataset, graph, len(graphs[graph]))
    for document, lost in groupby(sorted(absent(dataset), key=_document), _document):
        names = sorted(lost, key=str)
        if document in left:
            yield from (_finding(dataset, graph, ABSENT) for graph in names)
        else:
            yield _finding(dataset, names[0], GONE.format(len(names), document))
    is_whole = bool(sealed) and documents <= left  # else what graph/meta said of the graphs is gone with them
    described = _described(dataset, sealed, seals) if is_whole else set()
    if is_whole and seals.get(DATASET) != set(statements(DATASET, described)):
        yield from _redescribed(dataset, described, seals.get(DATASET, set()))


def _other_rules(dataset: Dataset) -> Iterator[Finding]:
    """Which files of shapes and rules are not those that the data was sealed with; what they find would be missed."""
    known = {name: value for name, value in digests.recorded(dataset.sources).items() if name.startswith(RULES)}
    found = digests.of_files(digests.rule_files(dataset.sources)) if dataset.sources and known else {}
    for name in digests.changed(known, found):
        message = LOST if name not in found else ADDED if name not in known else EDITED
        yield Finding(RULE, DATASET, sentences(message, RENEW), file=name)


def _redescribed(dataset: Dataset, described: Collection[Triple], seal: Collection[Triple]) -> Iterator[Finding]:
    """Of which graphs and statements graph/meta says something else; of the dataset, where nothing tells more."""
    known = {name: value for name, value in digests.recorded(dataset.sources).items() if "://" in name}
    found = digests.of_subjects(described)
    # What was released before has other digests than those of today.
    is_comparable = Literal(known.get(META.value, ""), datatype=XSD.hexBinary) in {one.object for one in seal}
    names = digests.changed(known, found) if is_comparable else []
    for name in names:
        if name not in (DATASET.value, META.value):
            yield _of_description(dataset, name)
    if not names or DATASET.value in names:
        yield Finding(RULE, DATASET, DESCRIBED)  # nearly every file says something of it


def _of_description(dataset: Dataset, name: str) -> Finding:
    """What graph/meta says of a graph, or of one of its statements, is another."""
    graph = NamedNode(name.partition("#")[0])
    one = digests.annotated(name, dataset.triples(graph))
    message = ANNOTATED if "#" in name else OF_GRAPH
    found = _finding(dataset, graph, sentences(message.format(short_name(graph)), RENEW))
    return replace(found, focus=one.subject, path=one.predicate, value=one.object) if one else found


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
LOST = Text(
    en="The file is missing, so what it forbids or derives goes unnoticed.",
    de="Die Datei fehlt, also bleibt unbemerkt, was sie verbietet oder ableitet.",
)
ADDED = Text(en="The file is not sealed, but the data is.", de="Die Datei ist nicht versiegelt, die Daten sind es.")
EDITED = Text(
    en="The file is not as it was when the data was sealed.",
    de="Die Datei ist nicht, wie sie war, als die Daten versiegelt wurden.",
)
ANNOTATED = Text(
    en="What is said of this statement of {}, such as iq:readWith, is not as it was sealed.",
    de="Was über diese Aussage von {} gesagt wird, etwa iq:readWith, ist nicht, wie es versiegelt wurde.",
)
OF_GRAPH = Text(
    en="What graph/meta says of {} is not as it was sealed.",
    de="Was graph/meta über {} sagt, ist nicht, wie es versiegelt wurde.",
)
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


def _changed(dataset: Dataset, graph: NamedNode, found: int) -> Finding:
    counts = [value.value for value in dataset.values(graph, VOID.triples) if isinstance(value, Literal)]
    stated = ", ".join(counts) or "?"
    differs = OTHERS if counts == [str(found)] else Text(en=f", {found} found.", de=f", {found} gefunden.")
    changed = Text(
        en=f"The graph is not as it was sealed: {stated} statements sealed{differs.en}",
        de=f"Der Graph ist nicht, wie er versiegelt wurde: {stated} Aussagen versiegelt{differs.de}",
    )
    place, files = dataset.place(graph, VOID.triples), _files(dataset, graph)
    either = EITHER.format(place) if place not in files else None
    text = OF_TEXT if any(file.endswith(f"/{PASSAGES}") for file in files) else None
    return _finding(dataset, graph, sentences(changed, either, text, RENEW))


def _finding(dataset: Dataset, graph: NamedNode, message: Text) -> Finding:
    return Finding(RULE, graph, message, file=", ".join(_files(dataset, graph)) or dataset.place(graph))


def _files(dataset: Dataset, graph: NamedNode) -> list[str]:
    """The files of a graph that are not as they were sealed, or all of them if none is known to be so."""
    files = dataset.files(graph)
    if dataset.sources is None:
        return files
    known, root = digests.recorded(dataset.sources), dataset.sources.data
    found = digests.of_files(File(file, root / file.removeprefix("data/")) for file in files if file in known)
    return [file for file in files if file not in found or known[file] != found[file]] or files
