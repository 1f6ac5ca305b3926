"""Versions: the releases that are kept, what was in them, and what changed from one to another.

A kept release is a file of canonical N-Quads, so the hash of the file is that of the dataset (RDFC-1.0), and a record
that says so.
"""

import gzip
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial
from hashlib import sha256
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, Triple, parse

from ..bilingual import Text, describe
from ..dataset import Dataset, unite
from ..dataset.passages import describe_checksum
from ..dataset.profile import BUNDLED
from ..dataset.reading import content_of, read
from ..errors import CallError, DatasetError
from ..formats import RDF_FORMATS
from ..resources import RELEASES_FOLDER, File, Sources
from ..terms import BASE, DATASET, DCAT, DCTERMS, OWL, RDF, SPDX, VOCABULARY, VOID, XSD

RECORD = "releases.ttl"
RECORDS = f"""SELECT ?version ?issued ?digest ?previous {{
    ?release {DCAT.version} ?version ; {DCTERMS.issued} ?issued ; {SPDX.checksum}/{SPDX.checksumValue} ?digest .
    OPTIONAL {{ ?release {DCAT.previousVersion}/{DCAT.version} ?previous }}
}}"""
DIGITS = 8


@dataclass(frozen=True)
class Release:
    """A version of the dataset that is kept as it was on the day of its issue; `digest` is its canonical hash."""

    version: str
    issued: date
    digest: str
    file: File
    previous: str | None = None

    @cached_property
    def packed(self) -> bytes:
        """The file as it was released; one that is missing or was changed since is refused."""
        if not self.file.content.is_file() or sha256(content_of(self.file)).hexdigest() != self.digest:
            raise DatasetError(
                de=f"{self.file.name}: Das wurde nicht so veröffentlicht; holen Sie die Datei aus der Historie.",
                en=f"{self.file.name}: this is not what was released; take the file from the history.",
            )
        return self.file.content.read_bytes()

    @property
    def iri(self) -> NamedNode:
        """The version as a thing of its own."""
        return version_iri(self.version)

    @property
    def triples(self) -> Iterator[Triple]:
        """The record of the release."""
        yield from describe(
            self.iri,
            (RDF.type, DCAT.Dataset),
            (DCAT.isVersionOf, DATASET),
            (DCAT.version, Literal(self.version)),
            (DCTERMS.issued, Literal(self.issued.isoformat(), datatype=XSD.date)),
            (DCAT.previousVersion, version_iri(self.previous) if self.previous else None),
        )
        yield from describe_checksum(self.iri, self.digest)


@dataclass(frozen=True)
class Difference:
    """What one dataset says and another does not: statements as sorted lines of canonical N-Quads."""

    added: tuple[bytes, ...]
    removed: tuple[bytes, ...]


def version_iri(version: str) -> NamedNode:
    """The IRI of a version of the dataset."""
    return NamedNode(f"{BASE}version/{version}")


def number(dataset: Dataset) -> str | None:
    """The version that the dataset gives itself; None for data that is not ours."""
    values = dataset.literals(VOCABULARY, OWL.versionInfo)
    return values[0].value if len(values) == 1 else None


def label(number: str, digest: str, kept: Iterable[Release]) -> str:
    """What a state of the dataset is called: its number alone only if it is exactly what is kept under it."""
    released = any((one.version, one.digest) == (number, digest) for one in kept)
    return number if released else f"{number}+{digest[:DIGITS]}"


def releases(sources: Sources) -> list[Release]:
    """The releases that are kept, the oldest first."""
    record = sources.data / RELEASES_FOLDER / RECORD
    if not record.is_file():
        return []
    store = Store()
    store.extend(read(File(f"data/{RELEASES_FOLDER}/{RECORD}", record)).quads)
    rows: Any = store.query(RECORDS)
    found = [_release(sources, *(term and term.value for term in row)) for row in rows]
    if len(found) != len(list(store.quads_for_pattern(None, DCAT.version, None))):
        raise DatasetError(
            de=f"data/{RELEASES_FOLDER}/{RECORD}: Zu einer Version fehlt der Tag oder die Prüfsumme.",
            en=f"data/{RELEASES_FOLDER}/{RECORD}: a version has no day or no checksum.",
        )
    return sorted(found, key=lambda one: order(one.version))


def find(version: str, kept: Iterable[Release]) -> Release:
    """The release of a version among those that are kept; CallError if there is none."""
    known = {one.version: one for one in kept}
    if version not in known:
        raise CallError(
            de=f"Eine Version {version} gibt es nicht; es gibt {', '.join(known) or 'keine'}.",
            en=f"There is no release {version}; kept are {', '.join(known) or 'none'}.",
        )
    return known[version]


def order(version: str) -> tuple[int, ...]:
    """Where a version stands among others."""
    return tuple(map(int, version.split(".")))


def restore(release: Release) -> Dataset:
    """The dataset as it was released."""
    return restorer(release)()


def restorer(release: Release) -> Callable[[], Dataset]:
    """What restores a release; its file is read and checked now, since a worker may open none.

    Few releases are ever asked for, and each of 25,000 statements takes 20 MiB and a fifth of a second of a processor.
    """
    return partial(_load, release.packed)


def _load(packed: bytes) -> Dataset:
    store = Store()
    store.bulk_load(gzip.decompress(packed), RdfFormat.N_QUADS)
    unite(store)
    return Dataset(store, profile=BUNDLED)


def series(kept: Iterable[Release]) -> Iterator[Triple]:
    """The dataset with its releases, of which the last one is current."""
    versions = [Triple(DATASET, DCAT.hasVersion, one.iri) for one in kept]
    yield from versions
    yield from (Triple(DATASET, DCAT.hasCurrentVersion, last.object) for last in versions[-1:])


def described(release: Release) -> Iterator[Triple]:
    """The record of a release with its name and licence, and where to find it."""
    iri, number = release.iri, release.version
    title = Text(de=f"{BUNDLED.title.de}, Version {number}", en=f"{BUNDLED.title.en}, version {number}")
    yield from release.triples
    yield from describe(
        iri,
        (DCTERMS.title, title),
        (DCTERMS.license, BUNDLED.licence),
        (VOID.sparqlEndpoint, NamedNode(f"{iri.value}/sparql")),
        (VOID.dataDump, tuple(NamedNode(f"{iri.value}/{name}") for name in files())),
    )


def files() -> list[str]:
    """The names of the files in which each release can be had."""
    plain = [f"{BUNDLED.stem}.{form.extension}" for form in RDF_FORMATS]
    return [name for one in plain for name in (one, f"{one}.gz")]


def difference(old: bytes, new: bytes) -> Difference:
    """What has to be added to an old dataset, and removed from it, to make it a new one; both in canonical form."""
    before, after = _lines(old), _lines(new)
    return Difference(tuple(sorted(after - before)), tuple(sorted(before - after)))


def statements(lines: Iterable[bytes]) -> list[Quad]:
    """The statements of one side of a difference."""
    return list(parse(b"".join(lines), RdfFormat.N_QUADS))


def _release(sources: Sources, version: str, issued: str, digest: str, previous: str | None) -> Release:
    name = f"{version}.nq.gz"
    file = File(f"data/{RELEASES_FOLDER}/{name}", sources.data / RELEASES_FOLDER / name)
    return Release(version, date.fromisoformat(issued), digest, file, previous)


def _lines(content: bytes) -> set[bytes]:
    return set(content.splitlines(keepends=True))
