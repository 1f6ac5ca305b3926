"""The web application for a dataset."""

from functools import partial

from flask import Flask

from ..dataset import Dataset
from ..engine import Embedded, Engine
from ..model.model import Model, once
from ..release.release import Files, build
from ..release.versions import releases, restore
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

PAGES = (pages, explore, resources, quality, gallery, catalogue, downloads, howto, versions)
INTERFACES = (sparql, permalinks, signposting, monitoring, transports, reconciliation)
MAX_REQUEST_BYTES = 1 << 20


def create_app(  # noqa: PLR0913 - each is a part of the site
    dataset: Dataset,
    *,
    engine: Engine | None = None,
    files: Files | None = None,
    report: bytes | None = None,
    settings: Settings | None = None,
    model: Model | None = None,
) -> Flask:
    """The application that serves a dataset, its release files and its validation report."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = MAX_REQUEST_BYTES
    # Otherwise each line of a template with only a tag leaves an empty line in the page.
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.jinja_env.globals["bundled"] = dataset.profile.is_bundled
    older = {release.version: release for release in releases(dataset.sources)}
    loaders = {version: once(partial(restore, release)) for version, release in older.items()}
    settings = settings or Settings()
    engine = engine or Embedded(dataset.store, dataset.prefixes, older=loaders)
    app.extensions[EXTENSION] = Site(
        lambda: dataset,
        engine,
        build if files is None else lambda _: files,
        report,
        settings,
        make_model=Model if model is None else lambda _: model,
        versions={
            version: Site(loaders[version], engine, build, settings=settings, release=release)
            for version, release in older.items()
        },
    )
    app.wsgi_app = mount(app.wsgi_app, older.keys())  # type: ignore[assignment,method-assign]
    for module in (messages, language, problems, parameters, urls, views, catalogue, versions):
        module.init_app(app)
    for module in (*PAGES, *INTERFACES):
        app.register_blueprint(module.bp)
    return app
