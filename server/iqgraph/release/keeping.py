"""Keeping a release: the dataset as it is becomes a file that never changes, and a record of it.

Nothing here looks at the clock: the day of a release is given by whoever makes it.
"""

import gzip
from datetime import date
from errno import EEXIST
from hashlib import sha256
from os import strerror

from .. import __version__
from ..dataset import load
from ..dataset.dataset import canonical
from ..errors import CallError
from ..resources import RELEASES_FOLDER, File, Sources, packaged
from ..serialisation.turtle import turtle
from ..writing import write
from .versions import RECORD, Release, number, order, releases


def keep(version: str, issued: str, sources: Sources | None = None, package: str = __version__) -> Release:
    """Keep the dataset as the release of a version, or say why that cannot be; what is kept never changes."""
    sources = sources or packaged()
    before = releases(sources)
    previous = before[-1] if before else None
    dataset = load(sources=sources)
    _refuse_number(version, package, number(dataset), before)
    content = canonical(dataset)
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
    record = turtle(triple for one in [*before, release] for triple in one.triples)
    # The time in the header of gzip would make other bytes of the same content each day (RFC 1952, section 2.3.1).
    write({file: gzip.compress(content, mtime=0), file.parent / RECORD: record.encode()})
    return release


def _refuse_number(version: str, package: str, ontology: str | None, before: list[Release]) -> None:
    for name, found in (("pyproject.toml", package), ("ontology/iq.ttl", ontology)):
        if found != version:
            raise CallError(
                de=f"In {name} steht die Version {found}, nicht {version}; gleichen Sie beides zuerst an.",
                en=f"{name} says that this is version {found}, not {version}; make them agree first.",
            )
    if before and order(version) <= order(before[-1].version):
        raise CallError(
            de=f"{before[-1].version} ist veröffentlicht und ändert sich nie; {version} muss eine höhere Nummer sein.",
            en=f"{before[-1].version} is released and never changes; {version} has to be a higher number.",
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
