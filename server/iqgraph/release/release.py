"""The release: all published files as bytes, a pure function of the dataset."""

import gzip
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, partial
from hashlib import sha256
from threading import RLock
from typing import NamedTuple

from pyoxigraph import DefaultGraph

from ..dataset import UNION, Dataset
from ..formats import N_QUADS, N_TRIPLES, Format
from ..terms import ONTOLOGY, VOCABULARY
from ..writing import PACKERS
from .dumps import CANONICAL, QUADS, Artifact, as_graphs, documents, full_dumps, graphs, tables
from .vocabularies import SHAPES_GRAPH, ontology, shapes

SUMS = "SHA256SUMS"
BUFFER = 1 << 20


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

    def digest(self, name: str) -> str:
        """The SHA-256 of a file."""
        return self.checksum(name).digest

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
        return "".join(f"{self.digest(name)}  {name}\n" for name in sorted(self.files) if name != SUMS).encode()

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
