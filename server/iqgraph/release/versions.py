"""Versions: keeping a release, the kept releases, their data, and the differences between them.

A release is kept as a file of canonical N-Quads, whose hash is that of the dataset (RDFC-1.0), and as a record. Its day
is given by whoever makes it, not by the clock.
"""

import gzip
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from errno import EEXIST
from functools import cached_property
from hashlib import sha256
from os import strerror
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, Triple, parse

from .. import __version__
from ..bilingual import Text, describe
from ..dataset import Dataset, add_union, load
from ..dataset.dataset import canonicalize
from ..dataset.passages import describe_checksum
from ..dataset.profile import BUNDLED
from ..dataset.reading import digest_of, read
from ..errors import CallError, DatasetError
from ..formats import RDF_FORMATS
from ..resources import RELEASES_FOLDER, File, Sources, packaged
from ..serialisation.turtle import turtle
from ..terms import BASE, DATASET, DCAT, DCTERMS, OWL, RDF, SPDX, VOCABULARY, VOID, XSD, Namespace
from ..writing import write

RECORD = "releases.ttl"
RECORDS = f"""SELECT ?version ?issued ?digest ?previous {{
    ?release {DCAT.version} ?version ; {DCTERMS.issued} ?issued ; {SPDX.checksum}/{SPDX.checksumValue} ?digest .
    OPTIONAL {{ ?release {DCAT.previousVersion}/{DCAT.version} ?previous }}
    FILTER (REGEX(?version, "^[0-9]+([.][0-9]+)*$") && DAY(?issued) > 0)
}}"""
VERSION = Namespace(f"{BASE}version/")
DIGITS = 8


@dataclass(frozen=True)
class Release:
    """A version of the dataset as it was on the day of issue; `digest` is the hash of its canonical form."""

    version: str
    issued: date
    digest: str
    file: File
    previous: str | None = None

    @cached_property
    def archive(self) -> bytes:
        """The compressed file; a DatasetError if it is missing or was changed."""
        if not self.file.content.is_file() or digest_of(self.file) != self.digest:
            raise DatasetError(
                de=f"{self.file.name}: Das wurde nicht so veröffentlicht; holen Sie die Datei aus dem Repositorium.",
                en=f"{self.file.name}: this is not what was released; restore the file from the repository.",
            )
        return self.file.content.read_bytes()

    @property
    def iri(self) -> NamedNode:
        """The IRI of the version."""
        return VERSION[self.version]

    @property
    def triples(self) -> Iterator[Triple]:
        """The record of the release."""
        yield from describe(
            self.iri,
            (RDF.type, DCAT.Dataset),
            (DCAT.isVersionOf, DATASET),
            (DCAT.version, Literal(self.version)),
            (DCTERMS.issued, Literal(self.issued.isoformat(), datatype=XSD.date)),
            (DCAT.previousVersion, VERSION[self.previous] if self.previous else None),
        )
        yield from describe_checksum(self.iri, self.digest)


def version_of(dataset: Dataset) -> str | None:
    """The version that the dataset states; None for data that is not ours."""
    values = dataset.literals(VOCABULARY, OWL.versionInfo)
    return values[0].value if len(values) == 1 else None


def version_label(version: str, digest: str, releases: Iterable[Release]) -> str:
    """The name of a state of the dataset: its version, with a hash unless it is exactly that release."""
    is_released = any((release.version, release.digest) == (version, digest) for release in releases)
    return version if is_released else f"{version}+{digest[:DIGITS]}"


def releases(sources: Sources | None) -> list[Release]:
    """The kept releases, the oldest first; files of others have none."""
    if sources is None or not (record := sources.data / RELEASES_FOLDER / RECORD).is_file():
        return []
    store = Store()
    store.extend(read(File(f"data/{RELEASES_FOLDER}/{RECORD}", record)).quads)
    rows: Any = store.query(RECORDS)
    records = []
    for row in rows:
        version, issued, digest, previous = (term and term.value for term in row)
        name = f"{version}.nq.gz"
        file = File(f"data/{RELEASES_FOLDER}/{name}", sources.data / RELEASES_FOLDER / name)
        records.append(Release(version, date.fromisoformat(issued), digest, file, previous))
    if len(records) != len(list(store.quads_for_pattern(None, DCAT.version, None))):
        raise DatasetError(
            de=f"data/{RELEASES_FOLDER}/{RECORD}: Eine Version hat keine Nummer, keinen Tag oder keine Prüfsumme.",
            en=f"data/{RELEASES_FOLDER}/{RECORD}: a version has no number, no day or no checksum.",
        )
    return sorted(records, key=lambda release: sort_key(release.version))


