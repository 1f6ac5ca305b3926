"""The site: a dataset in, an application out."""

import os
from collections.abc import Callable, Mapping

from flask import Flask

from .. import release
from ..dataset import Dataset
from ..engine import Embedded, Engine
from ..settings import Settings
from . import (
    catalogue,
    citation,
    discovery,
    downloads,
    graph_store,
    headers,
    health,
    language,
    links,
    pages,
    problems,
    quality,
    resources,
    sparql,
    urls,
)
from .site import EXTENSION, Site

DOORS = (
    pages,
    sparql,
    graph_store,
    resources,
    links,
    quality,
    catalogue,
    citation,
    discovery,
    downloads,
    health,
)
LARGEST_REQUEST = 1024 * 1024


def create_app(
    dataset: Dataset,
    *,
    engine: Engine | None = None,
    files: Mapping[str, bytes] | None = None,
    report: bytes | None = None,
) -> Flask:
    """The application that serves a dataset, its release files and the report of its validation."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.jinja_env.globals["bundled"] = dataset.sources is not None
    app.extensions[EXTENSION] = Site(
        dataset,
        engine or Embedded(dataset.store, dataset.prefixes),
        _given(files) if files is not None else lambda: release.build(dataset),
        report,
        Settings.read(os.environ),
    )
    for part in (headers, language, problems, urls, catalogue):
        part.init_app(app)
    for door in DOORS:
        app.register_blueprint(door.bp)
    return app


def _given(files: Mapping[str, bytes]) -> Callable[[], Mapping[str, bytes]]:
    return lambda: files
