"""The comparison of a dataset with its seals: which files and subjects are not as they were sealed."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from pyoxigraph import Literal, NamedNode, Triple

from ..bilingual import Text, sentences, untranslated
from ..dataset import Dataset
from ..dataset.passages import describe_checksum
from ..resources import PASSAGES, table
from ..terms import DATASET, GRAPH, META, ONTOLOGY, SHAPES, SPDX, XSD, expand, record_iri, short_name
from . import seals
from .findings import Finding, Reach

RULE = SHAPES["seal"]
DATA = "data/"
MAX_LISTED = 3  # graphs or files
EMPTY = Text(en="Sealed, but without statements: {}.", de="Versiegelt, aber ohne Aussagen: {}.")
MOVED = Text(en="Statements of it are now in {}.", de="Aussagen daraus stehen jetzt in {}.")
UNSEALED = Text(
    en="This is not sealed, but others of its kind are.", de="Das ist nicht versiegelt, anderes dieser Art aber ist es."
)
RENEW = Text(
    en="After an intended change, `iqgraph seal` renews the seals.",
    de="Nach einer gewollten Änderung erneuert `iqgraph seal` die Siegel.",
)
EITHER = Text(
    en="Either the graph has changed or its seal in {}.",
    de="Entweder hat sich der Graph verändert oder sein Siegel in {}.",
)
CHANGED = Text(
    en="What {} says of this is not as it was sealed.", de="Was {} darüber sagt, ist nicht, wie es versiegelt wurde."
)
MORE = Text(en="{} and {} more", de="{} und {} weitere")
VERIFY = Text(
    en="`iqgraph verify` tells which passage does not fit the text.",
    de="`iqgraph verify` sagt, welche Textstelle nicht zum Text passt.",
)
MISSING = Text(en="The file is missing.", de="Die Datei fehlt.")
EDITED = Text(
    en="The file is not as it was when the data was sealed.",
    de="Die Datei ist nicht, wie sie war, als die Daten versiegelt wurden.",
)


def compare(dataset: Dataset) -> list[Finding]:
    """The differences between a dataset and its seals; none if no graph of a document is sealed."""
    comparison = Comparison(dataset)
    if comparison.documents:
        findings = [*comparison.file_findings(), *comparison.graph_findings(), *comparison.content_findings()]
        return findings or [*comparison.digest_findings()]
    has_lost_seals = dataset.sources and comparison.is_data_loaded
    return [_about_file(f"{DATA}{seals.SEALS}", MISSING, Reach.DATASET)] if has_lost_seals else []


def empty_graphs(dataset: Dataset) -> set[NamedNode]:
    """The graphs that are sealed but have no statements."""
    return seals.read_seals(dataset).keys() - {DATASET, *dataset.graphs()}


class Comparison:
    """A dataset with its digests, beside its seals and the recorded digests."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset, self.seals, self.graphs = dataset, seals.read_seals(dataset), dict(seals.graphs_to_seal(dataset))
        rows = table(dataset.sources.data, seals.TABLE) if dataset.sources else []
        self.recorded: seals.Digests = {(row["graph"], row["name"]): row["digest"] for row in rows}
        self.has_duplicates, self.loaded_files = len(rows) > len(self.recorded), {*dataset.origins.values()}
        self.recorded_files = {name for graph, name in self.recorded if not graph}
        self.is_data_loaded = any(name.startswith(DATA) for name in self.recorded_files & self.loaded_files)
        sealed_graphs = self.seals.keys() - {DATASET}
        self.documents = set(map(seals.document_or_kind, sealed_graphs))
        self.contents: dict[NamedNode, Collection[Triple]] = {
            graph: triples for graph, triples in self.graphs.items() if graph in self.seals
        }
        # The seal of the ontology, which changes with the program, is among the recorded digests only.
        if value := self.recorded.get((short_name(ONTOLOGY), "")):
            self.seals[ONTOLOGY] = {*describe_checksum(ONTOLOGY, value)}
            self.contents[ONTOLOGY] = list(dataset.triples(ONTOLOGY))
        # A missing document takes its part of graph/meta along.
        if self.documents <= set(map(seals.document_or_kind, self.graphs)):
            self.contents[META] = seals.dataset_metadata(dataset, sealed_graphs, self.seals)
        self.digests = seals.compute_digests(dataset.sources, self.contents) if self.documents else {}
        self.changes = sorted(
            key for key in {*self.recorded, *self.digests} if self.recorded.get(key) != self.digests.get(key)
        )
        # The files of our data do not count if other data was loaded in its place.
        files = (name for graph, name in self.changes if not graph)
        self.changed_files = [name for name in files if self.is_data_loaded or not name.startswith(DATA)]

    def file_findings(self) -> Iterator[Finding]:
        """The files that are missing, and those without statements that are not as they were sealed."""
        if self.dataset.sources and not self.recorded_files:
            yield _about_file(f"{DATA}{seals.TABLE}", MISSING, Reach.DATASET)
            return
        for name in dict.fromkeys(self._folder(name) for name in self.changed_files if name not in self.loaded_files):
            if ("", name) in self.digests:
                yield _about_file(name, EDITED if name in self.recorded_files else UNSEALED)
            else:
                yield _about_file(name, MISSING, Reach.DATASET)

    def digest_findings(self) -> Iterator[Finding]:
        """A finding if lines of the table of digests are wrong or duplicates, or stand for nothing."""
        wrong = (graph and self.digests.get((graph, name)) != value for (graph, name), value in self.recorded.items())
        is_edited = self.has_duplicates or any(wrong) or not self.recorded.keys() <= self.digests.keys()
        if self.is_data_loaded and is_edited:
            yield _about_file(f"{DATA}{seals.TABLE}", EDITED)

    def _folder(self, name: str) -> str:
        """The folder of a file, if it had several files and all of them are missing; else the file."""
        folder = f"{name.rpartition('/')[0]}/"
        files = [file for file in self.recorded_files if file.startswith(folder)]
        return folder if len(files) > 1 and not any(("", file) in self.digests for file in files) else name

    def graph_findings(self) -> Iterator[Finding]:
        """The graphs that are not sealed, and those that have no statements, of a document together."""
        for graph in sorted(self.graphs.keys() - self.seals, key=str):
            if seals.document_or_kind(graph) in self.documents:
                yield self._finding(graph, UNSEALED, graph)
        empty = sorted(empty_graphs(self.dataset), key=lambda graph: (seals.document_or_kind(graph), str(graph)))
        for _, group in groupby(empty, seals.document_or_kind):
            graphs = [*group]
            message = sentences(EMPTY.format(_listing(graphs)), self._destination(graphs))
            yield replace(self._finding(graphs[0], message, *graphs), reach=Reach.FILE)

    def _destination(self, graphs: Sequence[NamedNode]) -> Text | None:
        """The graphs that now say of a subject what some emptied ones said when they were sealed."""
        names, digests = {*map(short_name, graphs)}, seals.compute_digests(None, self.graphs)
        lost = {(subject, value) for (graph, subject), value in self.recorded.items() if subject and graph in names}
        new = {key for key, value in digests.items() if self.recorded.get(key) != value and (key[1], value) in lost}
        return MOVED.format(_listing([*map(expand, sorted({graph for graph, _ in new}))])) if new else None

    def content_findings(self) -> Iterator[Finding]:
        """The subjects of which graphs state something else than was sealed, or graphs whose seals do not match."""
        graphs_by_subject: dict[str, list[NamedNode]] = defaultdict(list)
        for graph, triples in self.contents.items():
            node, digest = DATASET if graph == META else graph, self.digests[short_name(graph), ""]
            if (seal := self.seals.get(node, set())) != {*seals.seal_triples(node, len(triples), digest)}:
                subjects = self._changed_subjects(graph, seal)
                if not subjects:
                    yield self._finding(node, EITHER.format(self.dataset.place(node, SPDX.checksum)), graph)
                for name in subjects:
                    graphs_by_subject[name].append(graph)
        changed_graphs = {short_name(graph) for graphs in graphs_by_subject.values() for graph in graphs}
        for name, graphs in graphs_by_subject.items():
            # The name of an annotation depends on its statement, so the graph of that has changed as well.
            if graphs != [META] or name.partition("#")[0] not in changed_graphs or "#" not in name:
                yield self._subject_finding(name, *graphs)

    def _changed_subjects(self, graph: NamedNode, seal: Collection[Triple]) -> list[str]:
        """The subjects whose digest in a graph differs; none if the recorded digests belong to another seal."""
        name = short_name(graph)
        value = Literal(self.recorded.get((name, ""), ""), datatype=XSD.hexBinary)
        # A release has the seals of its own time.
        if value not in {triple.object for triple in seal}:
            return []
        return [subject for changed_graph, subject in self.changes if changed_graph == name and subject]

    def _subject_finding(self, name: str, *graphs: NamedNode) -> Finding:
        """The finding that graphs describe a subject differently; what graph/meta says of a graph belongs to that."""
        subject = expand(name.strip("<>"))
        graph = NamedNode(subject.value.partition("#")[0])
        if graphs == (META,) and subject in GRAPH:
            triples = self.dataset.triples(graph)
            triple = next((triple for triple in triples if record_iri(triple, graph) == subject), None)
            finding = self._finding(graph, CHANGED.format(short_name(META)), graph)
            if triple:
                finding = replace(finding, focus=triple.subject, path=triple.predicate, value=triple.object)
            return finding
        return self._finding(subject, CHANGED.format(_listing(graphs)), *graphs)

    def _finding(self, focus: NamedNode, message: Text, *graphs: NamedNode) -> Finding:
        """A finding with the files that describe the focus node in these graphs; of several, the changed ones."""
        quads = [
            quad
            for graph in graphs
            for quad in self.dataset.asserted_quads(None if focus == graph else focus, None, None, graph)
        ]
        sources = {self.dataset.origins[quad] for quad in quads} - {f"{DATA}{seals.SEALS}"}
        changed = self.loaded_files.intersection(self.changed_files)
        files = sorted(sources & changed or (changed if len(changed) <= MAX_LISTED else ()) or sources)
        hint = VERIFY if any(file.endswith(f"/{PASSAGES}") for file in files) else None
        return Finding(RULE, focus, sentences(message, hint, RENEW), file=", ".join(files) or self.dataset.place(focus))


def _about_file(name: str, message: Text, reach: Reach = Reach.THING) -> Finding:
    return Finding(RULE, DATASET, sentences(message, RENEW), file=name, reach=reach)


def _listing(graphs: Sequence[NamedNode]) -> Text:
    names, more = untranslated(", ".join(map(short_name, graphs[:MAX_LISTED]))), len(graphs) - MAX_LISTED
    return MORE.format(names, more) if more > 0 else names