def keep(version: str, issued: str, sources: Sources | None = None, package: str = __version__) -> Release:
    """Keep the dataset as the release of a version; a CallError says why that is impossible."""
    sources = sources or packaged()
    earlier = releases(sources)
    previous = earlier[-1] if earlier else None
    dataset = load(sources=sources)
    _check_version(version, package, version_of(dataset), previous)
    content = canonicalize(dataset)
    file = sources.data / RELEASES_FOLDER / f"{version}.nq.gz"
    release = Release(
        version,
        _day(issued, previous),
        sha256(content).hexdigest(),
        File(f"data/{RELEASES_FOLDER}/{file.name}", file),
        previous.version if previous else None,
    )
    if file.exists():
        raise FileExistsError(EEXIST, strerror(EEXIST), str(file))
    record = turtle(triple for entry in [*earlier, release] for triple in entry.triples)
    # Without a time in the header, equal content gives equal bytes (RFC 1952, section 2.3.1).
    write({file: gzip.compress(content, mtime=0), file.parent / RECORD: record.encode()})
    return release


def _check_version(version: str, package: str, ontology: str | None, previous: Release | None) -> None:
    for file, other in (("pyproject.toml", package), ("ontology/iq.ttl", ontology)):
        if other != version:
            raise CallError(
                de=f"In {file} steht die Version {other}, nicht {version}; gleichen Sie beides zuerst an.",
                en=f"{file} says that this is version {other}, not {version}; make them agree first.",
            )
    if previous and sort_key(version) <= sort_key(previous.version):
        raise CallError(
            de=f"{previous.version} ist veröffentlicht und ändert sich nie; {version} muss eine höhere Nummer sein.",
            en=f"{previous.version} is released and never changes; {version} has to be a higher number.",
        )


def _day(text: str, previous: Release | None) -> date:
    try:
        issued = date.fromisoformat(text)
    except ValueError as error:
        raise CallError(
            de=f"{text!r} ist kein Datum; schreiben Sie Jahr, Monat und Tag wie in 2026-03-31.",
            en=f"{text!r} is not a date; write year, month and day, as in 2026-03-31.",
        ) from error
    if previous and issued < previous.issued:
        raise CallError(
            de=f"{text} liegt vor {previous.issued}, dem Tag der Version {previous.version}.",
            en=f"{text} is before {previous.issued}, the day of version {previous.version}.",
        )
    return issued


def find(version: str, releases: Iterable[Release]) -> Release:
    """The release of a version; CallError if there is none."""
    by_version = {release.version: release for release in releases}
    if version not in by_version:
        raise CallError(
            de=f"Eine Version {version} gibt es nicht; es gibt {', '.join(by_version) or 'keine'}.",
            en=f"There is no release {version}; there are {', '.join(by_version) or 'none'}.",
        )
    return by_version[version]


def sort_key(version: str) -> tuple[int, ...]:
    """The numbers of a version, by which versions are sorted."""
    return tuple(map(int, version.split(".")))


def restore(release: Release) -> Dataset:
    """The dataset of a release."""
    return load_archive(release.archive)


def load_archive(archive: bytes) -> Dataset:
    """The dataset in the compressed file of a release."""
    store = Store()
    store.bulk_load(gzip.decompress(archive), RdfFormat.N_QUADS)
    add_union(store)
    return Dataset(store, profile=BUNDLED)


def describe_series(releases: Iterable[Release]) -> Iterator[Triple]:
    """The dataset as a series of versions, of which the last one is current."""
    versions = [Triple(DATASET, DCAT.hasVersion, release.iri) for release in releases]
    yield from versions
    yield from (Triple(DATASET, DCAT.hasCurrentVersion, last.object) for last in versions[-1:])


def describe_release(release: Release) -> Iterator[Triple]:
    """The record of a release with title, licence, endpoint and dumps."""
    iri, version = release.iri, release.version
    title = Text(de=f"{BUNDLED.title.de}, Version {version}", en=f"{BUNDLED.title.en}, version {version}")
    yield from release.triples
    yield from describe(
        iri,
        (DCTERMS.title, title),
        (DCTERMS.license, BUNDLED.licence),
        (VOID.sparqlEndpoint, NamedNode(f"{iri.value}/sparql")),
        (VOID.dataDump, tuple(NamedNode(f"{iri.value}/{name}") for name in dump_names())),
    )


def dump_names() -> list[str]:
    """The names of the files in which each release is offered."""
    plain = [f"{BUNDLED.stem}.{format.extension}" for format in RDF_FORMATS]
    return [name for file in plain for name in (file, f"{file}.gz")]


def difference(old: bytes, new: bytes) -> tuple[list[bytes], list[bytes]]:
    """The removed and the added lines from an old dataset to a new one, both in canonical form."""
    before, after = (set(content.splitlines(keepends=True)) for content in (old, new))
    return sorted(before - after), sorted(after - before)


def parse_lines(lines: Iterable[bytes]) -> list[Quad]:
    """The quads of some lines of N-Quads."""
    return list(parse(b"".join(lines), RdfFormat.N_QUADS))
