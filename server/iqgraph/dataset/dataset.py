"""The dataset: all sources in one store, as named graphs and as their union without duplicates; its canonical form."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QuerySolutions,
    RdfFormat,
    Store,
    Triple,
    serialize,
)
from pyoxigraph import Dataset as QuadSet

from ..resources import Sources, data_files, derivation_rules, packaged, rdf_files
from ..terms import BASE, DATASET, IQ, META, ONTOLOGY, PARTITIONS, PREFIXES, PROV, RDF, VOCABULARY, Term
from . import questions
from .derivation import derive, is_computed
from .documents import read_data, with_tables
from .partitions import declarations, partitions
from .profile import BUNDLED, UNKNOWN, Profile, describe_files
from .reading import in_graph, read, read_into, read_prefixes

Node = NamedNode | BlankNode
GraphName = NamedNode | BlankNode | DefaultGraph
Pattern = tuple[NamedNode | BlankNode | Triple | None, NamedNode | None, Term | None, GraphName | None]
UNION = DefaultGraph()
MAX_LISTED_STATEMENTS = 100_000


@dataclass(frozen=True)
class Dataset:
    """Named graphs with their union as the default graph, and the files that they come from.

    `origins` has the file of each quad. `default_graph_only` are the quads in no named graph, `computed_quads` those
    that a file should not contain, since they are computed. A store on disk comes with its number of statements as
    `size_hint` and with the `descriptors` of its open files.
    """

    store: Store
    sources: Sources | None = None
    prefixes: Mapping[str, str] = field(default_factory=lambda: PREFIXES)
    origins: Mapping[Quad, str] = field(default_factory=dict)
    default_graph_only: tuple[Quad, ...] = ()
    computed_quads: frozenset[Quad] = frozenset()
    size_hint: int | None = None
    descriptors: tuple[int, ...] = ()
    profile: Profile = UNKNOWN

    def triples(self, graph: GraphName = UNION) -> Iterator[Triple]:
        """The triples of a graph, by default of the union."""
        return (quad.triple for quad in self.store.quads_for_pattern(None, None, None, graph))

    def size(self, graph: GraphName) -> int:
        """The number of triples in a graph, counted by the engine."""
        rows: Any = self.store.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", default_graph=graph)
        return int(next(iter(rows))["n"].value)

    @cached_property
    def statements(self) -> int:
        """The number of triples in the union."""
        return self.size(UNION) if self.size_hint is None else self.size_hint

    def graphs(self) -> list[Node]:
        """The names of the graphs, sorted."""
        return sorted(self.store.named_graphs(), key=str)

    def values(self, subject: Term, predicate: NamedNode, graph: GraphName = UNION) -> list[Term]:
        """The values of a property of a subject, sorted."""
        quads = () if isinstance(subject, Literal) else self.store.quads_for_pattern(subject, predicate, None, graph)
        return sorted((quad.object for quad in quads), key=str)

    def nodes(self, subject: Term, *predicates: NamedNode, graph: GraphName = UNION) -> list[NamedNode]:
        """The IRIs among the values of some properties."""
        values = (value for predicate in predicates for value in self.values(subject, predicate, graph))
        return [value for value in values if isinstance(value, NamedNode)]

    def literals(self, subject: Term, *predicates: NamedNode, graph: GraphName = UNION) -> list[Literal]:
        """The literals among the values of some properties."""
        values = (value for predicate in predicates for value in self.values(subject, predicate, graph))
        return [value for value in values if isinstance(value, Literal)]

    def instances(self, class_: NamedNode) -> list[NamedNode]:
        """The members of a class that have an IRI, sorted."""
        return self.subjects(RDF.type, class_)

    def subjects(self, predicate: NamedNode, value: Term, graph: GraphName = UNION) -> list[NamedNode]:
        """The subjects with an IRI that have this value of a property, sorted."""
        quads = self.store.quads_for_pattern(None, predicate, value, graph)
        return sorted((quad.subject for quad in quads if isinstance(quad.subject, NamedNode)), key=str)

    def passages(self, graph: GraphName) -> list[NamedNode]:
        """The passages from which a named graph is derived."""
        sources = self.nodes(graph, PROV.wasDerivedFrom) if isinstance(graph, NamedNode) else []
        return [source for source in sources if IQ.Passage in self.values(source, RDF.type)]

    def rows(self, query: str) -> QuerySolutions:
        """The solutions of a SELECT query."""
        return cast("QuerySolutions", self.store.query(query))

    def asserted_quads(self, *pattern: *Pattern) -> Iterator[Quad]:
        """The quads of a pattern that files contain, without those that rules add."""
        return (quad for quad in self.store.quads_for_pattern(*pattern) if quad in self.origins)

    def place(
        self,
        subject: Term,
        predicate: NamedNode | None = None,
        value: Term | None = None,
        graph: GraphName | None = None,
    ) -> str | None:
        """The file that makes this statement or, failing that, one that describes or names its subject."""
        patterns: list[Pattern] = []
        if not isinstance(subject, Literal):
            if predicate or value or graph:
                patterns.append((subject, predicate, value, graph))
            if predicate:
                patterns.append((subject, predicate, None, None))
            # Its type comes first, since a graph is described in one file and sealed in another.
            patterns += [(subject, RDF.type, None, None), (subject, None, None, None)]
        if graph:
            patterns.append((None, None, None, graph))
        patterns.append((None, None, subject, None))
        files = (self.first_file(self.store.quads_for_pattern(*pattern)) for pattern in patterns)
        return next(filter(None, files), None)

    def first_file(self, quads: Iterable[Quad]) -> str | None:
        """The first file, by name, that contains one of the quads; None if none does."""
        return min((self.origins[quad] for quad in quads if quad in self.origins), default=None)

    @property
    def is_large(self) -> bool:
        """Whether these are other people's files with too many statements to list or sort them all."""
        return self.sources is None and self.statements > MAX_LISTED_STATEMENTS


