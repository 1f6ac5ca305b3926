"""What one running site consists of; each application has its own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any, TypeVar

from flask import current_app

from ..canonical import canonical_hash
from ..counts import Counts, count
from ..dataset import Dataset
from ..engine import Engine
from ..publication import Dump
from ..settings import Settings

EXTENSION = "iqgraph"
KEPT = "iqgraph.kept"
Made = TypeVar("Made")


@dataclass(frozen=True)
class Site:
    """The dataset, the engine that answers for it, its release files, and the report if it was validated."""

    dataset: Dataset
    engine: Engine
    build: Callable[[], Mapping[str, bytes]]
    report: bytes | None = None
    settings: Settings = field(default_factory=Settings)

    @cached_property
    def files(self) -> Mapping[str, bytes]:
        """The release, built when first needed."""
        return self.build()

    @cached_property
    def digests(self) -> Mapping[str, str]:
        """The SHA-256 of each file of the release."""
        return {name: sha256(content).hexdigest() for name, content in self.files.items()}

    @cached_property
    def dumps(self) -> tuple[Dump, ...]:
        """The files of the release as records tell of them, by name."""
        return tuple(Dump(name, len(content), self.digests[name]) for name, content in sorted(self.files.items()))

    @cached_property
    def counts(self) -> Counts:
        """What the dataset holds, counted when first asked for."""
        return count(self.dataset)

    @cached_property
    def canonical_hash(self) -> str:
        """The hash of the dataset, whatever its syntax."""
        return canonical_hash(self.dataset)

    @cached_property
    def triples(self) -> int:
        """How many statements there are, each counted once."""
        return sum(1 for _ in self.dataset.triples())

    @property
    def bundled(self) -> bool:
        """Whether this is our own graph, not somebody's files."""
        return self.dataset.sources is not None


def site() -> Site:
    """The site of the current application."""
    found: Site = current_app.extensions[EXTENSION]
    return found


def kept(name: str, make: Callable[[Dataset], Made]) -> Made:
    """What was made of the dataset, once for each application; under one name always the same kind of thing."""
    store: dict[str, Any] = current_app.extensions.setdefault(KEPT, {})
    if name not in store:
        store[name] = make(site().dataset)
    made: Made = store[name]
    return made
