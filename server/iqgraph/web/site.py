"""What one running site consists of, and its older versions, each of them the site itself below a path of its own."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any, TypeVar

from flask import current_app, g, request

from ..catalogue.publication import Dump
from ..catalogue.void import Counts, count
from ..dataset import Dataset
from ..dataset.dataset import canonical_hash, canonicalize
from ..dataset.profile import BUNDLED, Profile
from ..dataset.reading import content_of
from ..engine import Engine
from ..engine.nearest import Names, names
from ..model.model import Model
from ..release.dumps import QUADS
from ..release.release import SUMS, Files
from ..release.versions import Release, version_label, version_of
from ..serialisation.context import Context, context
from ..settings import Settings

VERSION = "iqgraph.version"
OUTER = "iqgraph.root"
# What can be had as of a version. All else is about the service, not about the data, and there is one of it.
MOUNTED = frozenset(
    [
        "chart",
        "concept",
        "document",
        "download",
        "evidence",
        "explore",
        "graph",
        "id",
        "ontology",
        "passage",
        "problem",
        "query",
        "rule",
        "search",
        "sparql",
        "static",
    ]
)
PLACE = "/version/"
_PATH = re.compile(rf"{PLACE}([^/]+)(/([^/.]+)(.*))", re.DOTALL)

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


def mount(application: Application, versions: Collection[str]) -> Application:
    """Show an application each request of an older version as one of the site below that version's path."""

    def answer(environ: dict[str, Any], start: Any) -> Iterable[bytes]:  # noqa: ANN401 - as PEP 3333 has it
        version, path = within(environ["PATH_INFO"], versions)
        if version:
            # What is in SCRIPT_NAME stands before each address that is made (PEP 3333), so links stay in the version.
            root = environ["SCRIPT_NAME"]
            inner = {"SCRIPT_NAME": f"{root}/version/{version}", "PATH_INFO": path, VERSION: version, OUTER: root}
            environ = environ | inner
        return application(environ, start)

    return answer


def within(path: str, versions: Collection[str]) -> tuple[str, str]:
    """The version that a path asks for and the path within it; for the current version, none and the path itself."""
    found = _PATH.fullmatch(path) if path.startswith(PLACE) else None
    if not found or found[1] not in versions:
        return "", path
    version, rest, first, more = found.groups()
    if rest == f"/{SUMS}" or (first == BUNDLED.stem and more.startswith(".")):
        return version, f"/download{rest}"
    return (version, rest) if first in MOUNTED else ("", path)


EXTENSION = "iqgraph"
MEMO = "iqgraph.memo"
Made = TypeVar("Made")


@dataclass(frozen=True)
class Site:
    """The dataset, the engine that answers for it, its release files, and the report if it was validated.

    The site of an older version knows its `release`; the current one knows the sites of all `versions`, oldest first.
    An older one is loaded when its data is asked for. What every answer tells of a version, its release says: answers
    of the engine are given in the loop, which must not wait for it.
    """

    load: Callable[[], Dataset]
    engine: Engine
    build: Callable[[Dataset], Files]
    report: bytes | None = None
    settings: Settings = field(default_factory=Settings)
    release: Release | None = None
    versions: Mapping[str, "Site"] = field(default_factory=dict)

    @property
    def dataset(self) -> Dataset:
        """The dataset."""
        return self.load()

    @cached_property
    def files(self) -> Files:
        """The release, each file made when first needed."""
        return self.build(self.dataset)

    @cached_property
    def dumps(self) -> tuple[Dump, ...]:
        """The files of the whole dataset as records tell of them, by name."""
        names = sorted(name for name in self.files if "/" not in name and name != SUMS)  # that needs all others
        return tuple(Dump(name, partial(self.files.figures, name)) for name in names)

    @cached_property
    def counts(self) -> Counts:
        """What the dataset holds, counted when first asked for."""
        return count(self.dataset)

    @cached_property
    def has_graphs(self) -> bool:
        """Whether the data has named graphs, without which there is no evidence."""
        return self.release is not None or next(self.dataset.store.named_graphs(), None) is not None

    @cached_property
    def digest(self) -> str:
        """The canonical hash of the dataset."""
        if self.release:
            return self.release.digest
        return self.files.digest(QUADS) if QUADS in self.files else canonical_hash(self.dataset)

    @property
    def hash(self) -> str:
        """The hash as the header Dataset-Hash tells it; empty for somebody's files."""
        return f"sha-256={self.digest}" if self.bundled else ""

    @property
    def canonical(self) -> bytes:
        """The canonical form of the dataset, which without blank nodes is its N-Quads file."""
        if self.release:
            return content_of(self.release.file)
        return self.files.get(QUADS) or canonicalize(self.dataset)

    @cached_property
    def version(self) -> str:
        """What this state of the dataset is called; empty if it does not say."""
        if self.release:
            return self.release.version
        found = version_of(self.dataset)
        return "" if found is None else version_label(found, self.digest, self.releases)

    @property
    def releases(self) -> list[Release]:
        """The releases that are kept, oldest first."""
        return [one.release for one in self.versions.values() if one.release]

    @cached_property
    def context(self) -> Context:
        """The names that JSON-LD documents use; to somebody's terms we give none."""
        return context(self.dataset.triples() if self.bundled else (), self.dataset.prefixes)

    @cached_property
    def names(self) -> Names:
        """What things are called, to find those that somebody may have meant."""
        return names(self.dataset)

    @cached_property
    def model(self) -> Model:
        """The dataset as pages ask it."""
        return Model(self.dataset)

    @property
    def profile(self) -> Profile:
        """What the dataset says of itself."""
        return BUNDLED if self.release else self.dataset.profile

    @property
    def bundled(self) -> bool:
        """Whether this is our own graph, not somebody's files."""
        return self.profile.is_bundled

    @property
    def searchable(self) -> bool:
        """Whether words are looked up here: not in somebody's large files, of which no list is made."""
        return self.bundled or not self.dataset.is_large

    def with_engine(self, engine: Engine) -> "Site":
        """The same site, all of whose versions are asked through another engine."""
        versions = {version: replace(one, engine=engine) for version, one in self.versions.items()}
        return replace(self, engine=engine, versions=versions)


def site() -> Site:
    """The site of the version that the request is about; found out once a request."""
    found: Site | None = g.get("site")
    if found is None:
        current = current_site()
        found = g.site = current.versions.get(request.environ.get(VERSION, ""), current)
    return found


def turn_to(about: Site) -> None:
    """Answer this request about a version, whatever its address asks for."""
    g.site = about


def current_site() -> Site:
    """The site of the current version."""
    found: Site = current_app.extensions[EXTENSION]
    return found


def memoized(name: str, make: Callable[[Dataset], Made]) -> Made:
    """What was made of the dataset, once for each version of it; under one name always the same kind of thing."""
    store: dict[tuple[str, str], Any] = current_app.extensions.setdefault(MEMO, {})
    key = name, request.environ.get(VERSION, "")
    if key not in store:
        store[key] = make(site().dataset)
    made: Made = store[key]
    return made
