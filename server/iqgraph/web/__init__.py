"""The site: a dataset in, an application out."""

from functools import cache

from flask import Flask

from ..dataset import Dataset
from ..engine import Embedded, Engine
from ..release import release
from ..release.versions import releases, restorer
from ..settings import Settings
from . import (
    catalogue,
    downloads,
    explore,
    gallery,
    monitoring,
    pages,
    quality,
    reconciliation,
    signposting,
    urls,
    versions,
    views,
)
from .agents import transports
from .guide import howto
from .http import language, messages, parameters, problems
from .query import permalinks, sparql
from .site import EXTENSION, Site, mount
from .things import resources

BLUEPRINTS = (
    pages,
    explore,
    sparql,
    permalinks,
    resources,
    quality,
    gallery,
    catalogue,
    signposting,
    downloads,
    howto,
    monitoring,
    versions,
    transports,
    reconciliation,
)
MAX_REQUEST_BYTES = 1 << 20


def create_app(
    dataset: Dataset,
    *,
    engine: Engine | None = None,
    files: release.Files | None = None,
    report: bytes | None = None,
    settings: Settings | None = None,
) -> Flask:
    """The application that serves a dataset, its release files and the report of its validation."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = MAX_REQUEST_BYTES
    # Otherwise each line of a template that holds only a tag leaves an empty one in the page.
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.jinja_env.globals["bundled"] = dataset.profile.is_bundled
    kept = releases(dataset.sources) if dataset.sources else []
    older = {one.version: cache(restorer(one)) for one in kept}
    settings = settings or Settings()
    engine = engine or Embedded(dataset.store, dataset.prefixes, older=older)
    app.extensions[EXTENSION] = Site(
        lambda: dataset,
        engine,
        release.build if files is None else lambda _: files,
        report,
        settings,
        versions={
            one.version: Site(older[one.version], engine, release.build, settings=settings, release=one) for one in kept
        },
    )
    app.wsgi_app = mount(app.wsgi_app, older.keys())  # type: ignore[assignment,method-assign]
    for part in (messages, language, problems, parameters, urls, views, catalogue, versions):
        part.init_app(app)
    for module in BLUEPRINTS:
        app.register_blueprint(module.bp)
    return app
