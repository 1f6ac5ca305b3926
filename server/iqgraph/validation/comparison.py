"""The comparison of a dataset with its seals: which file, and what of which subject, is not as it was sealed."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import groupby

from pyoxigraph import Literal, NamedNode, Triple

from ..bilingual import Text, sentences, untranslated
from ..dataset import Dataset
from ..dataset.derivation import statement_digest
from ..dataset.passages import describe_checksum
from ..resources import PASSAGES, table
from ..terms import DATASET, GRAPH, META, ONTOLOGY, SHAPES, SPDX, XSD, expanded, short_name
from .findings import Finding
from .seals import SEALS, TABLE, Digests, described, digests, document_of, recorded, sealable, seals_of, statements

RULE = SHAPES["seal"]
DATA = "data/"
MAX_LISTED = 3  # graphs or files


def compare(dataset: Dataset) -> list[Finding]:
    """What differs between the dataset and its seals; nothing if no graph of a document is sealed."""
    comparison = Comparison(dataset)
    return [*comparison.findings()] or [*comparison.strays()]


class Comparison:
    """A dataset beside its seals, and its digests beside those of the table."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset, self.seals, self.graphs = dataset, seals_of(dataset), dict(sealable(dataset))
        self.sealed = self.seals.keys() - {DATASET}
        self.documents = set(map(document_of, self.sealed))
        self.known, self.read = recorded(dataset.sources), {*dataset.origins.values()}
        self.known_files = {name for graph, name in self.known if not graph}
        self.is_loaded = any(name.startswith(DATA) for name in self.known_files & self.read)
        # What is sealed, and what graph/meta says of it; but if a document is gone, that is gone with it.
        self.held: dict[NamedNode, Collection[Triple]] = {}
        self.held |= {graph: triples for graph, triples in self.graphs.items() if graph in self.seals}
        # The seal of the ontology, which changes with the program, stands among the digests alone.
        if value := self.known.get((short_name(ONTOLOGY), "")):
            self.seals[ONTOLOGY] = {*describe_checksum(ONTOLOGY, value)}
            self.held[ONTOLOGY] = list(dataset.triples(ONTOLOGY))
        if self.documents <= set(map(document_of, self.graphs)):
            self.held[META] = described(dataset, self.sealed, self.seals)

    @cached_property
    def now(self) -> Digests:
        """The digests of today."""
        return digests(self.dataset.sources, self.held) if self.dataset.sources else {}

    @cached_property
    def changed(self) -> list[tuple[str, str]]:
        """What is new, gone or has another digest, sorted."""
        return sorted(key for key in {*self.known, *self.now} if self.known.get(key) != self.now.get(key))

    @cached_property
    def files(self) -> list[str]:
        """The files among it; without those of the data, if other data was loaded in the place of the sealed."""
        files = (name for graph, name in self.changed if not graph)
        return [name for name in files if self.is_loaded or not name.startswith(DATA)]

    def findings(self) -> Iterator[Finding]:
        """What differs: files that are missing, files that make no statement, and what graphs say."""
        if self.sealed and self.known_files:
            for name in dict.fromkeys(self._folder(name) for name in self.files if name not in self.read):
                text = (EDITED if name in self.known_files else MISSING) if ("", name) in self.now else LOST
                yield Finding(RULE, DATASET, sentences(text, RENEW), file=name)
        elif self.dataset.sources and (self.sealed or self.is_loaded):
            name = TABLE if self.sealed else SEALS
            yield Finding(RULE, DATASET, sentences(LOST, RENEW), file=f"{DATA}{name}")
        if self.sealed:
            yield from self._of_graphs()

    def strays(self) -> Iterator[Finding]:
        """What the table of digests has beside all that is sealed: of nothing, or twice, or of another graph."""
        if self.dataset.sources and self.is_loaded and self.sealed:
            left, lines = dict(self.now), []
            for row in table(self.dataset.sources.data, TABLE):
                value = left.pop((row["graph"], row["name"]), None)
                if value is None or (row["graph"] and row["digest"] != value):
                    lines.append(str(row.line))
            if lines:
                message = STRAY.format(", ".join(lines[:MAX_LISTED]))
                yield Finding(RULE, DATASET, sentences(message, RENEW), file=f"{DATA}{TABLE}")

    def _folder(self, name: str) -> str:
        """The folder of a file, if all the files that were in it are gone; else the file."""
        folder = f"{name.rpartition('/')[0]}/"
        held = [one for one in self.known_files if one.startswith(folder)]
        return folder if len(held) > 1 and not any(("", one) in self.now for one in held) else name

    def _of_graphs(self) -> Iterator[Finding]:
        for graph in sorted(self.graphs.keys() - self.seals, key=str):
            if document_of(graph) in self.documents:
                yield self._finding(graph, MISSING, graph)
        for _, lost in groupby(sorted(absent(self.dataset), key=lambda one: (document_of(one), str(one))), document_of):
            names = [*lost]
            yield self._finding(names[0], ABSENT.format(_listed(names)), *names)
        broken: dict[str, list[NamedNode]] = defaultdict(list)
        for graph, triples in self.held.items():
            sealed = DATASET if graph == META else graph
            if (seal := self.seals.get(sealed, set())) != set(statements(sealed, triples)):
                subjects = self._changed(graph, seal)
                if not subjects:
                    yield self._finding(sealed, EITHER.format(self.dataset.place(sealed, SPDX.checksum)), graph)
                for name in subjects:
                    broken[name].append(graph)
        edited = {short_name(graph) for graphs in broken.values() for graph in graphs}
        for name, graphs in broken.items():
            # An annotation is called after its statement, so it goes with that.
            if graphs != [META] or name.partition("#")[0] not in edited or "#" not in name:
                yield self._of_subject(name, *graphs)

    def _changed(self, graph: NamedNode, seal: Collection[Triple]) -> list[str]:
        """The subjects of which a graph says something else than was sealed; none if the seal itself is another."""
        name = short_name(graph)
        value = Literal(self.known.get((name, ""), ""), datatype=XSD.hexBinary)
        # What was released before has other seals than those of today.
        is_comparable = value in {one.object for one in seal}
        return [subject for one, subject in self.changed if one == name and subject] if is_comparable else []

    def _of_subject(self, name: str, *graphs: NamedNode) -> Finding:
        """What some graphs say of a subject is another; what graph/meta says of a graph belongs to that."""
        subject = expanded(name.strip("<>"))
        graph = NamedNode(subject.value.partition("#")[0])
        if graphs == (META,) and subject in GRAPH:
            fragment, triples = subject.value.partition("#c")[2], self.dataset.triples(graph)
            one = next((triple for triple in triples if fragment and statement_digest(triple) == fragment), None)
            found = self._finding(graph, CHANGED.format(short_name(META)), graph)
            return replace(found, focus=one.subject, path=one.predicate, value=one.object) if one else found
        return self._finding(subject, CHANGED.format(_listed(graphs)), *graphs)

    def _finding(self, focus: NamedNode, message: Text, *graphs: NamedNode) -> Finding:
        """A finding with the files that say something of it in these graphs; of several, those that have changed."""
        quads = [
            quad
            for graph in graphs
            for quad in self.dataset.from_files(None if focus == graph else focus, None, None, graph)
        ]
        says = {self.dataset.origins[quad] for quad in quads} - {f"{DATA}{SEALS}"}
        edited = self.read.intersection(self.files)
        files = sorted(says & edited or (edited if len(edited) <= MAX_LISTED else ()) or says)
        text = OF_TEXT if any(file.endswith(f"/{PASSAGES}") for file in files) else None
        return Finding(RULE, focus, sentences(message, text, RENEW), file=", ".join(files) or self.dataset.place(focus))


