"""The parts of a running site, and its older versions, each mounted as a site below a path of its own."""

import gzip
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any, TypeVar

from flask import current_app, g, request

from ..catalogue.publication import Dump
from ..catalogue.void import Counts, count
from ..dataset import Dataset
from ..dataset.dataset import canonical_hash, canonicalize
from ..dataset.profile import BUNDLED, Profile
from ..engine import Engine
from ..engine.nearest import Names, names
from ..model.model import Model, once
from ..release.dumps import QUADS
from ..release.release import SUMS, Files
from ..release.versions import Release, version_label, version_of
from ..serialisation.context import Context, context
from ..settings import Settings

VERSION = "iqgraph.version"
OUTER = "iqgraph.root"
# The folders of things, and with them all paths that exist in each version; the others are about the service.
THINGS = ("concept", "graph", "id", "passage", "query", "rule")
_PAGES = ("chart", "cite", "document", "download", "evidence", "explore", "search", "sparql")
_OTHERS = ("ontology", "problem", "static")
MOUNTED = frozenset((*THINGS, *_PAGES, *_OTHERS))
VERSIONS_PATH = "/version/"
_PATH = re.compile(rf"{VERSIONS_PATH}([^/]+)(/([^/.]+)(.*))", re.DOTALL)

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


def mount(application: Application, versions: Collection[str]) -> Application:
    """The application (PEP 3333) with older versions mounted below `/version/`."""

    def mounted(environ: dict[str, Any], start: Any) -> Iterable[bytes]:  # noqa: ANN401 - as PEP 3333 has it
        version, path = split_version(environ["PATH_INFO"], versions)
        if version:
            # Addresses begin with SCRIPT_NAME (PEP 3333), so links stay in the version.
            root = environ["SCRIPT_NAME"]
            inner = {"SCRIPT_NAME": f"{root}/version/{version}", "PATH_INFO": path, VERSION: version, OUTER: root}
            environ = environ | inner
        return application(environ, start)

    return mounted


def split_version(path: str, versions: Collection[str]) -> tuple[str, str]:
    """The version in a path, and the path within it; without a version, an empty string and the path itself."""
    match = _PATH.fullmatch(path) if path.startswith(VERSIONS_PATH) else None
    if not match or match[1] not in versions:
        return "", path
    version, rest, first, extension = match.groups()
    if rest == f"/{SUMS}" or (first == BUNDLED.stem and extension.startswith(".")):
        return version, f"/download{rest}"
    return (version, rest) if first in MOUNTED else ("", path)


EXTENSION = "iqgraph"
MEMO = "iqgraph.memo"
T = TypeVar("T")


@dataclass(frozen=True)
class Site:
    """The dataset, the engine that answers its queries, its release files, and the report if it was validated.

    The current site has the sites of all older `versions`, oldest first; each of these has its `release`. Their data is
    loaded on demand. What every answer says about a version comes from its release, since the event loop sends answers
    of the engine and must not wait for the data.
    """

    load: Callable[[], Dataset]
    engine: Engine
    build: Callable[[Dataset], Files]
    report: bytes | None = None
    settings: Settings = field(default_factory=Settings)
    release: Release | None = None
    make_model: Callable[[Dataset], Model] = Model
    versions: Mapping[str, "Site"] = field(default_factory=dict)

    @property
    def dataset(self) -> Dataset:
        """The dataset."""
        return self.load()

    @cached_property
    def files(self) -> Files:
        """The release files, each built when first needed."""
        return self.build(self.dataset)

    @cached_property
    def dumps(self) -> tuple[Dump, ...]:
        """The dumps of the whole dataset for records, by name."""
        # The checksums are no dump; to describe them would build all files.
        names = sorted(name for name in self.files if "/" not in name and name != SUMS)
        return tuple(Dump(name, partial(self.files.checksum, name)) for name in names)

    @cached_property
    def counts(self) -> Counts:
        """The counts of the dataset, computed when first needed."""
        return count(self.dataset)

    @cached_property
    def has_graphs(self) -> bool:
        """Whether the data has named graphs, and with them evidence."""
        return self.release is not None or next(self.dataset.store.named_graphs(), None) is not None

    @cached_property
    def digest(self) -> str:
        """The canonical hash of the dataset."""
        if self.release:
            return self.release.digest
        return self.files.checksum(QUADS).digest if QUADS in self.files else canonical_hash(self.dataset)

    @property
    def hash(self) -> str:
        """The value of the header Dataset-Hash; empty for files of others."""
        return f"sha-256={self.digest}" if self.is_bundled else ""

    @property
    def canonical(self) -> bytes:
        """The canonical form of the dataset; without blank nodes, it is the N-Quads file."""
        if self.release:
            return gzip.decompress(self.release.archive)
        return self.files.get(QUADS) or canonicalize(self.dataset)

    @cached_property
    def version(self) -> str:
        """The version of the dataset; empty if it does not state one."""
        if self.release:
            return self.release.version
        stated = version_of(self.dataset)
        return "" if stated is None else version_label(stated, self.digest, self.releases)

    @property
    def releases(self) -> list[Release]:
        """All releases, oldest first."""
        return [site.release for site in self.versions.values() if site.release]

    @cached_property
    def context(self) -> Context:
        """The JSON-LD context; the terms of others get no short names."""
        return context(self.dataset.triples() if self.is_bundled else (), self.dataset.prefixes)

    @cached_property
    def names(self) -> Names:
        """The index of names for suggestions."""
        return names(self.dataset)

    @cached_property
    def model(self) -> Model:
        """The dataset as pages need it."""
        return self.make_model(self.dataset)

    @property
    def profile(self) -> Profile:
        """The metadata of the dataset."""
        return BUNDLED if self.release else self.dataset.profile

    @property
    def is_bundled(self) -> bool:
        """Whether this is our own graph, not files of others."""
        return self.profile.is_bundled

    @property
    def is_searchable(self) -> bool:
        """Whether there is a search: not over large files of others."""
        return self.is_bundled or not self.dataset.is_large


def site() -> Site:
    """The site of the version of this request."""
    cached: Site | None = g.get("site")
    if cached is None:
        current = current_site()
        cached = g.site = current.versions.get(request.environ.get(VERSION, ""), current)
    return cached


def use_site(site: Site) -> None:
    """Answer this request from the site of a version, whatever its address."""
    g.site = site


def current_site() -> Site:
    """The site of the current version."""
    current: Site = current_app.extensions[EXTENSION]
    return current


def memoize(name: str, make: Callable[[Dataset], T]) -> T:
    """The result of a function of the dataset, computed once for each version; a name always has the same type."""
    results: dict[tuple[str, str], Callable[[], T]] = current_app.extensions.setdefault(MEMO, {})
    release = site().release  # not the path: a tool for agents names the version in its arguments
    key = name, release.version if release else ""
    return results.setdefault(key, once(lambda: make(site().dataset)))()
