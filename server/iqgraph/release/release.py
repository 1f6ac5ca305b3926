"""The release: all published files as bytes, a pure function of the dataset."""

import gzip
import io
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cache, partial
from hashlib import sha256
from threading import RLock
from typing import NamedTuple

from pyoxigraph import DefaultGraph, NamedNode, Triple

from ..bilingual import describe
from ..dataset import UNION, Dataset
from ..dataset.profile import RULES
from ..dataset.reading import read
from ..formats import N_QUADS, N_TRIPLES, TURTLE, Format
from ..resources import Sources, rdf_files
from ..serialisation import serialise
from ..terms import DCTERMS, ONTOLOGY, OWL, RDF, RDFS, SHAPES, VOCABULARY, XSD
from ..validation.seals import digest
from ..writing import PACKERS
from .dumps import CANONICAL, QUADS, Artifact, as_comments, as_graphs, documents, full_dumps, graphs, header, tables

SUMS = "SHA256SUMS"
BUFFER = 1 << 20
SHAPES_GRAPH = NamedNode(SHAPES.iri.removesuffix("#"))
BUILT_IN = (RDF, RDFS, OWL, XSD)
ENTITY_TYPES = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, RDFS.Datatype)
CLASS_VALUED = {RDF.type, RDFS.domain, RDFS.range, RDFS.subClassOf}


class Checksum(NamedTuple):
    """The size of a file in bytes, and its SHA-256."""

    size: int
    digest: str


class Files(Mapping[str, bytes]):
    """The contents of all files by name, in the order of listing; each is made on its first use."""

    def __init__(self, files: Iterable[Artifact]) -> None:
        all_files = [*files, Artifact(SUMS, "check", self._sums)]
        self.files = {variant.name: variant for file in all_files for variant in self._variants(file)}
        self._contents: dict[str, bytes] = {}
        self._checksums: dict[str, Checksum] = {}
        self._find: Callable[[], Mapping[str, Checksum]] = dict
        self._lock = RLock()  # reentrant, since a compressed file needs the plain one, and SHA256SUMS all of them

    def __getitem__(self, name: str) -> bytes:
        """The content of a file."""
        if name not in self._contents:
            with self._lock:
                if name not in self._contents:
                    content = self.files[name].make()
                    self._checksums[name] = Checksum(len(content), sha256(content).hexdigest())
                    self._contents[name] = content
        return self._contents[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.files)

    def __len__(self) -> int:
        return len(self.files)

    def __contains__(self, name: object) -> bool:
        return name in self.files

    def expect(self, find: Callable[[], Mapping[str, Checksum]]) -> None:
        """Set a function that returns the checksums that another process has so far, since files are reproducible."""
        self._find = find

    def available_checksums(self) -> Mapping[str, Checksum]:
        """The checksums that are available without making a file."""
        if len(self._checksums) < len(self.files):
            self._checksums |= self._find()
        return self._checksums

    def checksum(self, name: str) -> Checksum:
        """The size and the SHA-256 of a file."""
        if name not in self._checksums and name not in self.available_checksums():
            self[name]  # to make a file is to compute its checksum
        return self._checksums[name]

    def _sums(self) -> bytes:
        """The SHA-256 of all other files in the format of `sha256sum --check`."""
        names = sorted(name for name in self.files if name != SUMS)
        return "".join(f"{self.checksum(name).digest}  {name}\n" for name in names).encode()

    def _variants(self, file: Artifact) -> Iterator[Artifact]:
        yield file
        for extension, pack in PACKERS.items() if file.has_variants else ():
            make = partial(lambda name, pack: pack(self[name]), file.name, pack)
            yield Artifact(f"{file.name}{extension}", file.group, make, file.about)


def build(dataset: Dataset) -> Files:
    """The release of a dataset; of other people's RDF only the dumps, since all other files need our model."""
    return Files(_files(dataset))