def absent(dataset: Dataset) -> set[NamedNode]:
    """The graphs that are sealed but have no statements; whatever else is found of them follows from that."""
    return seals_of(dataset).keys() - {DATASET, *dataset.graphs()}


ABSENT = Text(en="Sealed, but without statements: {}.", de="Versiegelt, aber ohne Aussagen: {}.")
MISSING = Text(
    en="This is not sealed, but others of its kind are.",
    de="Das ist nicht versiegelt, anderes dieser Art aber ist es.",
)
RENEW = Text(
    en="After an intended change `iqgraph seal` renews the seals.",
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
OF_TEXT = Text(
    en="`iqgraph verify` tells which passage does not fit the text.",
    de="`iqgraph verify` sagt, welche Textstelle nicht zum Text passt.",
)
STRAY = Text(
    en="Line {} stands for nothing that is sealed, or stands there twice.",
    de="Zeile {} steht für nichts, was versiegelt ist, oder steht doppelt da.",
)
LOST = Text(en="The file is missing.", de="Die Datei fehlt.")
EDITED = Text(
    en="The file is not as it was when the data was sealed.",
    de="Die Datei ist nicht, wie sie war, als die Daten versiegelt wurden.",
)


def _listed(graphs: Sequence[NamedNode]) -> Text:
    names, more = untranslated(", ".join(map(short_name, graphs[:MAX_LISTED]))), len(graphs) - MAX_LISTED
    return MORE.format(names, more) if more > 0 else names
