"""The dataset: all sources in one store, as named graphs and as their union without duplicates; its canonical form."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

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
from pyoxigraph import Dataset as Quads

from ..resources import Sources, data_files, derivation_rules, packaged, rdf_files
from ..terms import BASE, DATASET, IQ, META, ONTOLOGY, PARTITIONS, PREFIXES, PROV, RDF, VOCABULARY, Term
from . import questions
from .derivation import derive, is_computed
from .documents import beside, read_data
from .partitions import declarations, partitions
from .profile import BUNDLED, UNKNOWN, Profile, describe_files
from .reading import head, in_graph, read, read_into

Node = NamedNode | BlankNode
GraphName = NamedNode | BlankNode | DefaultGraph
Pattern = tuple[NamedNode | BlankNode | Triple | None, NamedNode | None, Term | None, GraphName | None]
UNION = DefaultGraph()
MAX_LISTED_STATEMENTS = 100_000


@dataclass(frozen=True)
class Dataset:
    """Named graphs and, as default graph, their union; with the files that said so.

    `default_graph_only` are statements in no named graph, `precomputed` those that a file states although they are
    computed. Of a store on disk the `size_hint` says how many statements it has, and its files are open under these
    `descriptors`. The `profile` is what it says of itself.
    """

    store: Store
    sources: Sources | None = None
    prefixes: Mapping[str, str] = field(default_factory=lambda: PREFIXES)
    origins: Mapping[Quad, str] = field(default_factory=dict)
    default_graph_only: tuple[Quad, ...] = ()
    precomputed: frozenset[Quad] = frozenset()
    size_hint: int | None = None
    descriptors: tuple[int, ...] = ()
    profile: Profile = UNKNOWN

    def triples(self, graph: GraphName = UNION) -> Iterator[Triple]:
        """The statements of a graph, of the union if none is named."""
        return (quad.triple for quad in self.store.quads_for_pattern(None, None, None, graph))

    def size(self, graph: GraphName) -> int:
        """How many statements a graph has, counted by the engine without a look at each."""
        rows: Any = self.store.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", default_graph=graph)
        return int(next(iter(rows))["n"].value)

    @cached_property
    def statements(self) -> int:
        """How many statements the union has."""
        return self.size(UNION) if self.size_hint is None else self.size_hint

    def graphs(self) -> list[Node]:
        """The names of the graphs, sorted."""
        return sorted(self.store.named_graphs(), key=str)

    def values(self, subject: Term, predicate: NamedNode, graph: GraphName = UNION) -> list[Term]:
        """What is said of a subject, sorted."""
        quads = () if isinstance(subject, Literal) else self.store.quads_for_pattern(subject, predicate, None, graph)
        return sorted((quad.object for quad in quads), key=str)

    def nodes(self, subject: Term, *predicates: NamedNode, graph: GraphName = UNION) -> list[NamedNode]:
        """What has a name among the values of some properties."""
        return [one for name in predicates for one in self.values(subject, name, graph) if isinstance(one, NamedNode)]

    def literals(self, subject: Term, *predicates: NamedNode, graph: GraphName = UNION) -> list[Literal]:
        """What is a literal among the values of some properties."""
        return [one for name in predicates for one in self.values(subject, name, graph) if isinstance(one, Literal)]

    def instances(self, kind: NamedNode) -> list[NamedNode]:
        """The members of a class that have a name."""
        return self.subjects(RDF.type, kind)

    def subjects(self, predicate: NamedNode, value: Term, graph: GraphName = UNION) -> list[NamedNode]:
        """Of what this is said, as far as it has a name, sorted."""
        quads = self.store.quads_for_pattern(None, predicate, value, graph)
        return sorted((quad.subject for quad in quads if isinstance(quad.subject, NamedNode)), key=str)

    def passages(self, graph: GraphName) -> list[NamedNode]:
        """The passages that a named graph renders."""
        sources = self.nodes(graph, PROV.wasDerivedFrom) if isinstance(graph, NamedNode) else []
        return [one for one in sources if IQ.Passage in self.values(one, RDF.type)]

    def rows(self, query: str) -> QuerySolutions:
        """The rows of a query of our own; of any other form than SELECT, a TypeError."""
        found = self.store.query(query)
        if not isinstance(found, QuerySolutions):
            raise TypeError(f"this asks for no rows: {query}")
        return found

    def from_files(self, *pattern: *Pattern) -> Iterator[Quad]:
        """The statements of a pattern that files make, without those that rules add."""
        return (quad for quad in self.store.quads_for_pattern(*pattern) if quad in self.origins)

    def place(
        self,
        subject: Term,
        predicate: NamedNode | None = None,
        value: Term | None = None,
        graph: GraphName | None = None,
    ) -> str | None:
        """The file that says this or, if none does, one that says what the subject is."""
        patterns: list[Pattern] = [(None, None, None, graph), (None, None, subject, None)]
        if not isinstance(subject, Literal):
            exact: list[Pattern] = [(subject, predicate, value, graph)] if predicate or value or graph else []
            # All that is said of the subject comes last: a graph is described in one file and sealed in another.
            known = [one for one in (predicate, RDF.type) if one]
            patterns = [*exact, *((subject, one, None, None) for one in (*known, None)), *patterns]
        found = (self.first_file(self.store.quads_for_pattern(*pattern)) for pattern in patterns if any(pattern))
        return next(filter(None, found), None)

    def first_file(self, quads: Iterable[Quad]) -> str | None:
        """The first by name of the files that make some statements; None if no file makes one."""
        return min((self.origins[quad] for quad in quads if quad in self.origins), default=None)

    def without_files(self) -> "Dataset":
        """The same without what only those ask for who look for faults: which file says what."""
        return replace(self, origins={}, precomputed=frozenset())

    @property
    def is_large(self) -> bool:
        """Whether these are files of others with too many statements to look at each one for a list or an order."""
        return self.sources is None and self.statements > MAX_LISTED_STATEMENTS


def load(files: Sequence[Path] = (), sources: Sources | None = None) -> Dataset:
    """The bundled dataset, or the bundled ontology with the files in place of the data."""
    return complete(read_sources(files, sources))


def read_sources(files: Sequence[Path] = (), sources: Sources | None = None) -> Dataset:
    """The same as files make it, before anything is computed from it."""
    sources = sources or packaged()
    readings = [read(file, ONTOLOGY) for file in rdf_files(sources.ontology, "ontology")]
    readings += questions.readings(sources)
    data = read_data(beside(files)) if files else read_data(data_files(sources), META)
    precomputed = frozenset(
        quad for one in data for quad in one.quads if is_computed(quad) or quad.graph_name == ONTOLOGY
    )
    # Of several files that say the same, the first counts.
    origins = {quad: one.file for one in reversed([*readings, *data]) for quad in one.quads}
    store = Store()
    quads = [quad for one in readings for quad in one.quads]
    quads += [quad for one in data for quad in one.quads if quad not in precomputed]
    store.extend(quads)
    unite(store)
    default_graph_only = tuple(quad for quad in quads if quad.graph_name == UNION)
    prefixes = PREFIXES | {name: iri for one in data for name, iri in _own_prefixes(one.prefixes)}
    return Dataset(store, sources, prefixes, origins, default_graph_only, precomputed, profile=BUNDLED)


def complete(dataset: Dataset) -> Dataset:
    """Add to a dataset of ours what follows by rule, and what one of its graphs says of all others."""
    derive(dataset.store, derivation_rules(dataset.sources or packaged()))
    found = {
        *partitions(dataset.store, DATASET, BASE, dataset.prefixes),
        *declarations(VOCABULARY, f"{BASE}void", dataset.prefixes),
    }
    for graph in (PARTITIONS, UNION):
        dataset.store.extend(in_graph(triple, graph) for triple in found)
    return dataset


def _own_prefixes(prefixes: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The prefixes of a file beside the common ones; `p:` of a further document is `p-<document>:` for everybody."""
    for prefix, iri in prefixes.items():
        if prefix not in PREFIXES:
            yield prefix, iri
        elif iri != PREFIXES[prefix] and iri.startswith(BASE):
            yield f"{prefix}-{iri.removeprefix(BASE).strip('/').rpartition('/')[2]}", iri


