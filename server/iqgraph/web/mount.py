"""Older versions of the site: each is the site itself below a path of its own, over the dataset as it was."""

import re
from collections.abc import Callable, Collection, Iterable
from typing import Any

from ..release.dumps import NAME
from ..release.release import SUMS

VERSION = "iqgraph.version"
OUTER = "iqgraph.root"
# What can be had as of a version. All else is about the service, not about the data, and there is one of it.
MOUNTED = frozenset(
    [
        "concept",
        "document",
        "download",
        "explore",
        "graph",
        "graph-store",
        "id",
        "ontology",
        "passage",
        "problem",
        "query",
        "rule",
        "sparql",
        "static",
    ]
)
PLACE = "/version/"
_PATH = re.compile(rf"{PLACE}([^/]+)(/([^/.]+)(.*))", re.DOTALL)

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Mount:
    """Shows the application each request of an older version as one of the site below that version's path."""

    def __init__(self, application: Application, versions: Collection[str]) -> None:
        self.application = application
        self.versions = versions

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:  # noqa: ANN401 - WSGI's own
        """Answer a request as PEP 3333 has it."""
        version, path = within(environ["PATH_INFO"], self.versions)
        if version:
            root = environ["SCRIPT_NAME"]
            inner = {"SCRIPT_NAME": f"{root}/version/{version}", "PATH_INFO": path, VERSION: version, OUTER: root}
            environ = environ | inner
        return self.application(environ, start)


def within(path: str, versions: Collection[str]) -> tuple[str, str]:
    """The version that a path asks for and the path within it; for the current version, none and the path itself."""
    found = _PATH.fullmatch(path) if path.startswith(PLACE) else None
    if not found or found[1] not in versions:
        return "", path
    version, rest, first, more = found.groups()
    if rest == f"/{SUMS}" or (first == NAME and more.startswith(".")):
        return version, f"/download{rest}"
    return (version, rest) if first in MOUNTED else ("", path)
