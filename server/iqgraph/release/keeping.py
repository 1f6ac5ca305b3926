"""Keeping a release: the current dataset becomes a file that never changes, with a record of it.

The day of a release is given by whoever makes it, not by the clock.
"""

import gzip
from datetime import date
from errno import EEXIST
from hashlib import sha256
from os import strerror

from .. import __version__
from ..dataset import load
from ..dataset.dataset import canonicalize
from ..errors import CallError
from ..resources import RELEASES_FOLDER, File, Sources, packaged
from ..serialisation.turtle import turtle
from ..writing import write
from .versions import RECORD, Release, releases, sort_key, version_of


def keep(version: str, issued: str, sources: Sources | None = None, package: str = __version__) -> Release:
    """Keep the dataset as the release of a version; a CallError says why that is impossible."""
    sources = sources or packaged()
    earlier = releases(sources)
    previous = earlier[-1] if earlier else None
    dataset = load(sources=sources)
    _check_version(version, package, version_of(dataset), previous)
    content = canonicalize(dataset)
    file = sources.folder / RELEASES_FOLDER / f"{version}.nq.gz"
    release = Release(
        version,
        _day(issued, previous),
        sha256(content).hexdigest(),
        File(f"data/{RELEASES_FOLDER}/{file.name}", file),
        previous.version if previous else None,
    )
    if file.exists():
        raise FileExistsError(EEXIST, strerror(EEXIST), str(file))
    record = turtle(triple for one in [*earlier, release] for triple in one.triples)
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
            de=f"{text!r} ist kein Tag; schreiben Sie Jahr, Monat und Tag wie in 2026-03-31.",
            en=f"{text!r} is no day; write year, month and day, as in 2026-03-31.",
        ) from error
    if previous and issued < previous.issued:
        raise CallError(
            de=f"{text} liegt vor {previous.issued}, dem Tag der Version {previous.version}.",
            en=f"{text} is before {previous.issued}, the day of version {previous.version}.",
        )
    return issued