def load_plain(files: Sequence[Path]) -> Dataset:
    """Any RDF of anybody: its named graphs as they are, and their union; nothing of ours is added or checked."""
    store = Store()
    prefixes = fill(store, files)
    if next(store.named_graphs(), None) is not None:
        unite(store)
    return Dataset(store, prefixes=prefixes, profile=describe_files(store, files))


def fill(store: Store, files: Sequence[Path]) -> dict[str, str]:
    """Load files into an empty store as they are, without the union; answer their prefixes, the first file's first."""
    prefixes: dict[str, str] = {}
    for path in files:  # before the first is loaded, since that may take long
        prefixes = head(path) | prefixes
    for path in files:
        read_into(store, path)
    return prefixes


def is_known(store: Store, node: NamedNode) -> bool:
    """Whether an IRI stands anywhere in the data."""
    places = (node, None, None), (None, node, None), (None, None, node)
    return store.contains_named_graph(node) or any(next(store.quads_for_pattern(*place), None) for place in places)


def unite(store: Store) -> None:
    """Let the default graph hold what any named graph says."""
    # Within the engine it takes a third of the time of statements that are made here and given back.
    store.update("INSERT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }")


def canonical(dataset: Dataset) -> bytes:
    """The named graphs as canonical N-Quads, lines in code point order (RDF Dataset Canonicalization, RDFC-1.0).

    Statements of the default graph belong to it only where no named graph says them.
    """
    quads = [quad for quad in dataset.store if not isinstance(quad.graph_name, DefaultGraph)]
    named = {quad.triple for quad in quads}
    alone = dataset.store.quads_for_pattern(None, None, None, DefaultGraph())
    form = Quads([*quads, *(quad for quad in alone if quad.triple not in named)])
    form.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    lines = (serialize(form, format=RdfFormat.N_QUADS) or b"").splitlines(keepends=True)
    # Sorted bytes are in code point order, since UTF-8 keeps it (https://www.rfc-editor.org/rfc/rfc3629#section-1).
    return b"".join(sorted(lines))


def canonical_hash(dataset: Dataset) -> str:
    """The SHA-256 of the canonical form, in hexadecimal digits; two datasets with the same hash say the same."""
    return sha256(canonical(dataset)).hexdigest()
