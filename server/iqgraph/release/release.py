"""The release: every file that is published, as bytes, a pure function of the dataset."""

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
from .dumps import CANONICAL, QUADS, File, as_graphs, documents, full_dumps, graphs, tables
from .vocabularies import RULEBOOK, ontology, shapes

SUMS = "SHA256SUMS"
BUFFER = 1 << 20


class Figures(NamedTuple):
    """The size of a file in bytes, and its SHA-256."""

    size: int
    digest: str


Find = Callable[[], Mapping[str, Figures]]


class Files(Mapping[str, bytes]):
    """All files by name, in the order in which they are listed; each is made when it is first asked for."""

    def __init__(self, files: Iterable[File]) -> None:
        listed = [*files, File(SUMS, "check", self._sums)]
        self.files = {one.name: one for file in listed for one in self._forms(file)}
        self._made: dict[str, bytes] = {}
        self._figures: dict[str, Figures] = {}
        self._find: Find = dict
        self._lock = RLock()  # a packed file is made of the plain one, and SHA256SUMS of all, while it is held

    def __getitem__(self, name: str) -> bytes:
        """The content of a file."""
        if name not in self._made:
            with self._lock:
                if name not in self._made:
                    self._made[name] = self.files[name].make()
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.files)

    def __len__(self) -> int:
        return len(self.files)

    def __contains__(self, name: object) -> bool:
        return name in self.files

    def digest(self, name: str) -> str:
        """The SHA-256 of a file."""
        return self.figures(name).digest

    def expect(self, find: Find) -> None:
        """Let somebody else find out sizes and hashes; equal data makes equal files. Until then there are none."""
        self._find = find

    def known(self) -> Mapping[str, Figures]:
        """The sizes and hashes that cost nothing."""
        if len(self._figures) < len(self.files):
            self._figures |= self._find()
        for name in set(self._made) - self._figures.keys():
            self._figures[name] = _figures(self._made[name])
        return self._figures

    def figures(self, name: str) -> Figures:
        """The size and the hash of a file."""
        if name not in self._figures and name not in self.known():
            self._figures[name] = _figures(self[name])
        return self._figures[name]

    def _sums(self) -> bytes:
        """The hashes of all other files, as `sha256sum --check` reads them."""
        return "".join(f"{self.digest(name)}  {name}\n" for name in sorted(self.files) if name != SUMS).encode()

    def _forms(self, file: File) -> Iterator[File]:
        yield file
        for ending, pack in PACKERS.items() if file.packed else ():
            yield File(f"{file.name}{ending}", file.group, partial(self._packed, file.name, pack), file.about)

    def _packed(self, name: str, pack: Callable[[bytes], bytes]) -> bytes:
        return pack(self[name])


def _figures(content: bytes) -> Figures:
    return Figures(len(content), sha256(content).hexdigest())


def build(dataset: Dataset) -> Files:
    """The release of a dataset; for RDF of anybody the dumps alone, since all else needs our model."""
    return Files(_files(dataset))


def _files(dataset: Dataset) -> Iterator[File]:
    if dataset.is_large:
        yield from _lines(dataset)
        return
    quads = cache(partial(as_graphs, dataset, N_QUADS))
    fingerprint = cache(lambda: sha256(quads()).hexdigest())  # ours has no blank nodes
    vocabulary = File("ontology.ttl", "vocabulary", partial(ontology, dataset), VOCABULARY)
    yield from full_dumps(dataset, quads, fingerprint)
    if dataset.sources is not None:
        yield from documents(dataset)
        yield from graphs(dataset)
        yield from tables(dataset, dataset.sources)
        yield vocabulary
        yield File("shapes.ttl", "vocabulary", partial(shapes, dataset, dataset.sources), RULEBOOK)
        # As `sha256sum --check` reads it: the N-Quads are the canonical form.
        yield File(CANONICAL, "check", lambda: b"%s  %s\n" % (fingerprint().encode(), QUADS.encode()))
    elif next(dataset.triples(ONTOLOGY), None):
        yield vocabulary  # a version that was released before, of which nothing but the quads is kept


def _lines(dataset: Dataset) -> Iterator[File]:
    """The dataset as it is served, in the two formats of lines, packed; nothing is sorted and little memory needed."""
    graphs = {N_TRIPLES: UNION} | ({N_QUADS: None} if dataset.graphs() else {})
    for form, graph in graphs.items():
        yield File(f"{dataset.profile.stem}.{form.extension}.gz", "dataset", partial(_packed, dataset, form, graph))


def _packed(dataset: Dataset, form: Format, graph: DefaultGraph | None) -> bytes:
    content = io.BytesIO()
    # The packer of `writing` wants all at once. The header of gzip has a time in it if nobody says another (RFC 1952).
    with (
        gzip.GzipFile(fileobj=content, mode="wb", compresslevel=6, mtime=0) as packed,
        io.BufferedWriter(packed, BUFFER) as plain,
    ):
        dataset.store.dump(plain, form.rdf, from_graph=graph)
    return content.getvalue()