def _files(dataset: Dataset) -> Iterator[Artifact]:
    if dataset.is_large:
        yield from _large_dumps(dataset)
        return
    quads = cache(partial(as_graphs, dataset, N_QUADS))
    fingerprint = cache(lambda: sha256(quads()).hexdigest())  # the hash of the canonical form, if it has no blank nodes
    vocabulary = Artifact("ontology.ttl", "vocabulary", partial(ontology, dataset), VOCABULARY)
    yield from full_dumps(dataset, quads, fingerprint)
    if dataset.sources is not None:
        yield from documents(dataset)
        yield from graphs(dataset)
        yield from tables(dataset, dataset.sources)
        yield vocabulary
        yield Artifact("shapes.ttl", "vocabulary", partial(shapes, dataset, dataset.sources), SHAPES_GRAPH)
        # In the format of `sha256sum --check`, since the N-Quads are the canonical form.
        yield Artifact(CANONICAL, "check", lambda: b"%s  %s\n" % (fingerprint().encode(), QUADS.encode()))
    elif next(dataset.triples(ONTOLOGY), None):
        yield vocabulary  # of an earlier release, of which only the quads are kept


def _large_dumps(dataset: Dataset) -> Iterator[Artifact]:
    """The dataset as gzipped N-Triples and N-Quads, in the order of the store, which takes little memory."""
    graphs = {N_TRIPLES: UNION} | ({N_QUADS: None} if dataset.graphs() else {})
    for format, graph in graphs.items():
        name = f"{dataset.profile.stem}.{format.extension}.gz"
        yield Artifact(name, "dataset", partial(_gzip_dump, dataset, format, graph))


def _gzip_dump(dataset: Dataset, format: Format, graph: DefaultGraph | None) -> bytes:
    content = io.BytesIO()
    # `writing.gzip` needs the whole content in memory. Without mtime, the header has the current time (RFC 1952).
    with (
        gzip.GzipFile(fileobj=content, mode="wb", compresslevel=6, mtime=0) as file,
        io.BufferedWriter(file, BUFFER) as stream,
    ):
        dataset.store.dump(stream, format.rdf, from_graph=graph)
    return content.getvalue()


def declarations(ontology: Collection[Triple]) -> Iterator[Triple]:
    """The declarations of the terms that an ontology uses without declaring them, inferred from their use.

    OWL 2 DL requires a declaration of each class and property, or the import of the ontology that declares it
    (https://www.w3.org/TR/owl2-syntax/#Typing_Constraints_of_OWL_2_DL); reasoners would have to load dozens.
    A superproperty is of the type of its subproperty, the value of a type, domain or range is a class. Any other
    property is an annotation property, since an ontology makes statements only about terms and concepts.
    """
    typings = ((triple.subject, triple.object) for triple in ontology if triple.predicate == RDF.type)
    explicit_types = {term: type_ for term, type_ in typings if type_ in ENTITY_TYPES and isinstance(type_, NamedNode)}
    inferred_types: dict[NamedNode, NamedNode] = {}
    for triple in ontology:
        value = triple.object
        if not isinstance(value, NamedNode):
            continue
        if triple.predicate in CLASS_VALUED:
            inferred_types[value] = OWL.Class
        elif triple.predicate == RDFS.subPropertyOf:
            inferred_types[value] = explicit_types[triple.subject]
    for triple in ontology:
        inferred_types.setdefault(triple.predicate, OWL.AnnotationProperty)
    for term, type_ in inferred_types.items():
        if term not in explicit_types and not any(term in namespace for namespace in BUILT_IN):
            yield Triple(term, RDF.type, type_)


def ontology(dataset: Dataset) -> bytes:
    """The ontology with declarations of the terms that it reuses."""
    own = list(dataset.triples(ONTOLOGY))
    triples = [*own, *declarations(own)]
    lines = header(dataset, VOCABULARY, digest=digest(triples))
    return as_comments(lines) + serialise(triples, TURTLE, dataset.prefixes)


def shapes(dataset: Dataset, sources: Sources) -> bytes:
    """The shapes of all files as one file.

    Since they are no part of the dataset, the file describes itself, with version and licence of the ontology.
    """
    description = describe(
        SHAPES_GRAPH,
        (RDF.type, OWL.Ontology),
        (DCTERMS.title, RULES.title),
        (DCTERMS.description, RULES.description),
        (DCTERMS.isPartOf, VOCABULARY),
        (DCTERMS.license, tuple(dataset.values(VOCABULARY, DCTERMS.license))),
        (OWL.versionInfo, tuple(dataset.values(VOCABULARY, OWL.versionInfo))),
    )
    triples = (quad.triple for file in rdf_files(sources.shapes, "shapes") for quad in read(file).quads)
    lines = header(dataset, VOCABULARY, ("Shapes", SHAPES_GRAPH), titles=RULES.title)
    return as_comments(lines) + serialise([*description, *triples], TURTLE)