def load(files: Sequence[Path] = (), sources: Sources | None = None) -> Dataset:
    """Load the bundled dataset, or the bundled ontology with these files in place of the data."""
    return complete(read_sources(files, sources))


def read_sources(files: Sequence[Path] = (), sources: Sources | None = None) -> Dataset:
    """Read what `load` does, without anything that is computed from it."""
    sources = sources or packaged()
    ontology = [read(file, ONTOLOGY) for file in rdf_files(sources.ontology, "ontology")]
    ontology += questions.readings(sources)
    data = read_data(with_tables(files)) if files else read_data(data_files(sources), META)
    data_quads = [quad for reading in data for quad in reading.quads]
    computed_quads = frozenset(quad for quad in data_quads if is_computed(quad) or quad.graph_name == ONTOLOGY)
    # The first of several files with the same quad counts.
    origins = {quad: reading.file for reading in reversed([*ontology, *data]) for quad in reading.quads}
    quads = [quad for reading in ontology for quad in reading.quads]
    quads += [quad for quad in data_quads if quad not in computed_quads]
    store = Store()
    store.extend(quads)
    add_union(store)
    default_graph_only = tuple(quad for quad in quads if quad.graph_name == UNION)
    prefixes = PREFIXES | {prefix: iri for reading in data for prefix, iri in _own_prefixes(reading.prefixes)}
    return Dataset(store, sources, prefixes, origins, default_graph_only, computed_quads, profile=BUNDLED)


def complete(dataset: Dataset) -> Dataset:
    """Add to a bundled dataset what follows by rule, and its VoID partitions and prefix declarations."""
    derive(dataset.store, derivation_rules(dataset.sources or packaged()))
    triples = {
        *partitions(dataset.store, DATASET, BASE, dataset.prefixes),
        *declarations(VOCABULARY, f"{BASE}void", dataset.prefixes),
    }
    for graph in (PARTITIONS, UNION):
        dataset.store.extend(in_graph(triple, graph) for triple in triples)
    return dataset


def _own_prefixes(prefixes: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The prefixes that only a file has; the `p:` of any document but the first is published as `p-<document>:`."""
    for prefix, iri in prefixes.items():
        if prefix not in PREFIXES:
            yield prefix, iri
        elif iri != PREFIXES[prefix] and iri.startswith(BASE):
            yield f"{prefix}-{iri.removeprefix(BASE).strip('/').rpartition('/')[2]}", iri


def load_plain(files: Sequence[Path]) -> Dataset:
    """Load any RDF files: their named graphs as they are, and the union; nothing of ours is added or validated."""
    store = Store()
    prefixes = load_files(store, files)
    if next(store.named_graphs(), None) is not None:
        add_union(store)
    return Dataset(store, prefixes=prefixes, profile=describe_files(store, files))


def load_files(store: Store, files: Sequence[Path]) -> dict[str, str]:
    """Load files into an empty store, without their union, and return their prefixes; the first file has precedence."""
    prefixes: dict[str, str] = {}
    for path in files:  # all of them before the first is loaded, since that may take long
        prefixes = read_prefixes(path) | prefixes
    for path in files:
        read_into(store, path)
    return prefixes


def is_known(store: Store, node: NamedNode) -> bool:
    """Whether an IRI occurs anywhere in the data."""
    patterns = (node, None, None), (None, node, None), (None, None, node)
    quads = (quad for pattern in patterns for quad in store.quads_for_pattern(*pattern))
    return store.contains_named_graph(node) or next(quads, None) is not None


def add_union(store: Store) -> None:
    """Add the triples of all named graphs to the default graph."""
    # The engine takes a third of the time that statements take which pass through Python.
    store.update("INSERT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }")


def canonicalize(dataset: Dataset) -> bytes:
    """The named graphs as canonical N-Quads, lines in code point order (RDF Dataset Canonicalization, RDFC-1.0).

    A triple of the default graph is part of it only if no named graph contains it.
    """
    quads = [quad for quad in dataset.store if not isinstance(quad.graph_name, DefaultGraph)]
    triples = {quad.triple for quad in quads}
    default_graph = dataset.store.quads_for_pattern(None, None, None, DefaultGraph())
    quad_set = QuadSet([*quads, *(quad for quad in default_graph if quad.triple not in triples)])
    quad_set.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    lines = (serialize(quad_set, format=RdfFormat.N_QUADS) or b"").splitlines(keepends=True)
    # UTF-8 keeps code point order, so bytes can be sorted (https://www.rfc-editor.org/rfc/rfc3629#section-1).
    return b"".join(sorted(lines))


def canonical_hash(dataset: Dataset) -> str:
    """The SHA-256 of the canonical form in hexadecimal digits; equal for isomorphic datasets."""
    return sha256(canonicalize(dataset)).hexdigest()
